"""Says which routes there are, with their ids, and which of them would take a file of a name, and why."""

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from separador.nucleo.nome_de_arquivo import ignorado
from separador.nucleo.rota import Rota, candidatas, escolher, nome_da_rota


@dataclass(frozen=True, slots=True)
class Escolha:
    """The answer for one origin. `rota` None: no route takes the file there."""

    origem: Path
    rota: Rota | None
    motivo: str


def assinaturas(banco: sqlite3.Connection | None) -> dict[int, str]:
    """Returns id → signature of every route that the service ever used."""
    if banco is None:
        return {}
    return {int(i): str(a) for i, a in banco.execute("SELECT id, assinatura FROM rota")}


def escolhas(nome: bytes, rotas: Sequence[Rota], origem: Path | None = None) -> list[Escolha]:
    """Returns what each origin would do with a file of this name; only one when it is given."""
    origens = list(dict.fromkeys(r.origem for r in rotas if origem in (None, r.origem)))
    return [_escolha(nome, o, [r for r in rotas if r.origem == o]) for o in origens]


def _escolha(nome: bytes, origem: Path, daqui: list[Rota]) -> Escolha:
    impedimento = ignorado(nome)
    rota = None if impedimento else escolher(nome, daqui)
    return Escolha(origem, rota, impedimento or _motivo(nome, rota, daqui))


def _motivo(nome: bytes, rota: Rota | None, daqui: list[Rota]) -> str:
    casadas = candidatas(nome, daqui)
    if not casadas:
        return "nenhuma regra de arquivo desta origem combina; o arquivo ficaria onde está, à vista em falhas"
    if rota is None:
        return f"a regra mais específica é da {nome_da_rota(casadas[0])}, que está inativa; o arquivo esperaria"
    outras = [nome_da_rota(r) for r in casadas[1:]]
    por_que = f" (também combinam, com final mais curto ou inativas: {', '.join(outras)})" if outras else ""
    return f"o final do nome combina com a regra de arquivo {' '.join(rota.sufixos)}{por_que}"
