"""Its commands, and its checks for `separador verificar`."""
