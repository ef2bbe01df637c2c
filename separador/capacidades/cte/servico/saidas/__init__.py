"""What becomes of the files that were handed out."""
