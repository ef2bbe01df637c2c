"""Puts files that a person gave (order `soltar`) into the origin of their route, without covering anything.

A file goes once, whatever ends the service: it is copied to our corner of the origin, then a note beside it says where
(`COPIA`), then the copy becomes visible. An order that is carried out again finds by the note how far it was.
"""

import json
import os
import re
from collections.abc import Mapping
from contextlib import suppress
from functools import partial
from pathlib import Path
from sqlite3 import Row
from typing import Any

from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.partes import Parte
from separador.motor.pedidos import OLHADA_S, em_grupo_do_pedido
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
    """Takes up one order: from here on it cannot be withdrawn, for its file may be on its way into a share that hangs.

    Its `chave` is the id of the route.
    """
    dados = json.loads(linha["dados"])
    contra = _contra(grupo.contexto, linha["chave"], _guardado(grupo.contexto, dados))
    if contra is not None:
        _encerrar(grupo, linha, contra, os.fsencode(dados["nome"]))
        return
    tabela_de_pedidos.aceitar(grupo.banco, linha["id"])


def _por_na_origem(grupo: Grupo, linha: Row) -> None:
    """Carries out an order that was taken up."""
    contexto, dados = grupo.contexto, json.loads(linha["dados"])
    nome, guardado = os.fsencode(dados["nome"]), _guardado(contexto, dados)
    nota, rota = _nota(guardado), contexto.rota(int(linha["chave"]))
    contra = _contra(contexto, linha["chave"], guardado)
    if rota is None or (contra is not None and not nota.exists()):
        _encerrar(grupo, linha, contra or "SEP-SOLTAR-ROTA", nome)
        return
    # What has its note may be in the origin already, whatever became of the route: refused, it would be given again.
    if not nota.exists():
        provisorio = faixas.prefixo(contexto.cantos, rota.origem) + guardado.name.encode() + SUFIXO
        faixas.fazer(rota.origem, _copiar, rota.origem, guardado, provisorio, nota)
    publicado = faixas.fazer(rota.origem, _publicar, rota.origem, nota, nome)
    _encerrar(grupo, linha, "SEP-SOLTO" if publicado else "SEP-NOME-OCUPADO", nome)


def _guardado(contexto: Contexto, dados: Mapping[str, Any]) -> Path:
    """Returns where the file of an order is kept. What is no name of ours leads to no file."""
    ficha = str(dados["guardado"])
    return contexto.dados / PASTA / (ficha if _FICHA.fullmatch(ficha) else "sem-ficha")


def _contra(contexto: Contexto, id_da_rota: str, guardado: Path) -> str | None:
    """Returns the code of the reason why a file that nobody began to copy does not go in; None when it does."""
    rota = contexto.rota(int(id_da_rota))
    if rota is None or not rota.ativo:
        return "SEP-SOLTAR-ROTA"
    return None if guardado.exists() else "SEP-SOLTAR-SUMIU"


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
    return _FICHA.fullmatch(ficha) is not None and ficha in _sem_fim(contexto)


def _sem_fim(contexto: Contexto) -> set[str]:
    """Returns the files of the orders that did not end."""
    sql = "SELECT dados FROM tarefa WHERE estado = ? AND pedido = ?"
    linhas = contexto.banco.todas(sql, tabela_de_pedidos.PENDENTE, PEDIDO)
    linhas += tabela_de_pedidos.aceitas(contexto.banco, (PEDIDO,))
    return {str(json.loads(r["dados"])["guardado"]) for r in linhas}


class Soltos(Parte):
    """Carries out the orders that were taken up; takes away files whose order has ended, and those that got none."""

    _vista = 0

    def passo(self, agora_s: float) -> bool:
        """Puts files into their origins, for a bounded time. Looks at the folder when it is not as it was."""
        moveu = False
        for linha in tabela_de_pedidos.aceitas(self.contexto.banco, (PEDIDO,)):
            if moveu and self.contexto.relogio.monotonico() - agora_s > OLHADA_S:
                break
            if self._pode(linha):
                decidir = partial(_por_na_origem, linha=linha)
                em_grupo_do_pedido(self.contexto, linha, decidir, espera_pela_pasta=True)
                moveu = True
        self._olhar()
        return moveu

    def pode_mover(self) -> bool:
        """Says whether a file would go in at the next step."""
        return any(map(self._pode, tabela_de_pedidos.aceitas(self.contexto.banco, (PEDIDO,))))

    def _pode(self, linha: Row) -> bool:
        """Says whether an order need not wait for its folder."""
        rota = self.contexto.rota(int(linha["chave"]))
        return rota is None or not faixas.presa(rota.origem)

    def _olhar(self) -> None:
        pasta = self.contexto.dados / PASTA
        try:
            vista = pasta.stat().st_mtime_ns
        except OSError:
            return
        if vista != self._vista:
            self._arrumar(pasta)
            self._vista = vista

    def da_hora(self, agora_s: float) -> bool:  # noqa: ARG002
        """Looks again: what was too young then may be old now."""
        with suppress(FileNotFoundError):
            self._arrumar(self.contexto.dados / PASTA)
        return False

    def _arrumar(self, pasta: Path) -> None:
        sem_fim, agora = _sem_fim(self.contexto), self.contexto.agora().timestamp()
        with os.scandir(pasta) as itens:
            nomes = sorted(item.name for item in itens)
        for nome in nomes:
            ficha = nome.partition(".")[0]
            if ficha in sem_fim:
                continue
            terminado = nome != ficha or f"{ficha}{COPIA}" in nomes
            with suppress(OSError):
                if terminado or agora - (pasta / nome).lstat().st_mtime > _ESQUECIDO_S:
                    (pasta / nome).unlink()
