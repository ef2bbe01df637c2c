"""Tells people what expires."""
