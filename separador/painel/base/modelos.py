"""Makes the text of a page from its template. Everything that is not a template's own text is escaped."""

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from importlib.util import find_spec
from itertools import pairwise
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from jinja2 import BaseLoader, Environment, FileSystemLoader, PrefixLoader, StrictUndefined
from markupsafe import Markup

from separador.nucleo import capacidade
from separador.nucleo.fuso import dia_e_hora
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pedidos.tempo import hora_local, idade_s, por_extenso

PASTA = "modelos"
_CNPJ = (0, 2, 5, 8, 12, 14)
"""Where the groups of a CNPJ begin, and its end."""


@cache
def ambiente() -> Environment:
    """Returns the templates of the panel and of every capability that brings pages, by `<name>/<file>`."""
    feito = Environment(
        loader=PrefixLoader(_pastas()),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    feito.filters |= {
        "hora": hora,
        "idade": idade,
        "chave": chave,
        "limpo": limpo,
        "por_extenso": por_extenso,
        "dinheiro": dinheiro,
        "pessoa": pessoa,
        "data_e_hora": dia_e_hora,
    }
    feito.globals |= {"partes": partes, "ficha": ficha}
    return feito


def _pastas() -> dict[str, BaseLoader]:
    pastas: dict[str, BaseLoader] = {}
    for c in capacidade.todas():
        for pacote in {t.pagina.rpartition(":")[0].rpartition(".")[0] for t in c.telas}:
            achado = find_spec(pacote)
            for onde in (achado.submodule_search_locations or ()) if achado is not None else ():
                pastas[c.nome] = FileSystemLoader(Path(onde) / PASTA)
    return pastas


def hora(texto: str | None, agora: datetime | None = None) -> Markup:
    """Returns an instant as people read it, with its UTC form for programs; with `agora` its age stands behind it."""
    if not texto:
        return Markup("")
    utc = datetime.fromisoformat(texto).astimezone(UTC).isoformat()
    dito = hora_local(texto)
    if agora is not None:
        dito = f"{dito} (há {por_extenso(idade_s(texto, agora))})"
    return Markup('<time datetime="{}">{}</time>').format(utc, dito)


def idade(texto: str | None, agora: datetime) -> Markup:
    """Returns an age, with the instant for programs and in the hint."""
    if not texto:
        return Markup("")
    utc = datetime.fromisoformat(texto).astimezone(UTC).isoformat()
    dita = por_extenso(idade_s(texto, agora))
    return Markup('<time datetime="{}" title="{}">{}</time>').format(utc, hora_local(texto), dita)


def chave(texto: str | None) -> Markup:
    """Returns a key in groups of four; copied, it has no blanks, because the gaps are drawn and not written."""
    if not texto:
        return Markup("")
    grupos = [texto[i : i + 4] for i in range(0, len(texto), 4)]
    return Markup('<span class="chave">{}</span>').format(
        Markup("").join(Markup("<span>{}</span>").format(g) for g in grupos)
    )


def pessoa(numero: str | None, nomes: Mapping[str, str]) -> Markup:
    """Returns the name that the configuration has for a CNPJ, before it; copied, the CNPJ has no punctuation, because
    its gaps are drawn. Of others there is only the number."""
    if not numero or numero not in nomes:
        return limpo(numero)
    grupos = Markup("").join(Markup("<span>{}</span>").format(numero[a:b]) for a, b in pairwise(_CNPJ))
    return Markup('{} <span class="chave">{}</span>').format(limpo(nomes[numero]), grupos)


def dinheiro(valor: Any) -> str:
    """Returns an amount as people write it; "" for none."""
    return "" if valor in (None, "") else f"{Decimal(str(valor)):,.2f}".translate(str.maketrans(",.", ".,"))


def partes(caminho: str) -> tuple[str, list[tuple[str, str]]]:
    """Returns path and fields of an address: a GET form drops the query of its action."""
    lidas = urlsplit(caminho)
    return lidas.path, parse_qsl(lidas.query)


def ficha() -> str:
    """Returns the one-time token of a form: what is sent with it a second time is the same order."""
    return secrets.token_urlsafe(16)


def limpo(texto: Any) -> Markup:
    """Returns a text from outside: its control characters shown, its direction its own."""
    if texto is None or texto == "":
        return Markup("")
    dito = "".join(c if c.isprintable() else mostrar(c.encode("utf-8", "surrogateescape")) for c in str(texto))
    return Markup("<bdi>{}</bdi>").format(dito)
