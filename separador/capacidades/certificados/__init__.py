"""Holds the certificates A1 and A3: their installation, and those in use."""
