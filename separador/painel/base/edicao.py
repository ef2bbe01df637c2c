"""Changes the configuration file from a page, as commands do: checked as a whole, and one line of the audit trail."""

import os
import stat
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path

from separador.acesso.banco import auditoria
from separador.banco.instante import texto_de
from separador.configuracao import Invalida
from separador.configuracao.edicao import Editada, Gravando, Mudada
from separador.nucleo.texto.razao import razao
from separador.painel.base.resposta import CONFLITO, RECUSADA
from separador.painel.base.visita import Visita
from separador.pedidos.ajuste import o_que_falta

Recusa = tuple[int, tuple[str, ...]]
"""The status of the page that comes back, and its sentences."""


def pode_gravar(arquivo: Path) -> bool:
    """Says whether a page may change the file. One that nobody may write is meant to stay as it is."""
    try:
        modo = arquivo.stat().st_mode
    except OSError:
        return False
    de_alguem = bool(modo & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))
    return de_alguem and os.access(arquivo, os.W_OK) and os.access(arquivo.resolve().parent, os.W_OK | os.X_OK)


def sem_gravar(arquivo: Path) -> str:
    """Returns what a page says that may only show the file."""
    return f"O painel não pode gravar {arquivo}: aqui só se vê. Quem pode muda com o comando."


def editar(v: Visita, acao: str, fazer: Callable[[Gravando], Editada | Invalida], detalhe: str) -> Recusa | None:
    """Edits the file; returns why nothing was changed, else None.

    The trail is opened before the file is written: what cannot be recorded is not done. It is not held before, because
    a file of thousands of companies is read and checked for seconds, and the service goes on meanwhile.
    """
    arquivo = v.configuracao.arquivo
    if not pode_gravar(arquivo):
        return CONFLITO, (f"{sem_gravar(arquivo)} Nada foi mudado.",)

    @contextmanager
    def gravando(rota: int | None) -> Generator[None, None, None]:
        with v.escrevendo() as banco, banco.transacao():
            yield
            dito = "; ".join(d for d in (f"rota {rota}" if rota is not None else "", detalhe) if d)
            auditoria.registrar(banco, texto_de(v.agora), v.quem, "comando", acao, detalhe=dito)

    try:
        feito = fazer(gravando)
    except OSError as erro:
        return CONFLITO, (f"Não consegui gravar {arquivo}: {razao(erro)}. Nada foi mudado.",)
    if isinstance(feito, Invalida):
        return (CONFLITO if isinstance(feito, Mudada) else RECUSADA), tuple(_frase(str(e)) for e in feito.erros)
    return None


def _frase(texto: str) -> str:
    return f"{texto[:1].upper()}{texto[1:]}."


def falta_na_maquina(v: Visita) -> tuple[str, ...]:
    """Returns what the machine still needs for the folders of the configuration."""
    dito = o_que_falta(v.configuracao)
    return (dito,) if dito is not None else ()
