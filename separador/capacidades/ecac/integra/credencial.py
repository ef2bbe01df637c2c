"""Gets the two tokens of the contractor over mutual TLS, keeps them until they end, and lets one caller at a time renew
them.

Bad credentials are asked about once and then remembered for some minutes. Otherwise two hundred companies would ask two
hundred times with the same wrong secret.
"""

import base64
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from separador.capacidades.ecac.integra.codigos_de_resposta import esperar_s
from separador.capacidades.ecac.integra.envelope import Defeito, FormaError, abrir, ler_json
from separador.capacidades.ecac.integra.porta import Desconhecido, Indisponivel, Motivo, Recusado
from separador.capacidades.ecac.integra.transporte import Bruta, SemResposta

MARGEM_S = 60.0
PAUSA_RECUSA_S = 300.0
_MENOR_VIDA_S = 5.0

_EXPLICACAO = {
    400: "o SERPRO não reconheceu o certificado do contratante (vencido, não ICP-Brasil, ou não é e-CNPJ)",
    401: "chave ou segredo do consumidor errados",
    403: "o certificado não é o do CNPJ que tem o contrato",
}


@dataclass(frozen=True, slots=True)
class Tokens:
    """The two tokens. Both are needed, and both end together. `fim_s` is on the monotonic clock, margin taken off;
    `expira_em` is aware."""

    acesso: str = field(repr=False)
    jwt: str = field(repr=False)
    fim_s: float
    expira_em: datetime


class Remetente(Protocol):
    """An object that sends: `transporte.Transporte`, or a test's."""

    def enviar(self, url: str, cabecalhos: dict[str, str], corpo: bytes) -> Bruta | SemResposta:
        """Makes one POST."""


Falha = Recusado | Indisponivel | Desconhecido


class Credenciais:
    """The keeper of the tokens. Thread-safe. `relogio_s` is monotonic, `agora` aware."""

    def __init__(
        self,
        remetente: Remetente,
        url: str,
        chave: str,
        segredo: str,
        *,
        relogio_s: Callable[[], float],
        agora: Callable[[], datetime],
    ) -> None:
        basico = base64.b64encode(f"{chave}:{segredo}".encode()).decode()
        self._cabecalhos = {
            "Authorization": f"Basic {basico}",
            "Role-Type": "TERCEIROS",
            "Content-Type": "application/x-www-form-urlencoded",
        }
        self._remetente, self._url = remetente, url
        self._relogio_s, self._agora = relogio_s, agora
        self._trava = threading.Lock()
        self._tokens: Tokens | None = None
        self._recusa: Recusado | None = None
        self._recusa_ate_s = 0.0

    def obter(self, recusados: Tokens | None = None) -> Tokens | Falha:
        """Returns tokens in force. `recusados`: those that were just answered with 401; they are not given again.

        A caller that comes while another renews waits, and gets the same result.
        """
        with self._trava:
            atuais = self._tokens
            if atuais is not None and atuais is not recusados and self._relogio_s() < atuais.fim_s:
                return atuais
            if self._recusa is not None and self._relogio_s() < self._recusa_ate_s:
                return self._recusa
            novos = self._pedir()
            self._tokens = novos if isinstance(novos, Tokens) else None
            self._recusa = novos if isinstance(novos, Recusado) else None
            self._recusa_ate_s = self._relogio_s() + PAUSA_RECUSA_S
            return novos

    def esquecer_recusa(self) -> None:
        """Forgets the refusal, so that the next call asks again: a person corrected something."""
        with self._trava:
            self._recusa = None

    def _pedir(self) -> Tokens | Falha:
        pedido_s, pedido_em = self._relogio_s(), self._agora()
        resposta = self._remetente.enviar(self._url, self._cabecalhos, b"grant_type=client_credentials")
        if isinstance(resposta, SemResposta):
            return Indisponivel(f"autenticação: {resposta.motivo}", http=resposta.http, enviada=resposta.enviada)
        if resposta.http != 200:
            return self._recusada(resposta)
        try:
            return self._ler(ler_json(resposta.corpo), pedido_s, pedido_em)
        except FormaError as erro:
            return Desconhecido(
                f"autenticação: {erro}", 200, resposta.corpo[:200] if b"token" not in resposta.corpo else b""
            )

    def _ler(self, lido: object, pedido_s: float, pedido_em: datetime) -> Tokens:
        if not isinstance(lido, dict):
            raise FormaError("a resposta não é um objeto")
        acesso, jwt, vida = lido.get("access_token"), lido.get("jwt_token"), lido.get("expires_in")
        if not _cabe_no_cabecalho(acesso):
            raise FormaError("falta access_token")
        if not _cabe_no_cabecalho(jwt):
            raise FormaError("falta jwt_token (endereço de autenticação de outro produto?)")
        segundos = float(str(vida)) if str(vida).isdecimal() and len(str(vida)) < 10 else 0.0
        util_s = max(segundos - MARGEM_S, _MENOR_VIDA_S)
        return Tokens(str(acesso).strip(), str(jwt).strip(), pedido_s + util_s, pedido_em + timedelta(seconds=util_s))

    def _recusada(self, r: Bruta) -> Falha:
        texto = _texto(r)
        if r.http == 429 or r.http >= 500:
            return Indisponivel(
                f"autenticação: {texto}",
                f"AUTH-{r.http}",
                r.http,
                esperar_s(r.cabecalhos.get("retry-after"), self._agora()),
            )
        if r.http in _EXPLICACAO:
            motivo = Motivo.CREDENCIAL
            return Recusado(motivo, f"AUTH-{r.http}", f"autenticação recusada: {_EXPLICACAO[r.http]} ({texto})", r.http)
        if r.http in (404, 405, 415):
            return Recusado(Motivo.DEFEITO, f"AUTH-{r.http}", f"autenticação recusada: {texto}", r.http)
        return Desconhecido(f"autenticação: resposta inesperada (HTTP {r.http})", r.http, r.corpo[:4096])


def _cabe_no_cabecalho(token: object) -> bool:
    """Says whether a token fits in a header. It may have any form and length, but a header holds printable ASCII
    only."""
    return isinstance(token, str) and bool(token.strip()) and token.strip().isascii() and token.strip().isprintable()


def _texto(r: Bruta) -> str:
    """Returns the host's message, with its tracker number, which SERPRO's support asks for."""
    try:
        lido = ler_json(r.corpo)
        aberto = abrir(r.corpo)
    except FormaError:
        return f"HTTP {r.http}"
    texto = aberto.texto if isinstance(aberto, Defeito) and aberto.texto else f"HTTP {r.http}"
    rastro = lido.get("trackerId") if isinstance(lido, dict) else None
    return f"{texto} [{rastro}]" if isinstance(rastro, str) else texto
