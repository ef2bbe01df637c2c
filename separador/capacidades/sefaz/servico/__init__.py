"""Holds the work of the queue that runs in the loop's thread or is called by it."""
