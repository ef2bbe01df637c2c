"""Holds the events of documents: orders for them, their signing, their handing on again."""
