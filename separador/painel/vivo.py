"""Answers what open pages ask every few seconds, and whether the panel is there at all."""

from separador.painel.base.moldura import falhas_abertas
from separador.painel.base.resposta import Dados, Resposta
from separador.painel.base.servico import estado, versao
from separador.painel.base.visita import Visita


def saude(v: Visita) -> Resposta:
    """Says that the panel answers, and the state of the service; nothing else, because anybody may ask."""
    return Dados({"painel": True, "servico": estado(v)})


def vivo(v: Visita) -> Resposta:
    """Gives a version that changes when anything on a page may have changed."""
    servico, falhas = estado(v), falhas_abertas(v)
    dita = versao(v)
    return Dados({"versao": dita, "servico": servico, "falhas": falhas}, dita)
