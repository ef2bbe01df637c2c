"""Defines the results of a look at an origin."""

from dataclasses import dataclass
from datetime import datetime

from separador.nucleo.arquivo_completo import Amostra, Motivo


@dataclass(frozen=True, slots=True)
class Candidato:
    """A complete file: its name, the route that takes it, the sample at which it was judged, its hard links. The sample
    is compared again after the claim."""

    nome: bytes
    rota: str
    amostra: Amostra
    marcador: bytes | None = None


@dataclass(frozen=True, slots=True)
class Pendencia:
    """A file that waits in the origin, for the failures view. `desde` is UTC; `rota` is None when no rule matches."""

    nome: bytes
    rota: str | None
    motivo: Motivo
    desde: datetime
    detalhe: str = ""


@dataclass(frozen=True, slots=True)
class Ignorado:
    """Something in the origin that is no document. It is reported once."""

    nome: bytes
    motivo: str


@dataclass(frozen=True, slots=True)
class Leitura:
    """The result of one look at the origin. `proximo_exame_s` (monotonic) is None when only a new file can change
    anything. It is the present moment when the limit cut the look short."""

    prontos: tuple[Candidato, ...]
    ignorados: tuple[Ignorado, ...]
    proximo_exame_s: float | None
