"""Holds the national distribution: documents of third parties, by NSU."""
