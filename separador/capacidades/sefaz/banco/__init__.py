"""Holds the tables of the calls to SEFAZ."""
