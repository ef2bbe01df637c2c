"""Holds the notices to people about things that expire."""
