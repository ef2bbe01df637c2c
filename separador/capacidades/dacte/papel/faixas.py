"""Holds strips: the smallest parts of a sheet, which are never divided, with what is written and drawn on each."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from separador.capacidades.dacte.papel.medida import largura, linha, quebrar

ROTULO_PT = 5.0
VALOR_PT = 7.0
MENOR_PT = 5.0
RECUO = 0.8
"""Space between a rule and a text."""
_NUMERO = re.compile(r"(R\$ )?-?[0-9][0-9.,]*|[0-9A-Z]{44}")


@dataclass(frozen=True, slots=True)
class Escrito:
    """A text at a place of its strip: `x` from the left, `y` from the top to the top of the letters' line."""

    x: float
    y: float
    texto: str
    tamanho: float = VALOR_PT
    negrito: bool = False


@dataclass(frozen=True, slots=True)
class Risco:
    """A rule between two points of its strip."""

    x1: float
    y1: float
    x2: float
    y2: float
    tracejado: bool = False


@dataclass(slots=True)
class Faixa:
    """A strip of a sheet. `junto`: it stays on the sheet of the strip before it."""

    altura: float
    escritos: list[Escrito] = field(default_factory=list)
    riscos: list[Risco] = field(default_factory=list)
    junto: bool = False

    def sem_separador(self) -> "Faixa":
        """Returns the strip as it begins a column, where there is nothing above to keep it apart from."""
        return replace(self, riscos=[r for r in self.riscos if not (r.tracejado and r.y1 == r.y2 == 0)])


@dataclass(frozen=True, slots=True)
class Celula:
    """A box of a row, with what is in it. `largura` in the unit of the row."""

    rotulo: str
    valor: str
    largura: float
    negrito: bool = False
    tamanho: float = VALOR_PT


def fila(celulas: Sequence[Celula], espaco: float, *, com_rotulo: bool = True) -> Faixa:
    """Returns a row of boxes over the whole width, as high as the highest needs."""
    total = sum(c.largura for c in celulas)
    faixa = Faixa(0.0)
    x, altura = 0.0, 0.0
    for celula in celulas:
        cabe = espaco * celula.largura / total
        y = 0.3
        if com_rotulo:
            rotulos = quebrar(celula.rotulo, cabe - 2 * RECUO, ROTULO_PT)
            y = escrever(faixa, x + RECUO, y, rotulos, ROTULO_PT)
        tamanho = _que_cabe(celula, cabe - 2 * RECUO)
        linhas = quebrar(celula.valor, cabe - 2 * RECUO, tamanho, celula.negrito)
        y = escrever(faixa, x + RECUO, y, linhas or [""], tamanho, celula.negrito)
        altura = max(altura, y + 0.3)
        x += cabe
    faixa.altura = altura
    x = 0.0
    for celula in celulas[:-1]:
        x += espaco * celula.largura / total
        faixa.riscos.append(Risco(x, 0, x, altura))
    return faixa


def _que_cabe(celula: Celula, espaco: float) -> float:
    """Returns the size in which a number or a key fits its box on one line: one that is broken is read as two."""
    if not _NUMERO.fullmatch(celula.valor):
        return celula.tamanho
    pede = largura(celula.valor, celula.tamanho, celula.negrito)
    return celula.tamanho if pede <= espaco else max(MENOR_PT, celula.tamanho * espaco / pede - 0.01)


def escrever(faixa: Faixa, x: float, y: float, linhas: Sequence[str], tamanho: float, negrito: bool = False) -> float:
    """Writes lines one below another. Returns where the next would begin."""
    for texto in linhas:
        if texto:
            faixa.escritos.append(Escrito(x, y, texto, tamanho, negrito))
        y += linha(tamanho)
    return y


def fila_ao_lado(celulas: Sequence[Celula], espaco: float) -> Faixa:
    """Returns a row whose titles stand to the left of their values: for the narrow blocks of the parties."""
    total = sum(c.largura for c in celulas)
    faixa = Faixa(0.0)
    x, altura = 0.0, 0.0
    for celula in celulas:
        cabe = espaco * celula.largura / total
        recuo = max(largura(celula.rotulo, ROTULO_PT) + 1.0, 14.0 if x == 0 else 0.0)
        linhas = quebrar(celula.valor, cabe - recuo - 2 * RECUO, VALOR_PT, celula.negrito)
        y = escrever(faixa, x + RECUO + recuo, 0.1, linhas or [""], VALOR_PT, celula.negrito)
        faixa.escritos.append(Escrito(x + RECUO, 0.75, celula.rotulo, ROTULO_PT))
        altura = max(altura, y + 0.1)
        x += cabe
    faixa.altura = altura
    return faixa


def empilhar(faixas: Sequence[Faixa]) -> Faixa:
    """Returns several strips as one that is not divided."""
    pilha = Faixa(0.0)
    for f in faixas:
        juntar(pilha, f, 0.0, pilha.altura)
        pilha.altura += f.altura
    return pilha


def juntar(pilha: Faixa, faixa: Faixa, x: float, y: float) -> None:
    """Puts what is on a strip at a place of another."""
    pilha.escritos += [Escrito(e.x + x, e.y + y, e.texto, e.tamanho, e.negrito) for e in faixa.escritos]
    pilha.riscos += [Risco(r.x1 + x, r.y1 + y, r.x2 + x, r.y2 + y, r.tracejado) for r in faixa.riscos]
