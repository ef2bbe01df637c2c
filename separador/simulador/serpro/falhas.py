"""Chooses the fault of each request by a script, and applies it."""

import json
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from separador.simulador.requisicao import Entrega, Resposta
from separador.simulador.serpro.cenario import Falha

JSON = "application/json;charset=UTF-8"
HTML = (
    b"<!DOCTYPE html><html><head><title>Access Denied</title></head><body><h1>Proxy corporativo</h1>"
    b"<p>A sua conex&atilde;o foi bloqueada.</p></body></html>"
)

# Answered before the service is called: name → (HTTP, code, text).
RECUSAS: dict[str, tuple[int, str, str]] = {
    "403-016": (403, "[AcessoNegado-ICGERENCIADOR-016]", "NI do Contratante difere do certificado digital."),
    "403-019": (403, "[AcessoNegado-ICGERENCIADOR-019]", "Autor do pedido de dados não é o contratante."),
    "403-020": (403, "[AcessoNegado-ICGERENCIADOR-020]", "Token do procurador não encontrado ou expirado."),
    "403-022": (403, "[AcessoNegado-ICGERENCIADOR-022]", "O autor não tem procuração autorizada no Portal eCAC."),
    "403-013": (403, "[AcessoNegado-ICGERENCIADOR-013]", "Assinatura do jwt_token inválida."),
    "400-00001": (400, "EntradaIncorreta-PAGTOWEB-00001", "Parâmetro de entrada (numeroDocumento) inválido"),
    "200-00002": (200, "EntradaIncorreta-PAGTOWEB-00002", "Usuário não pode consultar o documento"),
    "500-00099": (500, "Erro-PAGTOWEB-00099", "Ocorreu um erro inesperado na aplicação. Protocolo de erro: 42."),
    "500-002": (500, "[Erro-ICGERENCIADOR-002]", "Erro no acionamento do serviço (Status HTTP 504)"),
    "400-055": (400, "[EntradaIncorreta-ICGERENCIADOR-055]", "O serviço solicitado foi descontinuado."),
    "429-004": (429, "Aviso-EVENTOSATUALIZACAO-004", "Limite diário de requisições atingido."),
}


def _wso2(codigo: str, mensagem: str) -> bytes:
    return json.dumps({"code": codigo, "message": mensagem, "description": "Local SERPRO"}).encode()


_FAULT_XML = (
    b"<ams:fault xmlns:ams='http://wso2.org/apimanager/security'><ams:code>900902</ams:code>"
    b"<ams:message>Missing Credentials</ams:message></ams:fault>"
)

# Answered by the gateway or a proxy in front of it: name → (HTTP, body, type).
CRUAS: dict[str, tuple[int, bytes, str]] = {
    "401": (401, _wso2("900901", "Invalid Credentials"), JSON),
    "401-xml": (401, _FAULT_XML, "application/xml"),
    "429": (429, _wso2("900800", "Message throttled out"), JSON),
    "500": (500, _wso2("101500", "Error in Sender"), JSON),
    "502": (502, b"<html><body><h1>502 Bad Gateway</h1></body></html>", "text/html"),
    "503": (503, _wso2("303001", "Runtime Error"), JSON),
    "503-vazio": (503, b"", "text/plain"),
    "404": (404, _wso2("404", "No matching resource found for given API Request"), JSON),
    "html": (200, HTML, "text/html"),
    "html-403": (403, HTML, "text/html"),
    "vazio": (200, b"", JSON),
    "202": (202, b"", JSON),
    "204": (204, b"", JSON),
}

Objeto = dict[str, Any]


def _dados(valor: object) -> Callable[[Objeto], Objeto]:
    return lambda e: {**e, "dados": valor}


def _objeto_solto(e: Objeto) -> Objeto:
    dados = e["dados"]
    return {**e, "dados": json.loads(dados) if dados else dados}


def _eco_outro(e: Objeto) -> Objeto:
    return {**e, "contribuinte": {"numero": "99888777000161", "tipo": 2}}


def _pdf(mudar: Callable[[str], str]) -> Callable[[Objeto], Objeto]:
    def aplicar(e: Objeto) -> Objeto:
        dados = json.loads(e["dados"] or "{}")
        if "pdf" in dados:
            dados["pdf"] = mudar(dados["pdf"])
        return {**e, "dados": json.dumps(dados)}

    return aplicar


def _colchetes(e: Objeto) -> Objeto:
    return {**e, "mensagens": [{**m, "codigo": f"[{m['codigo'].strip('[]')}]"} for m in e["mensagens"] or ()]}


# Applied to the envelope after the service answered.
MUDANCAS: dict[str, Callable[[Objeto], Objeto]] = {
    "status-texto": lambda e: {**e, "status": str(e["status"])},
    "status-500": lambda e: {**e, "status": 500, "dados": ""},
    "mensagens-nulas": lambda e: {**e, "mensagens": None},
    "colchetes": _colchetes,
    "dados-vazio": _dados(""),
    "dados-nulo": _dados(None),
    "dados-colchetes": _dados("[]"),
    "dados-tortos": _dados('[{"numeroDocumento": "1"'),
    "dados-outros": _dados('[{"numeroDocumento": {"a": 1}, "tipo": 4}]'),
    "dados-objeto": _objeto_solto,
    "eco-outro": _eco_outro,
    "pdf-base64": _pdf(lambda p: p[:100] + "@@" + p[100:]),
    "pdf-cortado": _pdf(lambda p: p[: len(p) // 8 * 4]),
    "pdf-nao-e": _pdf(lambda _: "QWluZGEgbmFvIHBvc3NvIHJlc3BvbmRlcg=="),
    "pdf-nenhum": _pdf(lambda _: ""),
}

# Applied to the answer on its way; the service did its work.
ENTREGAS: dict[str, Entrega] = {
    "silencio": Entrega.NENHUMA,
    "corta": Entrega.METADE,
    "lenta": Entrega.LENTA,
    "demora": Entrega.INTEIRA,
}

# Applied by the services themselves and by the token host.
_DO_SERVICO = {
    "mesma-pagina": "PAGAMENTOS71 não olha primeiroDaPagina",
    "pdf-de-outro": "o comprovante é de outro CNPJ",
    "como-lista": "GERARDAS12 responde um objeto em vez de uma lista de um",
    "etag-sem-aspas": "304 do termo com o ETag sem aspas",
    "expires-pt": "304 do termo com a data em português",
    "expires-torto": "304 do termo com uma data ilegível",
    "token-longo": "access_token de 2 kB",
    "token-400": "certificado não reconhecido",
    "token-401": "credenciais inválidas",
    "token-503": "autenticação fora do ar",
    "token-html": "página de um proxy no lugar do token",
    "token-sem-jwt": "resposta sem jwt_token",
}
_DA_MUDANCA = {
    "status-texto": 'status "200" como texto',
    "status-500": "HTTP 200 com status 500",
    "mensagens-nulas": "mensagens null",
    "colchetes": "códigos entre colchetes",
    "dados-vazio": 'dados ""',
    "dados-nulo": "dados null",
    "dados-colchetes": 'dados "[]"',
    "dados-tortos": "dados que não são JSON",
    "dados-outros": "dados fora do contrato",
    "dados-objeto": "dados sem a segunda codificação",
    "eco-outro": "o eco é de outro contribuinte",
    "pdf-base64": "PDF em base64 inválido",
    "pdf-cortado": "PDF pela metade",
    "pdf-nao-e": "base64 que não é PDF",
    "pdf-nenhum": "sem PDF",
}
_DA_ENTREGA = {
    "silencio": "processa e derruba a conexão sem responder",
    "corta": "processa e manda meia resposta",
    "lenta": "a resposta vem aos goles",
    "demora": "a resposta vem depois de `segundos`",
}
EXPLICACOES: dict[str, str] = {
    **{nome: f"HTTP {http}: {texto}" for nome, (http, _, texto) in RECUSAS.items()},
    **{nome: f"HTTP {http} de quem está na frente ({tipo.split(';')[0]})" for nome, (http, _, tipo) in CRUAS.items()},
    **_DA_MUDANCA,
    **_DA_ENTREGA,
    **_DO_SERVICO,
}
TODAS = frozenset(EXPLICACOES)


@dataclass(slots=True)
class _Programada:
    falha: Falha
    vistas: int = 0
    feitas: int = 0


class Programa:
    """Chooses the fault of the next request. The order of the script decides; the draw comes from a seed."""

    def __init__(self, falhas: Sequence[Falha], semente: int) -> None:
        self._lista = [_Programada(f) for f in falhas]
        self._sorteio = random.Random(semente)  # noqa: S311 -- faults of a test, no secret

    def programar(self, *falhas: Falha) -> None:
        """Adds faults behind those that are there."""
        self._lista += [_Programada(f) for f in falhas]

    def esquecer(self) -> None:
        """Removes all faults: from now on all requests go well."""
        self._lista.clear()

    def proxima(self, servico: str, contribuinte: str, numero: str) -> Falha | None:
        """Returns the fault for this request, and counts the request."""
        for p in self._lista:
            f = p.falha
            quer = ((f.servico, servico), (f.contribuinte, contribuinte), (f.numero, numero))
            if p.feitas >= f.vezes or not all(q is None or q == v for q, v in quer):
                continue
            p.vistas += 1
            if p.vistas > f.pular and self._sorteio.random() < f.chance:
                p.feitas += 1
                return f
        return None


def crua(falha: Falha) -> Resposta | None:
    """Returns the answer of a fault that needs no service; None when it is of another kind."""
    achada = CRUAS.get(falha.faz)
    if achada is None:
        return None
    estado, corpo, tipo = achada
    espera = (("Retry-After", f"{falha.segundos:.0f}"),) if falha.segundos else ()
    return Resposta(estado, corpo, tipo, cabecalhos=espera)


def entregar(resposta: Resposta, falha: Falha | None) -> Resposta:
    """Returns the answer with the delivery of the fault."""
    if falha is None or falha.faz not in ENTREGAS:
        return resposta
    return replace(resposta, entrega=ENTREGAS[falha.faz], atraso_s=falha.segundos)
