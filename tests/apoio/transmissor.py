"""Plays the other program: it takes the signed files out of the outbox and drops the returns, by a script.

It shares nothing with the product's code for folders: it uses only `os`.
"""

import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from separador.demonstracao import retornos
from separador.demonstracao.exportacoes import Exportacao

Modo = Literal["atomico", "rude"]
Veredito = Callable[[bytes, bytes, datetime], list[Exportacao]]
"""Maps (name, signed bytes, now) to the files to drop in the return folder, in this order. Empty list: no answer."""


def autoriza_tudo(nome: bytes, dados: bytes, agora: datetime) -> list[Exportacao]:
    """Authorises documents, registers events, answers consultations of keys with 217."""
    lido = retornos.ler(dados)
    if lido.raiz == "eventoCTe":
        return [retornos.evento_respondido(dados, nome, agora=agora)]
    if lido.raiz == "consSitCTe":
        return [retornos.consulta(dados, nome, agora=agora, c_stat="217")]
    return [retornos.autorizado(dados, nome, agora=agora)]


def rejeita(c_stat: str, *, com_prot: bool = False) -> Veredito:
    """Rejects every document and every event with this code."""

    def veredito(nome: bytes, dados: bytes, agora: datetime) -> list[Exportacao]:
        if retornos.ler(dados).raiz == "eventoCTe":
            return [retornos.evento_respondido(dados, nome, agora=agora, c_stat=c_stat)]
        return [retornos.rejeitado(dados, nome, agora=agora, c_stat=c_stat, com_prot=com_prot)]

    return veredito


def silencio(nome: bytes, dados: bytes, agora: datetime) -> list[Exportacao]:
    """Takes the file and never answers."""
    return []


def por_chave(plano: dict[str, Veredito], senao: Veredito = autoriza_tudo) -> Veredito:
    """Chooses a verdict for each key; `senao` is for the others."""

    def veredito(nome: bytes, dados: bytes, agora: datetime) -> list[Exportacao]:
        return plano.get(retornos.ler(dados).chave, senao)(nome, dados, agora)

    return veredito


def soltar(pasta: Path, nome: bytes, dados: bytes, *, modo: Modo = "atomico", pausa_s: float = 0.01) -> Path:
    """Drops a file. `atomico`: temporary name, fsync, rename, fsync of the folder. `rude`: in place, piece by piece."""
    destino = pasta / os.fsdecode(nome)
    if modo == "rude":
        with destino.open("wb", buffering=0) as saida:
            corte = max(1, len(dados) // 8)
            for i in range(0, len(dados), corte):
                saida.write(dados[i : i + corte])
                time.sleep(pausa_s)
        return destino
    temporario = pasta / f".{os.fsdecode(nome)}.{os.getpid()}.{threading.get_ident()}.tmp"
    with temporario.open("wb") as saida:
        saida.write(dados)
        saida.flush()
        os.fsync(saida.fileno())
    temporario.rename(destino)
    sincronizar_pasta(pasta)
    return destino


def sincronizar_pasta(pasta: Path) -> None:
    """Flushes a folder with fsync, which makes the names in it durable."""
    fd = os.open(pasta, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


@dataclass
class Transmissor:
    """Watches `saida` (outbox of cte-envio), keeps what it takes in `tomados`, drops returns into `retorno`.

    A file taken is moved away before the answer is made, as UniNFe does. `tomados` lists (name, bytes) in order.
    `passo()` is for tests of one thread; `with transmissor:` (or iniciar/parar) runs the same in a thread.
    """

    saida: Path
    retorno: Path
    guarda: Path
    veredito: Veredito = autoriza_tudo
    modo: Modo = "atomico"
    intervalo_s: float = 0.02
    relogio: Callable[[], datetime] = lambda: datetime.now(UTC)
    tomados: list[tuple[bytes, bytes]] = field(default_factory=list)
    soltos: list[bytes] = field(default_factory=list)
    erros: list[Exception] = field(default_factory=list)
    _parar: threading.Event = field(default_factory=threading.Event)
    _fio: threading.Thread | None = None

    def passo(self) -> int:
        """Takes every signed file that is there now and answers each. Returns how many were taken."""
        self.guarda.mkdir(parents=True, exist_ok=True)
        nomes = sorted(n for n in os.listdir(os.fsencode(self.saida)) if self._e_assinado(n))
        for nome in nomes:
            self._atender(nome)
        return len(nomes)

    def passo_ate(self, quantos: int, prazo_s: float = 30.0) -> None:
        """Steps until `quantos` files were taken in all. Raises TimeoutError after `prazo_s`."""
        limite = time.monotonic() + prazo_s
        while len(self.tomados) < quantos:
            if not self.passo():
                time.sleep(self.intervalo_s)
            if time.monotonic() > limite:
                raise TimeoutError(f"{len(self.tomados)} de {quantos} arquivos em {prazo_s} s")

    def iniciar(self) -> None:
        self._parar.clear()
        self._fio = threading.Thread(target=self._girar, name="transmissor", daemon=True)
        self._fio.start()

    def parar(self) -> None:
        """Stops the thread. Raises the error that happened in it, if any."""
        self._parar.set()
        if self._fio is not None:
            self._fio.join()
            self._fio = None
        if self.erros:
            raise self.erros[0]

    def __enter__(self) -> "Transmissor":
        self.iniciar()
        return self

    def __exit__(self, *_: object) -> None:
        self.parar()

    @staticmethod
    def _e_assinado(nome: bytes) -> bool:
        return nome.lower().endswith(b".xml") and not nome.startswith(b".")

    def _atender(self, nome: bytes) -> None:
        guardado = self.guarda / f"{len(self.tomados):07d}_{os.fsdecode(nome)}"
        (self.saida / os.fsdecode(nome)).rename(guardado)
        dados = guardado.read_bytes()
        self.tomados.append((nome, dados))
        for resposta in self.veredito(nome, dados, self.relogio()):
            soltar(self.retorno, resposta.nome, resposta.dados, modo=self.modo)
            self.soltos.append(resposta.nome)

    def _girar(self) -> None:
        while not self._parar.is_set():
            try:
                if self.passo():
                    continue
            except Exception as erro:
                self.erros.append(erro)
                return
            self._parar.wait(self.intervalo_s)
