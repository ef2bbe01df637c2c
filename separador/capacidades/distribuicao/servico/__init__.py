"""Holds the work of the distribution that runs in the loop's thread or is called by it."""
