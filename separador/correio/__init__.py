"""Sends a message by e-mail."""
