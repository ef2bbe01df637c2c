"""Readers of the files that people drop."""
