"""The page `/cte`: the documents by filter, and the buttons that order something about the selected ones."""

import sqlite3
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from separador.capacidades.cte.banco import lista as documentos
from separador.capacidades.cte.banco.lista import Filtro
from separador.nucleo import capacidade
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.situacao import Situacao
from separador.painel.base.campos import Campos
from separador.painel.base.escolhas import nomes
from separador.painel.base.resposta import ACHADA, RECUSADA, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita
from separador.pedidos.tempo import entre_dias

CAMINHO = "/cte"
_TITULO = "Conhecimento de Transporte Eletrônico"
_VARIOS = {"enviar": "cte enviar", "consultar": "cte consultar"}
_UM = {"notas": "cte notas", "cancelar": "cte cancelar", "estornar": "cte estornar"}
_TEXTOS = ("situacao", "carga", "numero", "serie", "emitente")
_DO_FILTRO = (*_TEXTOS, "de", "ate")
POR_PAGINA = 50
NENHUM = "Selecione ao menos um documento na lista."
MUITOS = "Selecione só um documento para isto."


def lista(v: Visita) -> Resposta:
    """Shows a page of the list, or leads to the order that a button names."""
    aqui = v.consulta.com(fazer=None, chave=None, ordem=None, volta=None)
    fazer = v.consulta.um("fazer")
    if fazer in _VARIOS or fazer in _UM:
        chaves = [c for c in v.consulta.todos("chave") if FORMATO_CHAVE.fullmatch(c)]
        if not chaves:
            return _pagina(v, aqui, NENHUM)
        if fazer in _UM and len(chaves) > 1:
            return _pagina(v, aqui, MUITOS)
        return Ir(_destino(fazer, chaves, v.volta(aqui.endereco(CAMINHO))))
    return _pagina(v, aqui)


def _destino(fazer: str, chaves: list[str], volta: str) -> str:
    if fazer in _VARIOS:
        return f"{CAMINHO}/{fazer}?{urlencode([*(('chave', c) for c in chaves), ('volta', volta)])}"
    return f"{CAMINHO}/{chaves[0]}/{fazer}?{urlencode({'volta': volta})}"


def _pagina(v: Visita, aqui: Campos, aviso: str = "") -> Pagina:
    em_dia = documentos.em_dia(v.banco)
    depois = documentos.ler_ponto(aqui.um("depois"))
    achada = documentos.pagina(v.banco, _filtro(aqui, em_dia=em_dia), POR_PAGINA, depois)
    seguinte = aqui.com(depois=str(achada.proxima)).endereco(CAMINHO) if achada.proxima is not None else None
    filtro = {n: aqui.um(n) for n in _DO_FILTRO}
    valores: dict[str, Any] = {
        "linhas": da_pagina(achada.linhas),
        "nomes": nomes(v),
        "paginas": paginas_de_cargas(v, [d["carga"] for d in achada.linhas]),
        "filtro": filtro,
        "filtrado": any(filtro.values()),
        "situacoes": [s.value for s in Situacao],
        "contagens": _contagens(v, aqui),
        "em_dia": em_dia,
        "proximos": None if achada.incompleta else seguinte,
        "continuar": seguinte if achada.incompleta else None,
        "primeiros": aqui.com(depois=None).endereco(CAMINHO) if depois is not None else None,
        "escondidos": [(n, x) for n, x in aqui.pares if x],
        "nenhum": NENHUM,
        "muitos": MUITOS,
        "marcadas": v.consulta.todos("chave"),
    }
    return Pagina("cte/lista.html", _TITULO, valores, RECUSADA if aviso else ACHADA, (aviso,) if aviso else ())


def da_pagina(linhas: Iterable[sqlite3.Row]) -> list[dict[str, Any]]:
    """Returns documents as the table shows them."""
    return [dict(d) | {"valor": _reais(d["valor"])} for d in linhas]


def paginas_de_cargas(v: Visita, nomes: Iterable[str | None]) -> dict[str, str]:
    """Returns the pages of those of these loads that have one."""
    ditos = list(dict.fromkeys(n for n in nomes if n))
    return {n: p for achar in capacidade.de_cada("cargas") for n, p in achar(v.banco, v.configuracao, ditos).items()}


def _contagens(v: Visita, aqui: Campos) -> list[tuple[str, str]]:
    """Counts what is open, on the first page of the list."""
    if aqui.um("depois"):
        return []
    return [(s, _dito(n)) for s, n in documentos.contar_abertos(v.banco).items() if n]


def _dito(n: int) -> str:
    return str(n) if n <= documentos.CONTADOS else f"mais de {documentos.CONTADOS}"


def _filtro(c: Campos, *, em_dia: bool) -> Filtro:
    textos: dict[str, Any] = {n: documentos.limpar(n, c.um(n)) for n in _TEXTOS if c.um(n).strip()}
    de, ate = entre_dias(_dia(c.um("de")), _dia(c.um("ate"))) if em_dia else (None, None)
    return Filtro(**textos, de=de, ate=ate)


def _dia(texto: str) -> date | None:
    try:
        return date.fromisoformat(texto)
    except ValueError:
        return None


def _reais(centavos: int | None) -> Decimal | None:
    return None if centavos is None else Decimal(centavos) / 100
