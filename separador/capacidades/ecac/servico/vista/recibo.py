"""Reads the filed receipt of a guide."""

import hashlib
import sqlite3

from separador.capacidades.ecac.dominio.raiz import Bases
from separador.capacidades.ecac.servico import pasta_de_comprovantes
from separador.pastas import faixas
from separador.pastas.erros import FalhaDePasta


def ler_comprovante(bases: Bases, linha: sqlite3.Row) -> bytes | str:
    """Returns the filed receipt of a guide, which must be what was filed; else why it cannot be given."""
    faixas.usar(bases.dados)
    raiz, caminho = bases.achada(linha["raiz"]), str(linha["caminho"])
    try:
        pdf = faixas.fazer(raiz, pasta_de_comprovantes.ler, raiz, caminho)
    except FalhaDePasta as falha:
        return f"{falha.mensagem}. {falha.o_que_fazer}"
    if pdf is None:
        return f"O comprovante foi arquivado em {raiz / caminho}, e não está mais lá."
    if hashlib.sha256(pdf).hexdigest() != linha["recibo_sha256"]:
        return f"{raiz / caminho} não é mais o que foi arquivado (sha256 {linha['recibo_sha256']})."
    return pdf
