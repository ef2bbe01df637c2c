"""Reads and writes small texts of others: JSON, passwords in files, lists of names."""
