"""Decides what SEFAZ's word about an order is, from what is recorded since the order was given. It is pure."""

from dataclasses import dataclass

from separador.capacidades.sefaz.dominio import cstat as c
from separador.nucleo.situacao import Situacao

_S = Situacao


@dataclass(frozen=True, slots=True)
class Fatos:
    """The facts since the order. None: there is none.

    `mudou`: the situação to which SEFAZ's answer brought the document. `evento`: the state of the order's event (of the
    request that was reversed, for `estornar`); `cstat` and `motivo` are its answer's. `chamada`: state of the newest
    call that the order caused, with its `resultado`. `aberta`: a call about the document is under way. `retorno`: the
    published answer to a query, and its code where the file is still there.
    """

    situacao: str | None = None
    mudou: str | None = None
    motivo: str | None = None
    evento: str | None = None
    cstat_do_evento: str | None = None
    motivo_do_evento: str | None = None
    chamada: str | None = None
    resultado: str | None = None
    detalhe: str | None = None
    aberta: bool = False
    retorno: str | None = None
    cstat_do_retorno: str | None = None
    recusada_a_consulta: bool = False


Veredito = tuple[bool, str]
"""Says whether SEFAZ's word is what the order wanted, and holds the sentence that says it."""

_EXISTE = c.AUTORIZADO | c.CANCELADO


def veredito(pedido: str, f: Fatos) -> Veredito | None:
    """Returns the end of an order; None while nothing final is known."""
    if pedido == "enviar":
        return _do_envio(f) or _sem_saida(f)
    if pedido == "consultar":
        return _da_consulta(f)
    if pedido == "estornar":
        return _do_estorno(f)
    return _do_evento(f) or _sem_saida(f)


def _do_envio(f: Fatos) -> Veredito | None:
    if f.mudou is None:
        return None
    return f.mudou == _S.AUTORIZADO, _frase(f"O documento está {f.mudou}", f.motivo)


def _do_evento(f: Fatos) -> Veredito | None:
    if f.evento == "aceito" or f.mudou == _S.CANCELADO:
        return True, _frase("A SEFAZ registrou o evento", f.motivo_do_evento)
    if f.evento == "recusado":
        return False, _frase(f"A SEFAZ recusou o evento: {f.cstat_do_evento or 'sem código'}", f.motivo_do_evento, " ")
    if f.evento in ("retirado", "estornado"):
        return False, "O pedido foi estornado antes da resposta."
    return None


def _da_consulta(f: Fatos) -> Veredito | None:
    if f.chamada == "aplicada" and (f.resultado or "").isdigit():
        return f.resultado in _EXISTE, _frase(f"A SEFAZ respondeu {f.resultado}", f.detalhe, " ")
    if f.chamada == "retirada":
        return False, "A consulta saiu da fila antes de ser feita."
    if f.retorno is None:
        return None
    if f.cstat_do_retorno is not None:
        return f.cstat_do_retorno in _EXISTE, f"A SEFAZ respondeu {f.cstat_do_retorno}: {f.retorno}"
    return not f.recusada_a_consulta, f"A resposta chegou: {f.retorno}"


def _do_estorno(f: Fatos) -> Veredito | None:
    if f.evento == "retirado":
        return True, "O pedido foi retirado antes de ser transmitido; nada mais há a esperar."
    if f.situacao == _S.CANCELADO or f.evento == "aceito":
        return False, "A SEFAZ já tinha registrado o cancelamento: o documento está CANCELADO."
    if f.evento == "recusado" or (f.chamada == "aplicada" and not f.aberta):
        return True, f"A SEFAZ não cancelou: o documento está {f.situacao}."
    return None


def _sem_saida(f: Fatos) -> Veredito | None:
    """Ends the waiting where SEFAZ answered, nothing is under way any more, and yet nothing was decided."""
    if f.chamada == "retirada":
        return False, "A ordem saiu da fila antes de ser transmitida; outra tomou o lugar dela."
    if f.chamada != "aplicada" or f.aberta:
        return None
    dito = _frase(f"A SEFAZ respondeu {f.resultado}" if f.resultado else "O desfecho não é conhecido", f.detalhe, " ")
    return False, f"{dito} Isso não decide nada; o que fazer está em: separador falhas"


def _frase(comeco: str, motivo: str | None, entre: str = ": ") -> str:
    return f"{comeco}{entre}{motivo}" if motivo else f"{comeco}."
