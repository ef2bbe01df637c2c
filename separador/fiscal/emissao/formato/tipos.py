"""Defines the kinds of values of a load and of the registries, and what a field is."""

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Texto:
    """A text, cleaned. `codigo`: of the error when it is too long. `forma`: a pattern that it has as a whole."""

    maximo: int
    minimo: int = 1
    codigo: str = "SEP-CARGA-TEXTO"
    forma: str = ""
    exemplo: str = ""


@dataclass(frozen=True, slots=True)
class Numero:
    """A number ≥ 0 with so many digits before the point and decimals at the most."""

    inteiros: int
    decimais: int


@dataclass(frozen=True, slots=True)
class Inteiro:
    """A whole number."""

    minimo: int
    maximo: int


@dataclass(frozen=True, slots=True)
class Data:
    """A date; with `momento` the hour too."""

    momento: bool = False


@dataclass(frozen=True, slots=True)
class Documento:
    """A CNPJ or CPF. `estrangeiro`: fourteen zeros are accepted, for somebody abroad."""

    so_cnpj: bool = False
    estrangeiro: bool = False


@dataclass(frozen=True, slots=True)
class Chave:
    """The key of a document. `modelo`: "" = of any; `outro`: a second one that is accepted."""

    modelo: str = ""
    outro: str = ""
    tamanho: int = 44


@dataclass(frozen=True, slots=True)
class Referencia:
    """The `codigo` of a record, or its document. `palavras` may stand in its place."""

    cadastro: str
    palavras: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Logico:
    """A yes or no."""


@dataclass(frozen=True, slots=True)
class Palavra:
    """One word of a list: as people write it (`comparavel`) → the value."""

    opcoes: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Municipio:
    """A municipality's code, 7 digits. `exterior`: 9999999 is accepted."""

    exterior: bool = True


@dataclass(frozen=True, slots=True)
class Leiaute:
    """A group under the layout's own tag names, judged by the official schema. `tags`: the only ones; empty: any."""

    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lista:
    """A list."""

    item: "Tipo"
    maximo: int | None = None


@dataclass(frozen=True, slots=True)
class Mapeado:
    """A map whose keys are states."""

    item: "Tipo"


@dataclass(frozen=True, slots=True)
class Grupo:
    """A group of fields. `codigo`: of the error when another field is given. `por_nome`: the first field of a name."""

    campos: tuple["Campo", ...]
    codigo: str = "SEP-CARGA-ESQUEMA"
    por_nome: Mapping[str, "Campo"] = field(init=False, repr=False, compare=False)
    obrigatorios: tuple["Campo", ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "por_nome", {c.nome: c for c in reversed(self.campos)})
        object.__setattr__(self, "obrigatorios", tuple(c for c in self.campos if c.obrigatorio))

    def campo(self, nome: str) -> "Campo | None":
        """Returns the field of a name."""
        return self.por_nome.get(nome)


Tipo = (
    Texto | Numero | Inteiro | Data | Documento | Chave | Referencia | Logico | Palavra | Municipio | Leiaute
    | Lista | Mapeado | Grupo
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Campo:
    """One field. `sobre`: what it is, for the manual."""

    nome: str
    tipo: Tipo
    sobre: str = ""
    obrigatorio: bool = False


def comparavel(texto: str) -> str:
    """Returns a word without case, accents and punctuation around it, as words of lists are compared."""
    sem = unicodedata.normalize("NFD", texto.strip().casefold())
    return " ".join("".join(c for c in sem if not unicodedata.combining(c)).replace("_", " ").split())


def palavras(*valores: str, **outras: str) -> Palavra:
    """Returns a list of words, each its own value; `outras`: more ways to write one."""
    opcoes = {comparavel(v): v for v in valores}
    return Palavra({**opcoes, **{comparavel(k): v for k, v in outras.items()}})


DINHEIRO, QUANTIDADE, PERCENTUAL = Numero(13, 2), Numero(11, 4), Numero(3, 2)
