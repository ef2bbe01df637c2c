"""The client of SERPRO's Integra Contador."""
