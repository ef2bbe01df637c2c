"""The form of an access. Its secrets go to the service by the socket, and come back to no page."""

import sqlite3
from datetime import date
from typing import Any

from separador.acesso.banco import escritorios
from separador.capacidades.certificados.banco import nomes_lidos
from separador.capacidades.procuracoes import banco as acessos
from separador.capacidades.procuracoes.dominio import Esfera, TipoAcesso
from separador.capacidades.procuracoes.servico import procuracoes as servico
from separador.capacidades.procuracoes.servico.gravacao import ALTERAR, EXCLUIR, INCLUIR
from separador.capacidades.procuracoes.servico.procuracoes import Estado
from separador.capacidades.procuracoes.telas import com_certificado
from separador.capacidades.procuracoes.telas.entrega import Recusa, entregue
from separador.painel.base.escolhas import cnpj, escolher
from separador.painel.base.resposta import ACHADA, NAO_HA, RECUSADA, Erro, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita

_TEXTOS = ("nome", "login", "titular", "orgao", "validade")
_MESES_MAXIMOS = 120
_NOVO = "Nova procuração"
CERTIFICADOS = 100
"""Certificates that the form offers before one searches: with thousands of clients the page is long as it is."""


def novo(v: Visita) -> Resposta:
    """Registers an access, with its certificate where a file of one came along."""
    escritorio = achar_escritorio(v)
    if not v.enviada:
        return _pagina(v, escritorio, _vazio())
    ditos, feito = _fazer(v, escritorio, _ditos(v), {"fazer": INCLUIR}, _NOVO, _vazio())
    if isinstance(feito, Pagina):
        return feito
    if isinstance(feito, tuple):
        return _pagina(v, escritorio, ditos, *feito)
    return Ir(f"{caminho(escritorio)}?feito=acesso")


def _fazer(
    v: Visita, escritorio: sqlite3.Row, ditos: dict[str, Any], qual: dict[str, Any], titulo: str, antes: dict[str, Any]
) -> tuple[dict[str, Any], str | Recusa | Pagina]:
    """Has it done; returns what the form shows, and what a person has to know, a refusal, or the page in between.
    `antes`: what the form showed at first."""
    if v.campos.um("pendente"):
        enviados, guardado = com_certificado.guardar(v)
        return enviados or antes, guardado
    ilegiveis = _ilegiveis(v)
    if ilegiveis:
        return ditos, (RECUSADA, ilegiveis)
    pedido = qual | {"escritorio": escritorio["cnpj"], "acesso": ditos, "segredos": _segredos(v)}
    if com_certificado.veio(v):
        return ditos, com_certificado.conferir(v, pedido, titulo, v.caminho)
    return ditos, entregue(v, pedido)


def mudar(v: Visita, escritorio: sqlite3.Row, e: Estado) -> Pagina | tuple[dict[str, Any], int, tuple[str, ...], str]:
    """Changes an access; returns what the form shows, the status, the refusals, and what a person has to know; or the
    page in between."""
    ditos = _ditos(v) | {"tipo": e.acesso.tipo.value}
    ditos, feito = _fazer(v, escritorio, ditos, {"fazer": ALTERAR, "id": e.id}, e.acesso.nome, de_estado(e))
    if isinstance(feito, Pagina):
        return feito
    if isinstance(feito, tuple):
        return do_formulario(v, escritorio, ditos), *feito, ""
    return do_formulario(v, escritorio, ditos), ACHADA, (), feito


def excluir(v: Visita) -> Resposta:
    """Says what goes with the access, and deletes it when that is sent."""
    escritorio, e = achar(v)
    estado, avisos = ACHADA, tuple[str, ...]()
    if v.enviada:
        feito = entregue(v, {"fazer": EXCLUIR, "id": e.id})
        if not isinstance(feito, tuple):
            return Ir(f"{caminho(escritorio)}?feito=excluido")
        estado, avisos = feito
    valores = {"nome": e.acesso.nome, "volta": f"{caminho(escritorio)}/{e.id}"}
    return Pagina("procuracoes/excluir.html", "Excluir acesso", valores, estado, avisos)


def caminho(escritorio: sqlite3.Row) -> str:
    """Returns the page of an office's accesses."""
    return f"/escritorios/{escritorio['cnpj']}/certificados"


def achar_escritorio(v: Visita) -> sqlite3.Row:
    """Returns the office of the path. Raises Erro."""
    achado = escritorios.escritorio(v.banco, cnpj(v.partes["cnpj"]))
    if achado is None:
        raise Erro(NAO_HA, "Não há escritório com este CNPJ.")
    return achado


def achar(v: Visita) -> tuple[sqlite3.Row, Estado]:
    """Returns office and access of the path. Raises Erro."""
    escritorio, dito = achar_escritorio(v), v.partes["id"]
    numero = int(dito) if dito.isascii() and dito.isdigit() and len(dito) < 19 else None
    linha = acessos.por_id(v.banco, numero) if numero is not None else None
    if linha is None or linha["escritorio"] != escritorio["cnpj"]:
        raise Erro(NAO_HA, "Este escritório não tem acesso com este número.")
    return escritorio, servico.estado(v.banco, linha, v.agora)


def _vazio() -> dict[str, Any]:
    vazios: dict[str, Any] = dict.fromkeys((*_TEXTOS, "certificado", "certificado_cnpj"), "")
    padroes: dict[str, Any] = {
        "tipo": TipoAcesso.LOGIN.value,
        "esfera": Esfera.FEDERAL.value,
        "clientes": [],
        "meses": None,
    }
    return vazios | padroes | {"ativo": True}


def de_estado(e: Estado) -> dict[str, Any]:
    """Returns what the form shows of an access."""
    a = e.acesso
    return {
        "nome": a.nome, "login": a.login or "", "titular": a.titular or "", "orgao": a.orgao or "",
        "validade": a.validade.ate.isoformat() if a.validade.ate else "", "certificado": a.certificado or "",
        "certificado_cnpj": a.certificado_cnpj or "", "tipo": a.tipo.value, "esfera": a.esfera.value,
        "clientes": list(a.clientes), "meses": a.validade.meses, "ativo": a.ativo,
    }  # fmt: skip


def _ditos(v: Visita) -> dict[str, Any]:
    c = v.campos
    empresa, _, apelido = c.um("certificado").partition("/")
    meses = c.um("meses").strip()
    tipo, esfera = c.um("tipo"), c.um("esfera")
    ditos: dict[str, Any] = {n: c.um(n).strip() for n in _TEXTOS}
    return ditos | {
        "tipo": tipo if tipo in set(TipoAcesso) else TipoAcesso.LOGIN.value,
        "esfera": esfera if esfera in set(Esfera) else Esfera.FEDERAL.value,
        "titular": cnpj(c.um("titular")),
        "validade": _dia(ditos["validade"]),
        "certificado": apelido,
        "certificado_cnpj": empresa,
        "clientes": list(dict.fromkeys(x for x in map(cnpj, c.um("clientes").replace(",", " ").split()) if x)),
        "meses": int(meses) if meses.isascii() and meses.isdigit() and len(meses) < 6 else None,
        "ativo": bool(c.um("ativo")),
    }


def _ilegiveis(v: Visita) -> tuple[str, ...]:
    """Returns what is written and cannot be read: taken as blank, it would wipe what the access has."""
    validade, meses = v.campos.um("validade").strip(), v.campos.um("meses").strip()
    ditas = []
    if validade and not _dia(validade):
        ditas.append("Validade: diga o dia, como em 31/12/2026.")
    if meses and not (meses.isascii() and meses.isdigit() and len(meses) < 6):
        ditas.append("Validade em meses: diga um número inteiro.")
    return tuple(ditas)


def _dia(texto: str) -> str:
    try:
        return date.fromisoformat(texto).isoformat()
    except ValueError:
        return ""


def _segredos(v: Visita) -> dict[str, str]:
    """Returns the secrets that were typed; they stand nowhere else."""
    return {n: x for n in ("senha", "codigo") if (x := v.campos.um(n))}


def do_formulario(v: Visita, escritorio: sqlite3.Row, ditos: dict[str, Any]) -> dict[str, Any]:
    """Returns what the form needs."""
    ha = [(f"{r['empresa']}/{r['apelido']}", f"{r['apelido']} ({r['titular']})") for r in nomes_lidos(v.banco)]
    dito = f"{ditos['certificado_cnpj'] or escritorio['cnpj']}/{ditos['certificado']}" if ditos["certificado"] else ""
    if dito and dito not in dict(ha):
        ha.append((dito, f"{ditos['certificado']} (não instalado)"))
    return {
        "d": ditos, "certificado_dito": dito,
        "certificados": escolher(v, ha, dito, "procurar_certificado", CERTIFICADOS),
        "tipos": [t.value for t in TipoAcesso],
        "esferas": [x.value for x in Esfera], "escritorio": escritorio, "meses_maximos": _MESES_MAXIMOS,
    }  # fmt: skip


def _pagina(
    v: Visita, escritorio: sqlite3.Row, ditos: dict[str, Any], estado: int = ACHADA, avisos: tuple[str, ...] = ()
) -> Pagina:
    valores = do_formulario(v, escritorio, ditos) | {"existe": False}
    return Pagina("procuracoes/nova.html", _NOVO, valores, estado, avisos)
