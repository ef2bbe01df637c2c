"""Holds the worker processes, which read, check, prepare and stage files."""
