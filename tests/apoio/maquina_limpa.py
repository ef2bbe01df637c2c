"""A machine to install on: a mount namespace whose /etc, /usr, /opt, /var, /srv, /root, /home lie over the real ones.

Nothing of what is done in it reaches the real machine. Accounts are real ones, of its own /etc/passwd.
"""

import contextlib
import os
import pty
import re
import select
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Self

RAIZ = Path(__file__).resolve().parents[2]
COBERTAS = ("etc", "usr", "opt", "var", "srv", "root", "home")
PROGRAMA = "/root/separador"
"""Where the administrator has the program's folder: a place that only root reads, as it usually is."""
CAMINHO = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
_FORA_DO_LUGAR = ("sudo", "sudoedit", "systemctl", "apt-get")

_SUDO = """#!/bin/bash
# sudo [-u CONTA] COMANDO: the caller is root already
conta=root
if [[ $1 == -u ]]; then conta=$2; shift 2; fi
if [[ $conta == root ]]; then exec "$@"; fi
casa=$(getent passwd "$conta" | cut -d: -f6)
exec setpriv --reuid="$conta" --regid="$(id -g "$conta")" --init-groups env HOME="$casa" USER="$conta" "$@"
"""
_SUDOEDIT = """#!/bin/bash
# sudoedit ARQUIVO: the administrator writes what the page shows
[[ -f $1 ]] || { echo "sudoedit: $1 não existe" >&2; exit 1; }
cat "$ATALHOS/editado.yaml" > "$1"
"""
_APT = """#!/bin/bash
# apt-get install PACOTE…: the programs must be here already
shift
for pacote in "$@"; do
    case $pacote in
        python3-venv) /usr/bin/python3 -c 'import ensurepip, venv' ;;
        sqlite3) command -v sqlite3 >/dev/null ;;
        *) false ;;
    esac || { echo "apt-get: falta $pacote nesta máquina" >&2; exit 1; }
done
"""


class NaoDaError(Exception):
    """This machine does not let a namespace or an overlay be made."""


@dataclass
class MaquinaLimpa:
    """`editado`: the text that `sudoedit` writes. `respostas`: prompt (a pattern) → what the administrator types."""

    editado: str
    respostas: Mapping[str, str] = field(default_factory=dict)
    _pasta: Path = field(init=False)
    _processo: "subprocess.Popen[bytes]" = field(init=False)
    _onde: str = field(default=PROGRAMA, init=False)

    def __enter__(self) -> Self:
        self._pasta = Path(tempfile.mkdtemp(prefix="maquina-"))
        self._pasta.chmod(0o755)
        self._atalhos()
        monta = f"mount -t tmpfs -o mode=755 camada {self._pasta}/camada"
        cada = "; ".join(
            f"mkdir -p {c}/u {c}/w && chmod --reference=/{d} {c}/u && mount -t overlay cobertura "
            f"-o lowerdir=/{d},upperdir={c}/u,workdir={c}/w /{d} || exit 1"
            for d in COBERTAS
            for c in [f"{self._pasta}/camada/{d}"]
        )
        roteiro = f"{monta} || exit 1; {cada}; mount -t tmpfs -o mode=755 run /run; mkdir -p /run/systemd/system; "
        roteiro += "echo pronto; exec sleep infinity"
        self._processo = subprocess.Popen(
            ["unshare", "-m", "--propagation", "private", "bash", "-c", roteiro],
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        assert self._processo.stdout is not None
        dito = self._processo.stdout.readline()
        if b"pronto" not in dito:
            self._desfazer()
            raise NaoDaError(dito.decode(errors="replace"))
        self._copiar_o_programa()
        return self

    def __exit__(self, tipo: type[BaseException] | None, erro: BaseException | None, _: TracebackType | None) -> None:
        self.rodar("systemctl stop separador || true")
        self._desfazer()

    def _desfazer(self) -> None:
        os.killpg(self._processo.pid, signal.SIGKILL)
        self._processo.wait(30)
        if self._processo.stdout is not None:
            self._processo.stdout.close()
        shutil.rmtree(self._pasta, ignore_errors=True)

    def _atalhos(self) -> None:
        (self._pasta / "camada").mkdir()
        atalhos = self._pasta / "atalhos"
        atalhos.mkdir()
        systemctl = Path(__file__).with_name("systemctl_de_teste.py").read_text(encoding="utf-8")
        textos = [_SUDO, _SUDOEDIT, f"#!{sys.executable} -IB\n{systemctl}", _APT]
        for nome, texto in zip(_FORA_DO_LUGAR, textos, strict=True):
            (atalhos / nome).write_text(texto, encoding="utf-8")
            (atalhos / nome).chmod(0o755)
        (atalhos / "editado.yaml").write_text(self.editado, encoding="utf-8")

    def _copiar_o_programa(self) -> None:
        """Puts the files of the checkout, as they are now, where the administrator has unpacked the program."""
        lista = ["git", "-C", str(RAIZ), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
        nomes = subprocess.run(lista, capture_output=True, check=True).stdout
        presentes = b"\0".join(n for n in nomes.split(b"\0") if n and (RAIZ / os.fsdecode(n)).is_file())
        pacote = ["tar", "-C", str(RAIZ), "--null", "-T", "-", "-cf", str(self._pasta / "programa.tar")]
        subprocess.run(pacote, input=presentes, check=True)
        self.rodar(f"mkdir -p {PROGRAMA} && tar -C {PROGRAMA} -xf {self._pasta}/programa.tar", onde="/")

    def ir(self, onde: str) -> None:
        """Changes the folder in which the administrator's next commands are given."""
        self._onde = onde

    def rodar(self, comandos: str, *, onde: str | None = None, prazo_s: float = 300) -> str:
        """Runs shell commands of the administrator at a terminal, types the answers, and returns what was shown.

        Raises AssertionError with it when one of the commands fails.
        """
        lugar = self._pasta / "onde"
        roteiro = f"set -euo pipefail\ncd {onde or self._onde}\n{comandos}\npwd > {lugar}\n"
        codigo, saida = self._no_terminal(["bash", "-c", roteiro], prazo_s)
        assert codigo == 0, f"{comandos}\n--- código {codigo}\n{saida}"
        if onde is None:
            self._onde = lugar.read_text(encoding="utf-8").strip()
        return saida

    def como(self, conta: str, comando: str, entrada: bytes = b"") -> "subprocess.CompletedProcess[bytes]":
        """Runs a shell command as an ordinary account of the machine, without a terminal."""
        sudo = str(self._pasta / "atalhos" / "sudo")
        linha = [*self._dentro(), sudo, "-u", conta, "bash", "-c", comando]
        return subprocess.run(linha, input=entrada, capture_output=True, env=self._ambiente(), cwd="/", timeout=120)

    def _dentro(self) -> list[str]:
        return ["nsenter", "-m", "-t", str(self._processo.pid), "--"]

    def _ambiente(self) -> dict[str, str]:
        do_pip = {n: v for n, v in os.environ.items() if n.startswith("PIP_") or n.lower().endswith("_proxy")}
        atalhos = str(self._pasta / "atalhos")
        return {
            **do_pip, "PATH": f"{atalhos}:{CAMINHO}", "ATALHOS": atalhos, "HOME": "/root", "LANG": "C.UTF-8",
            "TERM": "dumb", "USER": "root",
        }  # fmt: skip

    def _no_terminal(self, comando: list[str], prazo_s: float) -> tuple[int, str]:
        mestre, escravo = pty.openpty()
        linha = ["setsid", "--ctty", *self._dentro(), *comando]
        processo = subprocess.Popen(linha, stdin=escravo, stdout=escravo, stderr=escravo, env=self._ambiente())
        os.close(escravo)
        try:
            visto = self._conversar(mestre, time.monotonic() + prazo_s)
            if processo.poll() is None:
                with contextlib.suppress(subprocess.TimeoutExpired):
                    processo.wait(10)
            processo.kill()
            return processo.wait(), visto.replace("\r\n", "\n")
        finally:
            os.close(mestre)

    def _conversar(self, mestre: int, fim: float) -> str:
        """Returns what was shown until the other end of the terminal was closed, or the time was over."""
        visto, respondido = "", 0
        while time.monotonic() < fim:
            if not select.select([mestre], [], [], 1)[0]:
                continue
            try:
                pedaco = os.read(mestre, 65536)
            except OSError:  # the other end is closed
                break
            visto += pedaco.decode(errors="replace")
            for pergunta, resposta in self.respostas.items():
                if re.search(pergunta + r"\s*$", visto[respondido:]):
                    os.write(mestre, resposta.encode() + b"\n")
                    respondido = len(visto)
                    break
        return visto
