"""Reads the key `painel`: where the web panel listens, how people reach it, and which proxy it believes."""

import ipaddress
import re
from pathlib import Path
from urllib.parse import urlsplit

from separador.configuracao.leitura import Leitor
from separador.configuracao.tipos import ESCUTA, ConfigPainel
from separador.configuracao.yaml_seguro import Mapa

CHAVES_PAINEL = ("escuta", "url", "tls", "proxy")
CHAVES_TLS = ("certificado", "chave")
_PORTA_MAXIMA = 65535


def ler_painel(leitor: Leitor, topo: Mapa) -> ConfigPainel:
    """Returns the section; without it the panel listens on this machine only."""
    mapa = leitor.submapa(topo, "painel")
    if mapa is None:
        return ConfigPainel()
    leitor.conhecer(mapa, CHAVES_PAINEL)
    certificado, chave = _tls(leitor, mapa)
    lido = ConfigPainel(_escuta(leitor, mapa), _url(leitor, mapa), certificado, chave, _proxy(leitor, mapa))
    if not da_maquina(lido.escuta) and certificado is None:
        leitor.errar(
            "fora desta máquina só com TLS: dê painel.tls (certificado e chave), ou deixe um proxy à frente e escute em"
            f" {ESCUTA}",
            mapa.nos["escuta"],
            mapa.chave("escuta"),
        )
    leitor.anotar(mapa, "escuta", lido.escuta)
    leitor.anotar(mapa, "url", lido.url or "(o endereço em que escuta)")
    leitor.anotar(mapa, "proxy", " ".join(lido.proxy) or "(nenhum)")
    return lido


def partes_da_escuta(texto: str) -> tuple[str, int] | None:
    """Returns host and port of `HOST:PORTA`, `[IPv6]:PORTA` too; None when the text is no such pair."""
    achado = re.fullmatch(r"(\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+):([0-9]{1,5})", texto)
    if achado is None or int(achado[2]) > _PORTA_MAXIMA:
        return None
    return achado[1].strip("[]"), int(achado[2])


def da_maquina(escuta: str) -> bool:
    """Says whether an address is reached from this machine only."""
    partes = partes_da_escuta(escuta)
    if partes is None:
        return True
    try:
        return ipaddress.ip_address(partes[0]).is_loopback
    except ValueError:
        return partes[0] == "localhost"


def _escuta(leitor: Leitor, mapa: Mapa) -> str:
    texto = leitor.escalar(mapa, "escuta")
    if texto is None:
        return ESCUTA
    if partes_da_escuta(texto) is None:
        leitor.errar(f'deve ser HOST:PORTA, como {ESCUTA}, e está "{texto}"', mapa.nos["escuta"], mapa.chave("escuta"))
        return ESCUTA
    return texto


def _url(leitor: Leitor, mapa: Mapa) -> str | None:
    texto = leitor.escalar(mapa, "url")
    if texto is None:
        return None
    partes = urlsplit(texto)
    if partes.scheme in ("http", "https") and partes.hostname and partes.path in ("", "/") and not partes.query:
        return texto.rstrip("/")
    mensagem = f'deve ser o endereço como as pessoas o abrem, https://nome[:porta], e está "{texto}"'
    leitor.errar(mensagem, mapa.nos["url"], mapa.chave("url"))
    return None


def _tls(leitor: Leitor, mapa: Mapa) -> tuple[Path | None, Path | None]:
    tls = leitor.submapa(mapa, "tls")
    if tls is None:
        return None, None
    leitor.conhecer(tls, CHAVES_TLS)
    certificado, chave = (leitor.caminho(tls, nome, obrigatoria=True) for nome in CHAVES_TLS)
    return certificado, chave


def _proxy(leitor: Leitor, mapa: Mapa) -> tuple[str, ...]:
    enderecos = []
    for texto, no in leitor.textos(mapa, "proxy"):
        try:
            enderecos.append(str(ipaddress.ip_address(texto.strip())))
        except ValueError:
            leitor.errar(f'deve ser o endereço IP do proxy, e está "{texto}"', no, mapa.chave("proxy"))
    return tuple(enderecos)
