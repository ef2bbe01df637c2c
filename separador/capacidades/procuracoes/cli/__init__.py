"""Holds the commands about offices, accesses and registries."""
