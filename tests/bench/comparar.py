"""Compares two files of the bench: which figures are worse by more than they spread within a run.

`python -m tests.bench.comparar ANTES.json DEPOIS.json` exits with 1 when there are any.
"""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.relatorio import LINHAS, Linha, numero

FOLGA = 0.05
"""What two runs of the same program differ by on a quiet machine, where a figure does not tell its own spread."""


class Diferenca(NamedTuple):
    """A figure in two runs. `pior`: the share by which it is worse, negative when it is better."""

    linha: Linha
    antes: float
    depois: float
    pior: float
    folga: float

    @property
    def conta(self) -> bool:
        """Says whether it is worse beyond its spread."""
        return self.pior > self.folga


def comparar(antes: dict[str, Any], depois: dict[str, Any]) -> list[Diferenca]:
    """Returns every figure that both runs have."""
    achadas = []
    for linha in LINHAS:
        a, b = antes.get(linha.chave), depois.get(linha.chave)
        if a is None or b is None or not a:
            continue
        pior = (a - b) / a if mais_e_melhor(linha) else (b - a) / a
        folga = max(_espalhamento(antes, linha.chave), _espalhamento(depois, linha.chave), FOLGA)
        achadas.append(Diferenca(linha, a, b, pior, folga))
    return achadas


def mais_e_melhor(linha: Linha) -> bool:
    """Says whether more is better: a rate, a share of a bound or of an ideal."""
    return linha.unidade == "/s" or linha.chave.startswith(("razao_", "transmissao_ideal_", "anos_entrada"))


def _espalhamento(dados: dict[str, Any], chave: str) -> float:
    """Returns how far apart the measures of a figure lie within its run, as a share of the middle."""
    medidas = sorted(_medidas(dados.get("notas", {}), chave))
    return (medidas[-1] - medidas[0]) / 2 / medidas[len(medidas) // 2] if len(medidas) > 1 else 0.0


def _medidas(notas: dict[str, Any], chave: str) -> Iterator[float]:
    """Yields the single measures of a figure, where its note has them."""
    for nome, nota in notas.items():
        if isinstance(nota, dict) and chave.startswith(nome):
            for lista in nota.values():
                if isinstance(lista, list):
                    yield from (float(x) for x in lista if isinstance(x, int | float) and x > 0)
                    return


def tabela(diferencas: list[Diferenca]) -> str:
    """Returns the comparison as text."""
    linhas = [f"{'':66}{'antes':>10}{'depois':>10}{'pior':>8}{'folga':>8}"]
    for d in diferencas:
        marca = " ✗" if d.conta else ""
        linhas.append(
            f"{d.linha.texto:66}{numero(d.antes):>10}{numero(d.depois):>10}{d.pior:>8.1%}{d.folga:>8.1%}{marca}"
        )
    return "\n".join(linhas)


def main(argumentos: list[str]) -> int:
    """Prints the comparison of two files."""
    antes, depois = (json.loads(Path(a).read_text("utf-8")) for a in argumentos)
    diferencas = comparar(antes, depois)
    print(tabela(diferencas))
    piores = [d for d in diferencas if d.conta]
    print(f"\n{len(piores)} piores além do próprio espalhamento." if piores else "\nNada piorou.")
    return 1 if piores else 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:3]))
