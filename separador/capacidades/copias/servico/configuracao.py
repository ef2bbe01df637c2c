"""Gathers the configuration for a copy: the file without its secrets, and the files that it names."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from separador.capacidades.copias.servico.destino import CopiaError
from separador.configuracao import Configuracao, ErroConfig, Invalida, interpretar
from separador.configuracao.yaml_seguro import ler_bytes

ARQUIVO = "config/separador.yaml"
"""Where the file stands in every copy, whatever its name."""


@dataclass(slots=True)
class Reunida:
    """The text, whether `raiz` is a relative path there, where the data folder goes in a restored installation, the
    keys whose value was left out, the files that the configuration names (path in the copy → where it is), and which of
    these stand outside of `raiz`."""

    texto: bytes
    relativa: bool
    dados: str
    ocultos: tuple[str, ...]
    arquivos: dict[str, Path] = field(default_factory=dict)
    externos: dict[str, str] = field(default_factory=dict)


def reunir(config: Configuracao) -> Reunida:
    """Returns what a copy takes of the configuration. Certificates and files of passwords stay out. Raises
    `CopiaError`."""
    lido = ler_bytes(config.arquivo)
    if isinstance(lido, ErroConfig):
        raise CopiaError(f"Não consegui ler a configuração {config.arquivo}: {lido}.")
    texto, ocultos = _sem_segredos(lido, config)
    relativa = not _dita(lido, "raiz").startswith("/")
    dentro = relativa and config.dados.is_relative_to(config.raiz) and config.dados != config.raiz
    reunida = Reunida(texto, relativa, str(config.dados.relative_to(config.raiz)) if dentro else "dados", ocultos)
    for n, arquivo in enumerate(_citados(config), 1):
        if relativa and arquivo.is_relative_to(config.raiz) and not arquivo.is_relative_to(config.dados):
            caminho = str(arquivo.relative_to(config.raiz))
        else:
            caminho = f"externos/{n}-{arquivo.name}"
            reunida.externos[caminho] = str(arquivo)
        if caminho != ARQUIVO:
            reunida.arquivos[caminho] = arquivo
    return reunida


def _dita(texto: bytes, chave: str) -> str:
    """Returns a key of the top level as written; empty when it is not there."""
    import yaml  # noqa: PLC0415

    lido = yaml.safe_load(texto)
    return str(lido.get(chave) or "") if isinstance(lido, dict) else ""


def _sem_segredos(texto: bytes, config: Configuracao) -> tuple[bytes, tuple[str, ...]]:
    """Returns the text without the path of the webhook, which is often its password. No other value is a secret: the
    program refuses a password that is written in the file."""
    url = config.avisos.webhook
    if url is None:
        return texto, ()
    partes = urlsplit(url)
    limpo = f"{partes.scheme}://{partes.netloc.rpartition('@')[2]}/"
    if url.rstrip("/") == limpo.rstrip("/"):
        return texto, ()
    novo = texto.replace(url.encode(), limpo.encode())
    lida = interpretar(novo, config.arquivo)
    if isinstance(lida, Invalida) or lida.configuracao.avisos.webhook != limpo:
        raise CopiaError("Não consegui tirar da cópia o endereço do webhook; escreva-o sem aspas, em uma linha só.")
    return novo, ("avisos.webhook",)


def _citados(config: Configuracao) -> Iterator[Path]:
    """Yields the files that the configuration names and that hold no secret, each once."""
    vistos: dict[Path, None] = {}
    soltos = (config.sefaz.ca, config.sefaz.enderecos, *(e.logo for e in config.empresas))
    if config.ecac is not None:
        soltos = (*soltos, config.ecac.ca)
    vistos.update(dict.fromkeys(a for a in soltos if a is not None))
    if config.emissao.cadastros.is_dir():
        vistos.update(dict.fromkeys(sorted(config.emissao.cadastros.iterdir())))
    yield from (a for a in vistos if a.is_file() and not a.name.startswith("."))
