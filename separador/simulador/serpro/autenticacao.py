"""Answers as the token host: client certificate, Basic, Role-Type, form (SERPRO's page on authentication)."""

import base64
import binascii
import hashlib
import json
from datetime import datetime, timedelta

from cryptography import x509

from separador.fiscal.certificado import identificar
from separador.simulador.requisicao import Pedido, Resposta
from separador.simulador.serpro.cenario import Cenario, Falha
from separador.simulador.serpro.estado import Arquivo
from separador.simulador.serpro.falhas import HTML, JSON

_SEM_CERTIFICADO = "Não foi possível identificar um certificado digital válido."


def autenticar(p: Pedido, arquivo: Arquivo, cenario: Cenario, agora: datetime, falha: Falha | None) -> Resposta:
    """Returns 200 with both tokens, or the host's own error body."""
    estragada = _estragar(falha, agora)
    if estragada is not None:
        return estragada
    if p.cabecalhos.get("content-type", "").split(";")[0].strip() != "application/x-www-form-urlencoded":
        return _erro(415, "Unsupported Media Type", agora)
    cnpj = _cnpj(p.certificado, agora)
    if cnpj is None:
        return _erro(400, _SEM_CERTIFICADO, agora)
    if _basico(p.cabecalhos.get("authorization", "")) != f"{cenario.chave}:{cenario.segredo}":
        return _erro(401, "Credenciais inválidas.", agora)
    if cnpj != cenario.contratante:
        return _erro(403, "Forbidden", agora)
    if p.cabecalhos.get("role-type") != "TERCEIROS" or b"grant_type=client_credentials" not in p.corpo:
        return _erro(400, "Bad Request", agora)
    return _emitir(arquivo, cenario, agora, falha)


def _emitir(arquivo: Arquivo, cenario: Cenario, agora: datetime, falha: Falha | None) -> Resposta:
    n = arquivo.contar("token")
    sal = hashlib.sha256(f"{n}:{agora.isoformat()}".encode()).hexdigest()
    acesso = f"{sal[:8]}-{sal[8:12]}-{sal[12:16]}-{sal[16:20]}-{sal[20:32]}"
    if falha is not None and falha.faz == "token-longo":
        acesso = "eyJhbGciOiJSUzI1NiJ9." + (sal * 32)[:2000]
    jwt = f"eyJhbGciOiJSUzI1NiJ9.{sal}.{sal[::-1]}"
    arquivo.novo_token(acesso, jwt, agora + timedelta(seconds=cenario.token_s))
    corpo = {
        "expires_in": cenario.token_s,
        "scope": "am_application_scope default",
        "token_type": "Bearer",
        "access_token": acesso,
        "jwt_token": jwt,
        "jwt_pucomex": None,
    }
    if falha is not None and falha.faz == "token-sem-jwt":
        del corpo["jwt_token"]
    return Resposta(200, json.dumps(corpo).encode(), JSON)


def _estragar(falha: Falha | None, agora: datetime) -> Resposta | None:
    match falha.faz if falha else None:
        case "token-400":
            return _erro(400, _SEM_CERTIFICADO, agora)
        case "token-401":
            return _erro(401, "Credenciais inválidas.", agora)
        case "token-503":
            return _erro(503, "Service Unavailable", agora)
        case "token-html":
            return Resposta(200, HTML, "text/html")
        case _:
            return None


def _erro(http: int, mensagem: str, agora: datetime) -> Resposta:
    corpo = {
        "timestamp": f"{agora:%Y-%m-%d %H:%M:%S}",
        "status": http,
        "error": "Error",
        "message": mensagem,
        "details": [],
        "trackerId": "jvBQVbAq",
        "path": "/authenticate",
    }
    return Resposta(http, json.dumps(corpo, ensure_ascii=False).encode(), JSON)


def _cnpj(der: bytes, agora: datetime) -> str | None:
    if not der:
        return None
    try:
        identidade = identificar(x509.load_der_x509_certificate(der))
    except ValueError:
        return None
    return identidade.cnpj if identidade.validade_de <= agora <= identidade.validade_ate else None


def _basico(cabecalho: str) -> str | None:
    try:
        return base64.b64decode(cabecalho.removeprefix("Basic "), validate=True).decode()
    except (binascii.Error, ValueError):
        return None
