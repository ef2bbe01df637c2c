"""Queries to SEFAZ."""
