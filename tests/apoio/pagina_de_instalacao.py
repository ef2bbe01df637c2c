"""Reads the page of the installation: its blocks of shell and of YAML, each with its section."""

import re
from dataclasses import dataclass
from pathlib import Path

PAGINA = Path(__file__).resolve().parents[2] / "docs" / "instalar.md"
_CERCA = re.compile(r"^( *)```(\w*)$")
_FORA = re.compile(r"^ *<!-- teste: fora: (.+) -->$")


@dataclass(frozen=True, slots=True)
class Bloco:
    """One fenced block. `fora`: why the test does not run it; empty when it does."""

    secao: str
    linguagem: str
    texto: str
    fora: str = ""


def blocos(pagina: Path = PAGINA) -> list[Bloco]:
    """Returns every fenced block of the page, in order. `secao` is the heading of level two above it."""
    achados: list[Bloco] = []
    secao, fora, recuo, linguagem = "", "", "", ""
    dentro: list[str] | None = None
    for linha in pagina.read_text(encoding="utf-8").splitlines():
        cerca = _CERCA.match(linha)
        if dentro is not None and cerca is not None and not cerca[2]:
            achados.append(Bloco(secao, linguagem, "\n".join(dentro) + "\n", fora))
            dentro, fora = None, ""
        elif dentro is not None:
            dentro.append(linha.removeprefix(recuo))
        elif cerca is not None:
            recuo, linguagem, dentro = cerca[1], cerca[2], []
        elif linha.startswith("## "):
            secao = linha.removeprefix("## ")
        elif (dita := _FORA.match(linha)) is not None:
            fora = dita[1]
    return achados
