"""Sends a message by e-mail or webhook."""
