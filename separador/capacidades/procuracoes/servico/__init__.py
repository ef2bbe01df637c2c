"""Holds the work on accesses and registries, for the commands and for the notices of expiry."""
