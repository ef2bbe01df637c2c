"""Writes the text of the configuration file."""
