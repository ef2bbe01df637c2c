"""Prints the DACTE of processed documents and the sheets of processed events, outside the loop's thread.

The commit that publishes the processed file records that its print is wanted. A process of its own makes the PDF (a
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
from pathlib import Path
from sqlite3 import Row

from separador.banco import falhas
from separador.capacidades.dacte import banco as tabela_do_dacte
from separador.capacidades.dacte.servico.folhas import Folha, Impressa, Qual, imprimir_lote
from separador.capacidades.dacte.servico.logos import Logos, cnpj_do_emitente
from separador.motor.contexto import Contexto
from separador.motor.desfecho.conclusao import TENTATIVAS
from separador.motor.desfecho.grupo import Grupo
from separador.motor.desfecho.saidas import Saida
from separador.motor.desfecho.transacao import em_grupo
from separador.motor.partes import Parte, Servico
from separador.motor.pasta_com_falha import avisar_pasta
from separador.nucleo.capacidade import registro_de
from separador.nucleo.falha import Falha, descrever
from separador.nucleo.nome_de_saida import Nome, dacte, folha_do_evento
from separador.nucleo.situacao import Situacao
from separador.pastas.disco import juntar
from separador.pastas.erros import FalhaDePasta

TIPO_DE_SAIDA = "dacte"

LOTE = 16
"""Number of documents printed together. They take half a second of work."""
OLHADAS = 512
"""Number of orders looked at for a batch: those whose processed file cannot be read just now do not hold the others."""
PRAZO_S = 60.0
"""After so long the process is ended: a usual print takes 0.03 s, and one of 2,000 invoices under 1 s."""
OLHAR_S = 0.5
_CAIU = "o processo de impressão caiu"
REPETIR_S = 15.0
"""Time that the orders for a folder wait after it failed; those for other folders go on."""


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
        self._linhas: dict[Qual, Row] = {}
        self._esperam_s: dict[str, float] = {}
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
            self._esperam_s = {p: ate_s for p, ate_s in self._esperam_s.items() if agora_s < ate_s}
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
            self._em_maos = self._executor.submit(imprimir_lote, self._com_logos(folhas))
        except BrokenProcessPool:  # it died with nothing in hand; another is made at the next look
            self._executor = None
            return False
        self._ate_s = time.monotonic() + PRAZO_S
        self._em_maos.add_done_callback(lambda _: self.servico.acordar())
        return True

    def _imprimiveis(self) -> list[Folha]:
        """Returns the next orders to print: those whose processed file can be read, into folders that do not fail."""
        linhas = tabela_do_dacte.proximas(self.contexto.banco, OLHADAS, self._esperam_s)
        self._linhas = {}
        folhas: list[Folha] = []
        for linha in linhas:
            folha = self._folha(linha)
            if folha is not None:
                self._linhas[folha.qual] = linha
                folhas.append(folha)
            if len(folhas) == self._lote:
                break
        return folhas

    def _com_logos(self, folhas: Sequence[Folha]) -> list[Folha]:
        chaves = [str(self._linhas[f.qual]["chave"]) for f in folhas]
        return Logos(self.contexto.config).nas_folhas(folhas, chaves)

    def _contratar(self) -> Executor:
        if not self.contexto.config.trabalhadores:
            return ThreadPoolExecutor(1, thread_name_prefix="dacte")
        contexto = multiprocessing.get_context("forkserver")
        return ProcessPoolExecutor(1, mp_context=contexto, initializer=_so_o_servico_para)

    def _folha(self, linha: Row) -> Folha | None:
        """Reads the processed file from the fiscal copy, which retention never touches.

        None while it is not there.
        """
        copia = tabela_do_dacte.processado(self.contexto.banco, linha["especie"], linha["id"])
        if copia is None:
            return None
        try:
            with open(juntar(Path(copia["pasta"]), bytes(copia["nome"])), "rb") as aberto:
                dados = aberto.read()
        except OSError:
            return None  # it is being published, or its disk is away; it is looked at again
        guardado = registro_de(self.contexto.banco, linha["chave"])
        registro = guardado["registro"] if guardado is not None else None
        return Folha(_qual(linha), dados, linha["situacao"] == Situacao.CANCELADO.value, registro=registro)

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
                if self._linhas[impressa.qual]["pasta"] not in self._esperam_s:
                    self._sozinha(impressa, agora_s)

    def _sozinha(self, impressa: Impressa, agora_s: float) -> None:
        try:
            self._guardar([impressa])
        except FalhaDePasta as falha:
            avisar_pasta(self.contexto, falha)
            self._esperam_s[str(self._linhas[impressa.qual]["pasta"])] = agora_s + REPETIR_S

    def _guardar(self, impressas: Sequence[Impressa]) -> None:
        """Records and publishes all in one commit. Raises FalhaDePasta, with nothing written."""

        def decidir(grupo: Grupo) -> None:
            for impressa in impressas:
                linha = self._linhas[impressa.qual]
                if impressa.pdf is None:
                    self._falhou(grupo, linha, impressa.motivo)
                else:
                    _publicar(grupo, linha, impressa.pdf)
                    _dizer_do_logo(grupo, linha, impressa.sem_logo)

        em_grupo(self.contexto, decidir)

    def _falhou(self, grupo: Grupo, linha: Row, motivo: str) -> None:
        qual = _qual(linha)
        if int(linha["tentativas"]) + 1 < TENTATIVAS:
            tabela_do_dacte.contar_tentativa(grupo.banco, *qual)
            return
        tabela_do_dacte.encerrar(grupo.banco, *qual)
        codigo = _codigo(linha)
        texto, fazer = descrever(codigo, f"Motivo: {motivo}")
        grupo.falhar(Falha(_assunto(linha), codigo, texto, fazer, None, linha["rota_id"], linha["chave"]))


def _publicar(grupo: Grupo, linha: Row, pdf: bytes) -> None:
    tabela_do_dacte.encerrar(grupo.banco, *_qual(linha))
    if grupo.havia_falhas:
        falhas.encerrar(grupo.banco, _assunto(linha), grupo.quando, "a impressão deu certo", _codigo(linha))
    do_evento = _do_evento(linha)
    grupo.publicar(
        Saida(
            TIPO_DE_SAIDA,
            Path(linha["pasta"]),
            _nome(linha),
            dados=pdf,
            substitui=grupo.contexto.uninfe,
            documento_id=linha["documento_id"],
            evento_id=linha["id"] if do_evento else None,
        )
    )
    dito = "folha do evento impressa" if do_evento else "DACTE impresso"
    grupo.linhas.append({"event": dito, "acao": "dacte", "chave": linha["chave"]})


def _dizer_do_logo(grupo: Grupo, linha: Row, motivo: str) -> None:
    """Shows that a sheet went out without the logo of its issuer, or that one went out with it again."""
    if _do_evento(linha):
        return
    assunto = f"logo:{cnpj_do_emitente(linha['chave'])}"
    if motivo:
        texto, fazer = descrever("SEP-DACTE-LOGO", f"Motivo: {motivo}.")
        grupo.falhar(Falha(assunto, "SEP-DACTE-LOGO", texto, fazer))
    elif grupo.havia_falhas:
        falhas.encerrar(grupo.banco, assunto, grupo.quando, "o DACTE saiu com o logotipo, ou sem haver um")


def _qual(linha: Row) -> Qual:
    return (str(linha["especie"]), int(linha["id"]))


def _do_evento(linha: Row) -> bool:
    return bool(linha["especie"] == tabela_do_dacte.EVENTO)


def _codigo(linha: Row) -> str:
    return "SEP-DACTE-EVENTO" if _do_evento(linha) else "SEP-DACTE"


def _nome(linha: Row) -> Nome:
    if _do_evento(linha):
        return folha_do_evento(linha["chave"], linha["tp_evento"], linha["n_seq"])
    return dacte(linha["chave"])


def _assunto(linha: Row) -> str:
    if _do_evento(linha):
        return f"folha:{linha['chave']}:{linha['tp_evento']}:{linha['n_seq']}"
    return f"dacte:{linha['chave']}"
