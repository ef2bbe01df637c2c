"""Holds the command `ordens`."""
