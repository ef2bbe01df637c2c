"""Keeps loads, their documents before they are registered, and the numbers."""
