"""Holds the guides, payments, receipts and occurrences of the e-CAC."""
