"""Holds the commands `demo` and `simulador executar`."""
