"""Holds the calls to SEFAZ over the network: queue, turns, intents, limits. It knows no document."""
