"""Decides what an answer of SEFAZ changes in the document. It is pure.

The caller hands over the facts of the document and of one answer, and carries out the decision. An unknown answer is
neither treated as an error nor as a success: it is kept and shown.
"""

from dataclasses import dataclass, field
from enum import StrEnum

from separador.capacidades.sefaz.dominio import cstat as c
from separador.nucleo.situacao import Causa, Situacao

CANCELAMENTO = "110111"
SUBSTITUICAO = "240140"
PEDEM_CONSULTA = frozenset({c.EVENTO_COM_ALERTA, c.EVENTO_SEM_VINCULO, c.JA_CANCELADO})
"""The codes after which SEFAZ is asked what it has.

The event was registered with an alert about the document's situation (134), or was registered without a tie to the
document (136), or was refused because the document is cancelled (218).
"""
SEM_DOCUMENTO = {c.NAO_CONSTA: "SEP-NAO-CONSTA"} | dict.fromkeys({c.JA_CANCELADO, *c.CHAVES_DIVERGEM}, "SEP-CONSULTAR")
"""Reasons why SEFAZ did not register an event that lie in the document: the event is refused, the document is shown."""


class Efeito(StrEnum):
    """The action of the caller on the return file."""

    APLICAR = "aplicar"
    REGISTRAR = "registrar"
    REPETIDO = "repetido"
    RETER = "reter"
    NADA_DECIDE = "nada decide"
    TENTAR_DEPOIS = "tentar depois"
    BLOQUEIO = "bloqueio"
    INCIDENTE = "incidente"


@dataclass(frozen=True, slots=True)
class Documento:
    """The facts of a document that a return can depend on. `contestado`: another source showed another digest."""

    situacao: Situacao
    digest: str
    tp_amb: str
    protocolo: str | None = None
    cstat: str | None = None
    estornos: int = 0
    outros_digests: frozenset[str] = field(default_factory=frozenset)
    contestado: bool = False


@dataclass(frozen=True, slots=True)
class Resposta:
    """The facts of one answer. `especie`: autorizacao, consulta or evento."""

    especie: str
    cstat: str
    tp_amb: str | None = None
    protocolo: str | None = None
    digest: str | None = None
    tp_evento: str | None = None


@dataclass(frozen=True, slots=True)
class Decisao:
    """The decision for one answer.

    `terminal`: the answer ends the request, so the WMS gets its return. `juntar`: build the processed document.
    `falha`: code for the failures view.
    """

    efeito: Efeito
    causa: Causa | None = None
    para: Situacao | None = None
    falha: str | None = None
    terminal: bool = False
    juntar: bool = False
    marca: str | None = None


DE_PESSOA = (
    *("SEP-CANCELADO-NA-SEFAZ", "SEP-RET-SEM-PEDIDO", "SEP-RET-PROTOCOLO", "SEP-EVENTO-ALHEIO"),
    "SEP-EVENTO-NAO-VERIFICADO",
)
"""Notices that no later answer closes: a person has to know of them."""
CONTESTADAS = ("SEP-RET-DIGEST", "SEP-RET-AMBIENTE")
"""Incidents that only the authorisation of our own content closes."""

_S = Situacao
_REPETIDO = Decisao(Efeito.REPETIDO)


def decidir(doc: Documento, r: Resposta) -> Decisao:
    """Returns the decision for one answer. Every (document, answer) pair has exactly one."""
    if r.tp_amb is not None and r.tp_amb != doc.tp_amb:
        return Decisao(Efeito.INCIDENTE, falha="SEP-RET-AMBIENTE")
    if r.especie == "evento":
        return _evento(doc, r)
    if r.cstat in c.AUTORIZADO:
        return _autorizado(doc, r)
    if r.cstat in c.CANCELADO:
        return _cancelado(doc, r)
    if r.cstat in c.REJEICOES and r.especie == "autorizacao":
        return _rejeitado(doc, r)
    return _nada(r)


def _autorizado(doc: Documento, r: Resposta) -> Decisao:
    conhecidos = doc.outros_digests | {doc.digest}
    if doc.contestado if r.digest is None else r.digest not in conhecidos:
        return Decisao(Efeito.INCIDENTE, falha="SEP-RET-DIGEST")
    if doc.situacao is _S.AGUARDANDO_RETORNO:
        aviso = None if r.digest else "SEP-RET-SEM-DIGEST"
        return _aplicar(Causa.RETORNO_AUTORIZADO, _S.AUTORIZADO, falha=aviso, juntar=True)
    if doc.situacao in (_S.NAO_ENVIADO, _S.REJEITADO):
        if r.digest is None:
            return Decisao(Efeito.RETER, falha="SEP-RET-NAO-VERIFICADO")
        return _aplicar(Causa.RETORNO_SEM_PEDIDO, _S.AUTORIZADO, falha="SEP-RET-SEM-PEDIDO", juntar=True)
    if doc.protocolo and r.protocolo and doc.protocolo != r.protocolo:
        return Decisao(Efeito.INCIDENTE, falha="SEP-RET-PROTOCOLO")
    return _REPETIDO


def _cancelado(doc: Documento, r: Resposta) -> Decisao:
    if r.digest is not None and r.digest not in doc.outros_digests | {doc.digest}:
        return Decisao(Efeito.INCIDENTE, falha="SEP-RET-DIGEST")
    if doc.situacao is _S.CANCELADO:
        return _REPETIDO
    if doc.situacao is _S.AGUARDANDO_RETORNO:
        return _aplicar(Causa.RETORNO_CANCELADO, _S.CANCELADO)
    if doc.situacao is _S.AGUARDANDO_CANCELAMENTO:
        return _aplicar(Causa.CANCELAMENTO_ACEITO, _S.CANCELADO)
    return _aplicar(Causa.CANCELAMENTO_DA_SEFAZ, _S.CANCELADO, falha="SEP-CANCELADO-NA-SEFAZ")


def _rejeitado(doc: Documento, r: Resposta) -> Decisao:
    if doc.situacao is _S.REJEITADO:
        return _REPETIDO if doc.cstat == r.cstat else Decisao(Efeito.RETER, falha="SEP-RET-TARDIO")
    if doc.protocolo:
        # A document with a protocol never becomes REJEITADO.
        return Decisao(Efeito.RETER, falha="SEP-RET-TARDIO")
    if doc.situacao is _S.AGUARDANDO_RETORNO:
        return _aplicar(Causa.RETORNO_REJEITADO, _S.REJEITADO)
    if doc.situacao is _S.NAO_ENVIADO:
        return _aplicar(Causa.RETORNO_SEM_PEDIDO, _S.REJEITADO, falha="SEP-RET-SEM-PEDIDO")
    return Decisao(Efeito.RETER, falha="SEP-RET-TARDIO")


def _evento(doc: Documento, r: Resposta) -> Decisao:
    aceito = r.cstat in c.EVENTO_ACEITO and (r.cstat != c.CANCELADO_FORA_DO_PRAZO or r.protocolo is not None)
    if r.tp_evento not in (None, CANCELAMENTO):
        return _outro_evento(r, aceito)
    if aceito and r.tp_evento is None:
        # An event was accepted, but the answer does not say which. Only an answer that names the cancellation cancels.
        return Decisao(Efeito.NADA_DECIDE, falha="SEP-CONSULTAR")
    if aceito or r.cstat == c.JA_CANCELADO:
        return _cancelamento_aceito(doc, aceito)
    if r.cstat in c.REJEICOES:
        return _cancelamento_recusado(doc, r)
    return _nada(r)


def decidir_avulso(r: Resposta) -> Decisao:
    """Decides the answer to an event whose document is not known here: there is no situação that could change."""
    aceito = r.cstat in c.EVENTO_ACEITO and (r.cstat != c.CANCELADO_FORA_DO_PRAZO or r.protocolo is not None)
    return _outro_evento(r, aceito)


def _outro_evento(r: Resposta, aceito: bool) -> Decisao:
    """Decides the other events: they change no situação. A substitution leaves a mark."""
    if aceito:
        marca = "substituído" if r.tp_evento == SUBSTITUICAO else None
        return Decisao(Efeito.REGISTRAR, terminal=True, juntar=True, marca=marca)
    if r.cstat in c.REJEICOES or r.cstat in SEM_DOCUMENTO:
        return Decisao(Efeito.REGISTRAR, falha=SEM_DOCUMENTO.get(r.cstat), terminal=True)
    return _nada(r)


def _cancelamento_aceito(doc: Documento, aceito: bool) -> Decisao:
    if doc.situacao is _S.CANCELADO:
        return Decisao(Efeito.REPETIDO, juntar=aceito)
    if doc.situacao is _S.AGUARDANDO_CANCELAMENTO:
        aviso = None if aceito else "SEP-CANC-SEM-EVENTO"
        return _aplicar(Causa.CANCELAMENTO_ACEITO, _S.CANCELADO, juntar=aceito, falha=aviso)
    return _aplicar(Causa.CANCELAMENTO_DA_SEFAZ, _S.CANCELADO, juntar=aceito, falha="SEP-CANCELADO-NA-SEFAZ")


def _cancelamento_recusado(doc: Documento, r: Resposta) -> Decisao:
    if doc.situacao is _S.AGUARDANDO_CANCELAMENTO:
        return _aplicar(Causa.CANCELAMENTO_RECUSADO, _S.CANCELAMENTO_REJEITADO)
    if doc.situacao is _S.AUTORIZADO and doc.estornos:
        # A refusal that comes after the request was taken back (estorno) is recorded, and the situação stays.
        return Decisao(Efeito.REGISTRAR, terminal=True)
    if doc.situacao is _S.CANCELAMENTO_REJEITADO and doc.cstat == r.cstat:
        return _REPETIDO
    return Decisao(Efeito.RETER, falha="SEP-RET-TARDIO")


def _nada(r: Resposta) -> Decisao:
    if r.cstat in c.TENTAR_DEPOIS:
        return Decisao(Efeito.TENTAR_DEPOIS, falha="SEP-SEFAZ-PARADA")
    if r.cstat in c.CONSUMO_INDEVIDO:
        return Decisao(Efeito.BLOQUEIO, falha="SEP-CONSUMO-INDEVIDO")
    if r.cstat in c.CERTIFICADO:
        return Decisao(Efeito.NADA_DECIDE, falha="SEP-CERTIFICADO-TRANSMISSAO")
    if r.cstat in c.DENEGADO:
        return Decisao(Efeito.NADA_DECIDE, falha="SEP-DENEGADO", marca="denegado")
    if r.cstat == c.NAO_CONSTA:
        return Decisao(Efeito.NADA_DECIDE, falha="SEP-NAO-CONSTA")
    if r.cstat in c.CONSULTAR:
        return Decisao(Efeito.NADA_DECIDE, falha="SEP-CONSULTAR")
    if r.cstat in c.REJEICOES:
        return Decisao(Efeito.NADA_DECIDE, falha="SEP-CONSULTA-RECUSADA")
    return Decisao(Efeito.NADA_DECIDE, falha="SEP-CSTAT-DESCONHECIDO")


def _aplicar(causa: Causa, para: Situacao, *, falha: str | None = None, juntar: bool = False) -> Decisao:
    return Decisao(Efeito.APLICAR, causa, para, falha=falha, terminal=True, juntar=juntar)
