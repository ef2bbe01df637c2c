"""Chooses which of many like cases run every day; `make longo` runs the others."""

from collections.abc import Iterable
from typing import Any

import pytest


def do_dia(casos: Iterable[Any], uma_em: int) -> list[Any]:
    """Returns the cases of a table for `parametrize`: the first of each `uma_em` runs every day. A tuple is one row."""
    todos = [caso if isinstance(caso, tuple) else (caso,) for caso in casos]
    return [pytest.param(*caso, marks=[] if n % uma_em == 0 else [pytest.mark.longo]) for n, caso in enumerate(todos)]
