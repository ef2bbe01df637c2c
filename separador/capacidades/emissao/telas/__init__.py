"""The pages of loads."""
