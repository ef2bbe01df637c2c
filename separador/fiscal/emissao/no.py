"""Defines a group of fields as read: every value in its one form, and the path that messages name it by."""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Union

Valor = Union[str, bool, Decimal, date, "No", tuple["Valor", ...]]


@dataclass(frozen=True, slots=True)
class No:
    """One group of fields. `campo`: its path (`conhecimentos[2].servicos[1]`). An absent field is not in `valores`.

    `ruins`: fields that were given and could not be read. Their error is told, and no rule judges them again.
    `origens`: paths of the fields that were written elsewhere (those that a frete gives to loose invoices).
    """

    campo: str = ""
    valores: Mapping[str, Valor] = field(default_factory=dict)
    ruins: frozenset[str] = frozenset()
    origens: Mapping[str, str] = field(default_factory=dict)

    def __contains__(self, nome: str) -> bool:
        return nome in self.valores

    def em(self, nome: str) -> str:
        """Returns the path of a field."""
        return self.origens.get(nome) or (f"{self.campo}.{nome}" if self.campo else nome)

    def dado(self, nome: str) -> bool:
        """Says whether the field was given, read or not."""
        return nome in self.valores or nome in self.ruins

    def texto(self, nome: str, padrao: str = "") -> str:
        """Returns a text, `padrao` when absent."""
        valor = self.valores.get(nome)
        return valor if isinstance(valor, str) else padrao

    def numero(self, nome: str) -> Decimal | None:
        """Returns a number."""
        valor = self.valores.get(nome)
        return valor if isinstance(valor, Decimal) else None

    def sim(self, nome: str, padrao: bool = False) -> bool:
        """Returns a yes or no."""
        valor = self.valores.get(nome)
        return valor if isinstance(valor, bool) else padrao

    def data(self, nome: str) -> date | None:
        """Returns a date, or an instant (a `datetime` is a date)."""
        valor = self.valores.get(nome)
        return valor if isinstance(valor, date) else None

    def no(self, nome: str) -> "No | None":
        """Returns a group."""
        valor = self.valores.get(nome)
        return valor if isinstance(valor, No) else None

    def nos(self, nome: str) -> tuple["No", ...]:
        """Returns a list of groups."""
        valor = self.valores.get(nome)
        return tuple(v for v in valor if isinstance(v, No)) if isinstance(valor, tuple) else ()

    def textos(self, nome: str) -> tuple[str, ...]:
        """Returns a list of texts."""
        valor = self.valores.get(nome)
        return tuple(v for v in valor if isinstance(v, str)) if isinstance(valor, tuple) else ()

    def com(self, **valores: Valor) -> "No":
        """Returns the same with other values of some fields."""
        return replace(self, valores={**self.valores, **valores})

    def sem(self, *nomes: str) -> "No":
        """Returns the same without some fields."""
        return replace(self, valores={n: v for n, v in self.valores.items() if n not in nomes})

    def sobre(self, base: "No | None") -> "No":
        """Returns the same with the fields of `base` where it has none of its own, named as its own."""
        if base is None:
            return self
        herdados = {n: mudar(v, base.campo, self.campo) for n, v in base.valores.items() if not self.dado(n)}
        ruins = self.ruins | {n for n in base.ruins if not self.dado(n)}
        return No(self.campo, {**herdados, **self.valores}, ruins, self.origens)


def mudar(valor: Valor, antes: str, agora: str) -> Valor:
    """Returns a value whose paths begin with another group."""
    if isinstance(valor, No):
        resto = valor.campo.removeprefix(antes).removeprefix(".")
        campo = f"{agora}.{resto}" if agora and resto else agora or resto
        return No(campo, {n: mudar(v, antes, agora) for n, v in valor.valores.items()}, valor.ruins)
    if isinstance(valor, tuple):
        return tuple(mudar(v, antes, agora) for v in valor)
    return valor


def folhas(valor: Valor, campo: str = "") -> Iterator[tuple[str, str]]:
    """Yields each simple value with its path, in one form: two loads are equal when these are."""
    if isinstance(valor, No):
        for nome in sorted(valor.valores):
            yield from folhas(valor.valores[nome], f"{campo}.{nome}" if campo else nome)
    elif isinstance(valor, tuple):
        for i, um in enumerate(valor, 1):
            yield from folhas(um, f"{campo}[{i}]")
    else:
        yield campo, _escrito(valor)


def _escrito(valor: str | bool | Decimal | date) -> str:
    if isinstance(valor, bool):
        return "sim" if valor else "não"
    if isinstance(valor, Decimal):
        return f"{valor.normalize():f}"
    return valor.isoformat() if isinstance(valor, date) else valor


_PASSO = re.compile(r"([^.\[\]]+)|\[([0-9]+)\]")


def desfolhar(ditas: Iterable[tuple[str, str]]) -> dict[str, object]:
    """Returns maps and lists of texts that have these simple values: what `folhas` yields, as a file has it."""
    raiz: dict[str, object] = {}
    desfolhando(ditas, raiz)
    return raiz


def desfolhando(ditas: Iterable[tuple[str, str]], raiz: dict[str, object]) -> None:
    """Puts some of these values, in their order, into maps and lists that have those before."""
    for campo, valor in ditas:
        passos = [nome or int(posicao) - 1 for nome, posicao in _PASSO.findall(campo)]
        onde: dict[str, object] | list[object] = raiz
        for passo, seguinte in zip(passos, [*passos[1:], None], strict=True):
            feito: object = valor if seguinte is None else [] if isinstance(seguinte, int) else {}
            onde = _posto(onde, passo, feito)


def _posto(onde: object, passo: str | int, feito: object) -> dict[str, object] | list[object]:
    """Puts a value into a map or a list, unless there is one already. Returns what is there."""
    if isinstance(onde, list) and isinstance(passo, int):
        onde.extend({} for _ in range(passo - len(onde)))
        if len(onde) == passo:
            onde.append(feito)
        achado = onde[passo]
    elif isinstance(onde, dict):
        achado = onde.setdefault(passo, feito)
    else:
        achado = None
    return achado if isinstance(achado, dict | list) else {}
