"""Holds the seven states of a document and the whole table of transitions.

The table is data. The database guard and the Mermaid diagram are both generated from it, so the three always agree.
"""

from enum import StrEnum


class Situacao(StrEnum):
    """The states that people see. The values are shown exactly so."""

    NAO_ENVIADO = "NÃO ENVIADO"
    AGUARDANDO_RETORNO = "AGUARDANDO RETORNO"
    AUTORIZADO = "AUTORIZADO PELA SEFAZ"
    REJEITADO = "REJEITADO PELA SEFAZ"
    AGUARDANDO_CANCELAMENTO = "AGUARDANDO RETORNO DE CANCELAMENTO"
    CANCELADO = "CANCELADO"
    CANCELAMENTO_REJEITADO = "CANCELAMENTO REJEITADO"


class Causa(StrEnum):
    """The causes of a change of state. Each value is stored beside the change and shown by `rastrear`."""

    EXPORTACAO = "exportação aceita"
    SUBSTITUICAO = "exportação corrigida substitui a anterior"
    CORRECAO = "exportação corrigida depois de rejeição"
    ENVIO = "entregue para transmissão"
    RETORNO_AUTORIZADO = "retorno de autorização"
    RETORNO_REJEITADO = "retorno de rejeição"
    RETORNO_CANCELADO = "consulta respondeu cancelado"
    RETORNO_SEM_PEDIDO = "retorno sem pedido"
    PEDIDO_CANCELAMENTO = "pedido de cancelamento"
    CANCELAMENTO_ACEITO = "cancelamento registrado"
    CANCELAMENTO_RECUSADO = "cancelamento recusado"
    ESTORNO = "estorno do pedido de cancelamento"
    PEDIDO_AUTORIZACAO = "autorização pedida de novo"
    CANCELAMENTO_DA_SEFAZ = "cancelamento informado pela SEFAZ"
    RECONSTRUCAO = "reconstrução"


_S, _C = Situacao, Causa

_FIXAS: tuple[tuple[Situacao | None, Causa, Situacao], ...] = (
    (None, _C.EXPORTACAO, _S.NAO_ENVIADO),
    (_S.NAO_ENVIADO, _C.SUBSTITUICAO, _S.NAO_ENVIADO),
    (_S.NAO_ENVIADO, _C.ENVIO, _S.AGUARDANDO_RETORNO),
    (_S.NAO_ENVIADO, _C.RETORNO_SEM_PEDIDO, _S.AUTORIZADO),
    (_S.AGUARDANDO_RETORNO, _C.RETORNO_AUTORIZADO, _S.AUTORIZADO),
    (_S.AGUARDANDO_RETORNO, _C.RETORNO_REJEITADO, _S.REJEITADO),
    (_S.AGUARDANDO_RETORNO, _C.RETORNO_CANCELADO, _S.CANCELADO),
    (_S.REJEITADO, _C.CORRECAO, _S.NAO_ENVIADO),
    (_S.REJEITADO, _C.ENVIO, _S.AGUARDANDO_RETORNO),
    (_S.REJEITADO, _C.RETORNO_SEM_PEDIDO, _S.AUTORIZADO),
    (_S.AUTORIZADO, _C.PEDIDO_CANCELAMENTO, _S.AGUARDANDO_CANCELAMENTO),
    (_S.AGUARDANDO_CANCELAMENTO, _C.CANCELAMENTO_ACEITO, _S.CANCELADO),
    (_S.AGUARDANDO_CANCELAMENTO, _C.CANCELAMENTO_RECUSADO, _S.CANCELAMENTO_REJEITADO),
    (_S.AGUARDANDO_CANCELAMENTO, _C.ESTORNO, _S.AUTORIZADO),
    (_S.CANCELAMENTO_REJEITADO, _C.PEDIDO_CANCELAMENTO, _S.AGUARDANDO_CANCELAMENTO),
    (_S.CANCELAMENTO_REJEITADO, _C.PEDIDO_AUTORIZACAO, _S.AGUARDANDO_RETORNO),
)
# A refusal without our request is a row of its own: cause and origin are those of an authorisation without our request,
# and the destination is another.
_RECUSA_SEM_PEDIDO = (_S.NAO_ENVIADO, _C.RETORNO_SEM_PEDIDO, _S.REJEITADO)
_RECONSTRUCAO = tuple((None, _C.RECONSTRUCAO, s) for s in (_S.AUTORIZADO, _S.CANCELADO, _S.NAO_ENVIADO))
_DA_SEFAZ = tuple((s, _C.CANCELAMENTO_DA_SEFAZ, _S.CANCELADO) for s in Situacao if s is not _S.CANCELADO)

TRANSICOES: tuple[tuple[Situacao | None, Causa, Situacao], ...] = (
    *_FIXAS,
    _RECUSA_SEM_PEDIDO,
    *_DA_SEFAZ,
    *_RECONSTRUCAO,
)
PERMITIDAS = frozenset(TRANSICOES)


def permitida(de: Situacao | None, causa: Causa, para: Situacao) -> bool:
    """Says whether the table has this change.

    A change that is not in it can be written neither here nor in the database.
    """
    return (de, causa, para) in PERMITIDAS


def destinos(de: Situacao | None, causa: Causa) -> frozenset[Situacao]:
    """Returns the states to which `causa` may lead from `de`. It is empty when it leads nowhere."""
    return frozenset(p for d, c, p in TRANSICOES if d is de and c is causa)


def diagrama() -> str:
    """Returns the table as a Mermaid state diagram, in the order of the table."""
    apelido = {s: s.name for s in Situacao}
    linhas = ["stateDiagram-v2"]
    linhas += [f'    state "{s.value}" as {apelido[s]}' for s in Situacao]
    for de, causa, para in TRANSICOES:
        origem = apelido[de] if de else "[*]"
        linhas.append(f"    {origem} --> {apelido[para]}: {causa.value}")
    return "\n".join(linhas) + "\n"
