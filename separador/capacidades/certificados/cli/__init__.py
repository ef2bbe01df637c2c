"""Holds the commands about certificates, and their checks for `separador verificar`."""
