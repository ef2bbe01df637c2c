"""Holds the pure decisions about guides, payments and occurrences."""
