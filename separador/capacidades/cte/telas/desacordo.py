"""The page by which the taker of a service contests it, with the attempts made so far."""

from typing import Any

from separador.capacidades.cte.banco import leitura_de_eventos
from separador.capacidades.cte.banco.leitura_de_eventos import FiltroEvento
from separador.capacidades.cte.servico import juizo
from separador.capacidades.cte.servico.evento.pedidos import PEDIDO, json_do_pedido
from separador.fiscal.evento.tabela import POR_NOME
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave
from separador.painel.base import ordens
from separador.painel.base.escolhas import empresas
from separador.painel.base.resposta import ACHADA, CONFLITO, RECUSADA, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.ordens import NovoPedido

_EVENTO = POR_NOME["desacordo"]
_TENTATIVAS = 50
_DOS_CAMPOS = frozenset({"SEP-EVENTO-DADOS", "SEP-EVENTO-EMPRESA"})
"""Refusals about what was typed; the others are about the document."""


def desacordo(v: Visita) -> Resposta:
    """Shows the form and the attempts; records the order when it may be carried out."""
    ditos = {n: v.campos.um(n).strip() for n in ("empresa", "chave", "sequencia", "observacao")}
    if not v.enviada:
        return _pagina(v, {n: v.consulta.um(n, x) for n, x in ditos.items()})
    if ditos["sequencia"] == v.campos.um("proposta"):
        ditos["sequencia"] = ""  # what the form proposed: whoever does not change it asks for the next free one
    chave = limpar_chave(ditos["chave"])
    if not FORMATO_CHAVE.fullmatch(chave):
        return _pagina(v, ditos, RECUSADA, ("Chave do CT-e: deve ter 44 posições.",))
    dados: dict[str, object] = {n: x for n, x in ditos.items() if x and n != "chave"}
    nossas = tuple(e.cnpj for e in v.configuracao.empresas)
    negativas = juizo.julgar_evento(v.dados, _EVENTO, chave, dados, nossas, v.agora)
    if negativas:
        estado = RECUSADA if all(n.codigo in _DOS_CAMPOS for n in negativas) else CONFLITO
        return _pagina(v, ditos, estado, tuple(n.mensagem for n in negativas))
    return ordens.dar(v, [NovoPedido(PEDIDO, chave, dados=json_do_pedido(_EVENTO.nome, dados))], "/cte/desacordo")


def _pagina(v: Visita, ditos: dict[str, str], estado: int = ACHADA, avisos: tuple[str, ...] = ()) -> Pagina:
    filtro = FiltroEvento(None, _EVENTO.tp, _EVENTO.nome, _TENTATIVAS)
    livre = leitura_de_eventos.proxima_sequencia(v.banco, limpar_chave(ditos["chave"]), _EVENTO.tp)
    valores: dict[str, Any] = {
        "d": ditos | {"sequencia": ditos["sequencia"] or str(livre)},
        "proposta": "" if estado == CONFLITO else livre,  # who sends it again means the number that is shown
        "empresas": empresas(v, ditos["empresa"]),
        "tentativas": leitura_de_eventos.eventos(v.banco, filtro),
        "recusadas": leitura_de_eventos.pedidos_sem_evento(v.banco, filtro),
    }
    return Pagina("cte/desacordo.html", "Prestação de serviço de CT-e em desacordo", valores, estado, avisos)
