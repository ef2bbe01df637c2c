"""Decides whether an order on a document may be carried out. It is pure.

The command asks at once, and the service asks again when it carries the order out. Both use this one function.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from separador.capacidades.sefaz.dominio import cstat
from separador.nucleo.falha import como_negativa
from separador.nucleo.negativa import Aval, Negativa
from separador.nucleo.situacao import Situacao
from separador.nucleo.texto.letras import aconselhar, latina, mostrar, nomear, trecho
from separador.nucleo.texto.quantidade import quantos


class TipoDePedido(StrEnum):
    """The orders on a document."""

    ENVIAR = "enviar"
    CANCELAR = "cancelar"
    ESTORNAR = "estornar"
    CONSULTAR = "consultar"


MOTIVO_MINIMO, MOTIVO_MAXIMO = 15, 255
_MOTIVO_CERTO = (
    f"O certo: texto em uma linha, de {MOTIVO_MINIMO} a {MOTIVO_MAXIMO} caracteres, por exemplo «ENTREGA CANCELADA PELO"
    " CLIENTE»."
)
MARCA_DO_SUBSTITUIDO = "substituído por "
"""What a document is marked with, and a key, when its number went to that key."""
PRAZO_CANCELAMENTO = timedelta(hours=168)
PRAZO_CANCELAMENTO_GTVE = timedelta(days=45)


@dataclass(frozen=True, slots=True)
class Fatos:
    """The facts that an order can depend on. `autorizado_em` aware or None; `eventos`: tpEvento of accepted events.

    `em_entrega`: the document is committed to be handed on, and not visible in the folder yet.
    """

    situacao: Situacao
    modelo: str
    tp_cte: str | None = None
    cstat: str | None = None
    protocolo: str | None = None
    autorizado_em: datetime | None = None
    estornos: int = 0
    marca: str | None = None
    em_entrega: bool = False
    eventos: frozenset[str] = field(default_factory=frozenset)


_S = Situacao

# (cStat of the refusal, tpEvento that stands in the way, text): MOC 4.00, Visão Geral, 6.2.1.
_IMPEDIMENTOS: tuple[tuple[str, str, str], ...] = (
    ("523", "110110", "o documento tem carta de correção"),
    ("528", "310610", "o documento está em um MDF-e autorizado; cancele ou encerre o MDF-e primeiro"),
    ("862", "110180", "o documento tem comprovante de entrega; cancele o comprovante primeiro"),
    ("660", "240130", "o documento tem CT-e complementar autorizado"),
    ("576", "240140", "o documento foi substituído"),
    ("888", "240180", "a GTV-e está em um CT-e OS"),
)
_CANCELADOS_POR = {"310610": "310611", "110180": "110181", "240130": "240131", "240180": "240181"}


def avaliar(
    pedido: TipoDePedido, fatos: Fatos, *, agora: datetime, motivo: str = "", aval: Aval = Aval.SEM_USUARIOS
) -> Negativa | None:
    """Returns why the order is refused; None when it may be carried out.

    `agora` aware; `aval` counts only from the second reversal on.
    """
    if pedido is TipoDePedido.ENVIAR:
        return _enviar(fatos)
    if pedido is TipoDePedido.CANCELAR:
        return motivo_recusado(motivo) or _cancelar(fatos, agora)
    if pedido is TipoDePedido.ESTORNAR:
        return _estornar(fatos, aval)
    return None


_NAO_RECEBIDOS = frozenset({cstat.NAO_CONSTA, cstat.CONSUMO})
"""SEFAZ does not have the document (217), or did not look at it (678): the same bytes may go again by order."""


def _enviar(f: Fatos) -> Negativa | None:
    if f.em_entrega:
        return como_negativa("SEP-EM-ENTREGA")
    if sucessor(f.marca):
        return Negativa("SEP-SITUACAO", f"O documento foi {f.marca}, com o mesmo número: envie esse.")
    if f.situacao in (_S.NAO_ENVIADO, _S.REJEITADO, _S.CANCELAMENTO_REJEITADO):
        return None
    if f.situacao is _S.AGUARDANDO_RETORNO and f.cstat in _NAO_RECEBIDOS:
        return None
    return Negativa(
        "SEP-SITUACAO",
        f"O documento está {f.situacao}: só se envia o que está NÃO ENVIADO, REJEITADO PELA SEFAZ ou"
        " CANCELAMENTO REJEITADO.",
    )


def sucessor(marca: str | None) -> str:
    """Returns the key that has a document's number now; empty when it is still the document's own."""
    return (marca or "").partition(MARCA_DO_SUBSTITUIDO)[2]


def motivo_recusado(motivo: str) -> Negativa | None:
    """Returns why the text is no reason for a cancellation; None when it is one.

    It has 15 to 255 characters after trimming, all of those that the layout takes (xJust).
    """
    texto = motivo.strip()
    if not MOTIVO_MINIMO <= len(texto) <= MOTIVO_MAXIMO:
        return Negativa(
            "SEP-MOTIVO",
            f"Motivo do cancelamento (tag xJust): o valor «{mostrar(texto[: MOTIVO_MINIMO * 4])}» tem"
            f" {quantos(len(texto), 'caractere', 'caracteres')}. {_MOTIVO_CERTO}",
        )
    onde = next((i for i, letra in enumerate(texto) if not latina(letra) or "\x7f" <= letra < "\xa0"), None)
    if onde is not None:
        letra = texto[onde]
        return Negativa(
            "SEP-MOTIVO",
            f"Motivo do cancelamento (tag xJust): o valor, no trecho {trecho(texto, onde)}: na posição {onde + 1} há"
            f" {nomear(letra)}: {aconselhar(letra, texto)}. {_MOTIVO_CERTO}",
        )
    return None


def _cancelar(f: Fatos, agora: datetime) -> Negativa | None:
    if f.situacao not in (_S.AUTORIZADO, _S.CANCELAMENTO_REJEITADO):
        return Negativa(
            "SEP-SITUACAO",
            f"O documento está {f.situacao}: só se cancela o que está AUTORIZADO PELA SEFAZ ou CANCELAMENTO REJEITADO.",
        )
    if f.protocolo is None:
        return como_negativa("SEP-SEM-PROTOCOLO")
    return _fora_do_prazo(f, agora) or _impedido(f)


def _fora_do_prazo(f: Fatos, agora: datetime) -> Negativa | None:
    gtve = f.modelo == "64"
    prazo = PRAZO_CANCELAMENTO_GTVE if gtve else PRAZO_CANCELAMENTO
    if f.autorizado_em is None or agora - f.autorizado_em <= prazo:
        return None
    codigo, texto = ("876", "45 dias") if gtve else ("220", "168 horas")
    return Negativa(
        codigo,
        f"O prazo de cancelamento ({texto} desde a autorização) terminou; a SEFAZ recusaria com o código {codigo}.",
    )


def _impedido(f: Fatos) -> Negativa | None:
    if f.tp_cte in ("3", "6"):
        return Negativa("574", "CT-e de substituição não pode ser cancelado (574).")
    if f.marca == "substituído":
        return Negativa("576", "O documento foi substituído e não pode mais ser cancelado (576).")
    for codigo, evento, texto in _IMPEDIMENTOS:
        if evento in f.eventos and _CANCELADOS_POR.get(evento) not in f.eventos:
            return Negativa(codigo, f"Cancelamento recusado aqui, pois a SEFAZ recusaria ({codigo}): {texto}.")
    return None


PEDE_SENHA = "SEP-ESTORNO-USUARIO"
_REPETIDO = "O pedido deste documento já foi estornado uma vez; "
_AVAIS: dict[Aval, Negativa] = {
    Aval.ARQUIVO: Negativa(
        "SEP-ESTORNO-REPETIDO",
        _REPETIDO + "um novo estorno pede usuário e senha, e senha não viaja em arquivo: use o comando separador cte"
        " estornar ou o painel.",
    ),
    Aval.SEM_USUARIOS: Negativa(
        "SEP-ESTORNO-REPETIDO",
        _REPETIDO + "cada novo estorno pede usuário e senha de um usuário ativo com esse direito, e ainda não há"
        " usuários cadastrados.",
    ),
    Aval.FALTA_SENHA: Negativa(
        PEDE_SENHA,
        _REPETIDO + "cada novo estorno pede usuário e senha de um usuário ativo com esse direito: --usuario E-MAIL.",
    ),
}


def _estornar(f: Fatos, aval: Aval) -> Negativa | None:
    if f.situacao is not _S.AGUARDANDO_CANCELAMENTO:
        texto = (
            "CANCELADO não pode ser revertido."
            if f.situacao is _S.CANCELADO
            else "não há pedido de cancelamento em aberto."
        )
        return Negativa("SEP-SITUACAO", f"O documento está {f.situacao}: {texto}")
    return None if f.estornos == 0 else _AVAIS.get(aval)
