"""Holds the client of SEFAZ's web services."""
