"""Holds the work on documents that runs in the loop's thread or is called by it."""
