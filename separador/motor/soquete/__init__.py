"""Holds the socket of the service: through it accounts that cannot open the data folder give commands."""
