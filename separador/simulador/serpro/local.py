"""A whole local SERPRO: its folder, its store, its server. Both hosts answer on one port, told apart by path."""

import ssl
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from separador.simulador import autoridade
from separador.simulador.serpro.atendimento import Balcao
from separador.simulador.serpro.cenario import Cenario, CenarioError
from separador.simulador.serpro.estado import Arquivo, Chamada
from separador.simulador.serpro.falhas import TODAS
from separador.simulador.servidor import LOCAL, Servidor


def agora_mesmo() -> datetime:
    """The wall clock."""
    return datetime.now(UTC)


class _Servidor(Servidor):
    """A certificate may be shown: only the token host needs it, and says so in its answer (400), not by TLS."""

    def __init__(self, identidade: autoridade.Autoridade, balcao: Balcao) -> None:
        super().__init__(identidade, balcao)
        self._contexto.verify_mode = ssl.CERT_OPTIONAL


class SerproLocal:
    """Open until `fechar`. What the folder already holds goes on; the scenario adds to it."""

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
        self.balcao = Balcao(self.arquivo, cenario, agora, narrar)
        self.servidor = _Servidor(identidade, self.balcao)

    def servir(self, porta: int, pronto: Callable[[str], None]) -> None:
        """Until `servidor.parar`. `pronto` gets the address. Raises OSError when the port is taken."""
        self.servidor.servir(porta, lambda: pronto(f"https://{LOCAL}:{self.servidor.porta}"))

    def fechar(self) -> None:
        """Once, after the server has ended."""
        self.arquivo.fechar()
