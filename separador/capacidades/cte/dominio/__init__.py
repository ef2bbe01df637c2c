"""Holds the pure decisions about documents: orders and answers."""
