"""Holds the values that a load goes through the engine as, and what of them may be decided without a database."""
