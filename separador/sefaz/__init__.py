"""SEFAZ over the network: envelopes, addresses, client, limits of use. Knows neither folders nor the database."""
