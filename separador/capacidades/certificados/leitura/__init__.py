"""Readers of key files and tokens."""
