"""Hands an access to the service, which keeps it with its secrets."""

from typing import Any

from separador.painel.base.resposta import CONFLITO, RECUSADA
from separador.painel.base.visita import Visita
from separador.pedidos.entrega import Entregue, entregar
from separador.pedidos.saida import Saida

Recusa = tuple[int, tuple[str, ...]]
"""The status of the page that comes back, and its sentences."""
_ESPECIE = "procuracao"
SEM_SERVICO = (
    "Ligue o serviço (separador iniciar) e repita: é ele que guarda os acessos e os seus segredos. Sem ele, há o"
    " comando separador procuracao. Nada foi mudado."
)


def pedir(v: Visita, dados: dict[str, Any]) -> Entregue | Recusa:
    """Hands an access to the service. Returns its answer, or status and sentences of a refusal."""
    feito = entregar(v.dados, _ESPECIE, dados | {"quem": v.quem, "acao": v.tela.muda})
    if feito is None:
        return CONFLITO, (SEM_SERVICO,)
    if feito.codigo != Saida.FEITO:
        frases = tuple(f.strip() for f in feito.frases)
        return (CONFLITO if feito.codigo == Saida.SEM_SERVICO else RECUSADA), frases
    return feito


def entregue(v: Visita, dados: dict[str, Any]) -> str | Recusa:
    """Does the same. Returns what a person has to know."""
    feito = pedir(v, dados)
    return feito if isinstance(feito, tuple) else str(feito.valor.get("aviso") or "")
