"""Tells the capabilities that count what a commit is about to end."""

from collections.abc import Sequence

from separador.banco.conexao import Banco
from separador.nucleo import capacidade


def contar(banco: Banco, arquivos: Sequence[int]) -> None:
    """Lets each count, in the open transaction. `arquivos`: the files that have their outcome from now on."""
    for contar_uma in capacidade.de_cada("desfechos"):
        contar_uma(banco, arquivos)
