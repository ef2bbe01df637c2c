"""The page that withdraws an order that still waits for the service."""

from separador.banco import leitura
from separador.painel.base.ordens import com_ordens
from separador.painel.base.resposta import ACHADA, CONFLITO, NAO_HA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.espera import contra_retirada, de_pessoas
from separador.pedidos.espera import retirar as retirar_ordem


def retirar(v: Visita) -> Resposta:
    """Shows the order, and withdraws it."""
    dito = v.partes["id"]
    linha = leitura.tarefa(v.banco, int(dito)) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    negativa = contra_retirada(linha, int(dito) if linha is not None else 0)
    if linha is None or not de_pessoas(linha):
        raise Erro(NAO_HA, f"Não há ordem com o número {dito}.")
    if negativa is None and v.enviada:
        with v.escrevendo() as banco:
            negativa = retirar_ordem(banco, linha["id"], v.quem, v.agora)
        if negativa is None:
            return Ir(com_ordens(v.volta("/"), [linha["id"]]))
    valores = {"o": linha, "volta": v.volta("/"), "espera": negativa is None}
    avisos = (negativa.mensagem,) if negativa is not None else ()
    return Pagina("painel/retirar.html", "Retirar ordem", valores, CONFLITO if avisos else ACHADA, avisos)
