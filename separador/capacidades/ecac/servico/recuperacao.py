"""Closes at the start what the thread of an earlier run left open. What carries out orders is not loaded for it."""

from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import Banco
from separador.capacidades.ecac.banco import geracoes
from separador.capacidades.ecac.banco.pedidos import GERAR, LONGOS


def recuperar(banco: Banco, quando: str) -> None:
    """Closes, after a crash, the orders for a new guide whose outcome is unknown: they are not made again by
    themselves."""
    geracoes.cortadas(banco, quando)
    for linha in tabela_de_pedidos.aceitas(banco, LONGOS):
        if linha["pedido"] == GERAR:
            mensagem = (
                "O serviço parou enquanto a guia era pedida, e não se sabe se ela foi gerada. Confira antes de pedir "
                "de novo: separador ecac guias localizar --receita, ou o portal e-CAC."
            )
            tabela_de_pedidos.encerrar(
                banco, linha["id"], tabela_de_pedidos.RECUSADA, "SEP-GUIA-DESFECHO", mensagem, quando
            )
