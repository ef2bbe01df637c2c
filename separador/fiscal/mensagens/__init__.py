"""Says in Portuguese what is wrong with a document, from the value itself: which field, which letter, what is right."""
