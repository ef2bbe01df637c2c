"""Takes one group through every step of a worker, each step over many files before the next step.

It goes step by step and not file by file, because reading, rules, signature, compression and writing each evict the
others from the processor's caches. Done apart they cost an eighth less. An error of one document touches no other: so
an unexpected exception is caught here, around each step of each document.
"""

import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from separador.fiscal import esquema
from separador.fiscal.preparo import ContextoPreparo, selar
from separador.motor.trabalho import gravacao
from separador.motor.trabalho.andamento import CALADO, Andamento, nada
from separador.motor.trabalho.leitura import EmVigor, Recursos, arrematado, copiar, entender, lacrar, ler_arquivo
from separador.motor.trabalho.parecer import ArquivoATratar, Comecado, Incidente, Parecer, PastaFalhou
from separador.nucleo import capacidade
from separador.pastas import provisorios, publicacao
from separador.pastas.disco import sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaSumiu
from separador.pastas.lugar import abertos
from separador.pastas.posse.cantos import lugar_do_provisorio

PORCAO_BYTES = 4 * 1024 * 1024
"""Bytes of a group that are held in memory at once, as read. One file may have more."""
FATIA = 32
"""Number of files that go through a step together. Their trees still fit in the cache for the next step."""
POUCOS = 8
"""With fewer files than this, waking a second thread is not worth the cost."""


@dataclass(slots=True)
class EmTratamento:
    """One file in a worker's hands. Once `parecer` is set, the steps in between have nothing more to do.

    `aberto`: the descriptor of the staged file, -1 when it is closed, or there is none. `vivo` is called whenever
    something was done.
    """

    arquivo: ArquivoATratar
    vivo: Callable[[], None] = nada
    dados: bytes = b""
    comecado: Comecado | None = None
    parecer: Parecer | None = None
    saida: bytes = b""
    aberto: int = -1


_Passo = Callable[[EmTratamento, ContextoPreparo], None]


def trabalhar(
    recursos: Recursos, agora: datetime, arquivos: Sequence[ArquivoATratar], ajudante: Executor | None = None
) -> list[Parecer]:
    """Works on a group, and returns one answer per file, in order. What was staged is durable when this returns."""
    return firmar(encenar(recursos, agora, arquivos, ajudante))


def encenar(
    recursos: Recursos,
    agora: datetime,
    arquivos: Sequence[ArquivoATratar],
    ajudante: Executor | None = None,
    *,
    andamento: Andamento = CALADO,
) -> list[EmTratamento]:
    """Does everything but wait for the disk: what is to be published is written. `firmar` follows, in any thread.

    `ajudante`: one thread that signs and compresses while this one reads on, where there are no worker processes.
    """
    # Documents wait for a certificate that is in force. They are not rejected.
    em_vigor = EmVigor(recursos.assinadores, agora)
    contexto = ContextoPreparo(
        recursos.tp_amb, agora, em_vigor, recursos.inclusoes, recursos.equipamento, recursos.aos_poucos
    )
    em_maos: list[EmTratamento] = []
    andamento.comecou()
    for porcao in _porcoes(arquivos, contexto, andamento.vivo):
        _preparar(porcao, contexto, ajudante if len(porcao) >= POUCOS else None)
        # This thread writes, not the helper: there each system call would pass the interpreter lock over twice.
        _passar(contexto, porcao, _gravar)
        em_maos += porcao
    return em_maos


def _porcoes(
    arquivos: Sequence[ArquivoATratar], contexto: ContextoPreparo, vivo: Callable[[], None]
) -> Iterator[list[EmTratamento]]:
    """Yields the files, read, in portions of about PORCAO_BYTES."""
    porcao: list[EmTratamento] = []
    lidos = 0
    for arquivo in arquivos:
        um = EmTratamento(arquivo, vivo)
        _um(_receber, um, contexto)
        porcao.append(um)
        lidos += len(um.dados)
        if lidos >= PORCAO_BYTES:
            yield porcao
            porcao, lidos = [], 0
    yield porcao


def _preparar(em_maos: list[EmTratamento], contexto: ContextoPreparo, ajudante: Executor | None) -> None:
    """Takes slice by slice to the bytes to stage. A helper signs or compresses one slice while another is read."""
    if ajudante is None:
        for fatia in _fatias(em_maos):
            for passo in (_compreender, _selar, _arrematar, _lacrar):
                _passar(contexto, fatia, passo)
        return
    em_curso: list[tuple[list[EmTratamento], Future[None]]] = []
    lacradas: list[Future[None]] = []
    for fatia in [*_fatias(em_maos), []]:
        _passar(contexto, fatia, _compreender)
        em_curso.append((fatia, ajudante.submit(_passar, contexto, fatia, _selar)))
        if len(em_curso) > 1:
            anterior, selada = em_curso.pop(0)
            selada.result()
            _passar(contexto, anterior, _arrematar)
            lacradas.append(ajudante.submit(_passar, contexto, anterior, _lacrar))
    for feita in lacradas:
        feita.result()


def _fatias(em_maos: list[EmTratamento]) -> Iterator[list[EmTratamento]]:
    for i in range(0, len(em_maos), FATIA):
        yield em_maos[i : i + FATIA]


def _passar(contexto: ContextoPreparo, em_maos: Iterable[EmTratamento], *passos: _Passo) -> None:
    for passo in passos:
        for um in em_maos:
            _um(passo, um, contexto)


def _um(passo: _Passo, um: EmTratamento, contexto: ContextoPreparo) -> None:
    """Does one step of one document. An error ends this document only."""
    try:
        passo(um, contexto)
    except FalhaDePasta as falha:
        um.saida, um.comecado, um.parecer = b"", None, Parecer("", 0, _da_pasta(falha))
    except Exception as erro:  # noqa: BLE001 - around one document
        um.saida, um.comecado = b"", None
        um.parecer = Parecer("", 0, _do_erro(um, erro))
    um.vivo()


def _do_erro(um: EmTratamento, erro: Exception) -> PastaFalhou | Incidente:
    if isinstance(erro, FileNotFoundError):
        lote = Path(os.fsdecode(os.path.dirname(um.arquivo.caminho)))
        try:
            ha = abertos.existe(lote)
        except FalhaDePasta as falha:
            return _da_pasta(falha)
        if not ha:
            # The disk of the work folder went away, not the file. The file waits for the disk, and no try is counted.
            return _da_pasta(PastaSumiu(lote.parent, erro))
    return Incidente(type(erro).__name__, traceback.format_exc())


def _da_pasta(falha: FalhaDePasta) -> PastaFalhou:
    return PastaFalhou(falha.pasta, falha.codigo, falha.mensagem, falha.o_que_fazer)


def _receber(um: EmTratamento, _contexto: ContextoPreparo) -> None:
    if capacidade.regra(um.arquivo.regra).ler is None:
        um.parecer = copiar(um.arquivo, um.vivo)
        return
    lido = ler_arquivo(um.arquivo, um.vivo)
    if isinstance(lido, Parecer):
        um.parecer = lido
    else:
        um.dados = lido


def _compreender(um: EmTratamento, contexto: ContextoPreparo) -> None:
    if um.parecer is not None:
        return
    entendido = entender(um.arquivo, um.dados, contexto)
    if isinstance(entendido, Parecer):
        um.parecer = entendido
    else:
        um.comecado = entendido
    um.dados = b""


def _selar(um: EmTratamento, _contexto: ContextoPreparo) -> None:
    if um.comecado is not None:
        selar(um.comecado.rascunho)


def _arrematar(um: EmTratamento, _contexto: ContextoPreparo) -> None:
    if um.comecado is not None:
        um.parecer, um.comecado = arrematado(um.comecado), None


def _lacrar(um: EmTratamento, _contexto: ContextoPreparo) -> None:
    if um.parecer is not None:
        um.parecer, um.saida = lacrar(um.parecer, um.arquivo.pasta)


def _gravar(um: EmTratamento, _contexto: ContextoPreparo) -> None:
    if um.saida and um.arquivo.pasta is not None:
        um.aberto = publicacao.preparar_aberto(um.arquivo.pasta, um.saida, um.arquivo.provisorio)
        um.saida = b""


def firmar(em_maos: Sequence[EmTratamento]) -> list[Parecer]:
    """Makes durable what the group staged, one folder at a time. When a folder fails, its staged files are removed."""
    pareceres = [_exigir(um) for um in em_maos]
    por_pasta: dict[Path, list[int]] = {}
    for i, (um, parecer) in enumerate(zip(em_maos, pareceres, strict=True)):
        if parecer.saida_sha256 is not None and um.arquivo.pasta is not None:
            por_pasta.setdefault(um.arquivo.pasta, []).append(i)
    for pasta, indices in por_pasta.items():
        nomes = [em_maos[i].arquivo.provisorio for i in indices]
        abertos = [em_maos[i].aberto for i in indices if em_maos[i].aberto >= 0]
        fechados = [n for n, i in zip(nomes, indices, strict=True) if em_maos[i].aberto < 0]
        try:
            publicacao.firmar_abertos(pasta, abertos, fios=gravacao.fios())
            provisorios.descarregar_provisorios(pasta, fechados, fios=gravacao.fios())
            sincronizar_pasta(lugar_do_provisorio(pasta, em_maos[indices[0]].arquivo.provisorio))
        except FalhaDePasta as falha:
            for nome, i in zip(nomes, indices, strict=True):
                provisorios.apagar_provisorio(pasta, nome)
                pareceres[i] = Parecer(pareceres[i].sha256, pareceres[i].tamanho, _da_pasta(falha))
    return pareceres


def _exigir(um: EmTratamento) -> Parecer:
    if um.parecer is None:
        raise LookupError("arquivo do grupo sem parecer")
    return um.parecer


def aquecer() -> None:
    """Loads the schemas. The fork server does it once, so that every worker has them from its start."""
    esquema.precarregar()
