"""Defines what a rule finds, and what a rule is given."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class ContextoRegras:
    """The facts from outside the document: the configured environment ("1"/"2") and the instant (aware, UTC)."""

    tp_amb: str
    agora: datetime


class Achado(NamedTuple):
    """One breach of a rule. `no`: the element that shows it. `detalhe`: what was seen there. `tag`: the missing tag."""

    no: etree._Element | None
    detalhe: str = ""
    tag: str | None = None
