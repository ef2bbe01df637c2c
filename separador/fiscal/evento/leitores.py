"""Describes one field of an event, and brings a value given by a person or a program to the layout's form."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timezone
from decimal import Decimal
from enum import StrEnum

from separador.fiscal.mensagens.padroes import CHAVE, TEXTO
from separador.fiscal.mensagens.tipo_simples import TipoSimples
from separador.fiscal.mensagens.valor import certo, descrever_no_pedido, dito_do_valor
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


IMAGEM_EM_BASE64 = r"[A-Za-z0-9+/=\s]+"
SHA1_EM_BASE64 = "[A-Za-z0-9+/]{26}[AEIMQUYcgkosw048]="
_BASE64 = {
    IMAGEM_EM_BASE64: TipoSimples("base64Binary", minimo=1),
    SHA1_EM_BASE64: TipoSimples("base64Binary", minimo=20, maximo=20),
}
_CHAVE = TipoSimples(padroes=((CHAVE,),))
_INSTANTE = "data e hora, com T entre as duas, por exemplo «2026-11-20T14:30:00-03:00» (sem o fuso, vale o da UF)"
_DATA = "uma data que existe, de 2000 a 2099, por exemplo «2026-11-20» ou «20/11/2026»"


def _nao(texto: str, achado: str, certo: str) -> ValueError:
    return ValueError(f"{dito_do_valor(texto, 0)} {achado}. O certo: {certo}.")


def _texto(c: Campo, texto: str, _: timezone) -> str:
    limpo = limpar(texto)
    if estranho(limpo) is not None or not c.minimo <= len(limpo) <= c.maximo:
        raise ValueError(descrever_no_pedido(limpo, _do_texto(c)))
    return limpo


def _do_texto(c: Campo) -> TipoSimples:
    return TipoSimples(padroes=((TEXTO,),), minimo=c.minimo, maximo=c.maximo)


def _do_codigo(c: Campo) -> TipoSimples:
    return _BASE64.get(c.padrao) or TipoSimples(padroes=((c.padrao,),))


def _codigo(c: Campo, texto: str, _: timezone) -> str:
    limpo = texto.strip()
    if not re.fullmatch(c.padrao, limpo, re.ASCII):
        raise ValueError(descrever_no_pedido(limpo, _do_codigo(c)))
    return limpo


def _escolha(c: Campo, texto: str, _: timezone) -> str:
    limpo = texto.strip()
    if limpo not in dict(c.escolhas):
        raise _nao(limpo, "não está entre os aceitos", _das_escolhas(c))
    return limpo


def _das_escolhas(c: Campo) -> str:
    return "um destes: " + ", ".join(v if v == t else f"{v} ({t})" for v, t in c.escolhas)


def _instante(_: Campo, texto: str, fuso: timezone) -> str:
    """Reads any ISO time.

    A time without offset gets the state's offset. An offset that is not in whole hours is changed to the state's.
    """
    try:
        quando = datetime.fromisoformat(texto.strip())
    except ValueError as erro:
        raise _nao(texto.strip(), "não é data e hora", _INSTANTE) from erro
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
            raise _nao(quando.isoformat(), "está fora do calendário", _INSTANTE) from erro
    if not 2000 <= quando.year <= 2099:
        raise _nao(quando.isoformat(), "está fora dos anos de 2000 a 2099", _INSTANTE)
    return quando.isoformat(timespec="seconds")


def _data(_: Campo, texto: str, __: timezone) -> str:
    limpo = texto.strip()
    brasileira = re.fullmatch(r"(\d{2})/(\d{2})/(\d{4})", limpo, re.ASCII)
    try:
        dia = date.fromisoformat("-".join(reversed(brasileira.groups())) if brasileira else limpo)
    except ValueError as erro:
        raise _nao(limpo, "não é uma data", _DATA) from erro
    if not 2000 <= dia.year <= 2099:
        raise _nao(limpo, "está fora dos anos de 2000 a 2099", _DATA)
    return dia.isoformat()


def _decimal(c: Campo, texto: str, _: timezone) -> str:
    """Reads plain decimals with point or comma, at most `casas` places. Writes exactly that many."""
    numero = _numero(texto, _do_decimal(c))
    escala = Decimal(1).scaleb(-c.casas)
    if numero < 0 or numero != numero.quantize(escala) or numero >= 10**c.maximo:
        raise _nao(texto.strip(), "é negativo, ou tem algarismos demais", _do_decimal(c))
    return f"{numero:.{c.casas}f}"


def _do_decimal(c: Campo) -> str:
    return (
        f"número sem ponto de milhar, com até {c.maximo} algarismos antes da vírgula (ou do ponto) e até {c.casas} "
        f"depois, por exemplo «12,{'5'.ljust(c.casas, '0')}»"
    )


def _coordenada(c: Campo, texto: str, _: timezone) -> str:
    numero = _numero(texto, _da_coordenada(c))
    if abs(numero) > c.limite:
        raise _nao(texto.strip(), "passa do limite", _da_coordenada(c))
    escrito = f"{numero:.6f}"
    return escrito.removeprefix("-") if not Decimal(escrito) else escrito


def _da_coordenada(c: Campo) -> str:
    return f"graus de -{c.limite} a {c.limite}, por exemplo «-23.550520»"


def _numero(texto: str, certo: str) -> Decimal:
    limpo = texto.strip().replace(",", ".")
    if not re.fullmatch(r"[+-]?\d{1,15}(\.\d{1,20})?", limpo, re.ASCII):
        raise _nao(texto.strip(), "não é um número", certo)
    return Decimal(limpo)


def _chave(_: Campo, texto: str, __: timezone) -> str:
    limpa = re.sub(r"[\s.]", "", texto)
    if not FORMATO_CHAVE.fullmatch(limpa):
        raise ValueError(descrever_no_pedido(limpa, _CHAVE))
    return limpa


def _inteiro(c: Campo, texto: str, _: timezone) -> str:
    limpo = texto.strip()
    if not re.fullmatch(r"\d{1,9}", limpo, re.ASCII) or not c.minimo <= int(limpo) <= c.maximo:
        raise _nao(limpo, "não serve", _do_inteiro(c))
    return str(int(limpo))


def _do_inteiro(c: Campo) -> str:
    return f"número inteiro de {c.minimo} a {c.maximo}, por exemplo «{c.minimo}»"


def _sim(_: Campo, texto: str, __: timezone) -> str:
    limpo = texto.strip().lower()
    if limpo in ("sim", "s", "true", "1"):
        return "sim"
    if limpo in ("não", "nao", "n", "false", "0"):
        return ""
    raise _nao(texto.strip(), "não serve", "sim ou não")


def certo_do_campo(c: Campo) -> str:
    """Returns what is right for a field, in words, with an example."""
    return _CERTOS[c.forma](c)


_CERTOS: Mapping[Forma, Callable[[Campo], str]] = {
    Forma.TEXTO: lambda c: certo(_do_texto(c)),
    Forma.CODIGO: lambda c: certo(_do_codigo(c)),
    Forma.ESCOLHA: _das_escolhas,
    Forma.INSTANTE: lambda _: _INSTANTE,
    Forma.DATA: lambda _: _DATA,
    Forma.DECIMAL: _do_decimal,
    Forma.COORDENADA: _da_coordenada,
    Forma.CHAVE: lambda _: certo(_CHAVE),
    Forma.INTEIRO: _do_inteiro,
    Forma.SIM: lambda _: "sim ou não",
}


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
    """Returns the value as it stands in the XML. Raises ValueError with what follows the field's name in a sentence."""
    return _LEITORES[campo.forma](campo, texto, fuso)
