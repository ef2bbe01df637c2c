"""Finds the lives of files and documents that a text may mean, for `rastrear`."""

import re
import sqlite3
from typing import Any

from separador.capacidades.cte.banco import rastro
from separador.capacidades.cte.banco.rastro import Passo
from separador.nucleo.chave import FORMATO_CHAVE, limpar_chave
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pedidos.nomes import nomes_possiveis

_ID_MAXIMO = 2**63 - 1


def dois_sentidos(banco: sqlite3.Connection, procurado: str) -> bool:
    """Says whether a number is that of a file and of a document, and the file is not about that document alone."""
    numero = _numero(procurado)
    linha = rastro.arquivo(banco, numero) if numero is not None else None
    if linha is None:
        return False
    return bool({d["chave"] for d in rastro.documentos_do_numero(banco, procurado)} - {linha["chave"]})


def procurar(banco: sqlite3.Connection, procurado: str) -> list[dict[str, Any]]:
    """Returns the lives that fit, newest first: by chave, else by id or number, else by name, else by a name that we
    gave. `arquivo:` and `numero:` say which of two numbers is meant."""
    especie, _, qual = procurado.partition(":")
    if especie == "numero" and _numero(qual) is not None:
        return _do_numero(banco, qual)
    if especie == "arquivo" and _numero(qual) is not None:
        linha = rastro.arquivo(banco, int(qual))
        return [_do_arquivo(banco, linha)] if linha is not None else []
    chave = limpar_chave(procurado)
    if FORMATO_CHAVE.fullmatch(chave):
        vida = _da_chave(banco, chave)
        if vida is not None:
            return [vida]
    numero = _numero(procurado)
    if numero is not None:
        linha = rastro.arquivo(banco, numero)
        achadas = [_do_arquivo(banco, linha)] if linha is not None else _do_numero(banco, procurado)
        if achadas:
            return achadas
    nomes = nomes_possiveis(procurado)
    linhas = {r["id"]: r for nome in nomes for r in rastro.arquivos_do_nome(banco, nome)}
    if linhas:
        return [_do_arquivo(banco, linhas[i]) for i in sorted(linhas, reverse=True)]
    return _do_arquivo_guardado(banco, nomes) or _publicados(banco, nomes) or _so_falhas(banco, nomes)


def _numero(procurado: str) -> int | None:
    certo = procurado.isascii() and procurado.isdigit() and int(procurado) <= _ID_MAXIMO
    return int(procurado) if certo else None


def _do_numero(banco: sqlite3.Connection, numero: str) -> list[dict[str, Any]]:
    """Returns the lives of the documents of a number, whatever their series and emitter."""
    vidas = (_da_chave(banco, d["chave"]) for d in rastro.documentos_do_numero(banco, numero))
    return [vida for vida in vidas if vida is not None]


def _da_chave(banco: sqlite3.Connection, chave: str) -> dict[str, Any] | None:
    passos = rastro.da_chave(banco, chave)
    if not passos:
        return None
    doc = banco.execute("SELECT arquivo_id FROM documento WHERE chave = ?", (chave,)).fetchone()
    linhas = rastro.arquivos_da_chave(banco, chave)
    dele = rastro.arquivo(banco, doc["arquivo_id"]) if doc is not None else linhas[-1] if linhas else None
    return _vida(dele["id"] if dele else None, mostrar(bytes(dele["nome"])) if dele else None, chave, passos)


def _do_arquivo(banco: sqlite3.Connection, linha: sqlite3.Row) -> dict[str, Any]:
    return _vida(linha["id"], mostrar(bytes(linha["nome"])), linha["chave"], rastro.do_arquivo(banco, linha))


def _do_arquivo_guardado(banco: sqlite3.Connection, nomes: list[bytes]) -> list[dict[str, Any]]:
    """Finds a file by its name in the archive: `<id>_<name>`."""
    for nome in nomes:
        achado = re.match(rb"([0-9]{1,18})_(?=.)", nome, re.DOTALL)
        linha = rastro.arquivo(banco, int(achado[1])) if achado else None
        if linha is not None and achado and bytes(linha["nome"]).endswith(nome[achado.end() :]):
            return [_do_arquivo(banco, linha)]
    return []


def _publicados(banco: sqlite3.Connection, nomes: list[bytes]) -> list[dict[str, Any]]:
    """Finds the source file, or the document, of a name that we gave."""
    vidas: dict[object, dict[str, Any]] = {}
    for publicada in (p for nome in nomes for p in rastro.publicadas_do_nome(banco, nome)):
        linha = rastro.arquivo(banco, publicada["arquivo_id"]) if publicada["arquivo_id"] is not None else None
        vida = _do_arquivo(banco, linha) if linha else None
        if vida is None and publicada["chave"] is not None:
            vida = _da_chave(banco, publicada["chave"])
        if vida is not None:
            vidas.setdefault(vida["id"], vida)
    return list(vidas.values())


def _so_falhas(banco: sqlite3.Connection, nomes: list[bytes]) -> list[dict[str, Any]]:
    """Finds a file that was never taken: it still lies in its folder, and the failures say why."""
    for nome in dict.fromkeys(mostrar(n) for n in nomes):
        falhas = rastro.falhas_do_nome(banco, nome)
        if falhas:
            return [_vida(None, nome, falhas[-1]["chave"], sorted(p for f in falhas for p in rastro.da_falha(f)))]
    return []


def _vida(arquivo_id: int | None, arquivo: str | None, chave: str | None, passos: list[Passo]) -> dict[str, Any]:
    lista = [{"quando": p.quando, "passo": p.passo, "detalhe": p.detalhe} for p in passos]
    return {"id": arquivo_id, "arquivo": arquivo, "chave": chave, "passos": lista}
