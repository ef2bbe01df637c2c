"""Shows the statistics (`separador estatisticas`), and counts the past."""
