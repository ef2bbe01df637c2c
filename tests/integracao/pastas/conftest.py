"""Gives real folders, a clock that the test moves, small real disks, and a user without rights."""

import os
import pickle
import signal
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from separador.pastas.achados import Candidato, Leitura
from separador.pastas.quem_tem_aberto import preparar_processo
from separador.pastas.saude import inicializar
from separador.pastas.varredura import Varredura
from tests.apoio.posse import QUEM

AGORA = datetime(2026, 8, 1, 12, 0, tzinfo=UTC)
NINGUEM = 65534


@pytest.fixture(autouse=True)
def _sem_sigio() -> Iterator[None]:
    antes = signal.getsignal(signal.SIGIO)
    preparar_processo()
    yield
    signal.signal(signal.SIGIO, antes)


@dataclass
class Relogio:
    """A monotonic clock that moves only when the test says so."""

    agora_s: float = 1000.0

    def __call__(self) -> float:
        return self.agora_s

    def passar(self, segundos: float) -> None:
        self.agora_s += segundos


@dataclass
class Caixa:
    """An origin with its tracker."""

    pasta: Path
    relogio: Relogio
    varredura: Varredura

    def ler(self, limite: int = 64, **opcoes: Any) -> Leitura:
        return self.varredura.examinar(AGORA, limite=limite, **opcoes)

    def prontos(self, limite: int = 64, **opcoes: Any) -> list[bytes]:
        return [c.nome for c in self.ler(limite, **opcoes).prontos]

    def candidatos(self) -> list[Candidato]:
        return list(self.ler().prontos)

    def motivos(self) -> dict[bytes, str]:
        return {p.nome: p.motivo.name for p in self.varredura.pendencias()}


@pytest.fixture
def relogio() -> Relogio:
    return Relogio()


@pytest.fixture
def fazer_caixa(tmp_path: Path, relogio: Relogio) -> Callable[..., Caixa]:
    def fazer(nome: str = "entrada", **opcoes: Any) -> Caixa:
        pasta = tmp_path / nome
        inicializar(pasta, f"u-{nome}", AGORA, "1", QUEM)
        opcoes = {"tempo_quieto_s": 1.0, "relogio": relogio, "rota_de": _rota_de} | opcoes
        return Caixa(pasta, relogio, Varredura(pasta, **opcoes))

    return fazer


def _rota_de(nome: bytes) -> str | None:
    return "1" if nome.lower().endswith((b".xml", b".txt", b".json")) else None


@pytest.fixture
def caixa(fazer_caixa: Callable[..., Caixa]) -> Caixa:
    return fazer_caixa()


@pytest.fixture
def trabalho(tmp_path: Path) -> Path:
    pasta = tmp_path / "dados" / "trabalho"
    pasta.mkdir(parents=True)
    return pasta


@pytest.fixture
def destino(tmp_path: Path) -> Path:
    inicializar(tmp_path / "saida", "u-saida", AGORA, "1", QUEM)
    return tmp_path / "saida"


@pytest.fixture
def montar(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """Mounts something on a new folder. Skips the test, and says so, where that is not allowed."""
    montados: list[Path] = []

    def _montar(nome: str, *argumentos: str, ponto: Path | None = None) -> Path:
        alvo = ponto or tmp_path / nome
        alvo.mkdir(exist_ok=True)
        feito = subprocess.run(["mount", *argumentos, str(alvo)], capture_output=True, text=True)
        if feito.returncode != 0:
            pytest.skip(f"PULADO: este teste precisa montar um disco ({feito.stderr.strip()})")
        montados.append(alvo)
        return alvo

    yield _montar
    for alvo in reversed(montados):
        subprocess.run(["umount", "-l", str(alvo)], check=False, capture_output=True)


@pytest.fixture
def disco_pequeno(montar: Callable[..., Path]) -> Path:
    """Mounts a real filesystem of 256 kB."""
    return montar("disco", "-t", "tmpfs", "-o", "size=256k,mode=0777", "tmpfs")


@pytest.fixture
def como_ninguem(tmp_path: Path) -> Callable[[Callable[[], Any]], Any]:
    """Runs a function in a child process without any right and returns its result."""
    if os.geteuid() != 0:
        return lambda funcao: funcao()
    raiz = Path(tempfile.gettempdir())
    caminho = [nivel for nivel in (tmp_path, *tmp_path.parents) if nivel != raiz and raiz in nivel.parents]
    return lambda funcao: _com_o_caminho_aberto(caminho, funcao)


def _com_o_caminho_aberto(caminho: list[Path], funcao: Callable[[], Any]) -> Any:
    """Runs it in the child while everybody may pass. Another session of pytest that starts at the same moment closes
    `/tmp/pytest-of-<user>` to others: then the child saw nothing, and does it again."""
    while True:
        for nivel in caminho:
            nivel.chmod(0o755)
        codigo, dados = _em_filho(funcao)
        if all(nivel.stat().st_mode & 0o005 == 0o005 for nivel in caminho):
            assert codigo == 0
            return pickle.loads(dados)


@pytest.fixture
def outro_usuario(como_ninguem: Callable[[Callable[[], Any]], Any]) -> Callable[[Callable[[], Any]], Any]:
    """Does as `como_ninguem`, where the files belong to somebody else."""
    if os.geteuid() != 0:
        pytest.skip("PULADO: precisa de root para agir como outro usuário")
    return como_ninguem


def _em_filho(funcao: Callable[[], Any]) -> tuple[int, bytes]:
    ler, gravar = os.pipe()
    filho = os.fork()
    if filho == 0:
        try:
            os.setgroups([])
            os.setgid(NINGUEM)
            os.setuid(NINGUEM)
            os.write(gravar, pickle.dumps(funcao()))
            os._exit(0)
        finally:
            os._exit(1)
    os.close(gravar)
    with os.fdopen(ler, "rb") as cano:
        dados = cano.read()
    return os.waitpid(filho, 0)[1], dados
