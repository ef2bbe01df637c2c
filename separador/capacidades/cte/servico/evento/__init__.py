"""Events of documents."""
