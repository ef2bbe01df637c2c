"""Decides which of the waiting calls go next. It asks two partial indexes, so that a long queue costs no more than a
short one."""

import json
from collections.abc import Collection
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.capacidades.sefaz.banco.fila import EM_ABERTO, ENVIANDO, PENDENTE, STATUS


def grupos_pendentes(banco: Banco) -> list[tuple[str, str]]:
    """Returns the (cnpj, autorizador) pairs that have something waiting."""
    linhas = banco.todas("SELECT DISTINCT cnpj, autorizador FROM transmissao WHERE estado = ?", PENDENTE)
    return [(r["cnpj"], r["autorizador"]) for r in linhas]


_LIVRE = """
SELECT t.* FROM transmissao t
WHERE t.estado = 'pendente' AND t.cnpj = ? AND t.autorizador = ? AND (t.proxima_em IS NULL OR t.proxima_em <= ?)
  AND t.tp_amb = ? AND t.ambiente = ?
  AND t.servico NOT IN (SELECT value FROM json_each(?)) AND (? IS NULL OR t.alvo = ?)
"""
_CONSULTAS_DA_VEZ = f"""{_LIVRE} AND t.alvo = 'consulta'
  AND NOT EXISTS (SELECT 1 FROM transmissao o WHERE o.fila = t.fila AND o.id <> t.id
    AND o.estado IN ('pendente', 'enviando', 'respondida', 'desconhecida')
    AND (o.estado = 'enviando' OR (o.estado = 'pendente' AND o.id < t.id AND o.alvo = 'consulta')))
ORDER BY t.id LIMIT ?
"""  # noqa: S608 - made of constants
_OUTRAS_DA_VEZ = f"""{_LIVRE} AND t.alvo <> 'consulta'
  AND NOT EXISTS (SELECT 1 FROM transmissao o WHERE o.fila = t.fila AND o.id <> t.id
    AND o.estado IN ('pendente', 'enviando', 'respondida', 'desconhecida')
    AND (o.estado <> 'pendente' OR o.id < t.id))
ORDER BY t.id LIMIT ?
"""  # noqa: S608 - made of constants


def da_vez(
    banco: Banco,
    cnpj: str,
    autorizador: str,
    agora: str,
    limite: int,
    *,
    tp_amb: str,
    ambiente: str,
    exceto: Collection[str] = (),
    alvo: str | None = None,
) -> list[Row]:
    """Returns the calls that may go now: look-ups first, then in the order in which they were queued. Of one `fila`
    only the first goes, and only when nothing of it is under way. A look-up waits for no queued document, and may find
    an unknown outcome.

    `tp_amb`, `ambiente`: what was queued for another environment waits until the service works for that one again.
    `exceto`: services that are blocked. `alvo`: only this kind.
    """
    valores = (cnpj, autorizador, agora, tp_amb, ambiente, json.dumps(sorted(exceto)), alvo, alvo)
    consultas = banco.todas(_CONSULTAS_DA_VEZ, *valores, limite)
    return consultas + banco.todas(_OUTRAS_DA_VEZ, *valores, max(0, limite - len(consultas)))


def passar_status(banco: Banco, autorizador: str, podem: Collection[str], cnpj: str) -> None:
    """Gives the waiting status queries whose company is not in `podem` to this company, so that they go with its
    certificate."""
    banco.execute(
        "UPDATE transmissao INDEXED BY transmissao_vez SET cnpj = ? WHERE estado = 'pendente' AND alvo = ?"
        " AND autorizador = ? AND cnpj NOT IN (SELECT value FROM json_each(?))",
        (cnpj, STATUS, autorizador, json.dumps(list(podem))),
    )


def de_outro_ambiente(banco: Banco, tp_amb: str, ambiente: str) -> int:
    """Returns how many waiting calls are for another environment."""
    sql = "SELECT count(*) AS n FROM transmissao WHERE estado = ? AND (tp_amb <> ? OR ambiente <> ?)"
    linha = banco.uma(sql, PENDENTE, tp_amb, ambiente)
    return int(linha["n"]) if linha is not None else 0


def alguma_a_espera(banco: Banco, autorizador: str) -> Row | None:
    """Returns a call that waits for an authoriser, or is being made: the oldest about a key, where there is one."""
    return banco.uma(
        f"SELECT * FROM transmissao INDEXED BY transmissao_fila WHERE {EM_ABERTO} AND estado IN (?, ?)"  # noqa: S608
        " AND autorizador = ? ORDER BY chave IS NULL, id LIMIT 1",
        *(PENDENTE, ENVIANDO, autorizador),
    )


def empresas_a_espera(banco: Banco, autorizador: str) -> list[tuple[str, str | None]]:
    """Returns (cnpj, one of its keys) of each company with something that waits for an authoriser, or is being made."""
    linhas = banco.todas(
        f"SELECT cnpj, min(chave) AS chave FROM transmissao INDEXED BY transmissao_fila WHERE {EM_ABERTO}"  # noqa: S608
        " AND estado IN (?, ?) AND autorizador = ? GROUP BY cnpj ORDER BY min(id)",
        *(PENDENTE, ENVIANDO, autorizador),
    )
    return [(r["cnpj"], r["chave"]) for r in linhas]
