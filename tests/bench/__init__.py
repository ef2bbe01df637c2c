"""Measures the real service (`make bench`): it runs as a process of its own, on real folders, measured from outside."""
