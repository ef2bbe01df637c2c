"""Holds the printed form of the documents, the DACTE."""
