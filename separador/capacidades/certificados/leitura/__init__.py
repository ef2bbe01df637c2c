"""Holds the readers of key files and tokens."""
