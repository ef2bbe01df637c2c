"""Holds the commands `copia` and the check of `separador verificar`."""
