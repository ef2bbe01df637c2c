"""Writes decided documents in the order of the layout."""
