"""Tells the steps of the transmission by network in the life of a document."""

import sqlite3
from collections.abc import Iterator

from separador.capacidades.sefaz.banco import brutos

_RESPOSTA, _ENVIO, _FIM = 3.5, 6.4, 6.6
"""Order among steps of one instant: an answer comes before its effect, a call after the change that it makes."""
_QUE = {"documento": "recepção", "evento": "evento", "consulta": "consulta da chave"}
_ESTADOS = {
    "pendente": "na fila de transmissão",
    "enviando": "em transmissão, sem resposta ainda",
    "desconhecida": "desfecho desconhecido; a SEFAZ é consultada",
}

_HTTP_OK = 200
Tupla = tuple[str, float, str, str]
"""One step: (instant, order among steps of that instant, step, detail)."""


def da_chave(c: sqlite3.Connection, chave: str) -> Iterator[Tupla]:
    """Yields the steps of every call about a key."""
    for t in chamadas(c, chave):
        yield from _de_uma(t)


def do_arquivo(c: sqlite3.Connection, arquivo_id: int) -> Iterator[Tupla]:
    """Yields the calls that a query file asked for."""
    linhas = c.execute(
        "SELECT * FROM transmissao WHERE arquivo_id = ? AND alvo IN ('consulta', 'status') ORDER BY id", (arquivo_id,)
    )
    for linha in linhas:
        yield from _de_uma(linha)


def chamadas(c: sqlite3.Connection, chave: str) -> list[sqlite3.Row]:
    """Returns the rows of the queue about a key, oldest first; none in a database that no service has upgraded yet."""
    if c.execute("SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = 'transmissao'").fetchone() is None:
        return []
    return c.execute("SELECT * FROM transmissao WHERE chave = ? ORDER BY id", (chave,)).fetchall()


def _de_uma(t: sqlite3.Row) -> Iterator[Tupla]:
    """Yields the steps of one call."""
    que = f"{_QUE.get(t['alvo'], t['servico'])} no autorizador {t['autorizador']}"
    if t["enviada_em"] is not None:
        vezes = f", tentativa {t['tentativas']}" if t["tentativas"] > 1 else ""
        yield t["enviada_em"], _ENVIO, "transmitido", f"{que}{vezes}"
    if t["respondida_em"] is not None:
        passo = "resposta da SEFAZ" if t["duracao_ms"] is not None else "sem resposta"
        yield t["respondida_em"], _RESPOSTA, passo, _resposta(t)
        for nota in _notas(t):
            yield t["respondida_em"], _RESPOSTA, "resposta da SEFAZ", f"lida assim mesmo: {nota}"
    if t["estado"] == "retirada":
        yield t["aplicada_em"], _FIM, "transmissão", f"{que}: retirada da fila antes de sair"
    elif t["estado"] in _ESTADOS:
        motivo = ": ".join(str(v) for v in (t["resultado"], t["detalhe"]) if v)
        proxima = f", não antes de {t['proxima_em']}" if t["proxima_em"] is not None else ""
        detalhe = f"{que}: {_ESTADOS[t['estado']]}{proxima}" + (f" ({motivo})" if motivo else "")
        yield t["respondida_em"] or t["enviada_em"] or t["criada_em"], _FIM, "transmissão", detalhe


def _notas(t: sqlite3.Row) -> tuple[str, ...]:
    """Returns what was odd about an answer that was read all the same, while its bytes are kept as they came."""
    if t["duracao_ms"] is None or t["bruto"] is None:
        return ()
    from separador.fiscal.leitura_de_respostas import Aberta, abrir  # noqa: PLC0415 -- lxml, only where a call had one

    aberta = abrir(brutos.abrir(t["bruto"]))
    return aberta.notas if isinstance(aberta, Aberta) else ()


def _resposta(t: sqlite3.Row) -> str:
    partes = [": ".join(str(v) for v in (t["resultado"], t["detalhe"]) if v) or "guardada, ainda não aplicada"]
    if t["http"] is not None and t["http"] != _HTTP_OK:
        partes.append(f"HTTP {t['http']}")
    if t["duracao_ms"] is not None:
        partes.append(f"{t['duracao_ms']:.0f} ms")
    return ", ".join(partes)
