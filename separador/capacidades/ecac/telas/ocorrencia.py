"""The pages of one occurrence: what happened, the guide that it may be about, and its dismissal."""

import sqlite3
from typing import Any

from separador.capacidades.ecac.banco import guias, listas, ocorrencias, pagamentos
from separador.capacidades.ecac.banco.guias import guia_de
from separador.capacidades.ecac.banco.leitura import FiltroGuias, existe
from separador.capacidades.ecac.dominio.arrecadacao import Pagamento, completo
from separador.capacidades.ecac.dominio.conciliacao import valor_confere
from separador.capacidades.ecac.dominio.guia import nome_da_guia
from separador.capacidades.ecac.dominio.ocorrencia import Status
from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import decisoes
from separador.capacidades.ecac.servico.vista import guias as vista
from separador.capacidades.ecac.servico.vista.ocorrencias import LinhaOcorrencia, linha
from separador.capacidades.ecac.telas.guias import do_pagamento
from separador.painel.base import ordens
from separador.painel.base.resposta import ACHADA, CONFLITO, NAO_HA, RECUSADA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.ordens import NovoPedido

ABERTAS, BAIXADAS = 200, 50
"""Guides of a company that are offered: those not settled, and the settled ones due last."""
_MOTIVO = "SEP-MOTIVO"


def ocorrencia(v: Visita) -> Resposta:
    """Shows what happened, what to do about it, and its history."""
    o = achar(v)
    valores: dict[str, Any] = {
        "o": dita(v, o),
        "pagamento": completo(o["pagamento"]) if o["pagamento"] else None,
        "historico": ocorrencias.historico(v.banco, o["id"]),
        "aberta": o["status"] == Status.ABERTA,
        "aqui": v.caminho,
    }
    return Pagina("ecac/ocorrencia.html", f"Detalhes da ocorrência {o['id']}", valores)


def achar(v: Visita) -> sqlite3.Row:
    """Returns the occurrence of the path. Raises Erro."""
    dito = v.partes["id"]
    numero = int(dito) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    achada = ocorrencias.por_id(v.banco, numero) if numero is not None and existe(v.banco) else None
    if achada is None:
        raise Erro(NAO_HA, f"Não há ocorrência {dito}.")
    return achada


def dita(v: Visita, o: sqlite3.Row) -> LinhaOcorrencia:
    """Returns an occurrence as lists show it."""
    dona = v.configuracao.empresa(o["contribuinte"])
    return linha(v.banco, o, {dona.cnpj: dona.nome} if dona is not None else {})


def localizar(v: Visita) -> Resposta:
    """Shows the guides of the company, those not settled first; each may be linked to the payment."""
    o = achar(v)
    bases = Bases(v.dados, v.configuracao.raiz)
    abertas = listas.guias(v.banco, FiltroGuias(o["contribuinte"], baixada=False), ABERTAS)
    baixadas = listas.guias(v.banco, FiltroGuias(o["contribuinte"], baixada=True), BAIXADAS)
    todas = (*abertas.linhas, *baixadas.linhas)
    dona = guias.do_pagamento(v.banco, o["contribuinte"], o["pagamento"]) if o["pagamento"] else None
    pago = pagamentos.por_numero(v.banco, o["contribuinte"], o["pagamento"]) if o["pagamento"] else None
    linhas = [vista.em_dicionario(g, bases) | {"impede": _impede(o, g, dona)} for g in todas]
    valores: dict[str, Any] = {
        "o": dita(v, o),
        "id": o["id"],
        "pagamento": completo(o["pagamento"]) if o["pagamento"] else None,
        "dona": dona,
        "pago": do_pagamento(pago) if pago is not None else [],
        "nenhuma_bate": pago is not None
        and abertas.proxima is None  # else only the first ones were looked at
        and not any(_bate(g, pago) for g in abertas.linhas),
        "linhas": linhas,
        "ha_mais": abertas.proxima is not None or baixadas.proxima is not None,
        "situacao": vista.situacao,
        "dia": vista.dia,
        "aqui": v.caminho,
    }
    return Pagina("ecac/localizar.html", "Localizar Guia", valores)


def _bate(guia: sqlite3.Row, pago: Pagamento) -> bool:
    return valor_confere(guia_de(guia).valores, pago.valores)


def _impede(o: sqlite3.Row, guia: sqlite3.Row, dona: sqlite3.Row | None) -> str | None:
    """Returns why the guide cannot be linked. `dona`: the guide that the payment settled."""
    if o["pagamento"] is None:
        return "A ocorrência não é de um pagamento."
    if dona is not None:
        return f"O pagamento já baixou a guia {dona['numero'] or dona['id']}."
    return (
        f"A guia {nome_da_guia(guia['id'], guia['numero'])} já está baixada." if guia["pagamento"] is not None else None
    )


def dispensar(v: Visita) -> Resposta:
    """Asks for the reason, and records the order."""
    o = achar(v)
    motivo, volta = v.campos.um("motivo"), f"/ecac/ocorrencias/{o['id']}"
    negativa = decisoes.avaliar(v.banco, decisoes.DISPENSAR, str(o["id"]), motivo)
    if negativa is not None and negativa.codigo == _MOTIVO and not v.enviada:
        negativa = None
    if negativa is None and v.enviada:
        return ordens.dar(v, [NovoPedido(decisoes.DISPENSAR, str(o["id"]), motivo)], volta)
    estado = ACHADA if negativa is None else RECUSADA if negativa.codigo == _MOTIVO else CONFLITO
    valores = {"o": dita(v, o), "motivo": motivo, "volta": v.volta(volta), "aberta": o["status"] == Status.ABERTA}
    avisos = (negativa.mensagem,) if negativa is not None else ()
    return Pagina("ecac/dispensar.html", "Dispensar ocorrência", valores, estado, avisos)
