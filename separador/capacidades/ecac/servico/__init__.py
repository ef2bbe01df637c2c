"""What runs in the loop's thread, or is called by it."""
