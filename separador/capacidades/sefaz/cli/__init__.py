"""Holds the commands about SEFAZ, and their checks for `separador verificar`."""
