"""Checks how old, or how early, a document may be.

MOC 4.00, Anexo I, rules G102 and G103, and the same rules in tables H and I.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.visao import Visao
from separador.nucleo.tipo import Tipo

TOLERANCIA = timedelta(minutes=5)
_PRAZO = timedelta(hours=168)
_PRAZO_GTVE = timedelta(days=30)
# These kinds of emission reach SEFAZ late by nature. They are FS-DA (5), EPEC (4) and the offline contingency (2): of
# the GTV-e, and of every kind since NT 2026.004.
_SEM_PRAZO = frozenset("245")


def _agora(v: Visao, emissao: datetime) -> tuple[str, str]:
    """Returns the time now in words, and as this document would have it."""
    agora = v.contexto.agora.astimezone(emissao.tzinfo).isoformat(timespec="seconds")
    return f"agora são {agora}", agora


def emissao_futura(v: Visao) -> Sequence[Achado]:
    """Checks 212: the issue is not later than the reception, with 5 minutes of tolerance."""
    emissao = v.dh_emi
    if emissao is None or emissao - v.contexto.agora <= TOLERANCIA:
        return ()
    return v.ide.achado("dhEmi", *_agora(v, emissao))


def emissao_atrasada(v: Visao) -> Sequence[Achado]:
    """Checks 228: the issue is at most 168 hours old (GTV-e: 30 days)."""
    emissao = v.dh_emi
    prazo = _PRAZO_GTVE if v.tipo is Tipo.GTVE else _PRAZO
    if emissao is None or v.contexto.agora - emissao <= prazo or v.tp_emis in _SEM_PRAZO:
        return ()
    return v.ide.achado("dhEmi", *_agora(v, emissao))


REGRAS: list[Regra] = [
    *verificada(
        "G102 H076 I16",
        "212",
        emissao_futura,
        "A data de emissão não é posterior ao recebimento (tolerância de 5 minutos).",
        "Acerte o relógio e o fuso do sistema emissor e gere o documento de novo.",
        simp=True,
    ),
    *verificada(
        "G103 H077",
        "228",
        emissao_atrasada,
        "A data de emissão tem no máximo 168 horas (contingências excetuadas).",
        "Gere o documento de novo com a data de emissão atual.",
        simp=True,
    ),
    *verificada(
        "I17",
        "228",
        emissao_atrasada,
        "A data de emissão da GTV-e tem no máximo 30 dias (contingência off-line excetuada).",
        "Gere o documento de novo com a data de emissão atual.",
    ),
]
