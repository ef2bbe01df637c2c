"""Cuts the payload (retCTe…) of a kept answer out of what came. Only what came is kept."""

from sqlite3 import Row

from separador.capacidades.sefaz.banco import brutos
from separador.capacidades.sefaz.banco import fila as tabela
from separador.capacidades.sefaz.rede.porta import Servico
from separador.capacidades.sefaz.rede.resposta import cortar


def conteudo(linha: Row) -> bytes:
    """Returns the payload; empty when there is none. A former version kept it apart until it was applied."""
    xml = tabela.xml(linha)
    if xml or linha["bruto"] is None:
        return xml
    cortado = cortar(brutos.abrir(linha["bruto"]), Servico(linha["servico"]))
    return cortado if isinstance(cortado, bytes) else b""
