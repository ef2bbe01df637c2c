"""Holds the queries to SEFAZ: dropped as files, ordered by a person, or without an answer in time."""
