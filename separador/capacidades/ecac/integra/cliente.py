"""Calls the Integra Contador: `porta.Porta` over HTTPS.

The contractor's certificate is shown to the token host only. It makes one attempt per call. The protocol itself asks
for two repetitions (tokens after a 401, termo after a 403-020), and each is done once.
"""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from pathlib import Path
from typing import TypeVar

from separador.capacidades.ecac.dominio.arrecadacao import Pagamento
from separador.capacidades.ecac.integra import consultas, guias, pagamentos
from separador.capacidades.ecac.integra.autorizacao import TokenTermo
from separador.capacidades.ecac.integra.credencial import Credenciais, Tokens
from separador.capacidades.ecac.integra.envelope import Envelope, FormaError, Ni, Objeto, Servico, conferir_contribuinte
from separador.capacidades.ecac.integra.gateway import Gateway, Pedido
from separador.capacidades.ecac.integra.negadas import Memoria, Negada
from separador.capacidades.ecac.integra.porta import (
    Chamada,
    Desconhecido,
    Impedido,
    Indisponivel,
    Motivo,
    Ok,
    Recusado,
    RegistroDeChamadas,
    Resultado,
)
from separador.capacidades.ecac.integra.termos import Termos
from separador.capacidades.ecac.integra.transporte import Prazos, Transporte
from separador.capacidades.ecac.integra.valores import (
    Autorizacao,
    Comprovante,
    Credencial,
    DasIndice,
    Evento,
    Filtro,
    GuiaEmitida,
    Partes,
    PedidoDarf,
    Procuracao,
    Protocolo,
)
from separador.fiscal.tls import Apresentado, contexto_cliente

T = TypeVar("T")
AUTENTICACAO = "https://autenticacao.sapi.serpro.gov.br/authenticate"
GATEWAY = "https://gateway.apiserpro.serpro.gov.br/integra-contador/v1"


@dataclass(frozen=True, slots=True)
class Contrato:
    """The contract of the contractor: CNPJ, consumer key and secret, e-CNPJ A1."""

    contratante: str
    chave: str = field(repr=False)
    segredo: str = field(repr=False)
    certificado: Apresentado = field(repr=False)


@dataclass(frozen=True, slots=True)
class Caminho:
    """The way to SERPRO. `ca`: PEM of the only authorities to trust (simulator). `espaco_s`: seconds between two
    requests."""

    autenticacao: str = AUTENTICACAO
    gateway: str = GATEWAY
    ca: Path | None = None
    proxy: str | None = None
    prazos: Prazos = field(default_factory=Prazos)
    espaco_s: float = 0.3


def do_simulador(url: str, ca: Path | None, prazos: Prazos | None = None) -> Caminho:
    """Returns the way to the local SERPRO, both hosts on one port."""
    base = url.rstrip("/")
    return Caminho(f"{base}/authenticate", f"{base}/integra-contador/v1", ca, None, prazos or Prazos(), 0.0)


class Cliente:
    """The client. Thread-safe. Raises ssl.SSLError or OSError when made with a certificate or a `ca` that cannot be
    used.

    `negadas`: refusals remembered from before (`Recusado.lembrada_ate`). `etiqueta` gives a new tag (≤ 32 characters)
    for each request.
    """

    def __init__(
        self,
        contrato: Contrato,
        caminho: Caminho,
        *,
        agora: Callable[[], datetime],
        etiqueta: Callable[[], str],
        livro: RegistroDeChamadas | None = None,
        negadas: Iterable[Negada] = (),
    ) -> None:
        self._contratante = contrato.contratante
        self._token = Transporte(contexto_cliente(contrato.certificado, caminho.ca), caminho.prazos, caminho.proxy)
        self._api = Transporte(contexto_cliente(None, caminho.ca), caminho.prazos, caminho.proxy)
        self._credenciais = Credenciais(
            self._token, caminho.autenticacao, contrato.chave, contrato.segredo, relogio_s=time.monotonic, agora=agora
        )
        self._gateway = Gateway(
            self._api, caminho.gateway, self._contratante, agora=agora, etiqueta=etiqueta, livro=livro,
            espaco_s=caminho.espaco_s,
        )  # fmt: skip
        self._memoria = Memoria(negadas)
        self._termos = Termos()
        self._agora = agora
        self._emissao = threading.Lock()

    def fechar(self) -> None:
        """Closes the connections."""
        self._token.fechar()
        self._api.fechar()

    def esquecer(self, autor: str | None = None, contribuinte: str | None = None) -> None:
        """Forgets refusals of these parties (None: of all), and of credentials, because a person corrected
        something."""
        self._credenciais.esquecer_recusa()
        self._memoria.esquecer(autor, contribuinte)

    # --- the port ----------------------------------------------------------------------------------------------------

    def credenciar(self) -> Resultado[Credencial]:
        """See `Porta`."""
        tokens = self._credenciais.obter()
        return Ok(Credencial(tokens.expira_em)) if isinstance(tokens, Tokens) else tokens

    def autorizar(self, autor: str, termo: bytes, *, contribuinte: str) -> Resultado[Autorizacao]:
        """See `Porta`."""
        self._termos.guardar(autor, termo)
        obtido, chamadas = self._token_do_termo(autor, contribuinte, None)
        if isinstance(obtido, TokenTermo):
            return Ok(Autorizacao(autor, obtido.expira_em), chamadas=chamadas)
        return replace(obtido, chamadas=chamadas)

    def pedir_eventos(self, contribuintes: Sequence[str]) -> Resultado[Protocolo]:
        """See `Porta`."""
        pessoas, todos = consultas.lote(contribuintes)
        pedido = Pedido(consultas.servico_solicitar(pessoas), self._contratante, todos, {"evento": consultas.EVENTO})
        return self._perguntar(pedido, lambda e: consultas.ler_protocolo(e, pessoas))

    def obter_eventos(self, protocolo: Protocolo) -> Resultado[tuple[Evento, ...]]:
        """See `Porta`."""
        dados = {"protocolo": protocolo.protocolo, "evento": consultas.EVENTO}
        servico = consultas.servico_obter(protocolo.pessoas)
        pedido = Pedido(servico, self._contratante, consultas.ninguem(protocolo.pessoas), dados)
        return self._perguntar(pedido, consultas.ler_eventos)

    def pagamentos(self, partes: Partes, filtro: Filtro) -> Resultado[tuple[Pagamento, ...]]:
        """See `Porta`."""
        pedido = _pedido(pagamentos.PAGAMENTOS, partes, pagamentos.pedir_pagamentos(filtro))
        return self._perguntar(pedido, pagamentos.ler_pagamentos)

    def contar_pagamentos(self, partes: Partes, filtro: Filtro) -> Resultado[int]:
        """See `Porta`."""
        pedido = _pedido(pagamentos.CONTAGEM, partes, pagamentos.pedir_contagem(filtro))
        return self._perguntar(pedido, pagamentos.ler_contagem)

    def comprovante(self, partes: Partes, numero: str) -> Resultado[Comprovante]:
        """See `Porta`. For a number that is none it returns `Recusado` (ENTRADA) without asking."""
        try:
            dados = pagamentos.pedir_comprovante(numero)
        except ValueError as erro:
            return Recusado(Motivo.ENTRADA, "SEP-ECAC-NUMERO", str(erro), 0)
        pedido = _pedido(pagamentos.COMPROVANTE, partes, dados)
        return self._perguntar(pedido, lambda e: pagamentos.ler_comprovante(e, partes.contribuinte, numero))

    def indice_das(self, partes: Partes, ano: int) -> Resultado[tuple[DasIndice, ...]]:
        """See `Porta`."""
        pedido = _pedido(consultas.INDICE_DAS, partes, {"anoCalendario": str(ano)})
        return self._perguntar(pedido, consultas.ler_indice)

    def procuracoes(self, partes: Partes) -> Resultado[tuple[Procuracao, ...]]:
        """See `Porta`."""
        dados = consultas.pedir_procuracoes(partes.autor, partes.contribuinte)
        return self._perguntar(_pedido(consultas.PROCURACOES, partes, dados), consultas.ler_procuracoes)

    def gerar_darf(self, partes: Partes, pedido: PedidoDarf) -> Resultado[GuiaEmitida]:
        """See `Porta`."""
        with self._emissao:
            dados = guias.pedir_darf(pedido)
            return self._perguntar(_pedido(guias.DARF, partes, dados), lambda e: guias.ler_darf(e, pedido))

    def gerar_das(self, partes: Partes, periodo: str, consolidacao: date | None = None) -> Resultado[GuiaEmitida]:
        """See `Porta`."""
        return self._emitir_das(guias.DAS, partes, guias.pedir_das(periodo, consolidacao))

    def gerar_das_mei(self, partes: Partes, periodo: str, consolidacao: date | None = None) -> Resultado[GuiaEmitida]:
        """See `Porta`."""
        return self._emitir_das(guias.DAS_MEI, partes, guias.pedir_das(periodo, consolidacao))

    def _emitir_das(self, servico: Servico, partes: Partes, dados: Objeto) -> Resultado[GuiaEmitida]:
        with self._emissao:  # Two of one CNPJ and year at a time would be refused (PGMEI-23099)
            return self._perguntar(_pedido(servico, partes, dados), lambda e: _guia_ou_aviso(e, partes.contribuinte))

    # --- one question ------------------------------------------------------------------------------------------------

    def _perguntar(self, pedido: Pedido, ler: "Callable[[Envelope], T | Recusado]") -> Resultado[T]:
        """Asks, with new tokens once and the termo again once, and then reads the answer."""
        lembrada = self._memoria.ver(pedido, self._agora())
        if lembrada is not None:
            return Impedido(f"recusado há pouco: {lembrada.recusado.mensagem}", lembrada.recusado, lembrada.ate)
        veredito, chamadas = self._com_termo(pedido)
        if isinstance(veredito, Recusado):
            veredito = self._memoria.anotar(pedido, veredito, self._agora())
        if not isinstance(veredito, Envelope):
            return replace(veredito, chamadas=chamadas)
        try:
            if pedido.contribuinte.um_so:
                conferir_contribuinte(veredito, pedido.contribuinte.numero)
            valor = ler(veredito)
        except FormaError as erro:
            bruto = repr(dict(veredito.eco))[:4096].encode()
            return Desconhecido(f"resposta fora do contrato: {erro}", veredito.status, bruto, chamadas)
        if isinstance(valor, Recusado):
            return replace(valor, chamadas=chamadas)
        return Ok(valor, veredito.mensagens, chamadas)

    def _com_termo(self, pedido: Pedido) -> "tuple[_Fim, tuple[Chamada, ...]]":
        """Asks with the token of the author's termo. Only the contractor needs none."""
        if pedido.autor == self._contratante:
            return self._gateway.perguntar(pedido, self._credenciais, None)
        chamadas: tuple[Chamada, ...] = ()
        recusado: TokenTermo | None = None
        while True:
            token, feitas = self._token_do_termo(pedido.autor, pedido.contribuinte.numero, recusado)
            chamadas += feitas
            if not isinstance(token, TokenTermo):
                return token, chamadas
            veredito, feitas = self._gateway.perguntar(pedido, self._credenciais, token.token)
            chamadas += feitas
            vencido = isinstance(veredito, Recusado) and veredito.codigo.endswith("ICGERENCIADOR-020")
            if recusado is not None or not vencido:
                return veredito, chamadas
            recusado = token

    def _token_do_termo(
        self, autor: str, contribuinte: str, recusado: TokenTermo | None
    ) -> "tuple[TokenTermo | _Falha, tuple[Chamada, ...]]":
        """Returns the kept token, or a new one for the kept termo. One caller at a time per author."""
        with self._termos.vez(autor):
            guardado = self._termos.token(autor, self._agora())
            if guardado is not None and guardado is not recusado:
                return guardado, ()
            termo = self._termos.termo(autor)
            if termo is None:
                mensagem = f"falta o termo de autorização assinado por {autor}"
                return Recusado(Motivo.TERMO, "SEP-ECAC-SEM-TERMO", mensagem, 0), ()
            novo, chamadas = self._gateway.enviar_termo(autor, contribuinte, termo, self._credenciais)
            self._termos.anotar(autor, novo if isinstance(novo, TokenTermo) else None)
            return novo, chamadas


_Falha = Recusado | Indisponivel | Desconhecido | Impedido
_Fim = Envelope | _Falha


def _pedido(servico: Servico, partes: Partes, dados: Objeto) -> Pedido:
    return Pedido(servico, partes.autor, Ni.de(partes.contribuinte), dados)


def _guia_ou_aviso(envelope: Envelope, contribuinte: str) -> "GuiaEmitida | Recusado":
    """Reads the guide. A notice may come with 200 and no document (PGMEI 23018: paid already)."""
    principal = envelope.principal
    if not envelope.dados and principal.codigo.startswith("Aviso"):
        return Recusado(Motivo.AVISO, principal.codigo, principal.texto, 200)
    return guias.ler_das(envelope, contribuinte)
