"""The pages of offices and their accesses: until when each is good, and what goes by it. No secret is shown."""

import sqlite3
from datetime import date
from typing import Any

from separador.acesso.banco import escritorios as tabela
from separador.capacidades.procuracoes import banco as acessos
from separador.capacidades.procuracoes.servico import procuracoes as servico
from separador.capacidades.procuracoes.servico import vista
from separador.capacidades.procuracoes.servico.procuracoes import Estado
from separador.nucleo.fuso import dia
from separador.painel.base.escolhas import cnpj
from separador.painel.base.resposta import NAO_HA, Erro, Pagina, Resposta
from separador.painel.base.visita import Visita

PERTO_DIAS = 30
USOS = 200
"""Clients that the page of an access names; the command names all."""


def escritorios(v: Visita) -> Resposta:
    """Shows the offices, each with how many accesses it has."""
    valores = {"linhas": tabela.escritorios(v.banco), "quantos": acessos.quantos(v.banco)}
    return Pagina("procuracoes/escritorios.html", "ESCRITÓRIOS", valores)


def lista(v: Visita) -> Resposta:
    """Shows the accesses of an office, with their dates."""
    escritorio = _escritorio(v)
    hoje = servico.hoje_de(v.agora)
    estados = servico.estados(v.banco, v.agora, escritorio["cnpj"])
    linhas = [{"e": e, "classe": _classe(e, hoje), "ate": _ate(e)} for e in estados]
    valores: dict[str, Any] = {"escritorio": escritorio, "linhas": linhas}
    return Pagina("procuracoes/acessos.html", "CERTIFICADOS E PROCURAÇÕES", valores)


def _escritorio(v: Visita) -> sqlite3.Row:
    achado = tabela.escritorio(v.banco, cnpj(v.partes["cnpj"]))
    if achado is None:
        raise Erro(NAO_HA, "Não há escritório com este CNPJ.")
    return achado


def _ate(e: Estado) -> str:
    return dia(e.vencimento) if e.vencimento is not None else "sem vencimento conhecido"


def _classe(e: Estado, hoje: date) -> str:
    """Returns how the access stands: red when it may not be used, amber when it ends soon."""
    if e.recusa is not None:
        return "mal" if e.acesso.ativo else "fraco"
    perto = e.vencimento is not None and (e.vencimento - hoje).days <= PERTO_DIAS
    return "meio" if perto else ""


def acesso(v: Visita) -> Resposta:
    """Shows one access: who keeps it, until when it is good, what goes by it now, and when something last did."""
    escritorio, dito = _escritorio(v), v.partes["id"]
    numero = int(dito) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    linha = acessos.por_id(v.banco, numero) if numero is not None else None
    if linha is None or linha["escritorio"] != escritorio["cnpj"]:
        raise Erro(NAO_HA, "Este escritório não tem acesso com este número.")
    e = servico.estado(v.banco, linha, v.agora)
    todos = servico.usos_de_agora(v.banco, v.configuracao, v.agora)
    usos = vista.usos(v.banco, e, [u for u in todos if u.acesso_id == e.id and u.segura is None])
    nomes = {x.cnpj: x.nome for x in v.configuracao.empresas}
    agora, antes = usos["em_uso_por"], usos["usado_antes_por"]
    valores: dict[str, Any] = {
        "a": vista.em_dicionario(e) | vista.guarda(v.banco, e),
        "ate": _ate(e),
        "classe": _classe(e, servico.hoje_de(v.agora)),
        "usos": [(u["nome"], u["uso"], "em uso", u["ultimo"]) for u in agora[:USOS]]
        + [(nomes.get(u["cliente"], u["cliente"]), u["uso"], "usado antes", u["ultimo"]) for u in antes[:USOS]],
        "ha_mais": len(agora) > USOS or len(antes) > USOS,
        "clientes": [(c, nomes.get(c, "")) for c in e.acesso.clientes[:USOS]],
        "mais_clientes": max(0, len(e.acesso.clientes) - USOS),
        "escritorio": escritorio,
        "dia": lambda d: dia(d) if d is not None else "",
    }
    return Pagina("procuracoes/acesso.html", e.acesso.nome, valores)
