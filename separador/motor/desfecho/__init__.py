"""Decides, records, makes visible, archives."""
