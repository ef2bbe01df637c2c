"""Names the orders of the e-CAC that take long: the loop accepts them, the e-CAC's own thread carries them out and
answers."""

IMPORTAR, COMPROVANTE, INDICE, GERAR = "ecac-importar", "ecac-comprovante", "ecac-indice", "ecac-gerar"
LONGOS = (IMPORTAR, COMPROVANTE, INDICE, GERAR)
"""The orders that take long."""
