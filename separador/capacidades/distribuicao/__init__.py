"""Documents of third parties, by NSU."""
