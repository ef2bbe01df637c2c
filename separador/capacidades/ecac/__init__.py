"""Guides, payments, receipts and occurrences of the e-CAC."""
