"""Defines what a rule finds, and what a rule is given."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

if TYPE_CHECKING:
    pass


@dataclass(frozen=True, slots=True)
class ContextoRegras:
    """What the rules need from outside the document: the configured environment ("1"/"2") and now (aware, UTC)."""

    tp_amb: str
    agora: datetime


class Achado(NamedTuple):
    """One breach: the element that shows it, what was seen there, and the tag when it is the one that is missing."""

    no: etree._Element | None
    detalhe: str = ""
    tag: str | None = None
