"""Holds the work on certificates that runs in the loop's thread or is called by it or by commands."""
