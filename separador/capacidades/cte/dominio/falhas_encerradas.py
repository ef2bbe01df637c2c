"""Says which outcome closes which failure about a key. It is one table, and it is pure.

A failure leaves the view when what it names is mended, and not because something else about the same key went well. A
failure that no row closes leaves by an effect of its own (its folder works again, its file has an outcome), or when a
person dismisses it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from separador.capacidades.cte.dominio.retorno import CONTESTADAS, DE_PESSOA, Decisao
from separador.nucleo.situacao import Situacao


class Remedio(StrEnum):
    """Says what happened to the document or event of a key. The text is what the closed failure says."""

    ENTREGUE = "um arquivo do documento foi entregue para transmissão"
    ENVIADO = "o documento foi enviado por ordem"
    AUTORIZADO = "a SEFAZ autorizou o documento"
    REJEITADO = "a SEFAZ respondeu ao documento"
    CANCELADO = "o documento está cancelado"
    CANCELAMENTO_RECUSADO = "a SEFAZ respondeu ao pedido de cancelamento"
    EVENTO_ENTREGUE = "o evento foi enviado de novo"
    EVENTO_REGISTRADO = "a SEFAZ registrou o evento"
    EVENTO_RECUSADO = "a SEFAZ respondeu ao evento"
    CONSULTA_ENTREGUE = "a consulta foi feita"


_R = Remedio
_RESPOSTAS = frozenset({_R.AUTORIZADO, _R.REJEITADO, _R.CANCELADO, _R.CANCELAMENTO_RECUSADO})
_DE_EVENTO = frozenset({_R.EVENTO_REGISTRADO, _R.EVENTO_RECUSADO})

DO_DOCUMENTO: Mapping[str, frozenset[Remedio]] = {
    # what stands until SEFAZ says something final about the document
    **dict.fromkeys(
        (
            *("SEP-PRAZO-RETORNO", "SEP-SEFAZ-PARADA", "SEP-CONSUMO-INDEVIDO", "SEP-CERTIFICADO-TRANSMISSAO"),
            *("SEP-RET-TRANSMISSOR", "SEP-CONSULTAR", "SEP-CONSULTA-RECUSADA", "SEP-CSTAT-DESCONHECIDO"),
            *("SEP-NAO-CONSTA", "SEP-DENEGADO", "SEP-NUMERO-OCUPADO", "SEP-SEM-DESFECHO", "SEP-INCIDENTE"),
            *("SEP-SEM-ROTA", "SEP-RET-TARDIO", "SEP-RET-NAO-VERIFICADO", "SEP-DIST-DOCUMENTO"),
        ),
        _RESPOSTAS,
    ),
    "SEP-RET-SEM-DIGEST": frozenset({_R.AUTORIZADO, _R.CANCELADO}),
    "SEP-PROCESSADO-INVALIDO": frozenset({_R.AUTORIZADO}),
    "SEP-CANC-SEM-EVENTO": frozenset({_R.CANCELADO}),
    **dict.fromkeys(CONTESTADAS, frozenset({_R.AUTORIZADO})),
    **dict.fromkeys(DE_PESSOA, frozenset[Remedio]()),
}
"""Code of a failure about the document itself (`doc:<chave>`) → what closes it."""

_PASSAM_COM_EVENTO = frozenset(
    {
        *("SEP-PRAZO-RETORNO", "SEP-SEFAZ-PARADA", "SEP-CONSUMO-INDEVIDO", "SEP-CERTIFICADO-TRANSMISSAO"),
        *("SEP-RET-TRANSMISSOR", "SEP-CONSULTAR", "SEP-CSTAT-DESCONHECIDO", "SEP-NAO-CONSTA"),
        *("SEP-SEM-DESFECHO", "SEP-INCIDENTE", "SEP-SEM-ROTA", "SEP-NUMERO-OCUPADO"),
    }
)
"""Codes that stand at the document also when its event causes them. The event's answer closes them while the document
itself waits for none: then they can only be about the event."""

_RECUSA_DE_DOCUMENTO = frozenset({_R.ENTREGUE, _R.ENVIADO, _R.AUTORIZADO, _R.CANCELADO})
_SABE_SE_DO_DOCUMENTO = _RECUSA_DE_DOCUMENTO | {_R.REJEITADO, _R.CANCELAMENTO_RECUSADO}
_RECUSA_DE_EVENTO = frozenset({_R.EVENTO_ENTREGUE, _R.EVENTO_REGISTRADO})


@dataclass(frozen=True, slots=True)
class Aberta:
    """An open failure. `de_retorno`: it is about a file that came from SEFAZ or its transmitter.

    `de_envio`: it is about a file that was to be transmitted.
    """

    assunto: str
    codigo: str
    chave: str
    de_envio: bool = False
    de_retorno: bool = False


@dataclass(frozen=True, slots=True)
class Acontecido:
    """One outcome. `espera`: the document itself still waits for an answer of SEFAZ. `tp_evento`: of the event's."""

    remedio: Remedio
    tp_evento: str | None = None
    espera: bool = False


_DA_SITUACAO = {
    Situacao.AUTORIZADO: Remedio.AUTORIZADO,
    Situacao.REJEITADO: Remedio.REJEITADO,
    Situacao.CANCELADO: Remedio.CANCELADO,
    Situacao.CANCELAMENTO_REJEITADO: Remedio.CANCELAMENTO_RECUSADO,
}


def remedio(d: Decisao) -> Remedio:
    """Returns the outcome that a final answer of SEFAZ is."""
    if d.para is not None:
        return _DA_SITUACAO[d.para]
    return Remedio.EVENTO_REGISTRADO if d.juntar else Remedio.EVENTO_RECUSADO


def encerra(a: Acontecido, f: Aberta) -> bool:
    """Says whether the outcome mends what the failure names."""
    especie, _, resto = f.assunto.partition(":")
    if especie == "doc":
        fecha = DO_DOCUMENTO.get(f.codigo, frozenset())
        return a.remedio in fecha or (a.remedio in _DE_EVENTO and not a.espera and f.codigo in _PASSAM_COM_EVENTO)
    if especie == "rejeicao":
        tp_evento = resto.partition(":")[2]
        return _do_evento(a, tp_evento) if tp_evento else a.remedio in _RECUSA_DE_DOCUMENTO
    if especie == "arquivo":
        if f.de_retorno:
            return a.remedio in _RESPOSTAS | _DE_EVENTO
        return a.remedio in _RECUSA_DE_DOCUMENTO if f.de_envio else a.remedio is _R.CONSULTA_ENTREGUE
    if especie == "tomada":  # it could not be told whether the file left: it goes again, or SEFAZ says what it has
        return f.de_envio and a.remedio in _SABE_SE_DO_DOCUMENTO
    if especie == "arquivo-consulta":
        return a.remedio is _R.CONSULTA_ENTREGUE
    if especie.startswith("arquivo-evento-"):
        return _do_evento(a, especie.removeprefix("arquivo-evento-"))
    return False


def _do_evento(a: Acontecido, tp_evento: str) -> bool:
    """Says whether the outcome mends the refusal of an event: one of the same type goes again, or none is wanted."""
    return a.remedio is _R.CANCELADO or (a.remedio in _RECUSA_DE_EVENTO and a.tp_evento == tp_evento)
