"""Handles the folders: scan, completeness, claim, durable writing, publication, the health of each."""
