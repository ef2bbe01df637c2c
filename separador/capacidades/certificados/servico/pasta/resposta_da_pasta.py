"""Keeps the answers of the watched folder free of contradiction, and its acts in the audit trail."""

import json
import os
from pathlib import Path

from separador.acesso.banco import auditoria
from separador.motor.contexto import Contexto
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Rota
from separador.pastas import faixas, publicacao
from separador.pastas.disco import sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.publicacao import NomeOcupado

SUFIXO = b"-ret.json"
_LIMITE = 64 * 1024
QUEM = "serviço"


def responder(contexto: Contexto, rota: Rota, nome: bytes, corpo: dict[str, str]) -> None:
    """Writes `<base>-ret.json` in the destination, as an order file gets. A folder that fails costs only the answer."""
    corpo |= {"arquivo": mostrar(nome), "quando": contexto.quando()}
    dados = json.dumps(corpo, ensure_ascii=False, indent=2).encode() + b"\n"
    provisorio = faixas.prefixo(contexto.cantos, rota.destino) + f"{contexto.prefixo()}.cert".encode()
    try:
        faixas.fazer(rota.destino, _publicar, rota.destino, dados, provisorio, nome)
    except FalhaDePasta as falha:
        contexto.log.warning(falha.mensagem, acao="resposta não gravada", rota=rota.id, o_que_fazer=falha.o_que_fazer)


def _publicar(destino: Path, dados: bytes, provisorio: bytes, nome: bytes) -> None:
    base = nome.rsplit(b".", 1)[0]
    publicacao.preparar(destino, dados, provisorio)
    with traduzindo(destino):
        tirar_anteriores(destino, base, mostrar(nome))
    for n in range(1, 1000):
        final = base + (b"" if n == 1 else f"~{n}".encode()) + SUFIXO
        if not isinstance(publicacao.publicar(destino, provisorio, final), NomeOcupado):
            break
    sincronizar_pasta(destino)


def tirar_anteriores(destino: Path, base: bytes, arquivo: str) -> None:
    """Removes earlier answers of ours about a file of this name: they would contradict the one that follows.

    Another program's file is left, and so is an answer to anything else. Raises OSError only for a folder that cannot
    be listed.
    """
    aqui = abertos.abrir(destino)
    with os.scandir(aqui.base) as itens:
        candidatos = [i.path for i in itens if _pode_ser(i.name, base) and i.is_file(follow_symlinks=False)]
    for caminho in candidatos:
        if _nossa(caminho, arquivo):
            os.unlink(caminho)


def _pode_ser(nome: bytes, base: bytes) -> bool:
    """Says whether it is the name of an answer: `<base>-ret.json`, `<base>~2-ret.json`, ..."""
    if not (nome.startswith(base) and nome.endswith(SUFIXO)):
        return False
    meio = nome[len(base) : -len(SUFIXO)]
    return not meio or (meio[:1] == b"~" and meio[1:].isdigit())


def _nossa(caminho: bytes, arquivo: str) -> bool:
    try:
        fd = os.open(caminho, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
        with os.fdopen(fd, "rb") as aberto:
            lido = json.loads(aberto.read(_LIMITE))
    except (OSError, ValueError):
        return False
    return (
        isinstance(lido, dict)
        and set(lido) == {"resultado", "codigo", "mensagem", "arquivo", "quando"}
        and lido["arquivo"] == arquivo
        and str(lido["codigo"]).startswith("SEP-CERT-")
    )


def anotar(contexto: Contexto, rota: Rota, nome: bytes, acao: str, detalhe: str, *, recusado: bool = False) -> None:
    """Adds a row to the audit trail, inside the transaction of the act where there is one."""
    como = auditoria.RECUSADO if recusado else auditoria.FEITO
    onde = f"rota {rota.id}, pasta vigiada: {detalhe}"
    with contexto.banco.transacao():
        auditoria.registrar(contexto.banco, contexto.quando(), QUEM, acao, mostrar(nome), resultado=como, detalhe=onde)
