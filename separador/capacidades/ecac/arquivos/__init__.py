"""Holds the readers of guides (JSON, CSV, PDF) and receipts (PDF) that people drop."""
