"""Holds the commands about documents and their events."""
