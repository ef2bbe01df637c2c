"""Holds the client of SERPRO's Integra Contador."""
