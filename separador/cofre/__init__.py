"""Holds the vault: master key, secrets, encrypted copy."""
