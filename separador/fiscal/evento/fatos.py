"""Holds the facts that the rules of an event can depend on. The service and the commands gather them."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timezone

from separador.fiscal.evento.campos import Valores
from separador.fiscal.evento.tabela import POR_TIPO
from separador.nucleo.situacao import Situacao


@dataclass(frozen=True, slots=True)
class Conteudo:
    """The content of the signed document.

    A field is empty where the document does not say it, or its bytes are not at hand. `emitente`, `tomador`: CNPJ or
    CPF. `notas`: keys of the NF-e it carries. `com_gtve`: it names GTV-e.
    """

    emitente: str = ""
    tomador: str = ""
    emitido_em: datetime | None = None
    tp_cte: str = ""
    tp_serv: str = ""
    tp_emis: str = ""
    modal: str = ""
    globalizado: bool = False
    notas: tuple[str, ...] = ()
    com_gtve: bool = False


@dataclass(frozen=True, slots=True)
class Conhecido:
    """A document of this installation. Times are aware."""

    situacao: Situacao
    conteudo: Conteudo
    protocolo: str | None = None
    autorizado_em: datetime | None = None
    marca: str | None = None


@dataclass(frozen=True, slots=True)
class Terceiro:
    """A document of somebody else that was seen here (distribution). `tomador`: CNPJ or CPF, "" when unknown."""

    tomador: str = ""
    autorizado_em: datetime | None = None


@dataclass(frozen=True, slots=True)
class Anterior:
    """An event of the same key that is accepted, or still without answer (`aberto`). `valores`: what its XML says."""

    tp_evento: str
    n_seq: int
    aberto: bool
    protocolo: str | None = None
    valores: Valores = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Fatos:
    """The facts of one key. `documento` is None when it is not known here. `fuso` is that of the state of the key.

    `layout`: (group, field) pairs of the kind of document, empty when not needed. `empresas`: CNPJs configured.
    """

    chave: str
    agora: datetime
    fuso: timezone
    documento: Conhecido | None = None
    anteriores: tuple[Anterior, ...] = ()
    layout: frozenset[tuple[str, str]] = frozenset()
    empresas: tuple[str, ...] = ()
    terceiro: Terceiro = Terceiro()

    @property
    def tomador(self) -> str:
        """Returns the CNPJ or CPF of the taker, wherever it is known from. It is empty when unknown."""
        return self.documento.conteudo.tomador if self.documento is not None else self.terceiro.tomador

    @property
    def autorizado_em(self) -> datetime | None:
        """Returns when the document was authorised, wherever it is known from."""
        return self.documento.autorizado_em if self.documento is not None else self.terceiro.autorizado_em

    @property
    def modelo(self) -> str:
        """Returns the model in the key: 57, 64 or 67."""
        return self.chave[20:22]

    def do_tipo(self, tp_evento: str) -> list[Anterior]:
        """Returns the earlier events of a kind, by sequence."""
        return sorted((a for a in self.anteriores if a.tp_evento == tp_evento), key=lambda a: a.n_seq)

    def em_vigor(self, tp_evento: str) -> Iterator[Anterior]:
        """Yields the accepted or unanswered events of a kind that are in force.

        No cancellation, accepted or unanswered, takes them back.
        """
        cancelados = set(self._cancelados(tp_evento))
        yield from (a for a in self.do_tipo(tp_evento) if a.protocolo is None or a.protocolo not in cancelados)

    def _cancelados(self, tp_evento: str) -> Iterator[str]:
        for anterior in self.anteriores:
            tipo = POR_TIPO.get(anterior.tp_evento)
            if tipo is not None and tipo.cancela == tp_evento:
                yield str(anterior.valores.get(PROTOCOLO_DO_EVENTO))


PROTOCOLO_DO_EVENTO = "protocolo_do_evento"
