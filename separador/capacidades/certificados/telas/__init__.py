"""Holds the pages of the certificates."""
