"""The client of SEFAZ's web services."""
