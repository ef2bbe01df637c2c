"""Holds the words in which the tables box → tags are written (MOC 4.00, Anexo II, sections 3 and 4).

A path names elements from the block's own place (`ide/natOp`, `imp/ICMS/*/vBC`, `@xCampo`). A box that may come from
one of several tags names them all, and all are read. `caminho|forma` gives one tag a form of its own; `?` in front
of it: only when the tags before it say nothing.
"""

from dataclasses import dataclass

GRADE = 24
"""The width of a sheet, in the unit of `largura`."""


@dataclass(frozen=True, slots=True)
class Caixa:
    """A box: its title, the tags that fill it and the form of their values.

    `entre` joins several values. `fixa`: drawn also when it is blank, as the manual's model does. `partes`: each
    element found is itself written as titled values, one after another.
    """

    rotulo: str
    tags: tuple[str, ...]
    forma: str = "texto"
    largura: int = 4
    entre: str = " "
    fixa: bool = False
    partes: tuple["Caixa", ...] = ()


Linha = tuple[Caixa, ...]


@dataclass(frozen=True, slots=True)
class Quadro:
    """A titled block of rows of boxes, once for each element at `onde` ("": the document itself).

    `ao_lado`: titles to the left of the values, for the narrow blocks of the parties. `sempre`: drawn also when blank.
    """

    titulo: str
    linhas: tuple[Linha, ...]
    onde: str = ""
    secao: str = "3"
    ao_lado: bool = False
    sempre: bool = False


@dataclass(frozen=True, slots=True)
class Par:
    """Two blocks side by side. When only one has something, it takes the whole width (Anexo II, 2.7)."""

    esquerda: Quadro
    direita: Quadro


@dataclass(frozen=True, slots=True)
class Fonte:
    """Where the lines of a list come from, and the tags of each of its columns. `detalhe`: written below a line.

    `grupo`: written over the first of the lines that have the same.
    """

    onde: str
    celulas: tuple[Caixa, ...]
    detalhe: tuple[Caixa, ...] = ()
    grupo: Caixa | None = None


@dataclass(frozen=True, slots=True)
class Lista:
    """A titled table. `colunas`: title and width of each. `vezes`: how many tables stand side by side on a sheet.

    `elastica`: it takes the space that the others leave on the first sheet, and goes on after them.
    """

    titulo: str
    colunas: tuple[tuple[str, int], ...]
    fontes: tuple[Fonte, ...]
    vezes: int = 1
    secao: str = "3"
    elastica: bool = False
    sempre: bool = False


@dataclass(frozen=True, slots=True)
class Corrido:
    """A titled text over the whole width: each box gives a paragraph, and each element of `onde` its own ones."""

    titulo: str
    caixas: tuple[Caixa, ...]
    onde: str = ""
    secao: str = "3"
    sempre: bool = False


@dataclass(frozen=True, slots=True)
class Calculado:
    """A block that the printer makes out of several tags by a rule of the manual; `nome` says which."""

    nome: str
    tags: tuple[str, ...]
    secao: str = "3"


Bloco = Quadro | Par | Lista | Corrido | Calculado


@dataclass(frozen=True, slots=True)
class Modelo:
    """Everything that is printed of one kind of document. `titulo` and `subtitulo` head each sheet."""

    titulo: str
    subtitulo: str
    blocos: tuple[Bloco, ...]
    no_canhoto: str = "CT-E"


def c(rotulo: str, tags: str, forma: str = "texto", largura: int = 4, entre: str = " ", *, fixa: bool = False) -> Caixa:
    """Returns a box. `tags`: paths with a space between them."""
    return Caixa(rotulo, tuple(tags.split()), forma, largura, entre, fixa)


def g(rotulo: str, onde: str, *partes: Caixa) -> Caixa:
    """Returns a box that writes each element at `onde` as titled values."""
    return Caixa(rotulo, (onde,), partes=partes)
