"""Tells the steps of queries and of the national distribution in the life of a file or key."""

import sqlite3
from collections.abc import Iterator

from separador.capacidades.cte.banco.rastro_da_rede import Tupla
from separador.nucleo.nome_de_arquivo import mostrar

_DISTRIBUIDO = 6.5


def da_chave(c: sqlite3.Connection, chave: str) -> Iterator[Tupla]:
    """Yields what came about a key from the national distribution."""
    for d in c.execute("SELECT * FROM distribuido WHERE chave = ? ORDER BY id", (chave,)):
        nome = f"{mostrar(bytes(d['nome']))} em {d['pasta']}"
        detalhe = f"NSU {d['nsu']} de {d['cnpj']}: {nome}, {d['estado']}"
        yield d["recebido_em"], _DISTRIBUIDO, "distribuído", detalhe
