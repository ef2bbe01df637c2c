"""Its pure decisions."""
