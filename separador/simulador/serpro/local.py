"""Builds a whole local SERPRO: its folder, its store, its server. Both hosts answer on one port, told apart by path."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from separador.simulador import autoridade
from separador.simulador.serpro.atendimento import Atendimento
from separador.simulador.serpro.cenario import Cenario, CenarioError
from separador.simulador.serpro.estado import Arquivo, Chamada
from separador.simulador.serpro.falhas import TODAS
from separador.simulador.servidor import LOCAL, Servidor


def agora_mesmo() -> datetime:
    """Returns the wall clock's time."""
    return datetime.now(UTC)


class _Servidor(Servidor):
    """Accepts a connection without certificate.

    Only the token host needs one, and refuses by its answer (400), not by TLS.
    """

    def __init__(self, identidade: autoridade.Autoridade, atendimento: Atendimento) -> None:
        super().__init__(identidade, atendimento)
        self._contexto.verify_mode = ssl.CERT_OPTIONAL


class SerproLocal:
    """Is open until `fechar`. The content of the folder is kept; the scenario adds to it."""

    def __init__(
        self,
        pasta: Path,
        cenario: Cenario,
        narrar: Callable[[Chamada], None] = lambda _: None,
        *,
        agora: Callable[[], datetime] = agora_mesmo,
    ) -> None:
        pasta.mkdir(parents=True, exist_ok=True)
        identidade = autoridade.preparar(pasta, agora_mesmo())
        self.ca = identidade.ca
        estranhas = {f.faz for f in cenario.falhas} - TODAS
        if estranhas:
            raise CenarioError(f"falha desconhecida: {', '.join(sorted(estranhas))}")
        self.arquivo = Arquivo(pasta)
        self.arquivo.carregar(cenario)
        self.atendimento = Atendimento(self.arquivo, cenario, agora, narrar)
        self.servidor = _Servidor(identidade, self.atendimento)

    def servir(self, porta: int, pronto: Callable[[str], None]) -> None:
        """Serves until `servidor.parar`. `pronto` gets the address. Raises OSError when the port is taken."""
        self.servidor.servir(porta, lambda: pronto(f"https://{LOCAL}:{self.servidor.porta}"))

    def fechar(self) -> None:
        """Closes the store. Call it once, after the server has ended."""
        self.arquivo.fechar()
