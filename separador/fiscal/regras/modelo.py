"""Defines a rule (MOC 4.00, Anexo I, 2.1 to 2.3).

A rule is a pure function from the view of one document to its findings. The tables of the theme modules name it once
and give it every id that the manual uses for it: G… for the CT-e (57), H… for the CT-e OS (67), I… for the GTV-e (64).
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from separador.fiscal.regras.achado import Achado
from separador.nucleo.tipo import Tipo

if TYPE_CHECKING:
    from separador.fiscal.regras.visao import Visao

FORMATO_ID = re.compile(r"([GHI])([0-9]{2,3})([a-z]?)")


class EstadoRegra(StrEnum):
    """The check that this program makes of a rule before sending."""

    VERIFICADA = "verificada"
    PRECISA_DE_CADASTRO = "precisa de cadastro"
    NAO_SE_APLICA = "não se aplica"


Verificador = Callable[["Visao"], Sequence[Achado]]


@dataclass(frozen=True, slots=True)
class Regra:
    """One line of the manual's tables. `motivo` says why it is not checked here, when it is not.

    `exige`: a group without which the rule has nothing to say (`Visao.presentes`); "" when there is none. The rule also
    finds that out by itself. It is not called without the group, so that absent groups cost nothing.
    """

    id: str
    cstat: str
    estado: EstadoRegra
    descricao: str
    tipos: frozenset[Tipo]
    verificar: Verificador | None
    o_que_fazer: str
    motivo: str = ""
    exige: str = ""


_TIPOS = {"G": frozenset({Tipo.CTE}), "H": frozenset({Tipo.CTE_OS}), "I": frozenset({Tipo.GTVE})}
_SIMP = frozenset({Tipo.CTE_SIMP})


def verificada(
    ids: str,
    cstat: str,
    verificar: Verificador,
    descricao: str,
    o_que_fazer: str,
    *,
    simp: bool = False,
    exige: str = "",
) -> list[Regra]:
    """Returns the rules that `verificar` checks, one per id in `ids` (blank separated).

    `simp`: the G rule is also applied to the CT-e Simplificado, whose own list (NT 2024.002) is not at hand: only what
    its layout has in the same place and with the same meaning. `exige`: see Regra.
    """
    return [
        Regra(i, cstat, EstadoRegra.VERIFICADA, descricao, _tipos(i, simp=simp), verificar, o_que_fazer, exige=exige)
        for i in ids.split()
    ]


def nao_verificada(estado: EstadoRegra, ids: str, cstat: str, descricao: str, motivo: str) -> list[Regra]:
    """Returns rules that only SEFAZ can check, or that no longer exist. They are listed, so that nobody misses them."""
    fazer = "Se a SEFAZ rejeitar com este código, corrija o dado indicado na mensagem dela e reenvie."
    return [Regra(i, cstat, estado, descricao, _tipos(i, simp=False), None, fazer, motivo) for i in ids.split()]


def _tipos(identificador: str, *, simp: bool) -> frozenset[Tipo]:
    tipos = _TIPOS[identificador[0]]
    return tipos | _SIMP if simp and identificador[0] == "G" else tipos


def ordem(regra: Regra) -> tuple[str, int, str]:
    """Returns the sort key that gives the manual's own order."""
    achado = FORMATO_ID.fullmatch(regra.id)
    if achado is None:
        raise ValueError(f"identificador de regra fora do padrão: {regra.id!r}")
    return achado[1], int(achado[2]), achado[3]
