"""Says whether an installation has pages of loads, and which loads have one."""

import json
import sqlite3
from collections.abc import Sequence

from separador.capacidades.emissao.dominio.endereco import da_carga
from separador.configuracao import Configuracao

REGRA = "carga"


def existe(config: Configuracao) -> bool:
    """Says whether the installation takes loads."""
    return any(r.regra == REGRA for r in config.rotas)


def das_cargas(c: sqlite3.Connection, config: Configuracao, nomes: Sequence[str]) -> dict[str, str]:
    """Returns the pages of those of these loads that are here."""
    tem_tabela = c.execute("SELECT 1 FROM sqlite_master WHERE name = 'carga'").fetchone() is not None
    if not nomes or not tem_tabela or not existe(config):
        return {}
    sql = "SELECT carga FROM carga WHERE carga IN (SELECT value FROM json_each(?))"
    return {r["carga"]: da_carga(r["carga"]) for r in c.execute(sql, (json.dumps(list(nomes)),))}
