"""Handles the folders: scan, claim, durable delivery, the health of each."""
