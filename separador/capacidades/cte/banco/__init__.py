"""Holds the tables of documents and events, and what commands read of them."""
