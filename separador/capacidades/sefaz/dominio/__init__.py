"""Holds the pure decisions about answers and calls: the table of codes, retries, waits."""
