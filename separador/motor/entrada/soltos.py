"""Puts files that a person gave (order `soltar`) into the origin of their route, without covering anything.

A file goes once, whatever ends the service: it is copied to our corner of the origin, then a note beside it says where
(`COPIA`), then the copy becomes visible. An order that is carried out again finds by the note how far it was.
"""

import json
import os
import re
from contextlib import suppress
from pathlib import Path
from sqlite3 import Row

from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.partes import Parte
from separador.nucleo.falha import descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pastas import faixas, publicacao
from separador.pastas.disco import sincronizar_pasta
from separador.pastas.erros import traduzindo
from separador.pastas.provisorios import apagar_provisorio
from separador.pastas.publicacao import NomeOcupado

PEDIDO, PASTA = "soltar", "entrada"
COPIA = ".copia"
SUFIXO = b".solto"
_FICHA = re.compile(r"[0-9a-f]{32}")
_ESQUECIDO_S = 3600.0
"""A file that no order names yet may be one that is just coming in."""


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Carries out one order. Its `chave` is the id of the route."""
    contexto, dados = grupo.contexto, json.loads(linha["dados"])
    nome, ficha = os.fsencode(dados["nome"]), str(dados["guardado"])
    rota = contexto.rota(int(linha["chave"]))
    if rota is None or not rota.ativo:
        _encerrar(grupo, linha, "SEP-SOLTAR-ROTA", nome)
        return
    if faixas.presa(rota.origem):
        return  # the order waits, without a try in each turn
    guardado = contexto.dados / PASTA / ficha
    if _FICHA.fullmatch(ficha) is None or not guardado.exists():
        _encerrar(grupo, linha, "SEP-SOLTAR-SUMIU", nome)
        return
    nota = _nota(guardado)
    if not nota.exists():
        provisorio = faixas.prefixo(contexto.cantos, rota.origem) + ficha.encode() + SUFIXO
        faixas.fazer(rota.origem, _copiar, rota.origem, guardado, provisorio, nota)
    publicado = faixas.fazer(rota.origem, _publicar, rota.origem, nota, nome)
    _encerrar(grupo, linha, "SEP-SOLTO" if publicado else "SEP-NOME-OCUPADO", nome)


def sem_a_guarda(dados: str) -> str:
    """Returns what an order says of its file, without where that is kept: the same file given again says the same."""
    return str(json.loads(dados)["nome"])


def _nota(guardado: Path) -> Path:
    return guardado.with_name(f"{guardado.name}{COPIA}")


def _anotar(nota: Path, provisorio: bytes) -> None:
    """Notes where the copy lies. The note is whole, or is not there."""
    novo = nota.with_name(f"{nota.name}.novo")
    with novo.open("wb") as aberto:
        aberto.write(provisorio)
        aberto.flush()
        os.fsync(aberto.fileno())
    novo.replace(nota)
    sincronizar_pasta(nota.parent)


def _copiar(origem: Path, de: Path, provisorio: bytes, nota: Path) -> None:
    """Copies and notes it, as one: a share that is slower than one waits has it done for the next time."""
    apagar_provisorio(origem, provisorio)  # of a pass that was cut short
    entrada = os.open(de, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        publicacao.preparar_copia(origem, entrada, os.fstat(entrada), provisorio)
    finally:
        os.close(entrada)
    with traduzindo(origem):
        caminho = publicacao.provisorio_em(origem, provisorio)
    publicacao.descarregar(origem, [caminho])
    _anotar(nota, provisorio)


def _publicar(origem: Path, nota: Path, nome: bytes) -> bool:
    """Says whether the file stands in the origin, or stood there before: somebody may have taken it since."""
    provisorio = nota.read_bytes()
    feito = publicacao.publicar(origem, provisorio, nome)
    if isinstance(feito, NomeOcupado):
        nota.unlink()  # before the copy goes: a copy that is gone while its note stands was published
        sincronizar_pasta(nota.parent)
        apagar_provisorio(origem, provisorio)
        return False
    sincronizar_pasta(origem)
    return True


def _encerrar(grupo: Grupo, linha: Row, codigo: str, nome: bytes) -> None:
    feita = codigo == "SEP-SOLTO"
    texto, o_que_fazer = descrever(codigo)
    mensagem = f"{mostrar(nome)}, rota {linha['chave']}: {texto}" + ("" if feita else f" {o_que_fazer}")
    estado = tabela_de_pedidos.FEITA if feita else tabela_de_pedidos.RECUSADA
    tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, codigo, mensagem, grupo.quando)
    grupo.linhas.append({"event": mensagem, "acao": "soltar", "arquivo": mostrar(nome), "quem": linha["quem"]})


def poupa(contexto: Contexto, provisorio: bytes) -> bool:
    """Says whether this staged file is a copy whose order did not end: it will be carried out again, and needs it."""
    ficha = provisorio.rpartition(b"/")[2].removesuffix(SUFIXO).decode("ascii", "replace")
    return _FICHA.fullmatch(ficha) is not None and ficha in _pendentes(contexto)


def _pendentes(contexto: Contexto) -> set[str]:
    sql = "SELECT dados FROM tarefa WHERE estado = ? AND pedido = ?"
    linhas = contexto.banco.todas(sql, tabela_de_pedidos.PENDENTE, PEDIDO)
    return {str(json.loads(r["dados"])["guardado"]) for r in linhas}


class Soltos(Parte):
    """Takes away files whose order has ended, and those that never got one."""

    _vista = 0

    def passo(self, agora_s: float) -> bool:  # noqa: ARG002
        """Looks when the folder is not as it was."""
        pasta = self.contexto.dados / PASTA
        try:
            vista = pasta.stat().st_mtime_ns
        except OSError:
            return False
        if vista != self._vista:
            self._arrumar(pasta)
            self._vista = vista
        return False

    def da_hora(self, agora_s: float) -> bool:  # noqa: ARG002
        """Looks again: what was too young then may be old now."""
        with suppress(FileNotFoundError):
            self._arrumar(self.contexto.dados / PASTA)
        return False

    def _arrumar(self, pasta: Path) -> None:
        pendentes, agora = _pendentes(self.contexto), self.contexto.agora().timestamp()
        with os.scandir(pasta) as itens:
            nomes = sorted(item.name for item in itens)
        for nome in nomes:
            ficha = nome.partition(".")[0]
            if ficha in pendentes:
                continue
            terminado = nome != ficha or f"{ficha}{COPIA}" in nomes
            with suppress(OSError):
                if terminado or agora - (pasta / nome).lstat().st_mtime > _ESQUECIDO_S:
                    (pasta / nome).unlink()
