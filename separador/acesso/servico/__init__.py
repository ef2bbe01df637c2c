"""Decides who may do what, and keeps users."""
