"""Holds the life of a document: export, return, orders, cancellation, events, queries."""
