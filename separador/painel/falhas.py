"""The page that takes a failure off the list, with a reason."""

from separador.banco import leitura
from separador.painel.base import ordens
from separador.painel.base.resposta import ACHADA, CONFLITO, NAO_HA, RECUSADA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.falhas import PEDIDO, contra_dispensa
from separador.pedidos.ordens import NovoPedido


def dispensar(v: Visita) -> Resposta:
    """Asks for the reason, and records the order."""
    dito = v.partes["id"]
    linha = leitura.falha(v.banco, int(dito)) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    if linha is None:
        raise Erro(NAO_HA, f"Não há falha com o número {dito}.")
    motivo = v.campos.um("motivo")
    negativa = contra_dispensa(v.banco, linha["id"], motivo if v.enviada else "-")
    if negativa is None and v.enviada:
        return ordens.dar(v, [NovoPedido(PEDIDO, str(linha["id"]), motivo.strip())], "/")
    estado = ACHADA if negativa is None else CONFLITO if linha["encerrada_em"] is not None else RECUSADA
    valores = {"f": linha, "motivo": motivo, "volta": v.volta("/"), "aberta": linha["encerrada_em"] is None}
    avisos = (negativa.mensagem,) if negativa is not None else ()
    return Pagina("painel/dispensar.html", "Dispensar falha", valores, estado, avisos)
