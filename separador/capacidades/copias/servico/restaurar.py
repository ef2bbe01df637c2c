"""Puts a whole copy back into an empty folder. At any instant the folder has all of it, or shows that it is unfinished.

Everything is gathered in `.restaurando` and proven by its sum while it is written; then each part gets its name by one
rename, the data folder last.
"""

import os
import sqlite3
from contextlib import closing
from datetime import datetime
from pathlib import Path

from separador.acesso.banco import auditoria
from separador.banco.conexao import abrir as abrir_banco
from separador.banco.instante import texto_de
from separador.capacidades.copias.dominio.manifesto import Fatos, Guardado, Manifesto
from separador.capacidades.copias.servico import cofre, configuracao, destino
from separador.capacidades.copias.servico.arvore import Arvore
from separador.capacidades.copias.servico.destino import DADOS, CopiaError
from separador.configuracao import Invalida
from separador.configuracao.edicao import definir
from separador.nucleo.texto.razao import razao

OBRA = ".restaurando"


def restaurar(arvore: Arvore, nome: str, pasta: Path, quem: str, agora: datetime) -> Manifesto:
    """Puts the copy into `pasta`, which is empty or missing. `quem` answers for the end of the audit trail.

    One that was cut short is begun again. Raises `CopiaError`, `FalhaDePasta`, sqlite3.Error, OSError.
    """
    lido = destino.abrir(arvore, nome)
    pasta = Path(os.path.abspath(pasta))
    if not destino.raiz_existe(pasta):
        pasta.mkdir(mode=0o750)
    with Arvore(pasta) as nova:
        if not _retomar(nova, lido.fatos):
            return lido
        for caminho, g in lido.arquivos.items():
            _um(arvore, nome, nova, caminho, g, lido.fatos)
        _configurar(pasta / OBRA, pasta, lido.fatos)
        _selar(pasta / OBRA / lido.fatos.dados, nome, quem, agora)
        nova.firmar()
        partes = sorted({n for n, _ in nova.listar(OBRA)}, key=lambda n: n == lido.fatos.dados.partition("/")[0])
        for parte in partes:
            nova.mover(f"{OBRA}/{parte}", parte)
        nova.apagar(OBRA)
        nova.firmar()
    return lido


def _retomar(nova: Arvore, fatos: Fatos) -> bool:
    """Clears what a restore that was cut short left. Returns False when only its last step was missing. Raises
    `CopiaError` for a folder that has anything else."""
    la = {n for n, _ in nova.listar("")}
    if not la:
        return True
    if OBRA not in la:
        raise CopiaError(f"{nova.pasta} não está vazia; restaure em uma pasta vazia.")
    if fatos.dados.partition("/")[0] in la and not nova.listar(OBRA):
        nova.apagar(OBRA)
        return False
    for parte in la:
        nova.apagar(parte)
    return True


def _um(arvore: Arvore, nome: str, nova: Arvore, caminho: str, g: Guardado, fatos: Fatos) -> None:
    """Copies one file, and proves it. Raises `CopiaError` when it is not what was copied."""
    para = f"{OBRA}/{fatos.dados}/{caminho.removeprefix(DADOS)}" if caminho.startswith(DADOS) else f"{OBRA}/{caminho}"
    so_do_dono = caminho == cofre.COPIA_DO_COFRE or caminho.startswith(f"{DADOS}cofre/")
    onde = destino.onde(nome, caminho, g)
    if arvore.tamanho(onde) is None:
        raise CopiaError(f"{caminho}: falta na cópia. Nada foi restaurado; confira-a, ou use outra.")
    if nova.gravar(para, arvore.blocos(onde), 0o600 if so_do_dono else 0o640, g.mtime_ns or None) != g.sha256:
        raise CopiaError(f"{caminho}: o conteúdo não é o que foi copiado. Nada foi restaurado; use outra cópia.")


def _configurar(obra: Path, pasta: Path, fatos: Fatos) -> None:
    """Makes the configuration name the restored data folder. Paths of routes stay as they were written."""
    arquivo = obra / configuracao.ARQUIVO
    mudancas = [("raiz", ".."), ("dados", fatos.dados)] if fatos.relativa else [("dados", str(pasta / fatos.dados))]
    for chave, valor in mudancas:
        feita = definir(arquivo, chave, valor)
        if isinstance(feita, Invalida):
            raise CopiaError(f"A configuração da cópia não vale aqui: {'; '.join(map(str, feita.erros[:3]))}.")


def _selar(dados: Path, nome: str, quem: str, agora: datetime) -> None:
    """Records in the audit trail that this is a copy put back, and by whom, and seals the trail as it is."""
    try:
        with closing(abrir_banco(dados, migrar=False)) as banco:
            with banco.transacao():
                auditoria.registrar(banco, texto_de(agora), quem, "cópia restaurada", nome)
            auditoria.selar_de_novo(banco, dados)
            banco.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    except sqlite3.Error as erro:
        raise CopiaError(f"O banco de dados da cópia não abriu: {razao(erro)}. Confira-a, ou use outra.") from erro
