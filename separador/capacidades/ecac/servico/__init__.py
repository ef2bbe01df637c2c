"""Holds the work of the e-CAC: imports, conciliation, receipts, new guides, orders."""
