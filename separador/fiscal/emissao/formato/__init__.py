"""Describes the format of loads and registries once: reader, JSON Schema and the manual's table come from it."""
