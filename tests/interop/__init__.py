"""Clients that are not ours against the local SEFAZ (issue: SEFAZ, Done means)."""
