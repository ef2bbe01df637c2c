"""Finds what a text may be about: each place is looked up by its index, and gives a few of its newest."""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from separador.nucleo.nome_de_arquivo import mostrar

DE_CADA = 10
"""Most that one place gives."""


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
            o_que = f"{d['tipo']} série {d['serie']} número {d['numero']}, {d['situacao']}"
            yield Achado(por, o_que, d["chave"], d["atualizado_em"], f"cte ver {d['chave']}")


def de_arquivos(c: sqlite3.Connection, nomes: Sequence[bytes]) -> Iterator[Achado]:
    """Yields the files taken under one of these names, or under one that begins so."""
    for nome in nomes:
        for a in c.execute(
            "SELECT id, nome, rota_id, desfecho, chave, tomado_em FROM arquivo WHERE nome >= ? AND nome < ?"
            " ORDER BY nome, id DESC LIMIT ?",
            (nome, nome + b"\xff", DE_CADA),
        ):
            o_que = f"{mostrar(bytes(a['nome']))}, rota {a['rota_id']}, {a['desfecho'] or 'em andamento'}"
            yield Achado("arquivo recebido", o_que, a["chave"], a["tomado_em"], f"rastrear arquivo:{a['id']}")


def de_publicados(c: sqlite3.Connection, nomes: Sequence[bytes]) -> Iterator[Achado]:
    """Yields what was handed out under one of these names, or under one that begins so."""
    for nome in nomes:
        for p in c.execute(
            "SELECT p.nome, p.pasta, p.criada_em, d.chave FROM publicacao p"
            " LEFT JOIN documento d ON d.id = p.documento_id"
            " WHERE p.nome >= ? AND p.nome < ? ORDER BY p.nome, p.id DESC LIMIT ?",
            (nome, nome + b"\xff", DE_CADA),
        ):
            dito = mostrar(bytes(p["nome"]))
            yield Achado("arquivo entregue", f"{dito} em {p['pasta']}", p["chave"], p["criada_em"], f"rastrear {dito}")
