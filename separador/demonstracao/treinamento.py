"""Runs the local SEFAZ and the service side by side in one terminal, for training, with worthless certificates."""

import os
import secrets
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import FrameType
from urllib.parse import urlsplit

from separador.configuracao.emissao import modelos
from separador.demonstracao import cargas
from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE, Empresa

ESPERA_S = 15.0
_PRAZO_LIGADA_S = 0.5
_PASSO_S = 0.2


@dataclass(frozen=True, slots=True)
class Titular:
    """A company of the configuration whose certificate is a file with its password in a variable."""

    cnpj: str
    nome: str
    arquivo: Path
    variavel: str


def por_certificados(
    titulares: Iterable[Titular], guarda: Path, ambiente: Mapping[str, str], agora: datetime
) -> tuple[dict[str, str], list[Path]]:
    """Makes missing certificates. Returns (variables that the service needs besides `ambiente`, certificates made now).

    Only files that are missing are made. Passwords that no variable gives are drawn once and kept in `guarda` (0600).
    """
    variaveis: dict[str, str] = {}
    feitos: list[Path] = []
    for t in titulares:
        if t.variavel not in ambiente and (not t.arquivo.exists() or (guarda / t.variavel).exists()):
            variaveis[t.variavel] = _senha(guarda / t.variavel)
        if not t.arquivo.exists():
            senha = variaveis.get(t.variavel) or ambiente[t.variavel]
            _gravar(t.arquivo, gerar_pfx(senha, agora=agora, empresa=_empresa(t)))
            feitos.append(t.arquivo)
    return variaveis, feitos


def por_cadastros(pasta: Path) -> list[Path]:
    """Fills in the registries that nobody touched: empty, as `init` writes them. Returns those that were filled."""
    textos = {chave: cargas.texto_do_cadastro(chave, registros) for chave, registros in cargas.cadastros().items()}
    vazios = [p for chave in textos if (p := pasta / f"{chave}.yaml").is_file() and modelos.intocado(p)]
    for arquivo in vazios:
        arquivo.write_text(textos[arquivo.stem], encoding="utf-8")
    return vazios


def _empresa(t: Titular) -> Empresa:
    return Empresa(t.cnpj, "", t.nome.upper(), *(getattr(EMITENTE, c) for c in _ENDERECO))


_ENDERECO = ("uf", "c_mun", "x_mun", "logradouro", "numero", "bairro", "cep")


def _senha(arquivo: Path) -> str:
    if not arquivo.exists():
        _gravar(arquivo, secrets.token_urlsafe(12).encode())
    return arquivo.read_text(encoding="utf-8")


def _gravar(arquivo: Path, dados: bytes) -> None:
    arquivo.parent.mkdir(parents=True, exist_ok=True)
    with os.fdopen(os.open(arquivo, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as saida:
        saida.write(dados)


def ja_ligada(endereco: str) -> bool:
    """Says whether a program is listening there."""
    partes = urlsplit(endereco)
    try:
        with socket.create_connection((partes.hostname or "127.0.0.1", partes.port or 443), _PRAZO_LIGADA_S):
            return True
    except OSError:
        return False


class Treinamento:
    """Holds the processes beside this terminal.

    SEFAZ and the panel are in sessions of their own. So Ctrl+C reaches only the service, which ends first.
    """

    def __init__(self, config: Path, ambiente: Mapping[str, str]) -> None:
        self._comando = (sys.executable, "-m", "separador", "--config", str(config))
        self._ambiente = dict(ambiente)
        self._sefaz: subprocess.Popen[bytes] | None = None
        self._painel: subprocess.Popen[bytes] | None = None
        self._fim = False

    def ligar_painel(self) -> None:
        """Starts the panel, which writes to this terminal where it is, or why it is not. The service works without."""
        self._painel = subprocess.Popen(  # noqa: S603 -- our own interpreter
            [*self._comando, "painel"], env=self._ambiente, start_new_session=True
        )

    def ligar_sefaz(self, endereco: str, pasta: Path) -> None:
        """Starts SEFAZ; its output goes to this terminal. Raises RuntimeError when it ends instead of listening."""
        porta = str(urlsplit(endereco).port or 443)
        argumentos = ("simulador", "sefaz", "--porta", porta, "--pasta", str(pasta))
        self._sefaz = subprocess.Popen(  # noqa: S603 -- our own interpreter
            [*self._comando, *argumentos], env=self._ambiente | {"PYTHONUNBUFFERED": "1"}, start_new_session=True
        )
        for _ in _vezes(ESPERA_S):
            if self._sefaz.poll() is not None:
                raise RuntimeError(f"a SEFAZ local terminou com o código {self._sefaz.returncode}")
            if ja_ligada(endereco):
                return
        self.desligar_sefaz()
        raise RuntimeError(f"a SEFAZ local não começou em {ESPERA_S:.0f} s")

    def executar_servico(self) -> int:
        """Runs the service until it ends, and returns its exit code. Signals are passed on."""
        servico = subprocess.Popen([*self._comando, "executar"], env=self._ambiente)  # noqa: S603

        def acabar(numero: int, _quadro: FrameType | None) -> None:
            self._fim = True
            if numero != signal.SIGINT:  # that one the terminal sends to the service too
                servico.send_signal(numero)

        for sinal in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
            signal.signal(sinal, acabar)
        return servico.wait()

    @property
    def fica(self) -> bool:
        """Says whether only the service was stopped, by the panel or a command: the panel may start it again."""
        return not self._fim and self._painel is not None and self._painel.poll() is None

    def esperar_o_fim(self) -> None:
        """Stays until Ctrl+C, or until the panel ends."""
        while self.fica:
            time.sleep(_PASSO_S)

    def desligar_sefaz(self) -> None:
        """Ends SEFAZ. Call it once the service has ended."""
        _encerrar(self._sefaz)

    def desligar_painel(self) -> None:
        """Ends the panel."""
        _encerrar(self._painel)


def _encerrar(processo: "subprocess.Popen[bytes] | None") -> None:
    if processo is None:
        return
    processo.terminate()
    try:
        processo.wait(ESPERA_S)
    except subprocess.TimeoutExpired:
        processo.kill()
        processo.wait()


def _vezes(prazo_s: float) -> Iterator[None]:

    fim = time.monotonic() + prazo_s
    while time.monotonic() < fim:
        yield None
        time.sleep(0.05)
