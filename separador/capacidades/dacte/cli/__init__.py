"""Checks of the printed form."""
