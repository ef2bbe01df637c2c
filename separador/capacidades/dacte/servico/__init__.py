"""Prints beside processed documents and events, outside the loop's thread."""
