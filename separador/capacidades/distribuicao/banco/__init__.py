"""Holds the tables of the distribution."""
