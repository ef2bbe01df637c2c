"""Places the bars of a chart: numbers go in, and places in a fixed drawing come out. The template draws them."""

from collections.abc import Sequence
from dataclasses import dataclass

from separador.nucleo.texto.quantidade import milhar

LARGURA, ALTURA = 720, 220
"""The drawing, in its own units; the page scales it."""
_ESQUERDA, _DIREITA, _EM_CIMA, _EM_BAIXO = 84, 8, 12, 28
_CHAO = ALTURA - _EM_BAIXO
_MARCAS = 4
_ROTULOS = 12
"""Most names below the bars: more would stand over each other."""
_MENOR = 2.0
"""What is more than nothing is seen."""
_NO_TELEFONE = 8
_LINHA, _NOMES, _NUMEROS = 30, 190, 100
"""Of a chart whose bars lie: height of a row, room for names on the left and for numbers on the right."""
_LETRAS = 16


@dataclass(frozen=True, slots=True)
class Faixa:
    """A part of a bar: `y` and `altura` in the drawing; `classe` says how it is filled."""

    y: float
    altura: float
    classe: str


@dataclass(frozen=True, slots=True)
class Coluna:
    """A bar. `nome` stands below it, or is "" where there is no room; `dito` is the whole of it in words. `rara`: on a
    narrow screen there is no room for its name."""

    x: float
    largura: float
    nome: str
    dito: str
    faixas: tuple[Faixa, ...]
    rara: bool = False


@dataclass(frozen=True, slots=True)
class Grafico:
    """A chart. `titulo`: what it shows, as people and screen readers are told; `marcas`: place and text of the
    lines behind the bars; `legenda`: class and name of each part."""

    titulo: str
    legenda: tuple[tuple[str, str], ...]
    colunas: tuple[Coluna, ...]
    marcas: tuple[tuple[float, str], ...]
    chao: float = _CHAO
    largura: int = LARGURA
    altura: int = ALTURA
    esquerda: int = _ESQUERDA


@dataclass(frozen=True, slots=True)
class Deitada:
    """A bar that lies: its name stands to the left of it, its number to the right."""

    y: int
    largura: float
    nome: str
    dito: str
    numero: str


@dataclass(frozen=True, slots=True)
class Deitado:
    """A chart of bars that lie, for names of any length. Its fields are those of `Grafico`."""

    titulo: str
    classe: str
    barras: tuple[Deitada, ...]
    altura: int
    grossura: int = _LINHA - 10
    largura: int = LARGURA
    esquerda: int = _NOMES


def deitadas(titulo: str, classe: str, linhas: Sequence[tuple[str, str, int]]) -> Deitado:
    """Returns the chart of rows (name, short name, value above 0), the first one on top."""
    maior = max((n for _, _, n in linhas), default=1)
    cabe = LARGURA - _NOMES - _NUMEROS
    feitas = tuple(
        Deitada(
            i * _LINHA + 5,
            round(max(cabe * n / maior, _MENOR), 1),
            curto if len(curto) <= _LETRAS else f"{curto[: _LETRAS - 1]}…",
            f"{nome[:40]}: {milhar(n)}",
            milhar(n),
        )
        for i, (nome, curto, n) in enumerate(linhas)
    )
    return Deitado(titulo, classe, feitas, max(len(linhas), 1) * _LINHA)


def barras(
    titulo: str, legenda: Sequence[tuple[str, str]], linhas: Sequence[tuple[str, str, Sequence[int]]]
) -> Grafico:
    """Returns the chart of rows (name, short name, one value for each class), as bars whose parts stand on each other.

    No value is below 0. Without a value above 0 the chart is empty, and its axis ends at 1.
    """
    topo = _teto(max((sum(valores) for _, _, valores in linhas), default=0))
    passo = (LARGURA - _ESQUERDA - _DIREITA) / max(len(linhas), 1)
    cada = max(-(-len(linhas) // _ROTULOS), 1)
    colunas = []
    for i, (nome, curto, valores) in enumerate(linhas):
        x, largura = _ESQUERDA + i * passo + passo * 0.1, max(passo * 0.8, 0.5)
        ditos = ", ".join(f"{n} {v}" for (_, n), v in zip(legenda, valores, strict=True) if v)
        colunas.append(
            Coluna(
                round(x, 1),
                round(largura, 1),
                curto if i % cada == 0 else "",
                f"{nome}: {ditos or 0}",
                _faixas(legenda, valores, topo),
                len(linhas) > _NO_TELEFONE and i // cada % 2 == 1,
            )
        )
    return Grafico(titulo, tuple(legenda), tuple(colunas), _marcas(topo))


def _faixas(legenda: Sequence[tuple[str, str]], valores: Sequence[int], topo: int) -> tuple[Faixa, ...]:
    feitas, base = [], float(_CHAO)
    for (classe, _), valor in zip(legenda, valores, strict=True):
        if valor:
            altura = max((_CHAO - _EM_CIMA) * valor / topo, _MENOR)
            base -= altura
            feitas.append(Faixa(round(base, 1), round(altura, 1), classe))
    return tuple(feitas)


def _marcas(topo: int) -> tuple[tuple[float, str], ...]:
    quantas = 5 if str(topo).startswith("5") else next((n for n in (_MARCAS, 3, 2) if topo % n == 0), 1)
    valores = [topo * i // quantas for i in range(quantas + 1)]
    return tuple((round(_CHAO - (_CHAO - _EM_CIMA) * v / topo, 1), _curto(v)) for v in valores)


def _teto(maior: int) -> int:
    """Returns a round number that is not below `maior`: 1, 2, 4, 5 or 8 with zeros."""
    potencia = 1
    while potencia * 10 <= maior:
        potencia *= 10
    return next(m * potencia for m in (1, 2, 4, 5, 8, 10) if m * potencia >= maior)


def _curto(valor: int) -> str:
    for limite, unidade in ((1_000_000, "mi"), (1_000, "mil")):
        if valor >= limite:
            return f"{valor / limite:.4g} {unidade}".replace(".", ",")
    return str(valor)
