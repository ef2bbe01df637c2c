"""Authenticates and authorises each request, hands it to its service, and records it in the ledger."""

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

from separador.nucleo.fuso import BRASILIA
from separador.simulador.requisicao import Pedido, Resposta
from separador.simulador.serpro import autenticacao, consultas, emissao, pagtoweb
from separador.simulador.serpro import termo as termos
from separador.simulador.serpro.cenario import COMPROVANTE, PGDASD, Cenario, Falha
from separador.simulador.serpro.estado import Arquivo, Chamada
from separador.simulador.serpro.falhas import CRUAS, JSON, MUDANCAS, RECUSAS, Programa, crua, entregar
from separador.simulador.serpro.pedido import SUCESSO, PedidoDados, Recusa, envelope, ler, recusa, resposta
from separador.simulador.serpro.tempo import meia_noite

AUTENTICAR = "/authenticate"
GATEWAY = "/integra-contador/v1/"
_ISENTOS = frozenset({204, 304, 400, 401, 404, 429, 500, 503})
_COBRADOS = frozenset({"Consultar", "Emitir", "Declarar"})


@dataclass(frozen=True, slots=True)
class Funcao:
    """One service: path, system, version, and the procuração that it needs (None: none)."""

    operacao: str
    sistema: str
    versao: str
    procuracao: str | None


FUNCOES = {
    "PAGAMENTOS71": Funcao("Consultar", "PAGTOWEB", "1.0", COMPROVANTE),
    "CONTACONSDOCARRPG73": Funcao("Consultar", "PAGTOWEB", "1.0", COMPROVANTE),
    "COMPARRECADACAO72": Funcao("Emitir", "PAGTOWEB", "1.0", COMPROVANTE),
    "CONSDECLARACAO13": Funcao("Consultar", "PGDASD", "1.0", PGDASD),
    "GERARDAS12": Funcao("Emitir", "PGDASD", "1.0", PGDASD),
    "GERARDASPDF21": Funcao("Emitir", "PGMEI", "1.0", None),
    "CONSOLIDARGERARDARF51": Funcao("Emitir", "SICALC", "2.9", None),
    "OBTERPROCURACAO41": Funcao("Consultar", "PROCURACOES", "1", None),
    "ENVIOXMLASSINADO81": Funcao("Apoiar", "AUTENTICAPROCURADOR", "1.0", None),
    **{n: Funcao("Monitorar", "EVENTOSATUALIZACAO", "1.0", None)
       for n in ("SOLICEVENTOSPF131", "SOLICEVENTOSPJ132", "OBTEREVENTOSPF133", "OBTEREVENTOSPJ134")},
}  # fmt: skip


class Atendimento:
    """Answers requests (`simulador.conexao.Atendente`). `agora` is aware. `narrar` is told of every request."""

    def __init__(
        self,
        arquivo: Arquivo,
        cenario: Cenario,
        agora: Callable[[], datetime],
        narrar: Callable[[Chamada], None] = lambda _: None,
    ) -> None:
        self.arquivo, self.cenario = arquivo, cenario
        self.programa = Programa(cenario.falhas, cenario.semente)
        self._agora, self._narrar = agora, narrar

    def ao_chegar(self, pedido: Pedido) -> Resposta | None:  # noqa: ARG002 -- the base's signature
        """Answers nothing before the body."""
        return None

    def recusado(self, motivo: str) -> None:
        """Ignores a handshake that failed: there is no request to record."""

    def atender(self, pedido: Pedido) -> Resposta:
        """Answers for either host, by path."""
        if pedido.metodo == "POST" and pedido.caminho == AUTENTICAR:
            return self._autenticar(pedido)
        if pedido.metodo == "POST" and pedido.caminho.startswith(GATEWAY):
            return self._gateway(pedido, pedido.caminho.removeprefix(GATEWAY))
        return _nao_achado()

    # --- token host

    def _autenticar(self, pedido: Pedido) -> Resposta:
        falha = self.programa.proxima("AUTENTICAR", "", "")
        feita = autenticacao.autenticar(pedido, self.arquivo, self.cenario, self._agora(), falha)
        self._anotar(Chamada(self._agora(), "", AUTENTICAR, "AUTENTICAR", "", "", "", feita.estado, False, "",
                             falha.faz if falha else ""))  # fmt: skip
        return entregar(feita, falha)

    # --- gateway

    def _gateway(self, pedido: Pedido, operacao: str) -> Resposta:
        lido: PedidoDados | None = None
        falha: Falha | None = None
        codigo = ""
        try:
            lido = ler(pedido.corpo, operacao, pedido.cabecalhos.get("x-request-tag", "")[:32])
            falha = self.programa.proxima(lido.servico, lido.contribuinte, lido.numero)
            feita, codigo = self._responder(pedido, lido, falha)
        except Recusa as r:
            feita, codigo = recusa(r, lido), r.codigo.strip("[]")
        feita = entregar(feita, falha)
        self._anotar(self._chamada(pedido, lido, operacao, feita, codigo, falha.faz if falha else ""))
        return feita

    def _responder(self, pedido: Pedido, p: PedidoDados, falha: Falha | None) -> tuple[Resposta, str]:
        if not self.arquivo.token_vale(_portador(pedido), pedido.cabecalhos.get("jwt_token", ""), self._agora()):
            return Resposta(*CRUAS["401"]), "900901"
        if pedido.certificado:  # the real gateway accepts it; a leak, so it is an error here
            raise Recusa(403, "[AcessoNegado-SIMULADOR-001]", "O certificado foi apresentado ao gateway.")
        if falha is not None and (feita := crua(falha)) is not None:
            if feita.estado == 401:
                self.arquivo.esquecer_tokens()
            return feita, ""
        funcao = self._autorizar(pedido, p)
        if falha is not None and falha.faz in RECUSAS:
            raise Recusa(*RECUSAS[falha.faz])
        if p.servico == "ENVIOXMLASSINADO81":
            return self._termo(p, falha), ""
        corpo = self._servico(p, funcao, falha)
        if falha is not None and falha.faz in MUDANCAS:
            corpo = MUDANCAS[falha.faz](corpo)
        codigo = (corpo["mensagens"] or [{"codigo": ""}])[0]["codigo"].strip("[]")
        return resposta(corpo, 200 if falha is not None and falha.faz == "status-500" else None), codigo

    def _autorizar(self, pedido: Pedido, p: PedidoDados) -> Funcao:
        """Checks that the author may ask for this, with the errors of SERPRO's Gerenciador. Raises Recusa."""
        funcao = FUNCOES.get(p.servico)
        if funcao is None or funcao.sistema != p.sistema:
            raise Recusa(400, "[EntradaIncorreta-ICGERENCIADOR-052]", "idSistema não localizado no catálogo.")
        if funcao.operacao != p.operacao:
            texto = f"O serviço não é uma funcionalidade do tipo {p.operacao}."
            raise Recusa(403, "[AcessoNegado-ICGERENCIADOR-017]", texto)
        if funcao.versao != p.versao:
            raise Recusa(500, "[Erro-ICGERENCIADOR-001]", "Erro no acionamento do serviço.")
        if p.contratante != self.cenario.contratante:
            raise Recusa(403, "[AcessoNegado-ICGERENCIADOR-018]", "Número do Contratante difere do habilitado.")
        if funcao.operacao == "Monitorar" and p.autor != p.contratante:
            raise Recusa(403, "[AcessoNegado-ICGERENCIADOR-019]", "O autor deve ser o contratante.")
        if p.autor != p.contratante and p.servico != "ENVIOXMLASSINADO81":
            self._conferir_termo(pedido, p)
        self._conferir_procuracao(p, funcao)
        return funcao

    def _conferir_termo(self, pedido: Pedido, p: PedidoDados) -> None:
        enviado = pedido.cabecalhos.get("autenticar_procurador_token", "")
        if not enviado:
            raise Recusa(*RECUSAS["403-019"])
        guardado = self.arquivo.termo(p.autor)
        if guardado is None or guardado[1] != enviado or guardado[2] <= self._agora():
            raise Recusa(*RECUSAS["403-020"])

    def _conferir_procuracao(self, p: PedidoDados, funcao: Funcao) -> None:
        if funcao.procuracao is None or p.autor == p.contribuinte:
            return
        outorgas = self.arquivo.outorgas(p.contribuinte, p.autor, self._hoje())
        if not any(funcao.procuracao in o.sistemas for o in outorgas):
            texto = (
                f"O autor {p.autor} não tem procuração autorizada no Portal eCAC para o Contribuinte {p.contribuinte}."
            )
            raise Recusa(403, "[AcessoNegado-ICGERENCIADOR-022]", texto)

    def _termo(self, p: PedidoDados, falha: Falha | None) -> Resposta:
        agora = self._agora()
        xml = termos.conferir((p.dados or {}).get("xml"), contratante=p.contratante, autor=p.autor, hoje=self._hoje())
        resumo = hashlib.sha256(xml).hexdigest()
        guardado = self.arquivo.termo(p.autor)
        if guardado is not None and guardado[0] == resumo and guardado[2] > agora:
            return _nao_mudou(guardado[1], guardado[2], falha)
        sal = hashlib.sha256(f"{resumo}{self.arquivo.contar('termo')}".encode()).hexdigest()
        token = f"{sal[:8]}-{sal[8:12]}-{sal[12:16]}-{sal[16:20]}-{sal[20:32]}".upper()  # its case matters
        fim = meia_noite(agora)
        self.arquivo.novo_termo(p.autor, resumo, token, fim)
        dados = {"autenticar_procurador_token": token, "data_hora_expiracao": f"{fim:%Y-%m-%dT%H:%M:%S}"}
        return resposta(envelope(p, 200, dados, "[Sucesso-AUTENTICAPROCURADOR]"))

    def _servico(self, p: PedidoDados, funcao: Funcao, falha: Falha | None) -> dict[str, Any]:
        feito: dict[str, Any]
        match funcao.sistema:
            case "PAGTOWEB":
                feito = envelope(p, 200, self._pagtoweb(p, falha.faz if falha else ""), pagtoweb.OK)
            case "EVENTOSATUALIZACAO":
                feito = envelope(p, 200, self._eventos(p), consultas.OK_EVENTOS, extras=True)
            case "PROCURACOES":
                lista, codigo, texto = consultas.procuracoes(p, self.arquivo, self._hoje())
                feito = envelope(p, 200, lista, codigo, texto)
                feito["mensagens"].insert(0, {"codigo": "[Sucesso-PROCURACOES]", "texto": SUCESSO})
            case "SICALC":
                feito = {**envelope(p, 200, emissao.darf(p, self.arquivo, self._hoje()), ""), "mensagens": None}
            case "PGMEI":
                dados = [emissao.das(p, self.arquivo, self._hoje(), mei=True)]
                feito = {**envelope(p, 200, dados, "[Sucesso-PGMEI]"), "status": "200"}
            case _:
                feito = envelope(p, 200, self._pgdasd(p, falha.faz if falha else ""), "[Sucesso-PGDASD]")
        return feito

    def _pagtoweb(self, p: PedidoDados, faz: str) -> object:
        if p.servico == "PAGAMENTOS71":
            return pagtoweb.pagamentos(p, self.arquivo, mesma_pagina=faz == "mesma-pagina")
        if p.servico == "COMPARRECADACAO72":
            return pagtoweb.comprovante(p, self.arquivo, de_outro=faz == "pdf-de-outro")
        return pagtoweb.contagem(p, self.arquivo)

    def _eventos(self, p: PedidoDados) -> object:
        pessoas = p.servico[-5:-3]
        if p.servico.startswith("SOLIC"):
            return consultas.solicitar(p, self.arquivo, pessoas, self.cenario.limite_eventos, self._agora())
        return consultas.obter(p, self.arquivo, pessoas, self._agora())

    def _pgdasd(self, p: PedidoDados, faz: str) -> object:
        if p.servico == "CONSDECLARACAO13":
            return consultas.indice(p, self.arquivo)
        feito = emissao.das(p, self.arquivo, self._hoje())
        return feito if faz == "como-lista" else [feito]

    # --- ledger

    def _hoje(self) -> date:
        return self._agora().astimezone(BRASILIA).date()

    def _chamada(
        self, pedido: Pedido, p: PedidoDados | None, operacao: str, feita: Resposta, codigo: str, falha: str
    ) -> Chamada:
        cobrada = operacao in _COBRADOS and feita.estado not in _ISENTOS
        etiqueta = pedido.cabecalhos.get("x-request-tag", "")[:32]
        quem = (p.servico, p.autor, p.contribuinte, p.numero) if p else ("", "", "", "")
        return Chamada(self._agora(), etiqueta, f"/{operacao}", *quem, feita.estado, cobrada, codigo, falha)

    def _anotar(self, c: Chamada) -> None:
        self.arquivo.anotar(c)
        self._narrar(c)


def _portador(pedido: Pedido) -> str:
    return pedido.cabecalhos.get("authorization", "").removeprefix("Bearer ")


def _nao_achado() -> Resposta:
    return Resposta(*CRUAS["404"])


_DIAS = ("seg", "ter", "qua", "qui", "sex", "sab", "dom")
_MESES = "jan fev mar abr mai jun jul ago set out nov dez".split()


def _nao_mudou(token: str, fim: datetime, falha: Falha | None) -> Resposta:
    """Returns 304 with the token in the headers, in the forms that were seen in production."""
    faz = falha.faz if falha else ""
    fim = fim.astimezone(UTC)  # the header says GMT: between 21:00 and midnight of Brasília the day is another one
    etag = f"autenticar_procurador_token:{token}"
    expira = f"{fim:%a, %d %b %Y %H:%M:%S} GMT"
    if faz == "expires-pt":
        expira = f"{_DIAS[fim.weekday()]}, {fim.day:02d} {_MESES[fim.month - 1]} {fim.year} {fim:%H:%M:%S} GMT"
    elif faz == "expires-torto":
        expira = "amanhã cedo"
    cabecalhos = (
        ("cache-control", "termo_autorizacao"),
        ("etag", etag if faz == "etag-sem-aspas" else f'"{etag}"'),
        ("expires", expira),
    )
    return Resposta(304, b"", JSON, cabecalhos=cabecalhos)
