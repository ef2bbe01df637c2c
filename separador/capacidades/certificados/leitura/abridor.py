"""Opens .pfx files in a process of its own, with a deadline: what an input asks for is never done by the service."""

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection

from separador.capacidades.certificados.leitura import processo
from separador.capacidades.certificados.leitura.pfx import Aberto
from separador.fiscal.certificado import Segredo, restaurar
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import como_erro
from separador.nucleo.texto.razao import razao

PRAZO_S = 20.0
"""For one password."""
PRAZO_INICIO_S = 60.0
_DO_AMBIENTE = ("PATH", "LD_LIBRARY_PATH", "OPENSSL_CONF", "OPENSSL_MODULES", "PYTHONDONTWRITEBYTECODE", "PYTHONHOME")


class NaoIniciouError(Exception):
    """The process does not start. That says nothing of any file."""


class AberturaError(Exception):
    """An unexpected error in the process. Its text is the traceback from there."""


@dataclass(frozen=True, slots=True)
class SemResposta:
    """The process did not answer in time, or died of the file."""

    motivo: str

    def como_recusa(self) -> Recusa:
        """Returns what is told to the person."""
        return Recusa((como_erro("SEP-CERTIFICADO-CUSTOSO"),))


class _Processo:
    def __init__(self) -> None:
        caminho = os.pathsep.join(os.path.abspath(p) for p in sys.path if not p.endswith(".zip"))
        ambiente = {n: os.environ[n] for n in _DO_AMBIENTE if n in os.environ} | {"PYTHONPATH": caminho}
        try:
            self._processo = subprocess.Popen(  # noqa: S603 - fixed arguments
                [sys.executable, "-P", "-m", processo.__name__],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                cwd="/",
                env=ambiente,
                start_new_session=True,
            )
        except OSError as erro:
            raise NaoIniciouError(razao(erro)) from erro
        canos = (self._processo.stdin, self._processo.stdout)
        entrada, saida = (os.dup(c.fileno()) for c in canos if c is not None)
        for cano in canos:
            if cano is not None:
                cano.close()
        self._envio, self._retorno = Connection(entrada, readable=False), Connection(saida, writable=False)
        self._pronto = False

    def esperar_pronto(self) -> bool:
        """Waits until it has loaded what it needs. Returns False when it did not start."""
        if not self._pronto:
            try:
                self._pronto = self._ouvir(PRAZO_INICIO_S) == (processo.PRONTO,)
            except EOFError:
                return False
        return self._pronto

    def _ouvir(self, prazo_s: float) -> tuple[object, ...] | None:
        """Returns the next message, or None when there is none in time. Raises EOFError when the process is dead."""
        try:
            if not self._retorno.poll(prazo_s):
                return None
            recado: tuple[object, ...] = self._retorno.recv()
        except OSError as erro:
            raise EOFError from erro
        return recado

    def perguntar(self, dados: bytes, senhas: Sequence[bytes], prazo_s: float) -> tuple[object, ...] | None:
        """Returns the answer about a file, or None when the deadline of a password passed. Raises EOFError."""
        try:
            self._envio.send((dados, list(senhas)))
        except OSError as erro:
            raise EOFError from erro
        while True:
            recado = self._ouvir(prazo_s)
            if recado is None or recado[0] != processo.OUTRA_SENHA:
                return recado

    def derrubar(self) -> None:
        """Kills it, with whatever it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._processo.pid, signal.SIGKILL)

    def matar(self) -> None:
        """Ends it, and waits until it is gone."""
        self.derrubar()
        self._processo.wait()
        self._envio.close()
        self._retorno.close()


class Abridor:
    """Opens one file at a time. The process is started with the first, and again after it had to be killed."""

    def __init__(self, prazo_s: float = PRAZO_S) -> None:
        self._prazo_s = prazo_s
        self._processo: _Processo | None = None
        self._um_de_cada_vez = threading.Lock()
        self._encerrado = False

    def adiantar(self) -> None:
        """Starts the process, and does not wait for it. What goes wrong is told when the first file is opened."""
        with self._um_de_cada_vez, contextlib.suppress(NaoIniciouError):
            self._processo = self._processo or _Processo()

    def abrir(self, dados: bytes, senhas: Sequence[bytes]) -> Aberto | Recusa | SemResposta:
        """Opens a file with the first password that fits. It waits for the process. Any thread may call it.

        Raises NaoIniciouError, and AberturaError for what nobody foresaw.
        """
        with self._um_de_cada_vez:
            if self._processo is None:
                self._processo = _Processo()
            pronto = self._processo.esperar_pronto()
            if self._encerrado or not pronto:
                self._largar()
                raise NaoIniciouError("o serviço está parando" if self._encerrado else "não respondeu ao iniciar")
            try:
                recado = self._processo.perguntar(dados, senhas, self._prazo_s)
            except EOFError:
                self._largar()
                return SemResposta("o processo que abre certificados morreu")
            if recado is None:
                self._largar()
                return SemResposta(f"não abriu em {self._prazo_s:.0f} s")
        return _entender(recado)

    def interromper(self) -> None:
        """Ends the process for good, also under another thread that opens a file: it gets `SemResposta`."""
        self._encerrado = True
        em_uso = self._processo
        if em_uso is not None:
            em_uso.derrubar()

    def fechar(self) -> None:
        """Ends the process. The next file starts another."""
        with self._um_de_cada_vez:
            self._largar()

    def _largar(self) -> None:
        if self._processo is not None:
            self._processo.matar()
            self._processo = None


def _entender(recado: tuple[object, ...]) -> Aberto | Recusa:
    match recado:
        case (processo.ABERTO, bytes() as der, bytes() as pkcs8, tuple() as cadeia):
            return Aberto(replace(restaurar(Segredo(der, pkcs8)), cadeia=cadeia), cadeia)
        case (processo.RECUSADO, Recusa() as recusa):
            return recusa
        case (processo.ERRO, _, str() as rastro):
            raise AberturaError(rastro)
    raise AberturaError(f"resposta desconhecida: {recado[:1]!r}")


def nao_deu(erro: NaoIniciouError | AberturaError) -> Recusa:
    """Returns what is told to the person of an error that no file explains: its last line.

    Of a trace, only the name of the error: the words after it are not ours.
    """
    fim = (str(erro).strip().splitlines() or ["sem resposta"])[-1]
    if str(erro).startswith("Traceback"):
        fim = f"erro {fim.partition(':')[0]}"
    mensagem = f"O certificado não pôde ser examinado: {fim}."
    fazer = "Repita; se continuar, envie esta mensagem a quem mantém o separador."
    return Recusa((Erro("SEP-CERT-INCIDENTE", "SEP", mensagem, fazer),))


def abrir_uma_vez(dados: bytes, senha: bytes) -> Aberto | Recusa:
    """Opens one file, for a command: with the process, and without it afterwards."""
    abridor = Abridor()
    try:
        feito = abridor.abrir(dados, [senha])
    except (NaoIniciouError, AberturaError) as erro:
        return nao_deu(erro)
    finally:
        abridor.fechar()
    return feito.como_recusa() if isinstance(feito, SemResposta) else feito
