"""The pages of documents: the list, one document, orders on them."""
