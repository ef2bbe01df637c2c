"""Checks, for `separador verificar --completo`, that every authorised document has its processed document."""

import hashlib
import os
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from separador.cli.base.constatacao import CERTO, ERRO, Constatacao, Exame
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.situacao import Situacao
from separador.nucleo.texto.quantidade import quantos
from separador.nucleo.texto.razao import do_sistema

_O_QUE = "documentos processados"
_MOSTRADOS = 5


def cte(exame: Exame) -> Iterator[Constatacao]:
    """Compares each processed document with the sha256 that was recorded when it was made."""
    if not exame.completo or exame.banco is None:
        return
    vistos, problemas = 0, []
    for linha in _processados(exame.banco):
        vistos += 1
        problema = _problema(linha)
        if problema is not None:
            problemas.append(f"{linha['chave']}: {problema}")
    if not problemas:
        yield Constatacao(
            _O_QUE, CERTO, f"{quantos(vistos, 'documento autorizado', 'documentos autorizados')}, cada um com o seu"
        )
        return
    fazer = "Restaure o arquivo da cópia de segurança, ou peça-o de novo: separador cte consultar CHAVE"
    resto = f"; e mais {len(problemas) - _MOSTRADOS}" if len(problemas) > _MOSTRADOS else ""
    yield Constatacao(_O_QUE, ERRO, "; ".join(problemas[:_MOSTRADOS]) + resto + ".", fazer)


def _processados(banco: sqlite3.Connection) -> Iterator[sqlite3.Row]:
    """Yields every authorised document with its newest fiscal copy, if it has one."""
    yield from banco.execute(
        "SELECT d.chave, p.pasta, p.nome, p.sha256 FROM documento d LEFT JOIN publicacao p ON p.id ="
        " (SELECT max(id) FROM publicacao WHERE documento_id = d.id AND tipo = 'fiscal' AND evento_id IS NULL)"
        " WHERE d.situacao = ?",
        (Situacao.AUTORIZADO.value,),
    )


def _problema(linha: sqlite3.Row) -> str | None:
    if linha["pasta"] is None:
        return "não tem documento processado"
    arquivo = Path(linha["pasta"]) / os.fsdecode(bytes(linha["nome"]))
    try:
        resumo = hashlib.sha256(arquivo.read_bytes()).hexdigest()
    except OSError as erro:
        return f"{mostrar(bytes(linha['nome']))} não pôde ser lido ({do_sistema(erro.errno)})"
    return None if resumo == linha["sha256"] else f"{mostrar(bytes(linha['nome']))} foi alterado"
