"""Defines what a worker gets to issue with, and what it returns of a load in each round."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from separador.capacidades.emissao.dominio.conteudo import Conteudo
from separador.fiscal.emissao.achados import Aviso, ErroDeCarga
from separador.fiscal.emissao.ambiente import Parametros
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.regras.terceiros import Terceiro
from separador.fiscal.preparo import Preparado
from separador.fiscal.resumo import Resumo

EQUIPAMENTO = "emissao"
"""Its name in `Contexto.equipamento`."""


@dataclass(frozen=True, slots=True)
class Equipamento:
    """What issuing needs beside the load. `cadastros` None: they could not be read since the start."""

    cadastros: Cadastros | None
    parametros: Parametros
    empresas: frozenset[str]

    @property
    def emite(self) -> bool:
        """Says whether there is anybody to issue for."""
        return self.cadastros is not None and bool(self.cadastros.todos("empresas"))


@dataclass(frozen=True, slots=True)
class Provisorio:
    """One document under a provisional number, which `chave` has too. `xml`: zlib. `resumo`: DOC of the contract,
    without what the number gives. `nfes`: field and key of each NF-e."""

    campo: str
    chave: str
    xml: bytes
    emitente: str
    modelo: str
    serie: int
    resumo: Mapping[str, object]
    registro: Mapping[str, object]
    nfes: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class CargaJulgada:
    """A load whose documents passed every test. `complementar`: what informações complementares lacks;
    `complementada`: what was ordered about it is in it."""

    carga: str
    conteudo: Conteudo
    documentos: tuple[Provisorio, ...]
    avisos: tuple[Aviso, ...]
    complementar: tuple[str, ...]
    complementada: bool = False
    terceiros: tuple[Terceiro, ...] = ()


@dataclass(frozen=True, slots=True)
class CargaRecusada:
    """A load with errors: nothing is issued. `carga` is empty where it could not be read."""

    carga: str
    erros: tuple[ErroDeCarga, ...]
    avisos: tuple[Aviso, ...] = ()
    conteudo: Conteudo = b""


@dataclass(frozen=True, slots=True)
class SemCadastros:
    """A load that cannot be judged, because the registries were never read."""


@dataclass(frozen=True, slots=True)
class Complementos:
    """The material of a further round: what was ordered about a held load. `ordenados`: JSON of the fields of
    `informacoes_complementares`, in the words of the file."""

    ordenados: str


@dataclass(frozen=True, slots=True)
class EmJulgamento:
    """A load of which some documents are judged, where the loop itself judges (`ContextoPreparo.aos_poucos`). It is the
    material of the next round, and never travels. `resto` yields None after each portion, at last the judged load."""

    resto: Iterator[object]
    peso: int

    def adiante(self) -> object:
        """Judges one portion more. Returns the judged load at the end, itself before."""
        return next(self.resto) or self


@dataclass(frozen=True, slots=True)
class AAssinar:
    """The material of a further round: documents with their numbers, (order, key, zlib of the unsigned document as it
    was judged, under a provisional number)."""

    documentos: tuple[tuple[int, str, bytes], ...]

    @property
    def peso(self) -> int:
        """Returns how much work it is (`motor.entrada.rodadas`)."""
        return len(self.documentos)


@dataclass(frozen=True, slots=True)
class Assinado:
    """One signed document. `preparado` has no bytes: they are in `comprimido` (zlib)."""

    ordem: int
    preparado: Preparado
    comprimido: bytes

    @property
    def colunas(self) -> dict[str, str]:
        """Returns the texts that lists show of it (`cte.dominio.colunas`)."""
        r = self.preparado.resumo
        if not isinstance(r, Resumo):
            raise TypeError("um evento não sai de uma carga")
        return {"dh_emi": r.dh_emi, "tomador": r.tomador, "fim": r.fim, "valor": r.valor}


@dataclass(frozen=True, slots=True)
class Assinados:
    """What a further round signed."""

    documentos: tuple[Assinado, ...] = ()


@dataclass(frozen=True, slots=True)
class Desfeita:
    """A reserved document that does not pass any more (its date is too old, the environment changed)."""

    erros: tuple[ErroDeCarga, ...] = field(default_factory=tuple)
