"""Holds the commands that run a local SEFAZ and a local SERPRO."""
