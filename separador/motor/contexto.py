"""Holds what every step of the service needs at hand: configuration, state, clock, log."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

import structlog

from separador.banco import arquivos
from separador.banco.conexao import Banco, texto_de
from separador.configuracao import Configuracao, Perfil
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado, fora_da_validade
from separador.fiscal.inclusoes import NADA, Inclusoes
from separador.fiscal.preparo import assinador_de
from separador.motor.recebidos import Recebidos
from separador.motor.relogio import Relogio
from separador.nucleo import capacidade
from separador.nucleo.rota import Rota, pasta_de_retorno
from separador.pastas.posse import instalacao
from separador.pastas.posse.cantos import Cantos


class FonteDeAssinadores(Protocol):
    """The resource `assinadores`: signers that cannot go to the workers, because their keys cannot be copied."""

    def assinadores(self, agora: datetime) -> Mapping[str, Assinador]:
        """Returns those that can sign now, by CNPJ."""

    def empresas(self) -> set[str]:
        """Returns the companies that sign through this source, whether they can now or not."""


class LimiteDoEnvio(Protocol):
    """The resource `limite_do_envio`: the time before which nothing is handed on for transmission."""

    def __call__(self, banco: Banco, quando: str) -> str | None:
        """Returns the instant, as stored. None: files may be handed on now."""


class _Nenhum:
    """Takes the place of a resource that no capability of this program makes."""

    def assinadores(self, agora: datetime) -> Mapping[str, Assinador]:  # noqa: ARG002 -- the protocol's
        """Returns no signer."""
        return {}

    def empresas(self) -> set[str]:
        """Returns no company."""
        return set()


def _fonte() -> FonteDeAssinadores:
    fabrica = capacidade.referencia("recursos", "assinadores")
    fonte: FonteDeAssinadores = fabrica() if fabrica is not None else _Nenhum()
    return fonte


def _limite() -> LimiteDoEnvio:
    limite: LimiteDoEnvio | None = capacidade.referencia("recursos", "limite_do_envio")
    return limite if limite is not None else lambda banco, quando: None  # noqa: ARG005 -- the protocol's


@dataclass(slots=True)
class Contexto:
    """The things that every step uses. They are replaced when the configuration changes, between two groups only."""

    config: Configuracao
    banco: Banco
    relogio: Relogio
    log: structlog.typing.FilteringBoundLogger
    rotas: tuple[Rota, ...] = ()
    certificados: dict[str, Certificado] = field(default_factory=dict)
    certificados_por_abrir: frozenset[str] = frozenset()
    """Bases of companies whose certificate is still to be loaded: a file that needs it waits, and nothing is wrong."""
    ao_precisar: Callable[[str], None] = lambda _: None
    """Loads those of a base at once, for what cannot wait."""
    assinadores: FonteDeAssinadores = field(default_factory=_fonte)
    limite_do_envio: LimiteDoEnvio = field(default_factory=_limite)
    inclusoes: Inclusoes = NADA
    equipamento: dict[str, object] = field(default_factory=dict)
    """What capabilities give to the readers of their rules, by name. It goes to the workers by `equipar`."""
    sequencia: int = 0
    proximo_arquivo: int = 0
    novidades: set[str] = field(default_factory=set)
    """Names that a group leaves for the parts of the loop. Each part takes its own name out."""
    recebidos: Recebidos = field(default_factory=Recebidos)
    planejadas: set[int] = field(default_factory=set)
    """Publications whose note for a takeover is written (`pastas.posse.plano`)."""
    _cantos: Cantos | None = None

    @property
    def uninfe(self) -> bool:
        """Says whether names follow the profile uninfe."""
        return self.config.perfil_nomes is Perfil.UNINFE

    @property
    def dados(self) -> Path:
        """Returns the data folder."""
        return self.config.dados

    @property
    def cantos(self) -> Cantos:
        """Returns what is known of our corners in the watched folders."""
        if self._cantos is None:
            self._cantos = Cantos(instalacao.quem(instalacao.adotar(self.dados, self.agora())), self.agora)
        return self._cantos

    def agora(self) -> datetime:
        """Returns the present instant, aware, UTC."""
        return self.relogio.agora()

    def quando(self) -> str:
        """Returns the present instant, as stored."""
        return texto_de(self.relogio.agora())

    def rota(self, rota_id: int) -> Rota | None:
        """Returns the route of an id, active or not."""
        return next((r for r in self.rotas if r.id == rota_id), None)

    def retorno_da_rota(self, rota_id: int, reserva: Path) -> Path:
        """Returns the folder for answers about documents of a route; `reserva` when it is no longer configured."""
        rota = self.rota(rota_id)
        return pasta_de_retorno(rota, self.rotas) if rota is not None else reserva

    def rota_de_envio(self, rota_id: int) -> Rota | None:
        """Returns the route that transmits a document; another active one when its own is gone. None: there is none.

        An inactive route of its own also gives None, because nothing is written for it.
        """
        rota = self.rota(rota_id)
        if rota is not None and rota.transmite:
            return rota if rota.ativo else None
        return next((r for r in self.rotas if r.ativo and r.transmite), None)

    def assinador(self, cnpj: str) -> Assinador | None:
        """Returns a signer for this author whose certificate is in force: exact CNPJ, else the same base.

        SEFAZ compares only the base of the CNPJ (cStat 213).
        """
        achado = self._certificado(cnpj)
        if achado is not None:
            return Assinador(achado)
        return assinador_de(cnpj, self.assinadores.assinadores(self.relogio.agora()))

    def assina_sem_token(self, cnpj: str) -> bool:
        """Says whether the workers have the key of this author, so that signing takes next to no time."""
        return self._certificado(cnpj) is not None

    def _certificado(self, cnpj: str) -> Certificado | None:
        self.precisar(cnpj)
        agora = self.relogio.agora()
        da_raiz = (x for c, x in self.certificados.items() if c[:8] == cnpj[:8])
        for certificado in (self.certificados.get(cnpj), *da_raiz):
            if certificado is not None and fora_da_validade(certificado.identidade, agora) is None:
                return certificado
        return None

    def precisar(self, cnpj: str) -> None:
        """Has the certificates of this author's base loaded now, if they are still to be."""
        if cnpj[:8] in self.certificados_por_abrir:
            self.ao_precisar(cnpj[:8])

    def novo_arquivo(self) -> int:
        """Returns the id for a new claim. Ids are given in memory, because only the service registers claims."""
        if not self.proximo_arquivo:
            self.proximo_arquivo = arquivos.proximo_id(self.banco)
        self.proximo_arquivo += 1
        return self.proximo_arquivo - 1

    def prefixo(self) -> str:
        """Returns a name for a group, unique among all runs. The time comes first, so that names sort by time."""
        self.sequencia += 1
        return f"{self.relogio.parede_ns() // 1000:016x}{int(self.relogio.sorteio() * 0xFFFF):04x}-{self.sequencia}"
