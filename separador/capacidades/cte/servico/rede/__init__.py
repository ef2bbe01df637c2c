"""Holds the use that documents make of the queue to SEFAZ: their calls, the answers, unknown outcomes."""
