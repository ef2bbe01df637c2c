"""Holds the words and rules that every room uses. It is pure and uses only the standard library."""
