"""Decides what follows from a call to SEFAZ over the network. It is pure.

`cte.dominio.retorno` decides what an answer does to the *document*. Here four things are decided: the answer goes there
or not, SEFAZ is asked what it has or not, the same bytes go again or not, a whole service stands still or not.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from separador.capacidades.sefaz.dominio import cstat as c

CONSULTAS_POR_HORA = 9
"""One less than SEFAZ allows for a key in an hour (MOC 4.00, Visão Geral, 8.2, CI02)."""
AUSENCIAS = 2
"""The same bytes go again only after so many answers 217, in look-ups apart from each other."""
REPETICOES = 20
"""The same bytes do not go any more after so many equal refusals.

MOC 8.2 allows 30 (CI01), and 20 for events (CI03).
"""
CONSULTAS_SEM_NOTICIA = 5
"""After so many look-ups for one outcome the failures view says that it is still not known, even when each was
answered. After one that was not, it says so at once. The look-ups go on in any case."""
CONSULTAS_SEM_RUMO = 12
"""After so many look-ups for one outcome a person is asked, and the next ones are far apart."""
HORA = timedelta(hours=1)
STATUS = timedelta(minutes=3)
"""The least time between two status queries (MOC 4.00, Visão Geral, 4.6)."""

DO_CERTIFICADO = c.CERTIFICADO - c.LISTA_DE_REVOGADOS
"""The certificate of the connection is refused."""
_CHAVE = re.compile(r"(?<!\d)[0-9]{6}[0-9A-Z]{12}[0-9]{26}(?!\d)")


class Rumo(StrEnum):
    """The destination of an answer."""

    APLICAR = "aplicar"
    CONSULTAR = "consultar"
    OUTRA_CHAVE = "outra chave"
    DE_NOVO = "de novo"
    PARADA = "parada"
    CONSUMO = "consumo indevido"
    CERTIFICADO = "certificado"


def rumo(alvo: str, codigo: str) -> Rumo:
    """Returns the destination for one deciding cStat. Every code has one.

    `alvo`: documento, evento, consulta, or another kind.
    """
    if codigo in c.CONSUMO_INDEVIDO:
        return Rumo.CONSUMO
    if codigo in c.PARADAS or (alvo == "documento" and codigo == c.SVC_DESLIGADA):
        return Rumo.PARADA
    if codigo == c.NAO_CATALOGADO and alvo in ("documento", "evento"):
        return Rumo.CONSULTAR  # a look-up comes before each resend
    if codigo in c.TENTAR_DEPOIS | c.LISTA_DE_REVOGADOS | {c.EPEC_NAO_SINCRONIZADO}:
        return Rumo.DE_NOVO
    if codigo in DO_CERTIFICADO:
        return Rumo.CERTIFICADO
    if alvo == "documento" and codigo in c.DE_OUTRA_CHAVE:
        return Rumo.OUTRA_CHAVE
    if alvo == "documento" and codigo in c.CONSULTAR - {c.NAO_CONSTA}:
        return Rumo.CONSULTAR
    if alvo == "evento" and codigo in c.CHAVES_DIVERGEM | {c.EVENTO_REPETIDO}:
        return Rumo.CONSULTAR
    return Rumo.APLICAR


class Resolucao(StrEnum):
    """The result of a look-up for the unknown outcome that it was made for."""

    RESOLVIDA = "resolvida"
    REENVIAR = "reenviar"
    CONSULTAR = "consultar de novo"
    DESISTIR = "desistir"


@dataclass(frozen=True, slots=True)
class SemDesfecho:
    """An unknown outcome.

    `aberta`: the document (or event) still waits for its answer. `ausencias`: how often SEFAZ said that it does not
    have it, this time included. `ja_existe`: SEFAZ itself had answered that it is there.
    """

    aberta: bool
    ausencias: int
    consultas: int
    ja_existe: bool = False


def ausente(alvo: str, codigo: str) -> bool:
    """Says whether a look-up means that SEFAZ does not have what was sent.

    For an event 100 means so too: the document is there, and the event is not among those that came (the caller has
    looked).
    """
    return codigo == c.NAO_CONSTA or (alvo == "evento" and codigo in c.AUTORIZADO)


def resolver(alvo: str, codigo: str, d: SemDesfecho) -> Resolucao:
    """Decides after the look-up's answer was applied to the document. Resending is the last thing, never the first."""
    if not d.aberta:
        return Resolucao.RESOLVIDA
    if ausente(alvo, codigo):
        if d.ausencias < AUSENCIAS:
            return Resolucao.CONSULTAR
        # SEFAZ said that it has the document, then that it has not. A third sending would be a blind one.
        return Resolucao.DESISTIR if d.ja_existe else Resolucao.REENVIAR
    if codigo in c.AUTORIZADO or codigo in c.CANCELADO:
        return Resolucao.DESISTIR  # an incident (another content): a person decides
    return Resolucao.CONSULTAR if d.consultas < CONSULTAS_SEM_RUMO else Resolucao.DESISTIR


def chave_citada(motivo: str) -> str | None:
    """Returns the key that a refusal names, as `[chCTe:…]` or bare. Returns None when it names none."""
    achada = _CHAVE.search(motivo)
    return achada.group() if achada else None


def fila_da_chave(chave: str) -> str:
    """Returns CNPJ, model, series and number.

    Two documents of one number never go at once, and everything about a key goes in order.
    """
    return chave[6:34]


_SEM_SINAL = frozenset({"cortada", "conexao-caiu", "prazo-resposta", "prazo-envio", "rede", "tls"})
_DO_CAMINHO = frozenset({429, 502, 503, 504})
"""HTTP statuses by which whoever stands in between says that SEFAZ is not reached, or is asked too much."""


def sem_sinal(motivo: str, http: int | None) -> bool:
    """Says whether a call without outcome was silence of the line.

    An answer that came whole and cannot be read is none: the line works, and the trouble is that of the document.
    """
    return http is None or motivo in _SEM_SINAL or http in _DO_CAMINHO


_CONEXAO_S = (1, 3, 10, 30, 60, 120, 180)
_CONSULTA_S = (2, 15, 60, 180, 600, 900, 1800)


def espera_conexao(tentativas: int, sorteio: float) -> timedelta:
    """Returns the wait before the next try of an authoriser that could not be reached. `tentativas` ≥ 0 in a row.

    `sorteio` adds up to 50 %, so that not everybody comes back in the same second.
    """
    return timedelta(seconds=_CONEXAO_S[min(tentativas, len(_CONEXAO_S) - 1)] * (1 + 0.5 * sorteio))


def espera_consulta(feitas: int, sorteio: float) -> timedelta:
    """Returns the wait before the next look-up for one unknown outcome: short at first, then ever longer."""
    return timedelta(seconds=_CONSULTA_S[min(feitas, len(_CONSULTA_S) - 1)] * (1 + 0.2 * sorteio))


def cabe_consulta(feitas_em: list[datetime], quando: datetime) -> datetime:
    """Returns the instant, `quando` or later, at which one more look-up of a key stays within the hour's budget.

    `feitas_em`: instants of the look-ups of the last hour, oldest first.
    """
    na_hora = [i for i in feitas_em if i > quando - timedelta(hours=1)]
    if len(na_hora) < CONSULTAS_POR_HORA:
        return quando
    return na_hora[-CONSULTAS_POR_HORA] + timedelta(hours=1, seconds=1)


DA_CONTINGENCIA = frozenset({"110111", "110113"})
"""A contingency authoriser takes these events for what it authorised itself. It answers 530 to the others."""
