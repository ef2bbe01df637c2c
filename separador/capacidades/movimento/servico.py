"""Counts in the commit of each outcome. It is called by the engine, and by whoever ends something in a commit of its
own."""

from collections.abc import Sequence

from separador.banco.conexao import Banco
from separador.capacidades.movimento import banco as tabela
from separador.capacidades.movimento.dominio import Fonte
from separador.nucleo import capacidade


def contar(banco: Banco, arquivos: Sequence[int] = ()) -> bool:
    """Counts what this transaction ended: these files, and the new rows of every source.

    Returns True while a source has more of them than one transaction counts.
    """
    if arquivos:
        tabela.contar_arquivos(banco, arquivos)
    faltam = [nome for nome, fonte in fontes().items() if tabela.contar_novos(banco, nome, fonte)]
    return bool(faltam)


def fontes() -> dict[str, Fonte]:
    """Returns the sources of all capabilities, by name."""
    achadas = ((nome, capacidade.referencia("movimentos", nome)) for nome in capacidade.nomes("movimentos"))
    return {nome: fonte for nome, fonte in achadas if fonte is not None}
