"""Decides, before a page runs, whether a request comes from where it may: host, origin, session, right."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from separador.acesso.servico.autorizacao import Autor
from separador.configuracao.tipos import ConfigPainel

LOCAIS = frozenset({"127.0.0.1", "localhost", "::1"})
"""Names under which every panel is reached from its own machine."""
_PORTAS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Entrada:
    """What a request says of itself: its headers in small letters, and the scheme by which it came."""

    cabecalhos: Mapping[str, str]
    esquema: str


def host_aceito(host: str | None, config: ConfigPainel) -> bool:
    """Says whether a `Host` names this panel. Any other may be a page that had its name rebound to this address."""
    nome = _nome(host)
    if nome is None:
        return False
    return nome in LOCAIS or (config.url is not None and nome == urlsplit(config.url).hostname)


def _nome(host: str | None) -> str | None:
    if not host or any(c in host for c in "/\\@?# "):
        return None
    try:
        partes = urlsplit(f"//{host}")
        _ = partes.port  # raises for what is no port
    except ValueError:
        return None
    return partes.hostname


def mesma_origem(entrada: Entrada, config: ConfigPainel) -> bool:
    """Says whether a form was sent by a page of this panel.

    Browsers send `Sec-Fetch-Site` to trustworthy addresses; where it is absent, `Origin` must be one of ours.
    """
    de_onde = entrada.cabecalhos.get("sec-fetch-site")
    if de_onde is not None:
        return de_onde == "same-origin"
    origem = entrada.cabecalhos.get("origin")
    if origem is None:
        return False
    nossas = {config.url or "", f"{entrada.esquema}://{entrada.cabecalhos.get('host')}"}
    return _origem(origem) in {_origem(nossa) for nossa in nossas} - {None}


def _origem(endereco: str) -> tuple[str, str, int | None] | None:
    """Returns scheme, host and port; a browser writes the name in small letters and leaves the usual port out."""
    try:
        partes = urlsplit(endereco)
        porta = partes.port
    except ValueError:
        return None
    if partes.scheme not in _PORTAS or partes.hostname is None:
        return None
    return partes.scheme, partes.hostname, porta or _PORTAS[partes.scheme]


def nome_da_sessao(config: ConfigPainel) -> str:
    """Returns the name of the cookie."""
    return "__Host-separador_sessao" if config.https else "separador_sessao"


def ficha(cookies: Iterable[str], config: ConfigPainel) -> str | None:
    """Returns the token that the browser shows; None when there is none, or when two differ."""
    nome = nome_da_sessao(config)
    pares = (par.strip().partition("=") for linha in cookies for par in linha.split(";"))
    achadas = {valor for dito, _, valor in pares if dito == nome}
    return achadas.pop() if len(achadas) == 1 else None


def cookie(config: ConfigPainel, valor: str, duracao_s: int) -> str:
    """Returns the header that gives the browser a token, or takes it away."""
    seguro = "; Secure" if config.https else ""
    return f"{nome_da_sessao(config)}={valor}; HttpOnly; SameSite=Lax; Path=/; Max-Age={duracao_s}{seguro}"


def falta_nivel(autor: Autor, niveis: Iterable[str]) -> str:
    """Returns the sentence for a page that the person's level may not use."""
    return f"Esta página é para o nível {' ou '.join(niveis)}; o seu é {autor.nivel}. Nada foi mudado."
