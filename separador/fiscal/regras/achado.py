"""Defines what a rule finds, and what a rule is given."""

from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

from lxml import etree


@dataclass(frozen=True, slots=True)
class ContextoRegras:
    """The facts from outside the document: the configured environment ("1"/"2") and the instant (aware, UTC)."""

    tp_amb: str
    agora: datetime


class Achado(NamedTuple):
    """One breach of a rule. `no`: the element that shows it.

    `detalhe`: what else was seen, in words that follow "não é aceito:"; of a group, all that is said about it. `tag`:
    the missing child, or `@` and the name of an attribute. `certo`: a value that would be right; None stands for one of
    the field's type, "" for none (the tag has to go, or another one has to change).
    """

    no: etree._Element | None
    detalhe: str = ""
    tag: str | None = None
    certo: str | None = None
