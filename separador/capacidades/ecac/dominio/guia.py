"""Holds a guide (DARF or DAS) to be paid, and the states that it goes through until its receipt is filed.

`aberta` → `consultada` (it was asked for and nothing was found: inconclusive, never "not paid") → `paga sem
comprovante` → `paga`. The last two are shown as `baixada`. The absence of an answer changes no state: only evidence
moves a guide forward, and only a person moves it back.
"""

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento, Valores, canonico
from separador.nucleo.fuso import dia


class Estado(StrEnum):
    """The states of a guide, stored and shown by these values."""

    ABERTA = "aberta"
    CONSULTADA = "consultada"
    PAGA_SEM_COMPROVANTE = "paga sem comprovante"
    PAGA = "paga"

    @property
    def baixada(self) -> bool:
        """Says whether the guide is settled."""
        return self in (Estado.PAGA_SEM_COMPROVANTE, Estado.PAGA)


class Fato(StrEnum):
    """The events that change the state of a guide."""

    CONSULTA_VAZIA = "consulta sem pagamento"
    PAGAMENTO = "pagamento encontrado"
    COMPROVANTE = "comprovante arquivado"
    REABERTURA = "reaberta por pessoa"


_TABELA = {
    (Estado.ABERTA, Fato.CONSULTA_VAZIA): Estado.CONSULTADA,
    (Estado.ABERTA, Fato.PAGAMENTO): Estado.PAGA_SEM_COMPROVANTE,
    (Estado.CONSULTADA, Fato.PAGAMENTO): Estado.PAGA_SEM_COMPROVANTE,
    # A receipt that a person drops settles by itself: it is the evidence.
    (Estado.ABERTA, Fato.COMPROVANTE): Estado.PAGA,
    (Estado.CONSULTADA, Fato.COMPROVANTE): Estado.PAGA,
    (Estado.PAGA_SEM_COMPROVANTE, Fato.COMPROVANTE): Estado.PAGA,
    (Estado.PAGA_SEM_COMPROVANTE, Fato.REABERTURA): Estado.ABERTA,
    (Estado.PAGA, Fato.REABERTURA): Estado.ABERTA,
    (Estado.CONSULTADA, Fato.REABERTURA): Estado.ABERTA,
}
TRANSICOES = frozenset((de, para) for (de, _), para in _TABELA.items())


def transitar(estado: Estado, fato: Fato) -> Estado:
    """Returns the state after the fact.

    A fact that says nothing new changes nothing (a settled guide stays settled).
    """
    return _TABELA.get((estado, fato), estado)


@dataclass(frozen=True, slots=True)
class Periodo:
    """The period of a guide: first and last day, both included. A payment's `periodoApuracao` is a day inside it."""

    inicio: date
    fim: date

    def contem(self, dia: date) -> bool:
        """Says whether the day is in the period."""
        return self.inicio <= dia <= self.fim

    def __str__(self) -> str:
        if self.inicio == self.fim:
            return dia(self.inicio)
        if self == mes(self.inicio.year, self.inicio.month):
            return f"{self.inicio:%m/%Y}"
        return f"{dia(self.inicio)} a {dia(self.fim)}"


@dataclass(frozen=True, slots=True)
class Guia:
    """A guide as it is matched. `numero`: 17 digits or None. `receita`: 4 digits. `id`: that of the registry.

    `pagamento`: canonical number of the payment that settled it, None while it is not settled.
    """

    id: int
    contribuinte: str
    tipo: TipoDocumento
    numero: str | None
    receita: str | None
    periodo: Periodo | None
    vencimento: date | None
    valores: Valores
    estado: Estado = Estado.ABERTA
    pagamento: str | None = None

    @property
    def canonico(self) -> str:
        """Returns the number in the form in which it is compared. It is empty when there is none."""
        return canonico(self.numero or "")

    @property
    def nome(self) -> str:
        """Returns how people know it."""
        return nome_da_guia(self.id, self.numero)


def nome_da_guia(ident: int, numero: str | None) -> str:
    """Returns its number, as lists show it; of one that has none, that of the registry."""
    return numero or f"{ident} (sem número)"


_DIA = re.compile(r"(\d{2})/(\d{2})/(\d{4})|(\d{4})-(\d{2})-(\d{2})|(\d{4})(\d{2})(\d{2})")
_MES = re.compile(r"(\d{2})/(\d{4})|(\d{4})-?(\d{2})")
_TRIMESTRE = re.compile(r"(?:([1-4])º?\s*T(?:RIM(?:ESTRE)?)?\.?[/\s-]*(\d{4})|(\d{4})-?T([1-4]))", re.IGNORECASE)
_ANO = re.compile(r"(\d{4})")
_MESES = {
    nome: i
    for i, nome in enumerate(
        "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro".split(), start=1
    )
}
_MES_POR_EXTENSO = re.compile(rf"({'|'.join(_MESES)}|marco)\s*(?:/|de)\s*(\d{{4}})", re.IGNORECASE)


def mes(ano: int, numero: int) -> Periodo:
    """Returns a whole month. Raises ValueError when there is no such month."""
    return Periodo(date(ano, numero, 1), date(ano, numero, monthrange(ano, numero)[1]))


def ler_periodo(texto: str) -> Periodo | None:
    """Reads a period as people and files write it.

    It is a day, a month (`05/2026`, `202605`, `maio/2026`), a quarter (`1T/2026`) or a year. Returns None when it is
    none of these, or no real date.
    """
    limpo = texto.strip()
    try:
        return _como_dia(limpo) or _como_mes(limpo) or _como_trimestre(limpo) or _como_ano(limpo)
    except ValueError:
        return None


def _como_dia(texto: str) -> Periodo | None:
    m = _DIA.fullmatch(texto)
    if m is None:
        return None
    if m.group(1):
        dia = date(int(m.group(3)), int(m.group(2)), int(m.group(1)))
    else:
        ano, numero, do_mes = (int(x) for x in (m.groups()[3:6] if m.group(4) else m.groups()[6:9]))
        dia = date(ano, numero, do_mes)
    return Periodo(dia, dia)


def _como_mes(texto: str) -> Periodo | None:
    por_extenso = _MES_POR_EXTENSO.fullmatch(texto)
    if por_extenso:
        nome = por_extenso.group(1).lower().replace("marco", "março")
        return mes(int(por_extenso.group(2)), _MESES[nome])
    m = _MES.fullmatch(texto)
    if m is None:
        return None
    return mes(int(m.group(2)), int(m.group(1))) if m.group(1) else mes(int(m.group(3)), int(m.group(4)))


def _como_trimestre(texto: str) -> Periodo | None:
    m = _TRIMESTRE.fullmatch(texto)
    if m is None:
        return None
    numero, ano = (m.group(1), m.group(2)) if m.group(1) else (m.group(4), m.group(3))
    ultimo = int(numero) * 3
    return Periodo(date(int(ano), ultimo - 2, 1), mes(int(ano), ultimo).fim)


def _como_ano(texto: str) -> Periodo | None:
    m = _ANO.fullmatch(texto)
    return Periodo(date(int(m.group(1)), 1, 1), date(int(m.group(1)), 12, 31)) if m else None
