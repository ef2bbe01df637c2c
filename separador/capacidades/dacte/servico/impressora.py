"""Prints DACTE beside the processed documents, outside the loop's thread.

The commit that publishes a processed document records that its DACTE is wanted. A process of its own makes the PDF (a
thread, where the service has no workers). The loop publishes the PDF like any other file, in one commit with the end of
the record. A print that fails three times is shown as a failure. The document is never touched.
"""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Executor, Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from sqlite3 import Row

from separador.banco import falhas, publicacoes
from separador.capacidades.dacte import banco as tabela_do_dacte
from separador.motor.contexto import Contexto
from separador.motor.desfecho import saidas
from separador.motor.desfecho.conclusao import TENTATIVAS
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.motor.desfecho.transacao import em_grupo
from separador.motor.partes import Parte, Servico
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_saida import dacte
from separador.nucleo.situacao import Situacao
from separador.pastas.disco import juntar
from separador.pastas.erros import FalhaDePasta

TIPO_DE_SAIDA = "dacte"

LOTE = 16
"""Number of documents printed together. They take half a second of work."""
PRAZO_S = 60.0
"""After so long the process is ended: a usual print takes 0.03 s, and one of 2,000 invoices under 1 s."""
OLHAR_S = 0.5
_CAIU = "o processo de impressão caiu"
REPETIR_S = 5.0


@dataclass(frozen=True, slots=True)
class Folha:
    """One document to be printed: the processed file, and whether it is cancelled by now."""

    documento_id: int
    dados: bytes
    cancelado: bool


@dataclass(frozen=True, slots=True)
class Impressa:
    """The result of one print: the PDF, or the reason why there is none."""

    documento_id: int
    pdf: bytes | None
    motivo: str = ""


def imprimir_lote(folhas: Sequence[Folha]) -> list[Impressa]:
    """Prints each document, in the printing process. One document that fails does not cost the others."""
    return [_imprimir(f) for f in folhas]


def _imprimir(folha: Folha) -> Impressa:
    from separador.capacidades.dacte.papel import Extras, imprimir  # noqa: PLC0415 -- heavy, and only here
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    try:
        feito = imprimir(folha.dados, Extras(cancelado=folha.cancelado))
    except Exception as erro:  # noqa: BLE001 - around one document
        return Impressa(folha.documento_id, None, f"{type(erro).__name__}: {erro}"[:300])
    if isinstance(feito, Recusa):
        return Impressa(folha.documento_id, None, feito.erros[0].mensagem)
    return Impressa(folha.documento_id, feito)


def _so_o_servico_para() -> None:
    """Ignores Ctrl-C and systemd's stop, which go to every process of the group, and gives way to all other work."""
    os.nice(10)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_IGN)


class Impressora(Parte):
    """Holds the queue of prints. Only the loop's thread calls it."""

    def __init__(self, contexto: Contexto, servico: Servico) -> None:
        """Starts with no process; the first print makes it."""
        super().__init__(contexto, servico)
        self._executor: Executor | None = None
        self._em_maos: Future[list[Impressa]] | None = None
        self._linhas: dict[int, Row] = {}
        self._olhar_s = 0.0
        self._lote = LOTE
        self._ate_s = 0.0
        self._queda = _CAIU

    def pode_mover(self) -> bool:
        """Says whether anything is being printed, or waits to be."""
        return self._em_maos is not None or bool(self._imprimiveis())

    def passo(self, agora_s: float) -> bool:
        """Publishes what is printed and sends what waits. Returns True when something moved."""
        moveu = False
        if self._em_maos is not None and not self._em_maos.done() and time.monotonic() >= self._ate_s:
            self._queda = f"a impressão passou de {PRAZO_S:.0f} s"
            self._derrubar()
        if self._em_maos is not None and self._em_maos.done():
            self._receber(self._em_maos, agora_s)
            self._em_maos = None
            moveu = True
        if self._em_maos is None and (moveu or agora_s >= self._olhar_s):
            self._olhar_s = max(self._olhar_s, agora_s + OLHAR_S)
            moveu |= self._enviar()
        return moveu

    def encerrar(self, ha_tempo: Callable[[], bool]) -> None:  # noqa: ARG002
        """Ends the process, also in the middle of a print. The next run prints what is not printed yet."""
        if self._em_maos is not None and not self._em_maos.done():
            self._derrubar()
        if self._executor is not None:
            self._executor.shutdown(wait=True, cancel_futures=True)
            self._executor = None

    def _derrubar(self) -> None:
        """Kills the printing process, which then looks as if it had fallen. A thread (no workers) cannot be ended."""
        if isinstance(self._executor, ProcessPoolExecutor):
            for processo in list((self._executor._processes or {}).values()):
                processo.kill()

    def _enviar(self) -> bool:
        folhas = self._imprimiveis()
        if not folhas:
            self._lote = LOTE
            return False
        if self._executor is None:
            self._executor = self._contratar()
        try:
            self._em_maos = self._executor.submit(imprimir_lote, folhas)
        except BrokenProcessPool:  # it died with nothing in hand; another is made at the next look
            self._executor = None
            return False
        self._ate_s = time.monotonic() + PRAZO_S
        self._em_maos.add_done_callback(lambda _: self.servico.acordar())
        return True

    def _imprimiveis(self) -> list[Folha]:
        """Returns the next documents to print: those whose processed file can be read."""
        linhas = tabela_do_dacte.proximas(self.contexto.banco, self._lote)
        self._linhas = {linha["documento_id"]: linha for linha in linhas}
        return [f for linha in linhas if (f := self._folha(linha)) is not None]

    def _contratar(self) -> Executor:
        if not self.contexto.config.trabalhadores:
            return ThreadPoolExecutor(1, thread_name_prefix="dacte")
        contexto = multiprocessing.get_context("forkserver")
        return ProcessPoolExecutor(1, mp_context=contexto, initializer=_so_o_servico_para)

    def _folha(self, linha: Row) -> Folha | None:
        """Reads the processed document from the fiscal copy, which retention never touches.

        None while it is not there.
        """
        copia = publicacoes.ultima(self.contexto.banco, saidas.FISCAL, documento_id=linha["documento_id"])
        if copia is None:
            return None
        try:
            with open(juntar(Path(copia["pasta"]), bytes(copia["nome"])), "rb") as aberto:
                dados = aberto.read()
        except OSError:
            return None  # it is being published, or its disk is away; it is looked at again
        return Folha(linha["documento_id"], dados, linha["situacao"] == Situacao.CANCELADO.value)

    def _receber(self, futuro: Future[list[Impressa]], agora_s: float) -> None:
        try:
            impressas = futuro.result()
        except BrokenProcessPool:
            # Another process is made. One document at a time then shows which one makes it fall.
            self._executor = None
            culpados = list(self._linhas) if self._lote == 1 else []
            impressas = [Impressa(i, None, self._queda) for i in culpados]
            self._queda = _CAIU
            self._lote = 1
        try:
            self._guardar(impressas)
        except FalhaDePasta:
            for impressa in impressas:  # one by one: only those that need the failed folder wait
                self._sozinha(impressa, agora_s)

    def _sozinha(self, impressa: Impressa, agora_s: float) -> None:
        try:
            self._guardar([impressa])
        except FalhaDePasta as falha:
            avisar_pasta(self.contexto, falha)
            self._olhar_s = agora_s + REPETIR_S

    def _guardar(self, impressas: Sequence[Impressa]) -> None:
        """Records and publishes all in one commit. Raises FalhaDePasta, with nothing written."""

        def decidir(grupo: Grupo) -> None:
            for impressa in impressas:
                linha = self._linhas[impressa.documento_id]
                if impressa.pdf is None:
                    self._falhou(grupo, linha, impressa.motivo)
                else:
                    _publicar(grupo, linha, impressa.pdf)

        em_grupo(self.contexto, decidir)

    def _falhou(self, grupo: Grupo, linha: Row, motivo: str) -> None:
        if int(linha["tentativas"]) + 1 < TENTATIVAS:
            tabela_do_dacte.contar_tentativa(grupo.banco, linha["documento_id"])
            return
        tabela_do_dacte.encerrar(grupo.banco, linha["documento_id"])
        texto, fazer = descrever("SEP-DACTE", f"Motivo: {motivo}")
        grupo.falhar(Falha(_assunto(linha), "SEP-DACTE", texto, fazer, None, linha["rota_id"], linha["chave"]))


def _publicar(grupo: Grupo, linha: Row, pdf: bytes) -> None:
    tabela_do_dacte.encerrar(grupo.banco, linha["documento_id"])
    if grupo.havia_falhas:
        falhas.encerrar(grupo.banco, _assunto(linha), grupo.quando, "o DACTE foi impresso", "SEP-DACTE")
    grupo.publicar(
        Saida(
            TIPO_DE_SAIDA,
            Path(linha["pasta"]),
            dacte(linha["chave"]),
            dados=pdf,
            substitui=grupo.contexto.uninfe,
            documento_id=linha["documento_id"],
        )
    )
    grupo.linhas.append({"event": "DACTE impresso", "acao": "dacte", "chave": linha["chave"]})


def _assunto(linha: Row) -> str:
    return f"dacte:{linha['chave']}"
