"""Holds the way from a watched folder to a group of files in hand."""
