"""Offices and their accesses to portals."""
