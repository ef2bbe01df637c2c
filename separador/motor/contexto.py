"""What every step of the service needs at hand: configuration, state, clock, log. Values and doors, no behaviour."""

from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import structlog

from separador.banco import arquivos
from separador.banco.conexao import Banco, texto_de
from separador.capacidades.certificados.servico.tokens import Tokens
from separador.configuracao import Configuracao, Perfil
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado, fora_da_validade
from separador.fiscal.inclusoes import NADA, Inclusoes
from separador.fiscal.preparo import assinador_de
from separador.motor.relogio import Relogio
from separador.nucleo.rota import Regra, Rota, pasta_de_retorno


@dataclass(slots=True)
class Contexto:
    """The service's surroundings. Replaced piece by piece when the configuration changes, between two groups only."""

    config: Configuracao
    banco: Banco
    relogio: Relogio
    log: structlog.typing.FilteringBoundLogger
    rotas: tuple[Rota, ...] = ()
    certificados: dict[str, Certificado] = field(default_factory=dict)
    tokens: Tokens = field(default_factory=Tokens)
    inclusoes: Inclusoes = NADA
    sequencia: int = 0
    proximo_arquivo: int = 0
    fila_nova: bool = False

    @property
    def uninfe(self) -> bool:
        """Whether names follow the profile uninfe."""
        return self.config.perfil_nomes is Perfil.UNINFE

    @property
    def dados(self) -> Path:
        """The data folder."""
        return self.config.dados

    def agora(self) -> datetime:
        """Now, aware, UTC."""
        return self.relogio.agora()

    def quando(self) -> str:
        """Now, as stored."""
        return texto_de(self.relogio.agora())

    def rota(self, rota_id: int) -> Rota | None:
        """The route of an id, active or not."""
        return next((r for r in self.rotas if r.id == rota_id), None)

    def retorno_da_rota(self, rota_id: int, reserva: Path) -> Path:
        """Where the answers about documents of a route go; `reserva` when the route is configured no more."""
        rota = self.rota(rota_id)
        return pasta_de_retorno(rota, self.rotas) if rota is not None else reserva

    def rota_de_envio(self, rota_id: int) -> Rota | None:
        """The cte-envio route of a document; another active one when its own is gone."""
        rota = self.rota(rota_id)
        if rota is not None and rota.regra is Regra.CTE_ENVIO:
            return rota if rota.ativo else None  # an inactive route is not written (SEP-01)
        return next((r for r in self.rotas if r.ativo and r.regra is Regra.CTE_ENVIO), None)

    def assinador(self, cnpj: str) -> Assinador | None:
        """A signer for this author whose certificate is in force: exact CNPJ, else the same base (213)."""
        agora = self.relogio.agora()
        validos = {c: x for c, x in self.certificados.items() if fora_da_validade(x.identidade, agora) is None}
        achado = validos.get(cnpj) or next((x for c, x in validos.items() if c[:8] == cnpj[:8]), None)
        if achado is not None:
            return Assinador(achado)
        return assinador_de(cnpj, self.tokens.assinadores(agora))

    def novo_arquivo(self) -> int:
        """Id for a claim. Ids are given in memory, the service being the only one that registers claims."""
        if not self.proximo_arquivo:
            self.proximo_arquivo = arquivos.proximo_id(self.banco)
        self.proximo_arquivo += 1
        return self.proximo_arquivo - 1

    def prefixo(self) -> str:
        """A name for a group, unique among all runs: time first, so that order of name is order of time."""
        self.sequencia += 1
        return f"{self.relogio.parede_ns() // 1000:016x}{int(self.relogio.sorteio() * 0xFFFF):04x}-{self.sequencia}"
