"""Sends requests to the gateway with headers and tokens, and writes the ledger before and after each one."""

import base64
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from separador.capacidades.ecac.integra.autorizacao import TokenTermo, de_200, de_304
from separador.capacidades.ecac.integra.codigos_de_resposta import OutroTermo, OutroToken, Veredito, julgar
from separador.capacidades.ecac.integra.consultas import AUTORIZAR
from separador.capacidades.ecac.integra.credencial import Falha, Remetente, Tokens
from separador.capacidades.ecac.integra.envelope import Envelope, FormaError, Ni, Objeto, Servico, abrir, montar
from separador.capacidades.ecac.integra.porta import (
    Chamada,
    Desconhecido,
    Impedido,
    Indisponivel,
    Intencao,
    Preco,
    Recusado,
    RegistroDeChamadas,
)
from separador.capacidades.ecac.integra.transporte import Bruta, SemResposta

_PRECOS = {"Consultar": Preco.CONSULTA, "Emitir": Preco.EMISSAO}
_ISENTOS = frozenset({204, 304, 400, 401, 404, 429, 500, 503})


@dataclass(frozen=True, slots=True)
class Pedido:
    """One question: the function, the author, the taxpayer, the data."""

    servico: Servico
    autor: str
    contribuinte: Ni
    dados: Objeto | None = field(repr=False)


class FonteDeTokens(Protocol):
    """Gives the contractor's tokens (`credencial.Credenciais`)."""

    def obter(self, recusados: Tokens | None = None) -> Tokens | Falha:
        """Returns tokens in force, others than `recusados`."""


Chamadas = tuple[Chamada, ...]
Fim = Envelope | Recusado | Indisponivel | Desconhecido | Impedido


class Gateway:
    """The gateway. Thread-safe. Requests of all threads leave at least `espaco_s` apart."""

    def __init__(
        self,
        remetente: Remetente,
        url: str,
        contratante: str,
        *,
        agora: Callable[[], datetime],
        etiqueta: Callable[[], str],
        livro: RegistroDeChamadas | None,
        espaco_s: float,
    ) -> None:
        self._remetente, self._url, self._contratante = remetente, url.rstrip("/"), contratante
        self._agora, self._etiqueta, self._diario = agora, etiqueta, livro
        self._espaco_s = espaco_s
        self._trava = threading.Lock()
        self._proximo_s = 0.0

    def perguntar(self, pedido: Pedido, tokens: FonteDeTokens, termo: str | None) -> tuple[Fim, Chamadas]:
        """Asks one question. Asks a second time, with new tokens, when the first was answered with 401 or a bad jwt."""
        resposta, chamadas = self._com_tokens(pedido, tokens, termo)
        if isinstance(resposta, Bruta):
            veredito = julgar(resposta, pedido.servico, self._agora())
            return _sem_volta(veredito), chamadas
        return resposta, chamadas

    def enviar_termo(
        self, autor: str, contribuinte: str, termo: bytes, tokens: FonteDeTokens
    ) -> tuple[TokenTermo | Recusado | Indisponivel | Desconhecido | Impedido, Chamadas]:
        """Sends ENVIOXMLASSINADO81. 304 is a success, with the token in the headers and no body."""
        dados = {"xml": base64.b64encode(termo).decode()}
        pedido = Pedido(AUTORIZAR, autor, Ni.de(contribuinte), dados)
        resposta, chamadas = self._com_tokens(pedido, tokens, "")
        if not isinstance(resposta, Bruta):
            return resposta, chamadas
        try:
            if resposta.http == 304:
                return de_304(resposta.cabecalhos, self._agora()), chamadas
            veredito = _sem_volta(julgar(resposta, AUTORIZAR, self._agora()))
            return (de_200(veredito, self._agora()) if isinstance(veredito, Envelope) else veredito), chamadas
        except FormaError as erro:
            return Desconhecido(f"termo de autorização: {erro}", resposta.http, b""), chamadas

    def _com_tokens(
        self, pedido: Pedido, fonte: FonteDeTokens, termo: str | None
    ) -> tuple[Bruta | Falha | Impedido, Chamadas]:
        chamadas: Chamadas = ()
        recusados: Tokens | None = None
        while True:
            tokens = fonte.obter(recusados)
            if not isinstance(tokens, Tokens):
                return tokens, chamadas
            resposta, feitas = self._enviar(pedido, tokens, termo)
            chamadas += feitas
            if not isinstance(resposta, Bruta) or recusados is not None:
                return resposta, chamadas
            if not isinstance(julgar(resposta, pedido.servico, self._agora()), OutroToken):
                return resposta, chamadas
            recusados = tokens

    def _enviar(
        self, pedido: Pedido, tokens: Tokens, termo: str | None
    ) -> tuple[Bruta | Indisponivel | Desconhecido | Impedido, Chamadas]:
        """Makes one request, and tells the ledger before and after."""
        corpo = montar(pedido.servico, self._contratante, pedido.autor, pedido.contribuinte, pedido.dados)
        self._esperar_a_vez()
        intencao = self._intencao(pedido)
        proibido = self._diario.antes(intencao) if self._diario else None
        if proibido is not None:
            return Impedido(proibido), ()
        url = f"{self._url}{intencao.caminho}"
        resposta = self._remetente.enviar(url, _cabecalhos(tokens, termo, intencao.etiqueta), corpo)
        chamada = _chamada(intencao, resposta)
        if self._diario:
            self._diario.depois(chamada)
        if isinstance(resposta, Bruta):
            return resposta, (chamada,)
        return _sem_resposta(resposta, pedido.servico), (chamada,)

    def _intencao(self, pedido: Pedido) -> Intencao:
        servico = pedido.servico
        preco = _PRECOS.get(servico.operacao, Preco.GRATIS)
        caminho, quem = f"/{servico.operacao}", _quem(pedido.contribuinte)
        return Intencao(self._etiqueta(), caminho, servico.servico, pedido.autor, quem, preco, self._agora())

    def _esperar_a_vez(self) -> None:
        with self._trava:
            agora_s = time.monotonic()
            vez_s = max(agora_s, self._proximo_s)
            self._proximo_s = vez_s + self._espaco_s
        if vez_s > agora_s:
            time.sleep(vez_s - agora_s)


def _quem(ni: Ni) -> str:
    """Names the taxpayer. A batch is named by its size, because a thousand numbers do not belong in the ledger."""
    return ni.numero if ni.um_so else f"lote de {len(ni.numero.split(','))}" if ni.numero else ""


def _cabecalhos(tokens: Tokens, termo: str | None, etiqueta: str) -> dict[str, str]:
    cabecalhos = {
        "Authorization": f"Bearer {tokens.acesso}",
        "jwt_token": tokens.jwt,
        "Content-Type": "application/json",
        "X-Request-Tag": etiqueta[:32],
    }
    return cabecalhos if termo is None else {**cabecalhos, "autenticar_procurador_token": termo}


def _chamada(i: Intencao, r: Bruta | SemResposta) -> Chamada:
    enviada = r.enviada if isinstance(r, SemResposta) else True
    cobrada = enviada and i.preco is not Preco.GRATIS and (r.http is None or r.http not in _ISENTOS)
    codigo, responde = _do_corpo(r)
    quem = (i.etiqueta, i.caminho, i.servico, i.autor, i.contribuinte, i.preco, i.em)
    return Chamada(*quem, r.duracao_ms, r.http, cobrada, enviada, codigo, responde)


def _do_corpo(r: Bruta | SemResposta) -> tuple[str | None, str | None]:
    if not isinstance(r, Bruta):
        return None, None
    try:
        aberto = abrir(r.corpo)
    except FormaError:
        return None, None
    if isinstance(aberto, Envelope):
        return aberto.codigo or None, aberto.response_id
    return (aberto.codigo or None, None) if aberto else (None, None)


def _sem_resposta(r: SemResposta, servico: Servico) -> Indisponivel | Desconhecido:
    """Returns the result without answer. A question may be asked again. A generator that was sent may have issued its
    guide."""
    if r.enviada and not servico.repetivel:
        return Desconhecido(r.motivo, r.http, r.parte)
    return Indisponivel(r.motivo, http=r.http, enviada=r.enviada)


def _sem_volta(v: Veredito) -> Envelope | Recusado | Indisponivel | Desconhecido:
    """Turns a verdict that asked for another try into a refusal."""
    return v.recusado if isinstance(v, OutroToken | OutroTermo) else v
