"""Takes every request and makes its answer by the contract, the rules and the script of faults."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from cryptography import x509

from separador.fiscal.certificado import identificar
from separador.simulador.requisicao import Entrega, Pedido, Resposta
from separador.simulador.sefaz import consultas, distribuicao, eventos, limites, recepcao, respostas_defeituosas, soap
from separador.simulador.sefaz.contrato import Autorizador, Grupo, localizar
from separador.simulador.sefaz.falhas import Regra, Roteiro, Sorteio, Tipo
from separador.simulador.sefaz.mensagem import Chamador, Mensagem, montar
from separador.simulador.sefaz.orgao import Orgao
from separador.simulador.sefaz.razao import Chamada, Razao
from separador.simulador.sefaz.resposta import Decisao
from separador.simulador.sefaz.wsdl import wsdl

_JUIZES: dict[Grupo, Callable[[Mensagem, Orgao], Decisao]] = {
    Grupo.RECEPCAO: recepcao.julgar,
    Grupo.EVENTO: eventos.julgar,
    Grupo.CONSULTA: consultas.situacao,
    Grupo.STATUS: consultas.status,
    Grupo.DISTRIBUICAO: distribuicao.julgar,
}

# OpenSSL's names for the causes that end most handshakes.
_MOTIVOS_TLS = {
    "PEER_DID_NOT_RETURN_A_CERTIFICATE": "quem chamou não apresentou certificado",
    "CERTIFICATE_VERIFY_FAILED": "o certificado de quem chamou está vencido, ou não é de uma autoridade aceita",
    "TLSV1_ALERT_UNKNOWN_CA": "quem chamou não confia neste servidor (falta indicar ca.pem)",
    "SSLV3_ALERT_BAD_CERTIFICATE": "quem chamou não aceitou o certificado deste servidor",
    "UNSUPPORTED_PROTOCOL": "quem chamou não fala TLS 1.2",
    "HTTP_REQUEST": "quem chamou não usou HTTPS",
    "WRONG_VERSION_NUMBER": "quem chamou não usou HTTPS",
}


@dataclass(frozen=True, slots=True)
class Ocorrencia:
    """A thing that happened, to be shown. `campos` for programs, `texto` for people."""

    texto: str
    campos: dict[str, Any]


class Atendimento:
    """Answers requests.

    `narrar` is told of each. `sair_do_ar`: the server refuses connections for so many seconds.
    """

    def __init__(
        self,
        razao: Razao,
        roteiro: Roteiro,
        agora: Callable[[], datetime],
        narrar: Callable[[Ocorrencia], None],
        *,
        atraso_ms: int = 0,
    ) -> None:
        self.orgao = Orgao(razao, agora, roteiro.ajustes)
        self.sair_do_ar: Callable[[float], None] = lambda _segundos: None
        self.endereco = "https://127.0.0.1"
        self._sorteio = Sorteio(roteiro)
        self._narrar = narrar
        self._atraso_s = atraso_ms / 1000
        self._chamadores: dict[bytes, Chamador] = {}

    # --- Atendente ---------------------------------------------------------------------------------------------------

    def ao_chegar(self, pedido: Pedido) -> Resposta | None:
        """Returns the answer of a fault that cuts the call while it is still arriving; None when there is none."""
        onde = localizar(pedido.caminho)
        if onde is None or pedido.metodo != "POST":
            return None
        regra = self._sorteio.ao_chegar(onde[0].grupo, onde[1])
        if regra is None:
            return None
        texto = f"{onde[0].grupo} ({onde[1]}): conexão derrubada ao chegar o cabeçalho"
        self._narrar(Ocorrencia(texto, {"servico": str(onde[0].grupo), "falha": regra.nome}))
        return Resposta(200, b"", soap.TIPO, entrega=Entrega.NENHUMA)

    def atender(self, pedido: Pedido) -> Resposta:
        """Answers any request."""
        onde = localizar(pedido.caminho)
        if onde is None:
            return Resposta(404, b"nao ha servico neste endereco", "text/plain")
        contrato, autorizador = onde
        if pedido.metodo == "GET" and pedido.consulta.lower() == "wsdl":
            return Resposta(200, wsdl(contrato, f"{self.endereco}{pedido.caminho}"), "text/xml; charset=utf-8")
        if pedido.metodo != "POST":
            return Resposta(405, b"use POST, ou ?wsdl", "text/plain", cabecalhos=(("Allow", "POST"),))
        recado = soap.abrir(pedido, contrato)
        if isinstance(recado, soap.Fault):
            self._narrar(Ocorrencia(f"{contrato.grupo}: {recado.motivo}", {"servico": str(contrato.grupo)}))
            return soap.fault(recado)
        chamador = self._chamador(pedido.certificado)
        return self._processar(montar(recado.dados, contrato, autorizador, chamador, self.orgao.hora()))

    def recusado(self, motivo: str) -> None:
        """Reports a handshake that failed."""
        dito = _MOTIVOS_TLS.get(motivo, motivo)
        self._narrar(Ocorrencia(f"conexão recusada: {dito}", {"tls": motivo, "motivo": dito}))

    # --- one message -------------------------------------------------------------------------------------------------

    def _processar(self, m: Mensagem) -> Resposta:
        regra = self._sorteio.escolher(m)
        decidida: Decisao | None = None
        with self.orgao.razao.gravando():
            if regra is None or regra.processa:
                decidida = limites.barrar(m, self.orgao) or _JUIZES[m.contrato.grupo](m, self.orgao)
            self.orgao.razao.anotar(_chamada(m, decidida, regra))
        resposta = self._responder(m, decidida, regra)
        self._narrar(_contar(m, decidida, regra))
        return resposta

    def _responder(self, m: Mensagem, decidida: Decisao | None, regra: Regra | None) -> Resposta:
        if regra is not None:
            resposta = respostas_defeituosas.responder(regra, m, decidida, self.orgao)
            if regra.falha is Tipo.FORA_DO_AR:
                self.sair_do_ar(regra.segundos)
            return replace(resposta, atraso_s=self._atraso_s + regra.atraso_ms / 1000)
        if decidida is None:
            raise ValueError("mensagem sem decisão nem falha")
        corpo = soap.fechar(m.contrato, decidida.xml)
        return Resposta(200, corpo, soap.TIPO, atraso_s=self._atraso_s)

    def _chamador(self, der: bytes) -> Chamador:
        """Reads a caller's certificate once: it takes 100 µs, which no later call has to pay."""
        if der not in self._chamadores:
            quem = identificar(x509.load_der_x509_certificate(der))
            self._chamadores[der] = Chamador(quem.cnpj, quem.cpf)
        return self._chamadores[der]


def _chamada(m: Mensagem, decidida: Decisao | None, regra: Regra | None) -> Chamada:
    return Chamada(
        m.quando, str(m.contrato.grupo), str(m.autorizador), m.chamador.quem, m.chave, m.tp_evento, m.n_seq, m.digest,
        decidida.cstat if decidida else "", decidida.motivo if decidida else "", regra.nome if regra else "",
    )  # fmt: skip


def _contar(m: Mensagem, decidida: Decisao | None, regra: Regra | None) -> Ocorrencia:
    onde = "" if m.autorizador is Autorizador.NORMAL else f" ({m.autorizador})"
    assunto = f" {m.chave}" if m.chave else ""
    assunto += f" evento {m.tp_evento}/{m.n_seq}" if m.tp_evento else ""
    decisao = f"{decidida.cstat} {decidida.motivo}" if decidida else "não processada"
    estrago_ = f" [falha: {regra.nome}]" if regra else ""
    campos = {
        "servico": str(m.contrato.grupo), "autorizador": str(m.autorizador), "cnpj": m.chamador.quem,
        "chave": m.chave or None, "tp_evento": m.tp_evento or None, "n_seq": m.n_seq or None,
        "cstat": decidida.cstat if decidida else None, "nprot": decidida.nprot if decidida else None,
        "motivo": decidida.motivo if decidida else None, "falha": regra.nome if regra else None,
        "atraso_ms": regra.atraso_ms if regra else None,
    }  # fmt: skip
    return Ocorrencia(f"{m.contrato.grupo}{onde}{assunto}: {decisao}{estrago_}", campos)
