"""Holds what every command shares."""
