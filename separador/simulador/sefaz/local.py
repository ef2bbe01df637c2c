"""Builds a whole local SEFAZ: its folder, its ledger, its server."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from separador.simulador import autoridade
from separador.simulador.sefaz.atendimento import Atendimento, Ocorrencia
from separador.simulador.sefaz.falhas import Roteiro
from separador.simulador.sefaz.razao import Razao
from separador.simulador.servidor import LOCAL, Servidor


def agora_mesmo() -> datetime:
    """Returns the wall clock's time."""
    return datetime.now(UTC)


class SefazLocal:
    """Is open until `fechar`. `agora` is the clock of the rules (TLS always uses the wall clock)."""

    def __init__(
        self,
        pasta: Path,
        roteiro: Roteiro,
        narrar: Callable[[Ocorrencia], None],
        *,
        agora: Callable[[], datetime] = agora_mesmo,
        atraso_ms: int = 0,
        ca_clientes: Path | None = None,
    ) -> None:
        pasta.mkdir(parents=True, exist_ok=True)
        identidade = autoridade.preparar(pasta, agora_mesmo())
        self.ca = identidade.ca
        self.razao = Razao(pasta)
        self.atendimento = Atendimento(self.razao, roteiro, agora, narrar, atraso_ms=atraso_ms)
        self.servidor = Servidor(identidade, self.atendimento, ca_clientes=ca_clientes)
        self.atendimento.sair_do_ar = self.servidor.sair_do_ar

    def servir(self, porta: int, pronto: Callable[[str], None]) -> None:
        """Serves until `servidor.parar`. `pronto` gets the address. Raises OSError when the port is taken."""

        def escutando() -> None:
            self.atendimento.endereco = f"https://{LOCAL}:{self.servidor.porta}"
            pronto(self.atendimento.endereco)

        self.servidor.servir(porta, escutando)

    def fechar(self) -> None:
        """Closes the ledger. Call it once, after the server has ended."""
        self.razao.fechar()
