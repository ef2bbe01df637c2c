"""Compares a database with the schema that the migrations of this program make."""

import sqlite3
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from separador.banco.conexao import Banco, Linhas
from separador.banco.migracoes.conjunto import MIGRACOES, nomes_das_migracoes


@dataclass(frozen=True, slots=True)
class Diferencas:
    """`faltam`: tables and columns that the program uses and the database does not have. `outras`: guards, indexes and
    tables that are not as the program made them."""

    faltam: tuple[str, ...] = ()
    outras: tuple[str, ...] = ()


def comparar(c: Linhas) -> Diferencas:
    """Returns the differences from what the migrations made that the database counts as applied. It only reads."""
    aplicadas = _aplicadas(c)
    diferencas = _diferencas(c, _modelo(next((m for m in nomes_das_migracoes() if m not in aplicadas), None)))
    if aplicadas.difference(nomes_das_migracoes()):
        return Diferencas(diferencas.faltam)  # of a newer program, which may have made guards and indexes anew
    return diferencas


@dataclass(frozen=True, slots=True)
class _Modelo:
    """What the migrations make: the SQL by type and name, and the columns of each table."""

    objetos: Mapping[tuple[str, str], str]
    colunas: Mapping[str, set[str]]


@cache
def _modelo(antes_de: str | None) -> _Modelo:
    """Makes an empty database by the migrations before this one, or by all. It costs 40 ms, and is asked for twice."""
    conexao = sqlite3.connect(":memory:", isolation_level=None)
    conexao.row_factory = sqlite3.Row
    try:
        modelo = Banco(conexao, execute_plugins=False)
        with modelo.transacao():
            MIGRACOES.apply(modelo, stop_before=[antes_de] if antes_de is not None else [])
        objetos = _objetos(conexao)
        return _Modelo(objetos, {nome: _colunas(conexao, nome) for tipo, nome in objetos if tipo == "table"})
    finally:
        conexao.close()


def _aplicadas(c: Linhas) -> set[str]:
    return {str(r[0]) for r in c.execute("SELECT name FROM _sqlite_migrations WHERE migration_set = 'separador'")}


def _diferencas(c: Linhas, modelo: _Modelo) -> Diferencas:
    vistos = _objetos(c)
    faltam: list[str] = []
    outras: list[str] = []
    for (tipo, nome), sql in modelo.objetos.items():
        if tipo == "table" and (tipo, nome) not in vistos:
            faltam.append(f"a tabela {nome}")
            continue
        colunas = sorted(modelo.colunas[nome] - _colunas(c, nome)) if tipo == "table" else []
        faltam += [f"a coluna {nome}.{coluna}" for coluna in colunas]
        if not colunas and vistos.get((tipo, nome)) != sql:
            outras.append(nome)
    return Diferencas(tuple(faltam), tuple(sorted(outras)))


def _objetos(c: Linhas) -> dict[tuple[str, str], str]:
    """Returns the SQL of tables, indexes and triggers, with blanks made equal. The library's own table is left out."""
    achados = c.execute(
        "SELECT type, name, sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        " AND tbl_name <> '_sqlite_migrations'"
    )
    return {(str(r[0]), str(r[1])): " ".join(str(r[2]).split()) for r in achados}


def _colunas(c: Linhas, tabela: str) -> set[str]:
    return {str(r[0]) for r in c.execute("SELECT name FROM pragma_table_info(?)", (tabela,))}
