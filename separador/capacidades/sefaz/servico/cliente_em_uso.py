"""Holds the client in use, made from the companies' certificates and the configuration, and remade when they change.

It is made for the first call and not before. So a service whose documents go by folder starts without the HTTP library.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeVar

from separador.capacidades.sefaz.rede.porta import Porta
from separador.configuracao import ConfigSefaz
from separador.fiscal.certificado import Certificado, fora_da_validade
from separador.motor.contexto import Contexto

if TYPE_CHECKING:
    from separador.capacidades.sefaz.rede.cliente import Cliente


V = TypeVar("V")


class SobDemanda(Mapping[str, V]):
    """What is made of each certificate for its first call, and not before: of thousands, a few call."""

    def __init__(self, certificados: Mapping[str, Certificado], fazer: Callable[[Certificado], V]) -> None:
        self._certificados, self._fazer = certificados, fazer
        self._feitos: dict[str, V] = {}

    def __getitem__(self, cnpj: str) -> V:
        """Returns what is made of a company's certificate. Raises KeyError when it has none."""
        if cnpj not in self._feitos:
            self._feitos[cnpj] = self._fazer(self._certificados[cnpj])
        return self._feitos[cnpj]

    def __iter__(self) -> Iterator[str]:
        """Yields the companies."""
        return iter(self._certificados)

    def __len__(self) -> int:
        """Returns how many there are."""
        return len(self._certificados)


class ClienteEmUso:
    """One client at a time. A call keeps the client that it began with."""

    def __init__(self, contexto: Contexto, porta: Porta | None = None) -> None:
        """Keeps `porta`, if given: a double for tests, which is never replaced."""
        self._contexto = contexto
        self._duble = porta
        self._config: ConfigSefaz | None = None
        self._cliente: Cliente | None = None

    @property
    def porta(self) -> Porta:
        """Returns the client for the next call."""
        if self._duble is not None:
            return self._duble
        return self._cliente if self._cliente is not None else self._montar()

    def preparar(self) -> None:
        """Makes the client for the next call, if there is none."""
        if self._duble is None and self._cliente is None:
            self._montar()

    def reequipar(self) -> None:
        """Remakes the client, because the certificates or the configuration changed."""
        if self._cliente is not None:
            self._montar()

    def _montar(self) -> "Cliente":
        from separador.capacidades.sefaz.rede.cliente import Cliente, Credencial, Opcoes  # noqa: PLC0415 -- not at every start

        credenciais = SobDemanda(dict(self._contexto.certificados), Credencial.de)
        config = self._contexto.config.sefaz
        if self._cliente is not None and config == self._config:
            self._cliente.trocar(credenciais)
            return self._cliente
        opcoes = Opcoes(config.prazo_conexao_s, config.prazo_resposta_s, config.ca, config.proxy)
        antigo, self._cliente = self._cliente, Cliente(credenciais, opcoes, self._contexto.agora)
        self._config = config
        if antigo is not None:
            antigo.fechar()  # calls in flight end with the connections they have
        return self._cliente

    def dono(self, cnpj: str) -> str | None:
        """Returns the CNPJ whose certificate goes with calls of a company: its own, else one of the same CNPJ base.

        SEFAZ refuses another base with 213.
        """
        antes = len(self._contexto.certificados)
        self._contexto.precisar(cnpj)
        if len(self._contexto.certificados) != antes:
            self.reequipar()
        agora = self._contexto.agora()
        certificados = self._contexto.certificados
        for c in (cnpj, *(c for c in certificados if c[:8] == cnpj[:8])):
            certificado = certificados.get(c)
            if certificado is not None and fora_da_validade(certificado.identidade, agora) is None:
                return c
        return None

    def porque_sem_certificado(self, cnpj: str) -> str:
        """Returns the reason, for the operator, why a company has no certificate for calls."""
        if any(c[:8] == cnpj[:8] for c in self._contexto.assinadores.empresas()):
            return "o certificado da empresa é A3 (token), e a transmissão pela rede usa só certificados A1"
        return "não há certificado A1 em vigor desta empresa para a conexão com a SEFAZ"

    def fechar(self) -> None:
        """Closes every connection."""
        if self._cliente is not None:
            self._cliente.fechar()
