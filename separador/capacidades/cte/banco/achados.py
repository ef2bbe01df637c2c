"""Finds what a text may be about: each place is looked up by its index, and gives a few of its newest."""

import sqlite3
from collections.abc import Iterator, Sequence

from separador.capacidades.cte.banco import lista
from separador.nucleo.capacidade import Achado
from separador.nucleo.chave import limpar_chave
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pedidos.nomes import nomes_possiveis

_MENOR_NOME = 3
"""Letters that a file's name must be given by, so that it is a name and not a number."""
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
    sem_pontos = "".join(letra for letra in limpar_chave(limpo) if letra.isalnum())
    achados = [a for dito in dict.fromkeys((limpo, sem_pontos)) for a in _de_documentos(c, dito, limite)]
    if len(limpo) >= _MENOR_NOME:
        nomes = nomes_possiveis(limpo)
        achados += [*_de_arquivos(c, nomes, limite), *_de_publicados(c, nomes, limite)]
    return list(dict.fromkeys(achados))


def _de_documentos(c: sqlite3.Connection, texto: str, limite: int) -> Iterator[Achado]:
    em_dia = lista.em_dia(c)
    for por, condicao in _POR.items():
        if por in _NOVAS and not em_dia:
            continue
        valor = (texto.lstrip("0") or "0") if por == "número" and texto.isdigit() else texto
        for d in c.execute(
            "SELECT chave, serie, numero, situacao, atualizado_em FROM documento"  # noqa: S608 - constants
            f" WHERE {condicao} ORDER BY atualizado_em DESC LIMIT ?",
            (valor, limite),
        ):
            chave, titulo = d["chave"], f"CT-e {d['numero']} série {d['serie']}"
            onde = (f"cte ver {chave}", f"/cte/{chave}")
            yield Achado("Documentos", por, titulo, d["situacao"], chave, d["atualizado_em"], *onde)


def _de_arquivos(c: sqlite3.Connection, nomes: Sequence[bytes], limite: int) -> Iterator[Achado]:
    """Yields the files taken under one of these names, or under one that begins so."""
    for nome in nomes:
        for a in c.execute(
            "SELECT id, nome, rota_id, desfecho, chave, tomado_em FROM arquivo WHERE nome >= ? AND nome < ?"
            " ORDER BY nome, id DESC LIMIT ?",
            (nome, nome + b"\xff", limite),
        ):
            dito, detalhe = mostrar(bytes(a["nome"])), f"rota {a['rota_id']}, {a['desfecho'] or 'em andamento'}"
            onde = (f"rastrear arquivo:{a['id']}", f"/arquivos/{a['id']}")
            yield Achado("Arquivos", "arquivo recebido", dito, detalhe, a["chave"], a["tomado_em"], *onde)


def _de_publicados(c: sqlite3.Connection, nomes: Sequence[bytes], limite: int) -> Iterator[Achado]:
    """Yields what was handed out under one of these names, or under one that begins so."""
    for nome in nomes:
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
