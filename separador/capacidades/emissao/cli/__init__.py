"""Holds the command `separador carga`."""
