"""Holds the end of a file's life: decide, record, make visible, archive."""
