"""Defines what a copy says of itself: its manifest, as text that proves itself whole.

The first line is JSON with the facts of the copy, then one line for each file, then the sha256 of all lines before. It
holds names, sums and numbers; nothing of the content, and no secret.
"""

import hashlib
import json
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

FORMA = 1
ARQUIVO = "manifesto"
INSTANTE = "%Y-%m-%dT%H%M%SZ"
"""How the folder of a copy is named by its instant (UTC): no character that a file system refuses, in order of time."""


@dataclass(frozen=True, slots=True)
class Guardado:
    """One file of a copy. `mtime_ns`: when the source was written. `avulso`: it may change from one copy to the next,
    so it lies in the folder of the copy; the others lie in the common one, once for all copies."""

    sha256: str
    tamanho: int
    mtime_ns: int
    avulso: bool


@dataclass(frozen=True, slots=True)
class Fatos:
    """The facts of a copy. `origem`: the data folder that it is of. `relativa`: the key `raiz` was a relative path.
    `dados`: where the data folder goes, from the root of what is restored. `com_frase`: the vault is also there as a
    file of its own, opened by a passphrase. `ocultos`: keys of the configuration whose value was left out. `externos`:
    path in the copy → where the file stood, outside of `raiz`. `documentos`: situação → how many."""

    instalacao: str
    feita_em: str
    versao: str
    origem: str
    relativa: bool
    dados: str = "dados"
    com_frase: bool = False
    ocultos: tuple[str, ...] = ()
    externos: dict[str, str] = field(default_factory=dict)
    documentos: dict[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Manifesto:
    """The facts, and the files by their path in the installation."""

    fatos: Fatos
    arquivos: dict[str, Guardado]


def nome_da_copia(instante: datetime) -> str:
    """Returns the name of the folder of a copy made then (UTC)."""
    return instante.strftime(INSTANTE)


def escrever(m: Manifesto) -> bytes:
    """Returns the text. Names of any bytes are kept, as escapes."""
    fatos = {c: getattr(m.fatos, c) for c in Fatos.__dataclass_fields__}
    linhas = [json.dumps({"forma": FORMA, **fatos})]
    linhas += [
        f"{g.sha256} {g.tamanho} {g.mtime_ns} {int(g.avulso)} {json.dumps(nome)}"
        for nome, g in sorted(m.arquivos.items())
    ]
    texto = ("\n".join(linhas) + "\n").encode("ascii")
    return texto + b"fim " + hashlib.sha256(texto).hexdigest().encode() + b"\n"


def ler(dados: bytes) -> Manifesto | None:
    """Returns the manifest; None when it is cut, changed, or not one that this version reads."""
    corte = dados.rfind(b"\nfim ") + 1
    texto = dados[:corte]
    if not corte or dados[corte:] != b"fim " + hashlib.sha256(texto).hexdigest().encode() + b"\n":
        return None
    try:
        cabeca, *linhas = texto.decode("ascii").splitlines()
        return _entender(json.loads(cabeca), linhas)
    except (ValueError, KeyError, TypeError):
        return None


def _entender(cabeca: dict[str, Any], linhas: list[str]) -> Manifesto | None:
    if cabeca.pop("forma") != FORMA:
        return None
    fatos = Fatos(**{**cabeca, "ocultos": tuple(cabeca["ocultos"])})
    if not caminho_bom(fatos.dados):
        return None
    arquivos = {}
    for linha in linhas:
        sha256, tamanho, mtime_ns, avulso, nome = linha.split(" ", 4)
        lido = json.loads(nome)
        if not caminho_bom(lido):
            return None
        arquivos[lido] = Guardado(sha256, int(tamanho), int(mtime_ns), avulso == "1")
    return Manifesto(fatos, arquivos)


def caminho_bom(nome: object) -> bool:
    """Says whether this is a path that stays inside its folder."""
    return isinstance(nome, str) and "\0" not in nome and all(p not in ("", ".", "..") for p in nome.split("/"))
