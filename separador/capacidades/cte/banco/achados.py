"""Finds what a text may be about: each place is looked up by its index, and gives a few of its newest."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from separador.nucleo.nome_de_arquivo import mostrar

DE_CADA = 10
"""Most that one place gives."""
_GRAFIAS = 16
"""Most ways of writing one name, in upper and lower case, that are followed."""
_COMECO_DE_CHAVE = re.compile(r"[0-9]{6}[A-Z0-9]{12}[0-9]{2,25}")
"""The beginning of a chave: up to its model, or longer."""


class Achado(NamedTuple):
    """Something found. `por`: what of it fits; `ver`: the words of the command that shows it."""

    por: str
    o_que: str
    chave: str | None
    quando: str
    ver: str


_POR = {
    "chave": "chave = ?",
    "número": "numero = ?",
    "protocolo": "protocolo = ?",
    "carga": "carga = ?",
    "tomador": "tomador = ?",
}


def de_documentos(c: sqlite3.Connection, texto: str, novas: bool) -> Iterator[Achado]:
    """Yields the documents that a text names. `novas`: the database has the columns of lists."""
    for por, condicao in _POR.items():
        if por == "tomador" and not novas:
            continue
        valor = (texto.lstrip("0") or "0") if por == "número" and texto.isdigit() else texto
        for d in c.execute(
            "SELECT chave, tipo, serie, numero, situacao, atualizado_em FROM documento"  # noqa: S608 - constants
            f" WHERE {condicao} ORDER BY atualizado_em DESC LIMIT ?",
            (valor, DE_CADA),
        ):
            yield Achado(por, _dito(d), d["chave"], d["atualizado_em"], f"cte ver {d['chave']}")

    if _COMECO_DE_CHAVE.fullmatch(texto):
        for d in c.execute(
            "SELECT chave, tipo, serie, numero, situacao, atualizado_em FROM documento"
            " WHERE chave >= ? AND chave < ? ORDER BY chave LIMIT ?",
            (texto, depois_de(texto), DE_CADA),
        ):
            yield Achado("começo da chave", _dito(d), d["chave"], d["atualizado_em"], f"cte ver {d['chave']}")


def _dito(d: sqlite3.Row) -> str:
    return f"{d['tipo']} série {d['serie']} número {d['numero']}, {d['situacao']}"


def depois_de(chave: str) -> str:
    """Returns a text behind all the keys that begin so."""
    return f"{chave}~"


def _grafias(nome: bytes, ha: Callable[[bytes], bool]) -> list[bytes]:
    """Returns how a name, or the beginning of one, is written in upper and lower case, among the names there are.

    It follows the index letter by letter, and only what `ha` says is there.
    """
    inicios = [b""]
    for i in range(len(nome)):
        letra = nome[i : i + 1]
        formas = dict.fromkeys((letra, letra.lower(), letra.upper()))
        inicios = [inicio + forma for inicio in inicios for forma in formas]
        if len(formas) > 1:
            inicios = [inicio for inicio in inicios if ha(inicio)][:_GRAFIAS]
    return inicios


def de_arquivos(c: sqlite3.Connection, nomes: Sequence[bytes]) -> Iterator[Achado]:
    """Yields the files taken under one of these names, or under one that begins so, in upper or lower case."""

    def ha(inicio: bytes) -> bool:
        sql = "SELECT 1 FROM arquivo WHERE nome >= ? AND nome < ? LIMIT 1"
        return c.execute(sql, (inicio, inicio + b"\xff")).fetchone() is not None

    for nome in dict.fromkeys(g for dito in nomes for g in _grafias(dito, ha)):
        for a in c.execute(
            "SELECT id, nome, rota_id, desfecho, chave, tomado_em FROM arquivo WHERE nome >= ? AND nome < ?"
            " ORDER BY nome, id DESC LIMIT ?",
            (nome, nome + b"\xff", DE_CADA),
        ):
            o_que = f"{mostrar(bytes(a['nome']))}, rota {a['rota_id']}, {a['desfecho'] or 'em andamento'}"
            yield Achado("arquivo recebido", o_que, a["chave"], a["tomado_em"], f"rastrear arquivo:{a['id']}")


def de_publicados(c: sqlite3.Connection, nomes: Sequence[bytes]) -> Iterator[Achado]:
    """Yields what was handed out under one of these names, or under one that begins so, in upper or lower case."""

    def ha(inicio: bytes) -> bool:
        sql = "SELECT 1 FROM publicacao WHERE nome >= ? AND nome < ? LIMIT 1"
        return c.execute(sql, (inicio, inicio + b"\xff")).fetchone() is not None

    for nome in dict.fromkeys(g for dito in nomes for g in _grafias(dito, ha)):
        for p in c.execute(
            "SELECT p.nome, p.pasta, p.criada_em, d.chave FROM publicacao p"
            " LEFT JOIN documento d ON d.id = p.documento_id"
            " WHERE p.nome >= ? AND p.nome < ? ORDER BY p.nome, p.id DESC LIMIT ?",
            (nome, nome + b"\xff", DE_CADA),
        ):
            dito = mostrar(bytes(p["nome"]))
            yield Achado("arquivo entregue", f"{dito} em {p['pasta']}", p["chave"], p["criada_em"], f"rastrear {dito}")
