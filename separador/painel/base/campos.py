"""Holds the fields of a form or of a query: names that may come more than once, as they were sent."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import parse_qsl, urlencode

CAMPOS_MAXIMOS = 1000


@dataclass(frozen=True, slots=True)
class Campos:
    """The pairs, in their order."""

    pares: tuple[tuple[str, str], ...] = ()

    def um(self, nome: str, padrao: str = "") -> str:
        """Returns the first value of a name."""
        return next((v for n, v in self.pares if n == nome), padrao)

    def todos(self, nome: str) -> list[str]:
        """Returns every value of a name, each once."""
        return list(dict.fromkeys(v for n, v in self.pares if n == nome))

    def com(self, **mudancas: str | Sequence[str] | None) -> "Campos":
        """Returns the fields with others in place of some; None takes a name out."""
        resto = [(n, v) for n, v in self.pares if n not in mudancas]
        for nome, valor in mudancas.items():
            valores = [valor] if isinstance(valor, str) else list(valor or ())
            resto += [(nome, v) for v in valores]
        return Campos(tuple(resto))

    def endereco(self, caminho: str) -> str:
        """Returns the path with these fields as its query; empty ones are left out."""
        ditos = [(n, v) for n, v in self.pares if v]
        return f"{caminho}?{urlencode(ditos)}" if ditos else caminho


def ler_campos(texto: str) -> Campos | None:
    """Reads `a=1&b=2`; None when there are more fields than any page has."""
    try:
        pares: Iterable[tuple[str, str]] = parse_qsl(
            texto, keep_blank_values=True, errors="replace", max_num_fields=CAMPOS_MAXIMOS
        )
    except ValueError:
        return None
    return Campos(tuple((n, v.replace("\r\n", "\n")) for n, v in pares))
