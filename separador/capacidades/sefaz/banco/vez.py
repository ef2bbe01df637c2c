"""Whose turn it is among the calls that wait (SEFAZ-06, SEFAZ-08): asked of two partial indexes, so that a long queue
costs no more than a short one."""

import json
from collections.abc import Collection
from sqlite3 import Row

from separador.banco.conexao import Banco
from separador.capacidades.sefaz.banco.fila import ENVIANDO, PENDENTE, STATUS


def grupos_pendentes(banco: Banco) -> list[tuple[str, str]]:
    """(cnpj, autorizador) that have something waiting."""
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
    """Calls that may go now: look-ups first, then in the order in which they were queued; of one `fila` the first, and
    only when nothing of it is under way. A look-up waits for no queued document, and may find an unknown outcome.

    `tp_amb`, `ambiente`: what was queued for another environment waits until the service works for that one again.
    `exceto`: services that are blocked. `alvo`: only this kind.
    """
    valores = (cnpj, autorizador, agora, tp_amb, ambiente, json.dumps(sorted(exceto)), alvo, alvo)
    consultas = banco.todas(_CONSULTAS_DA_VEZ, *valores, limite)
    return consultas + banco.todas(_OUTRAS_DA_VEZ, *valores, max(0, limite - len(consultas)))


def passar_status(banco: Banco, autorizador: str, podem: Collection[str], cnpj: str) -> None:
    """Status queries that wait for one of no company of `podem` go with the certificate of this one."""
    banco.execute(
        "UPDATE transmissao SET cnpj = ? WHERE estado = ? AND alvo = ? AND autorizador = ?"
        " AND cnpj NOT IN (SELECT value FROM json_each(?))",
        (cnpj, PENDENTE, STATUS, autorizador, json.dumps(list(podem))),
    )


def de_outro_ambiente(banco: Banco, tp_amb: str, ambiente: str) -> int:
    """How many calls wait that are not for this environment."""
    sql = "SELECT count(*) AS n FROM transmissao WHERE estado = ? AND (tp_amb <> ? OR ambiente <> ?)"
    linha = banco.uma(sql, PENDENTE, tp_amb, ambiente)
    return int(linha["n"]) if linha is not None else 0


def alguma_a_espera(banco: Banco, autorizador: str) -> Row | None:
    """A call that waits for an authoriser, or is being made: the oldest about a key, where there is one."""
    return banco.uma(
        "SELECT * FROM transmissao WHERE estado IN (?, ?) AND autorizador = ? ORDER BY chave IS NULL, id LIMIT 1",
        *(PENDENTE, ENVIANDO, autorizador),
    )


def empresas_a_espera(banco: Banco, autorizador: str) -> list[tuple[str, str | None]]:
    """(cnpj, one of its keys) of each company with something that waits for an authoriser, or is being made."""
    linhas = banco.todas(
        "SELECT cnpj, min(chave) AS chave FROM transmissao WHERE estado IN (?, ?) AND autorizador = ?"
        " GROUP BY cnpj ORDER BY min(id)",
        *(PENDENTE, ENVIANDO, autorizador),
    )
    return [(r["cnpj"], r["chave"]) for r in linhas]
