"""Holds what is printed where, and in which form: tables of data and pure functions."""
