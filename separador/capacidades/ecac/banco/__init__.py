"""Holds the tables of the e-CAC."""
