"""Reads what a CT-e is made from: loads and registries, by the one description of their format."""
