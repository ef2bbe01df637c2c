"""The page `/cte`: the documents by filter, and the buttons that order something about the selected ones."""

import sqlite3
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from separador.capacidades.cte.banco import paginas
from separador.capacidades.cte.banco.paginas import Filtro
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.situacao import Situacao
from separador.painel.base.campos import Campos
from separador.painel.base.resposta import ACHADA, RECUSADA, Ir, Pagina, Resposta
from separador.painel.base.visita import Visita

CAMINHO = "/cte"
_TITULO = "Conhecimento de Transporte Eletrônico"
_VARIOS = {"enviar": "cte enviar", "consultar": "cte consultar"}
_UM = {"notas": "cte notas", "cancelar": "cte cancelar", "estornar": "cte estornar"}
_DO_FILTRO = ("situacao", "carga", "numero", "serie", "emitente", "de", "ate")


def lista(v: Visita) -> Resposta:
    """Shows a page of the list, or leads to the order that a button names."""
    aqui = v.consulta.com(fazer=None, chave=None, ordem=None, volta=None)
    fazer = v.consulta.um("fazer")
    if fazer in _VARIOS or fazer in _UM:
        chaves = [c for c in v.consulta.todos("chave") if FORMATO_CHAVE.fullmatch(c)]
        if not chaves:
            return _pagina(v, aqui, "Selecione ao menos um documento na lista.")
        if fazer in _UM and len(chaves) > 1:
            return _pagina(v, aqui, "Selecione só um documento para isto.")
        return Ir(_destino(fazer, chaves, aqui.endereco(CAMINHO)))
    return _pagina(v, aqui)


def _destino(fazer: str, chaves: list[str], volta: str) -> str:
    if fazer in _VARIOS:
        return f"{CAMINHO}/{fazer}?{urlencode([*(('chave', c) for c in chaves), ('volta', volta)])}"
    return f"{CAMINHO}/{chaves[0]}/{fazer}?{urlencode({'volta': volta})}"


def _pagina(v: Visita, aqui: Campos, aviso: str = "") -> Pagina:
    com_emissao = paginas.tem_emissao(v.banco)
    achada = paginas.pagina(v.banco, _filtro(aqui, com_emissao=com_emissao), aqui.um("depois"))
    filtro = {n: aqui.um(n) for n in _DO_FILTRO}
    valores: dict[str, Any] = {
        "linhas": [_linha(d) for d in achada.linhas],
        "filtro": filtro,
        "filtrado": any(filtro.values()),
        "situacoes": [s.value for s in Situacao],
        "contagens": _contagens(v, aqui),
        "com_emissao": com_emissao,
        "proximos": aqui.com(depois=achada.depois).endereco(CAMINHO) if achada.depois else None,
        "continuar": aqui.com(depois=achada.continua).endereco(CAMINHO) if achada.continua else None,
        "primeiros": aqui.com(depois=None).endereco(CAMINHO) if aqui.um("depois") else None,
        "escondidos": [(n, x) for n, x in aqui.pares if x],
        "marcadas": v.consulta.todos("chave"),
    }
    return Pagina("cte/lista.html", _TITULO, valores, RECUSADA if aviso else ACHADA, (aviso,) if aviso else ())


def _contagens(v: Visita, aqui: Campos) -> list[tuple[str, int, str]]:
    """Counts what is open, on the first page of the list."""
    if aqui.um("depois"):
        return []
    return [(s, n, _dito(n)) for s, n in paginas.contagens(v.banco).items() if n]


def _dito(n: int) -> str:
    return str(n) if n <= paginas.CONTADAS else f"mais de {paginas.CONTADAS}"


def _filtro(c: Campos, *, com_emissao: bool) -> Filtro:
    numero = c.um("numero").strip().lstrip("0")
    emitente = "".join(x for x in c.um("emitente") if x.isalnum()).upper()
    return Filtro(
        situacao=c.um("situacao").strip(),
        carga=c.um("carga").strip(),
        numero=numero,
        serie=c.um("serie").strip(),
        emitente=emitente,
        de=_dia(c.um("de")) if com_emissao else None,
        ate=_dia(c.um("ate")) if com_emissao else None,
    )


def _dia(texto: str) -> date | None:
    try:
        return date.fromisoformat(texto)
    except ValueError:
        return None


def _linha(d: sqlite3.Row) -> dict[str, Any]:
    """Returns a row of the list; what the database does not keep yet is empty. Amounts are kept in cents."""
    conhecidos = d.keys()
    linha = {n: d[n] for n in conhecidos if n != "base"}
    valor = linha.get("valor")
    return {"emitido_em": None, "tomador": None} | linha | {"valor": None if valor is None else Decimal(valor) / 100}
