"""Calls to SEFAZ over the network: queue, turns, intents, limits. Knows no document."""
