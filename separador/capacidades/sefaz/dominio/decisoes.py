"""What follows from a call to SEFAZ over the network: pure decisions (SEFAZ-04 … SEFAZ-06; fatos/cte.md 3.6, 5).

What an answer does to the *document* is `dominio.retorno`'s word. Here only: does the answer go there, must SEFAZ be
asked what it has, do the same bytes go again, does a whole service stand still.
"""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from separador.capacidades.sefaz.dominio import cstat as c

CONSULTAS_POR_HORA = 9
"""One less than SEFAZ allows for a key in an hour (CI02; confiabilidade.md G3)."""
AUSENCIAS = 2
"""217 so many times, in look-ups apart from each other, before the same bytes go again (fatos/cte.md 5.1)."""
REPETICOES = 20
"""Equal refusals of the same bytes after which they do not go any more (CI01 says 30, CI03 for events 20)."""
CONSULTAS_SEM_NOTICIA = 5
"""Look-ups for one outcome after which the failures view says that it is still not known; they go on."""
CONSULTAS_SEM_RUMO = 12
"""Look-ups for one outcome after which a person is asked, and the next ones are far apart."""
HORA = timedelta(hours=1)
STATUS = timedelta(minutes=3)
"""At least so long between two status queries (fatos/cte.md 3.6)."""

OUTRA_CHAVE = frozenset({"539", "216", "600"})
"""The number is another key's."""
NA_HORA = frozenset({"108", "109"})
"""SEFAZ stands still: every document of the authoriser waits, in order."""
DO_CERTIFICADO = c.CERTIFICADO - {"286", "296"}
"""The certificate of the connection; 286 and 296 are SEFAZ's own trouble with the revocation list."""
_CHAVE = re.compile(r"(?<!\d)[0-9]{6}[0-9A-Z]{12}[0-9]{26}(?!\d)")


class Rumo(StrEnum):
    """Where an answer goes."""

    APLICAR = "aplicar"
    CONSULTAR = "consultar"
    OUTRA_CHAVE = "outra chave"
    DE_NOVO = "de novo"
    PARADA = "parada"
    CONSUMO = "consumo indevido"
    CERTIFICADO = "certificado"


def rumo(alvo: str, codigo: str) -> Rumo:
    """For one deciding cStat. `alvo`: documento, evento, consulta, or another kind. Total."""
    if codigo in c.CONSUMO_INDEVIDO:
        return Rumo.CONSUMO
    if codigo in NA_HORA or (alvo == "documento" and codigo == "114"):
        return Rumo.PARADA
    if codigo == "999" and alvo in ("documento", "evento"):
        return Rumo.CONSULTAR  # a look-up before each resend
    if codigo in c.TENTAR_DEPOIS or codigo in {"286", "296", "641"}:
        return Rumo.DE_NOVO
    if codigo in DO_CERTIFICADO:
        return Rumo.CERTIFICADO
    if alvo == "documento" and codigo in OUTRA_CHAVE:
        return Rumo.OUTRA_CHAVE
    if alvo == "documento" and codigo in c.CONSULTAR - {"217"}:
        return Rumo.CONSULTAR
    if alvo == "evento" and codigo in {"631", "600", "216"}:
        return Rumo.CONSULTAR
    return Rumo.APLICAR


class Resolucao(StrEnum):
    """What a look-up says about the unknown outcome it was made for."""

    RESOLVIDA = "resolvida"
    REENVIAR = "reenviar"
    CONSULTAR = "consultar de novo"
    DESISTIR = "desistir"


@dataclass(frozen=True, slots=True)
class Duvida:
    """An unknown outcome: `aberta` = the document (or event) still waits for its answer; `ausencias`: how often SEFAZ
    said that it does not have it, this time included; `ja_existe`: SEFAZ itself had answered that it is there."""

    aberta: bool
    ausencias: int
    consultas: int
    ja_existe: bool = False


def ausente(alvo: str, codigo: str) -> bool:
    """Whether a look-up says that SEFAZ does not have what was sent. Of an event also 100: the document is there, and
    the event is not among those that came (the caller has looked)."""
    return codigo == "217" or (alvo == "evento" and codigo in c.AUTORIZADO)


def resolver(alvo: str, codigo: str, d: Duvida) -> Resolucao:
    """After the look-up's answer was applied to the document. Resending is the last thing, never the first."""
    if not d.aberta:
        return Resolucao.RESOLVIDA
    if ausente(alvo, codigo):
        if d.ausencias < AUSENCIAS:
            return Resolucao.CONSULTAR
        # It said that it has it, then that it has not: a third sending would be the blind one.
        return Resolucao.DESISTIR if d.ja_existe else Resolucao.REENVIAR
    if codigo in c.AUTORIZADO or codigo in c.CANCELADO:
        return Resolucao.DESISTIR  # an incident (another content): the decision is a person's
    return Resolucao.CONSULTAR if d.consultas < CONSULTAS_SEM_RUMO else Resolucao.DESISTIR


def chave_citada(motivo: str) -> str | None:
    """The key that a refusal names: `[chCTe:…]`, or bare."""
    achada = _CHAVE.search(motivo)
    return achada.group() if achada else None


def fila_da_chave(chave: str) -> str:
    """CNPJ, model, series and number: never two of one number at once, and everything about a key in order."""
    return chave[6:34]


_CONEXAO_S = (1, 3, 10, 30, 60, 120, 180)
_CONSULTA_S = (2, 15, 60, 180, 600, 900, 1800)


def espera_conexao(tentativas: int, sorteio: float) -> timedelta:
    """Before the next try of an authoriser that could not be reached. `tentativas` ≥ 0 in a row; up to 50 % more by
    chance, so that not everybody comes back in the same second (G7)."""
    return timedelta(seconds=_CONEXAO_S[min(tentativas, len(_CONEXAO_S) - 1)] * (1 + 0.5 * sorteio))


def espera_consulta(feitas: int, sorteio: float) -> timedelta:
    """Before the next look-up for one unknown outcome: soon at first, then ever more rarely."""
    return timedelta(seconds=_CONSULTA_S[min(feitas, len(_CONSULTA_S) - 1)] * (1 + 0.2 * sorteio))


def cabe_consulta(feitas_em: list[datetime], quando: datetime) -> datetime:
    """The instant, `quando` or later, at which one more look-up of a key stays within the hour's budget (G3).

    `feitas_em`: instants of the look-ups of the last hour, oldest first.
    """
    na_hora = [i for i in feitas_em if i > quando - timedelta(hours=1)]
    if len(na_hora) < CONSULTAS_POR_HORA:
        return quando
    return na_hora[-CONSULTAS_POR_HORA] + timedelta(hours=1, seconds=1)


DA_CONTINGENCIA = frozenset({"110111", "110113"})
"""Events that a contingency authoriser takes for what it authorised itself (530 for the others)."""
