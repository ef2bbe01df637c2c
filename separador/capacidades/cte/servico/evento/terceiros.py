"""Reads the distribution's copy of a document that is not ours, to learn its taker and when it was authorised."""

import os
from datetime import datetime
from pathlib import Path

from separador.banco.conexao import Banco
from separador.capacidades.cte.banco import terceiros
from separador.fiscal.evento.conteudo_do_documento import ler_conteudo
from separador.fiscal.evento.fatos import Terceiro
from separador.fiscal.leitura import ler
from separador.fiscal.retornos import interpretar
from separador.nucleo.erro import Recusa
from separador.nucleo.fuso import fuso_da_uf

LIMITE_BYTES = 2 * 1024 * 1024
"""Largest file that is read. A processed document has at most 512 KB before its protocol (MOC rule B01, cStat 214)."""


def conhecer(banco: Banco, chave: str) -> Terceiro | None:
    """Returns the facts of the processed document. None when it never came, or is not where the distribution put it."""
    for linha in terceiros.documentos_da_chave(banco, chave):
        dados = _ler(Path(linha["pasta"]) / os.fsdecode(bytes(linha["nome"])))
        terceiro = _entender(dados, chave) if dados is not None else None
        if terceiro is not None:
            return terceiro
    return None


def _ler(arquivo: Path) -> bytes | None:
    """Returns the file's bytes, or None: somebody may have taken it, or left something else under its name."""
    try:
        with arquivo.open("rb") as aberto:
            dados = aberto.read(LIMITE_BYTES + 1)
    except OSError:
        return None
    return dados if len(dados) <= LIMITE_BYTES else None


def _entender(dados: bytes, chave: str) -> Terceiro | None:
    lido = interpretar(dados)
    if isinstance(lido, Recusa):
        return None
    prova = next((r for r in lido.respostas if r.especie == "autorizacao" and r.chave == chave), None)
    documento = ler(prova.documento) if prova is not None and prova.documento is not None else None
    if prova is None or documento is None or isinstance(documento, Recusa) or documento.tipo is None:
        return None
    return Terceiro(ler_conteudo(prova.documento, documento.tipo).tomador, _instante(prova.quando, chave[:2]))


def _instante(texto: str | None, uf: str) -> datetime | None:
    """Returns dhRecbto. A time without offset is in the state's legal time. None when it cannot be read."""
    try:
        quando = datetime.fromisoformat(texto or "")
    except ValueError:
        return None
    return quando if quando.tzinfo is not None else quando.replace(tzinfo=fuso_da_uf(uf))
