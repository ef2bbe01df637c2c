"""Finds what a text may be about: each place is looked up by its index, and gives a few of its newest."""

import re
import sqlite3
from collections.abc import Callable, Iterator, Sequence

from separador.capacidades.cte.banco import lista
from separador.nucleo.capacidade import Achado
from separador.nucleo.chave import limpar_chave
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pedidos.nomes import nomes_possiveis

_MENOR_NOME = 3
"""Letters that a file's name must be given by, so that it is a name and not a number."""
_GRAFIAS = 16
"""Most ways of writing one name, in upper and lower case, that are followed."""
_COMECO_DE_CHAVE = re.compile(r"[0-9]{6}[A-Z0-9]{12}[0-9]{2,25}")
"""The beginning of a chave: up to its model, or longer."""
_POR = {
    "chave": "chave = ?",
    "número": "numero = ?",
    "protocolo": "protocolo = ?",
    "carga": "carga = ?",
    "emitente": "emitente = ?",
    "tomador": "tomador = ?",
}
_NOVAS = ("emitente", "tomador")
"""Looked up by what a database that waits for its migrations does not have."""


def localizar(c: sqlite3.Connection, texto: str, limite: int) -> list[Achado]:
    """Returns the documents and files that a text names, at most `limite` from each place."""
    limpo = texto.strip()
    if not limpo:
        return []
    achados = [a for dito in escritas(limpo) for a in _de_documentos(c, dito, limite)]
    if len(limpo) >= _MENOR_NOME:
        nomes = nomes_possiveis(limpo)
        achados += [*_de_arquivos(c, nomes, limite), *_de_publicados(c, nomes, limite)]
    return list(dict.fromkeys(achados))


def escritas(texto: str) -> list[str]:
    """Returns a text as it was typed, and without the signs that people put into a key or a CNPJ."""
    return list(dict.fromkeys((texto, "".join(letra for letra in limpar_chave(texto) if letra.isalnum()))))


def _de_documentos(c: sqlite3.Connection, texto: str, limite: int) -> Iterator[Achado]:
    em_dia = lista.em_dia(c)
    for por, condicao in _POR.items():
        if por in _NOVAS and not em_dia:
            continue
        valor = (texto.lstrip("0") or "0") if por == "número" and texto.isdigit() else texto
        for d in c.execute(
            "SELECT chave, tipo, serie, numero, situacao, atualizado_em FROM documento"  # noqa: S608 - constants
            f" WHERE {condicao} ORDER BY atualizado_em DESC LIMIT ?",
            (valor, limite),
        ):
            yield _documento(d, por)
    if _COMECO_DE_CHAVE.fullmatch(texto):
        for d in c.execute(
            "SELECT chave, tipo, serie, numero, situacao, atualizado_em FROM documento"
            " WHERE chave >= ? AND chave < ? ORDER BY chave LIMIT ?",
            (texto, depois_de(texto), limite),
        ):
            yield _documento(d, "começo da chave")


def _documento(d: sqlite3.Row, por: str) -> Achado:
    chave, titulo = d["chave"], f"{d['tipo']} série {d['serie']} número {d['numero']}"
    onde = (f"cte ver {chave}", f"/cte/{chave}")
    return Achado("Documentos", por, titulo, d["situacao"], chave, d["atualizado_em"], *onde)


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


def _de_arquivos(c: sqlite3.Connection, nomes: Sequence[bytes], limite: int) -> Iterator[Achado]:
    """Yields the files taken under one of these names, or under one that begins so, in upper or lower case."""

    def ha(inicio: bytes) -> bool:
        sql = "SELECT 1 FROM arquivo WHERE nome >= ? AND nome < ? LIMIT 1"
        return c.execute(sql, (inicio, inicio + b"\xff")).fetchone() is not None

    for nome in dict.fromkeys(g for dito in nomes for g in _grafias(dito, ha)):
        for a in c.execute(
            "SELECT id, nome, rota_id, desfecho, chave, tomado_em FROM arquivo WHERE nome >= ? AND nome < ?"
            " ORDER BY nome, id DESC LIMIT ?",
            (nome, nome + b"\xff", limite),
        ):
            dito, detalhe = mostrar(bytes(a["nome"])), f"rota {a['rota_id']}, {a['desfecho'] or 'em andamento'}"
            onde = (f"rastrear arquivo:{a['id']}", f"/arquivos/{a['id']}")
            yield Achado("Arquivos", "arquivo recebido", dito, detalhe, a["chave"], a["tomado_em"], *onde)


def _de_publicados(c: sqlite3.Connection, nomes: Sequence[bytes], limite: int) -> Iterator[Achado]:
    """Yields what was handed out under one of these names, or under one that begins so, in upper or lower case."""

    def ha(inicio: bytes) -> bool:
        sql = "SELECT 1 FROM publicacao WHERE nome >= ? AND nome < ? LIMIT 1"
        return c.execute(sql, (inicio, inicio + b"\xff")).fetchone() is not None

    for nome in dict.fromkeys(g for dito in nomes for g in _grafias(dito, ha)):
        for p in c.execute(
            "SELECT p.nome, p.pasta, p.criada_em, p.arquivo_id, d.chave FROM publicacao p"
            " LEFT JOIN documento d ON d.id = p.documento_id"
            " WHERE p.nome >= ? AND p.nome < ? ORDER BY p.nome, p.id DESC LIMIT ?",
            (nome, nome + b"\xff", limite),
        ):
            dito, chave = mostrar(bytes(p["nome"])), p["chave"]
            caminho = f"/cte/{chave}" if chave else f"/arquivos/{p['arquivo_id']}" if p["arquivo_id"] else None
            onde = (f"rastrear {dito}", caminho)
            yield Achado("Arquivos", "arquivo entregue", dito, f"em {p['pasta']}", chave, p["criada_em"], *onde)
