"""A worker's turn: one group through every step, each step over many files before the next (fatos/medidas.md).

Step by step and not file by file, because reading, rules and signature, compression and writing each evict the others
from the processor's caches: done apart they cost an eighth less. One document's failure is its own (confiabilidade.md
W11): this is one of the two places that catch broadly.
"""

import os
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor, Future
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from separador.fiscal import esquema
from separador.fiscal.certificado import fora_da_validade
from separador.fiscal.preparo import ContextoPreparo, selar
from separador.motor.trabalho import gravacao
from separador.motor.trabalho.leitura import (
    Bancada,
    Comecado,
    Encargo,
    Incidente,
    Parecer,
    PastaFalhou,
    arrematado,
    copiar,
    entender,
    lacrar,
    ler_arquivo,
)
from separador.nucleo.rota import Regra
from separador.pastas import publicacao
from separador.pastas.disco import PROPRIA, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaSumiu
from separador.pastas.gravacao import apagar

PORCAO_BYTES = 4 * 1024 * 1024
"""How much of a group is held in memory at once, as read; one file may be more."""
BANDEJA = 32
"""Files that go through a step together: their trees still fit in the cache of the next step."""
POUCOS = 8
"""For so few files a second thread is not worth waking."""


@dataclass(slots=True)
class Mesa:
    """One file on the bench. `parecer` before its time: there is nothing more to do. `aberto`: what was staged."""

    encargo: Encargo
    dados: bytes = b""
    comecado: Comecado | None = None
    parecer: Parecer | None = None
    saida: bytes = b""
    aberto: int = -1


_Passo = Callable[[Mesa, ContextoPreparo], None]


def trabalhar(
    bancada: Bancada, agora: datetime, encargos: Sequence[Encargo], ajudante: Executor | None = None
) -> list[Parecer]:
    """Work on a group; one answer per file, in order. What was staged is durable when this returns."""
    return firmar(encenar(bancada, agora, encargos, ajudante))


def encenar(
    bancada: Bancada, agora: datetime, encargos: Sequence[Encargo], ajudante: Executor | None = None
) -> list[Mesa]:
    """Everything but waiting for the disk: what is to be published is written. `firmar` follows, in any thread.

    `ajudante`: one thread that signs and compresses while this one reads on; for where there are no worker processes.
    """
    validos = {
        cnpj: a
        for cnpj, a in bancada.assinadores.items()
        # Documents wait for a certificate that is in force; they are not rejected (CERT-05).
        if fora_da_validade(a.certificado.identidade, agora) is None
    }
    contexto = ContextoPreparo(bancada.tp_amb, agora, validos, bancada.inclusoes)
    mesas: list[Mesa] = []
    for porcao in _porcoes(encargos, contexto):
        _preparar(porcao, contexto, ajudante if len(porcao) >= POUCOS else None)
        # Not the helper's: every call to the system would hand the interpreter over twice.
        _passar(contexto, porcao, _gravar)
        mesas += porcao
    return mesas


def _porcoes(encargos: Sequence[Encargo], contexto: ContextoPreparo) -> Iterator[list[Mesa]]:
    """Files read, as many as memory allows at once."""
    porcao: list[Mesa] = []
    lidos = 0
    for encargo in encargos:
        mesa = Mesa(encargo)
        _um(_receber, mesa, contexto)
        porcao.append(mesa)
        lidos += len(mesa.dados)
        if lidos >= PORCAO_BYTES:
            yield porcao
            porcao, lidos = [], 0
    yield porcao


def _preparar(mesas: list[Mesa], contexto: ContextoPreparo, ajudante: Executor | None) -> None:
    """Tray by tray to the bytes to stage; with a helper, one is signed or compressed while another is read."""
    if ajudante is None:
        for bandeja in _bandejas(mesas):
            for passo in (_compreender, _selar, _arrematar, _lacrar):
                _passar(contexto, bandeja, passo)
        return
    em_curso: list[tuple[list[Mesa], Future[None]]] = []
    lacradas: list[Future[None]] = []
    for bandeja in [*_bandejas(mesas), []]:
        _passar(contexto, bandeja, _compreender)
        em_curso.append((bandeja, ajudante.submit(_passar, contexto, bandeja, _selar)))
        if len(em_curso) > 1:
            anterior, selada = em_curso.pop(0)
            selada.result()
            _passar(contexto, anterior, _arrematar)
            lacradas.append(ajudante.submit(_passar, contexto, anterior, _lacrar))
    for feita in lacradas:
        feita.result()


def _bandejas(mesas: list[Mesa]) -> Iterator[list[Mesa]]:
    for i in range(0, len(mesas), BANDEJA):
        yield mesas[i : i + BANDEJA]


def _passar(contexto: ContextoPreparo, mesas: Iterable[Mesa], *passos: _Passo) -> None:
    for passo in passos:
        for mesa in mesas:
            _um(passo, mesa, contexto)


def _um(passo: _Passo, mesa: Mesa, contexto: ContextoPreparo) -> None:
    """One step of one document. Whatever happens to it happens to no other."""
    try:
        passo(mesa, contexto)
    except FalhaDePasta as falha:
        mesa.saida, mesa.comecado, mesa.parecer = b"", None, Parecer("", 0, _da_pasta(falha))
    except Exception as erro:  # noqa: BLE001 - around one document (W11)
        mesa.saida, mesa.comecado = b"", None
        lote = Path(os.fsdecode(os.path.dirname(mesa.encargo.caminho)))
        if isinstance(erro, FileNotFoundError) and not lote.is_dir():
            # The disk of the work folder went away, not the file: it waits for it, and is no culprit of anything.
            mesa.parecer = Parecer("", 0, _da_pasta(PastaSumiu(lote.parent, erro)))
        else:
            mesa.parecer = Parecer("", 0, Incidente(type(erro).__name__, traceback.format_exc()))


def _da_pasta(falha: FalhaDePasta) -> PastaFalhou:
    return PastaFalhou(falha.pasta, falha.codigo, falha.mensagem, falha.o_que_fazer)


def _receber(mesa: Mesa, _contexto: ContextoPreparo) -> None:
    if mesa.encargo.regra is Regra.MOVER:
        mesa.parecer = copiar(mesa.encargo)
        return
    lido = ler_arquivo(mesa.encargo)
    if isinstance(lido, Parecer):
        mesa.parecer = lido
    else:
        mesa.dados = lido


def _compreender(mesa: Mesa, contexto: ContextoPreparo) -> None:
    if mesa.parecer is not None:
        return
    entendido = entender(mesa.encargo, mesa.dados, contexto)
    if isinstance(entendido, Parecer):
        mesa.parecer = entendido
    else:
        mesa.comecado = entendido
    mesa.dados = b""


def _selar(mesa: Mesa, _contexto: ContextoPreparo) -> None:
    if mesa.comecado is not None:
        selar(mesa.comecado.rascunho)


def _arrematar(mesa: Mesa, _contexto: ContextoPreparo) -> None:
    if mesa.comecado is not None:
        mesa.parecer, mesa.comecado = arrematado(mesa.comecado), None


def _lacrar(mesa: Mesa, _contexto: ContextoPreparo) -> None:
    if mesa.parecer is not None:
        mesa.parecer, mesa.saida = lacrar(mesa.parecer, mesa.encargo.pasta)


def _gravar(mesa: Mesa, _contexto: ContextoPreparo) -> None:
    if mesa.saida and mesa.encargo.pasta is not None:
        mesa.aberto = publicacao.preparar_aberto(mesa.encargo.pasta, mesa.saida, mesa.encargo.provisorio)
        mesa.saida = b""


def firmar(mesas: Sequence[Mesa]) -> list[Parecer]:
    """Make durable what the group staged, one folder at a time. A folder that fails takes back all its files."""
    pareceres = [_exigir(mesa) for mesa in mesas]
    por_pasta: dict[Path, list[int]] = {}
    for i, (mesa, parecer) in enumerate(zip(mesas, pareceres, strict=True)):
        if parecer.saida_sha256 is not None and mesa.encargo.pasta is not None:
            por_pasta.setdefault(mesa.encargo.pasta, []).append(i)
    for pasta, indices in por_pasta.items():
        caminhos = [publicacao.caminho_provisorio(pasta, mesas[i].encargo.provisorio) for i in indices]
        abertos = [mesas[i].aberto for i in indices if mesas[i].aberto >= 0]
        fechados = [c for c, i in zip(caminhos, indices, strict=True) if mesas[i].aberto < 0]
        try:
            publicacao.firmar_abertos(pasta, abertos, fios=gravacao.fios())
            publicacao.descarregar(pasta, fechados, fios=gravacao.fios())
            sincronizar_pasta(pasta / PROPRIA)
        except FalhaDePasta as falha:
            for caminho, i in zip(caminhos, indices, strict=True):
                apagar(caminho)
                pareceres[i] = Parecer(pareceres[i].sha256, pareceres[i].tamanho, _da_pasta(falha))
    return pareceres


def _exigir(mesa: Mesa) -> Parecer:
    if mesa.parecer is None:
        raise LookupError("arquivo do grupo sem parecer")
    return mesa.parecer


def aquecer() -> None:
    """Load the schemas: once in the fork server, so that every worker is born with them."""
    esquema.precarregar()
