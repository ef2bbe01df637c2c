"""Simulates a SERPRO: token host, gateway and the services that the settlement uses, with scripted faults."""
