"""Describes one field of an event, and brings a value given by a person or a program to the layout's form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.texto_fiscal import estranho, limpar


class Forma(StrEnum):
    """The ways in which a value is read and written."""

    TEXTO = "texto"
    CODIGO = "código"
    ESCOLHA = "escolha"
    INSTANTE = "data e hora"
    DATA = "data"
    DECIMAL = "número"
    COORDENADA = "grau"
    CHAVE = "chave de acesso"
    INTEIRO = "número inteiro"
    SIM = "sim ou não"


class Origem(StrEnum):
    """The sources of a value: the order, the layout itself, the document's record, our records of events, the clock.

    `AUXILIAR` goes into no XML: it says how the rest is to be filled.
    """

    INFORMADO = "informado"
    FIXO = "fixo"
    PROTOCOLO = "protocolo da autorização"
    CANCELADO = "protocolo do evento a cancelar"
    AGORA = "agora"
    IMAGEM = "hash da imagem"
    AUXILIAR = "auxiliar"


@dataclass(frozen=True, slots=True)
class Campo:
    """One field. `nome` is its name in orders and commands, `tag` in the XML; an order file may use either.

    `minimo`/`maximo`: length of a text, or range of a whole number. `padrao`: regular expression of a code. `casas`:
    decimal places. `limite`: greatest degree of a coordinate. `valor`: the text of a fixed field.
    """

    tag: str
    nome: str
    texto: str
    forma: Forma = Forma.TEXTO
    minimo: int = 1
    maximo: int = 60
    obrigatorio: bool = True
    padrao: str = ""
    escolhas: tuple[tuple[str, str], ...] = ()
    casas: int = 2
    limite: int = 90
    origem: Origem = Origem.INFORMADO
    valor: str = ""
    atributo: bool = False

    @property
    def pedido(self) -> bool:
        """Says whether an order must give it."""
        return self.obrigatorio and self.origem is Origem.INFORMADO


def _texto(c: Campo, texto: str, _: timezone) -> str:
    limpo = limpar(texto)
    fora = estranho(limpo)
    if fora is not None:
        raise ValueError(f"tem o caractere {fora!r}, que a SEFAZ não aceita")
    if not c.minimo <= len(limpo) <= c.maximo:
        raise ValueError(f"tem {len(limpo)} caracteres; precisa ter {_faixa(c)}")
    return limpo


def _curto(texto: str) -> str:
    """Returns the given text cut for showing: an order file may hold megabytes where a code belongs."""
    return repr(texto if len(texto) <= 60 else texto[:57] + "...")


def _faixa(c: Campo) -> str:
    return str(c.minimo) if c.minimo == c.maximo else f"de {c.minimo} a {c.maximo}"


def _codigo(c: Campo, texto: str, _: timezone) -> str:
    limpo = texto.strip()
    if not re.fullmatch(c.padrao, limpo, re.ASCII):
        raise ValueError(f"{_curto(limpo)} não tem a forma pedida ({c.texto.rstrip('.')})")
    return limpo


def _escolha(c: Campo, texto: str, _: timezone) -> str:
    limpo = texto.strip()
    if limpo not in dict(c.escolhas):
        raise ValueError(f"{_curto(limpo)} não é um destes: " + ", ".join(f"{v} ({t})" for v, t in c.escolhas))
    return limpo


def _instante(_: Campo, texto: str, fuso: timezone) -> str:
    """Reads any ISO time.

    A time without offset gets the state's offset. An offset that is not in whole hours is changed to the state's.
    """
    try:
        quando = datetime.fromisoformat(texto.strip())
    except ValueError as erro:
        raise ValueError("deve ser data e hora, como 2026-11-20T14:30:00-03:00") from erro
    return formatar_instante(quando if quando.tzinfo is not None else quando.replace(tzinfo=fuso), fuso)


def formatar_instante(quando: datetime, fuso: timezone) -> str:
    """Returns AAAA-MM-DDThh:mm:ss±hh:00 (TDateTimeUTC: -11 to +12, whole hours). Another offset is changed to `fuso`.

    Raises ValueError outside the years that the layout knows.
    """
    deslocamento = quando.utcoffset()
    if deslocamento is None or not -11 <= deslocamento.total_seconds() / 3600 <= 12 or deslocamento.seconds % 3600:
        try:
            quando = quando.astimezone(fuso)
        except OverflowError as erro:
            raise ValueError("a data está fora do calendário") from erro
    if not 2000 <= quando.year <= 2099:
        raise ValueError("o ano deve ser de 2000 a 2099")
    return quando.isoformat(timespec="seconds")


def _data(_: Campo, texto: str, __: timezone) -> str:
    limpo = texto.strip()
    brasileira = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", limpo, re.ASCII)
    try:
        dia = date.fromisoformat("-".join(reversed(brasileira.groups())) if brasileira else limpo)
    except ValueError as erro:
        raise ValueError("deve ser uma data, como 2026-11-20") from erro
    if not 2000 <= dia.year <= 2099:
        raise ValueError("o ano deve ser de 2000 a 2099")
    return dia.isoformat()


def _decimal(c: Campo, texto: str, _: timezone) -> str:
    """Reads plain decimals with point or comma, at most `casas` places. Writes exactly that many."""
    numero = _numero(texto)
    escala = Decimal(1).scaleb(-c.casas)
    if numero < 0 or numero != numero.quantize(escala) or numero >= 10**c.maximo:
        raise ValueError(f"deve ser positivo, com até {c.maximo} algarismos inteiros e {c.casas} decimais")
    return f"{numero:.{c.casas}f}"


def _coordenada(c: Campo, texto: str, _: timezone) -> str:
    numero = _numero(texto)
    if abs(numero) > c.limite:
        raise ValueError(f"deve estar entre -{c.limite} e {c.limite}")
    escrito = f"{numero:.6f}"
    return escrito.removeprefix("-") if not Decimal(escrito) else escrito


def _numero(texto: str) -> Decimal:
    limpo = texto.strip().replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,20})?", limpo, re.ASCII):
        raise ValueError(f"{_curto(limpo)} não é um número")
    try:
        return Decimal(limpo)
    except InvalidOperation as erro:
        raise ValueError(f"{_curto(limpo)} não é um número") from erro


def _chave(_: Campo, texto: str, __: timezone) -> str:
    limpa = re.sub(r"[\s.]", "", texto)
    if not FORMATO_CHAVE.fullmatch(limpa):
        raise ValueError(f"{_curto(texto.strip())} não é uma chave de acesso de 44 posições")
    return limpa


def _inteiro(c: Campo, texto: str, _: timezone) -> str:
    limpo = texto.strip()
    if not re.fullmatch(r"\d{1,9}", limpo, re.ASCII) or not c.minimo <= int(limpo) <= c.maximo:
        raise ValueError(f"deve ser um número de {c.minimo} a {c.maximo}")
    return str(int(limpo))


def _sim(_: Campo, texto: str, __: timezone) -> str:
    limpo = texto.strip().lower()
    if limpo in ("sim", "s", "true", "1"):
        return "sim"
    if limpo in ("não", "nao", "n", "false", "0"):
        return ""
    raise ValueError("deve ser sim ou não")


_LEITORES: Mapping[Forma, Callable[[Campo, str, timezone], str]] = {
    Forma.TEXTO: _texto,
    Forma.CODIGO: _codigo,
    Forma.ESCOLHA: _escolha,
    Forma.INSTANTE: _instante,
    Forma.DATA: _data,
    Forma.DECIMAL: _decimal,
    Forma.COORDENADA: _coordenada,
    Forma.CHAVE: _chave,
    Forma.INTEIRO: _inteiro,
    Forma.SIM: _sim,
}


def ler_valor(campo: Campo, texto: str, fuso: timezone) -> str:
    """Returns the value as it stands in the XML. Raises ValueError with the end of a sentence about the field."""
    return _LEITORES[campo.forma](campo, texto, fuso)
