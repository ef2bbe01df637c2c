"""Holds the frozen migrations of the state database, one file each. `conjunto` lists them."""
