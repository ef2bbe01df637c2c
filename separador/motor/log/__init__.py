"""The log: its lines, its files, its text."""
