"""Copies the whole installation, proves a copy, puts it back, and makes an older database whole."""
