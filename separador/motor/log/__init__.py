"""Holds the log: its lines, its files, its text."""
