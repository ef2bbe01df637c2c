"""The page of the day in pictures."""
