"""Holds the readers of the files that people, ERPs and transmitters drop."""
