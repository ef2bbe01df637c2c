"""Holds the commands about the e-CAC, and their checks for `separador verificar`."""
