"""Puts files that a person gave (order `soltar`) into the origin of their route, without covering anything.

A file goes once, whatever ends the service: it is copied to our corner of the origin, then a note beside it says where
(`COPIA`), then the copy becomes visible. An order that is carried out again finds by the note how far it was. The order
is taken up before the share is touched: one that can be withdrawn has changed nothing.
"""

import json
import os
import re
from contextlib import suppress
from functools import partial
from pathlib import Path
from sqlite3 import Row
from typing import NamedTuple

from separador.banco import pedidos as tabela_de_pedidos
from separador.motor.contexto import Contexto
from separador.motor.desfecho.grupo import Grupo
from separador.motor.partes import Parte, Servico
from separador.motor.pasta_com_falha import avisar_pasta
from separador.motor.pedidos import OLHADA_S, em_grupo_do_pedido, pedido_falhou, pedido_sem_pasta
from separador.nucleo.falha import descrever
from separador.nucleo.nome_de_arquivo import mostrar
from separador.nucleo.rota import Rota
from separador.pastas import faixas, publicacao
from separador.pastas.disco import sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, SemResposta, traduzindo
from separador.pastas.faixa import Chamada
from separador.pastas.provisorios import apagar_provisorio, existe_provisorio
from separador.pastas.publicacao import NomeOcupado

PEDIDO, PASTA = "soltar", "entrada"
COPIA = ".copia"
SUFIXO = b".solto"
_FICHA = re.compile(r"[0-9a-f]{32}")
_ESQUECIDO_S = 3600.0
"""A file that no order names yet may be one that is just coming in."""
_SOLTO, _OCUPADO, _SEM_ROTA, _SUMIU = "SEP-SOLTO", "SEP-NOME-OCUPADO", "SEP-SOLTAR-ROTA", "SEP-SOLTAR-SUMIU"
_TALVEZ = "O arquivo pode ter entrado: confira a pasta antes de soltá-lo de novo."
"""Is said where a copy was made, and nobody knows what became of it."""


class Copia(NamedTuple):
    """The staged copy of a file, as its note says."""

    origem: Path
    provisorio: bytes


def do_pedido(grupo: Grupo, linha: Row) -> None:
    """Takes up one order: from here on it cannot be withdrawn, for its file may be on its way into a share that hangs.

    Its `chave` is the id of the route.
    """
    contexto, guardado = grupo.contexto, _guardado(grupo.contexto, linha)
    rota = contexto.rota(int(linha["chave"]))
    contra = _contra(rota, guardado)
    if contra is not None and _copia(guardado, rota) is None:
        _encerrar(grupo, linha=linha, codigo=contra)
        return
    tabela_de_pedidos.aceitar(grupo.banco, linha["id"])


def _por_na_origem(contexto: Contexto, linha: Row) -> str:
    """Carries out an order that was taken up. Returns the code of what came of it. Raises FalhaDePasta."""
    guardado, nome = _guardado(contexto, linha), os.fsencode(json.loads(linha["dados"])["nome"])
    nota, rota = _nota(guardado), contexto.rota(int(linha["chave"]))
    copia = _copia(guardado, rota)
    if copia is not None and (rota is None or not rota.ativo or copia.origem != rota.origem):
        # The route is not what it was. What is in that folder already was delivered: given again, it would come twice.
        entrou = faixas.fazer(copia.origem, _recolher, copia, nota)
        if entrou is not None:
            return entrou
        copia = None
    if copia is None:
        contra = _contra(rota, guardado)
        if rota is None or contra is not None:
            return contra or _SEM_ROTA
        ficha = guardado.name.encode()
        copia = Copia(rota.origem, faixas.prefixo(contexto.cantos, rota.origem) + ficha + SUFIXO)
        faixas.fazer(rota.origem, _copiar, copia, guardado, nota)
    return faixas.fazer(copia.origem, _publicar, copia, nota, nome)


def _guardado(contexto: Contexto, linha: Row) -> Path:
    """Returns where the file of an order is kept. What is no name of ours leads to no file."""
    ficha = str(json.loads(linha["dados"])["guardado"])
    return contexto.dados / PASTA / (ficha if _FICHA.fullmatch(ficha) else "sem-ficha")


def _contra(rota: Rota | None, guardado: Path) -> str | None:
    """Returns the code of the reason why a file does not go in; None when it does."""
    if rota is None or not rota.ativo:
        return _SEM_ROTA
    return None if guardado.exists() else _SUMIU


def _nota(guardado: Path) -> Path:
    return guardado.with_name(f"{guardado.name}{COPIA}")


def _copia(guardado: Path, rota: Rota | None) -> Copia | None:
    """Returns the copy that a note tells of. A note of an earlier version does not name the folder."""
    try:
        provisorio, _, origem = _nota(guardado).read_bytes().partition(b"\0")
    except FileNotFoundError:
        return None
    if origem:
        return Copia(Path(os.fsdecode(origem)), provisorio)
    return Copia(rota.origem, provisorio) if rota is not None else None


def _anotar(copia: Copia, nota: Path) -> None:
    """Notes where the copy lies. The note is whole, or is not there."""
    novo = nota.with_name(f"{nota.name}.novo")
    with novo.open("wb") as aberto:
        aberto.write(copia.provisorio + b"\0" + os.fsencode(copia.origem))
        aberto.flush()
        os.fsync(aberto.fileno())
    novo.replace(nota)
    sincronizar_pasta(nota.parent)


def _copiar(copia: Copia, de: Path, nota: Path) -> None:
    """Copies and notes it, as one: a share that is slower than one waits has it done for the next time."""
    origem, provisorio = copia
    apagar_provisorio(origem, provisorio)  # of a pass that was cut short
    entrada = os.open(de, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
    try:
        publicacao.preparar_copia(origem, entrada, os.fstat(entrada), provisorio)
    finally:
        os.close(entrada)
    with traduzindo(origem):
        caminho = publicacao.provisorio_em(origem, provisorio)
    publicacao.descarregar(origem, [caminho])
    _anotar(copia, nota)


def _publicar(copia: Copia, nota: Path, nome: bytes) -> str:
    """Returns what came of it. The file stands in the origin, or stood there before: somebody may have taken it."""
    feito = publicacao.publicar(copia.origem, copia.provisorio, nome)
    if isinstance(feito, NomeOcupado):
        _largar(copia, nota)
        return _OCUPADO
    sincronizar_pasta(copia.origem)
    return _SOLTO


def _recolher(copia: Copia, nota: Path) -> str | None:
    """Takes back a copy that did not become visible. Returns the code of one that was published."""
    if not existe_provisorio(copia.origem, copia.provisorio):
        return _SOLTO
    _largar(copia, nota)
    return None


def _largar(copia: Copia, nota: Path) -> None:
    nota.unlink()  # before the copy goes: a copy that is gone while its note stands was published
    sincronizar_pasta(nota.parent)
    apagar_provisorio(copia.origem, copia.provisorio)


def _encerrar(grupo: Grupo, *, linha: Row, codigo: str) -> None:
    feita, nome = codigo == _SOLTO, _nome(linha)
    texto, o_que_fazer = descrever(codigo)
    mensagem = f"{nome}, rota {linha['chave']}: {texto}" + ("" if feita else f" {o_que_fazer}")
    estado = tabela_de_pedidos.FEITA if feita else tabela_de_pedidos.RECUSADA
    tabela_de_pedidos.encerrar(grupo.banco, linha["id"], estado, codigo, mensagem, grupo.quando)
    grupo.linhas.append({"event": mensagem, "acao": "soltar", "arquivo": nome, "quem": linha["quem"]})


def _nome(linha: Row) -> str:
    return mostrar(os.fsencode(json.loads(linha["dados"])["nome"]))


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

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        super().__init__(contexto, servico)
        self._vista = 0
        self._atrasadas: dict[int, Chamada[str | None]] = {}

    def passo(self, agora_s: float) -> bool:
        """Puts files into their origins, for a bounded time. Looks at the folder when it is not as it was."""
        moveu = False
        for linha in tabela_de_pedidos.aceitas(self.contexto.banco, (PEDIDO,)):
            if moveu and self.contexto.relogio.monotonico() - agora_s > OLHADA_S:
                break
            if self._pode(linha):
                self._cumprir(linha)
                moveu, self._vista = True, 0
        self._olhar()
        return moveu

    def pode_mover(self) -> bool:
        """Says whether a file would go in at the next step."""
        return any(map(self._pode, tabela_de_pedidos.aceitas(self.contexto.banco, (PEDIDO,))))

    def _pode(self, linha: Row) -> bool:
        """Says whether an order need not wait for its folder, nor for a call on it that is still out."""
        atrasada = self._atrasadas.get(linha["id"])
        if atrasada is not None and not atrasada.esperar(0):
            return False
        rota = self.contexto.rota(int(linha["chave"]))
        try:
            copia = _copia(_guardado(self.contexto, linha), rota)
        except OSError:
            return True  # a note that cannot be read is the answer
        origens = {copia.origem} if copia is not None else set()
        return not any(map(faixas.presa, origens | ({rota.origem} if rota is not None else set())))

    def _cumprir(self, linha: Row) -> None:
        """Touches the folders outside a transaction: a slow share keeps nobody else from writing."""
        contexto, atrasada = self.contexto, self._atrasadas.pop(linha["id"], None)
        try:
            # What a slow device said at last: asked again, it would be as slow each time.
            codigo = (atrasada.resultado() if atrasada is not None else None) or _por_na_origem(contexto, linha)
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)
            if not isinstance(falha, SemResposta):
                pedido_sem_pasta(contexto, linha, falha, depois=self._talvez(linha))
            elif falha.chamada is not None:
                self._atrasadas[linha["id"]] = falha.chamada
        except Exception as erro:  # noqa: BLE001 -- around one file
            pedido_falhou(contexto, linha, erro, depois=self._talvez(linha))
        else:
            decidir = partial(_encerrar, linha=linha, codigo=codigo)
            em_grupo_do_pedido(contexto, linha, decidir, depois=self._talvez(linha))

    def _talvez(self, linha: Row) -> str | None:
        """Returns what to say of a file that may be in its folder; None of one that is not."""
        rota = self.contexto.rota(int(linha["chave"]))
        try:
            return _TALVEZ if _copia(_guardado(self.contexto, linha), rota) is not None else None
        except OSError:
            return _TALVEZ

    def _olhar(self) -> None:
        pasta = self.contexto.dados / PASTA
        try:
            vista = pasta.stat().st_mtime_ns
        except OSError:
            return
        if vista != self._vista:
            with suppress(OSError):
                self._arrumar(pasta)
                self._vista = vista

    def da_hora(self, agora_s: float) -> bool:  # noqa: ARG002
        """Looks again: what was too young then may be old now."""
        with suppress(OSError):
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
