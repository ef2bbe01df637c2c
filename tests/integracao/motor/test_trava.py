"""Tests that one service runs per data folder: the lock, its holder, and what a dead holder leaves behind."""

import json
import multiprocessing
import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.motor.trava import ARQUIVO, Detentor, Trava, quem_detem, tomar

AGORA = datetime(2026, 3, 1, 12, tzinfo=UTC)
SEGURAR = """
import sys, time
from datetime import datetime, UTC
from pathlib import Path
from separador.motor.trava import tomar
t = tomar(Path(sys.argv[1]), agora=datetime.now(UTC))
print("tomada", flush=True)
time.sleep(60)
"""


def segurar(dados: Path) -> "subprocess.Popen[bytes]":
    filho = subprocess.Popen([sys.executable, "-c", SEGURAR, str(dados)], stdout=subprocess.PIPE)
    assert filho.stdout is not None
    assert filho.stdout.readline() == b"tomada\n"
    return filho


@pytest.mark.requisito("SEP-04")
def test_dois_servicos_na_mesma_pasta(tmp_path: Path) -> None:
    filho = segurar(tmp_path)
    try:
        outro = tomar(tmp_path, agora=AGORA)
        assert isinstance(outro, Detentor)
        assert (outro.pid, outro.daqui, outro.host) == (filho.pid, True, os.uname().nodename)
        assert quem_detem(tmp_path) == outro
        assert str(filho.pid) in str(outro)
    finally:
        filho.kill()
        filho.communicate()


def test_detentor_morto_nao_segura_nada(tmp_path: Path) -> None:
    filho = segurar(tmp_path)
    filho.send_signal(signal.SIGKILL)
    filho.communicate()
    assert json.loads((tmp_path / ARQUIVO).read_bytes())["pid"] == filho.pid
    assert quem_detem(tmp_path) is None
    with_trava = tomar(tmp_path, agora=AGORA)
    assert isinstance(with_trava, Trava)
    assert json.loads((tmp_path / ARQUIVO).read_bytes())["pid"] == os.getpid()
    with_trava.liberar()
    with_trava.liberar()
    assert (tmp_path / ARQUIVO).read_bytes() == b""


@pytest.mark.parametrize("conteudo", [b"", b"lixo", b"[]", b'{"pid": "x"}', b'{"pid": 1}', b"\xff" * 9000])
def test_conteudo_velho_ou_estragado_e_inofensivo(tmp_path: Path, conteudo: bytes) -> None:
    (tmp_path / ARQUIVO).write_bytes(conteudo)
    assert quem_detem(tmp_path) is None
    trava = tomar(tmp_path, agora=AGORA)
    assert isinstance(trava, Trava)
    with trava:
        assert quem_detem(tmp_path) is not None


def test_pasta_sem_trava_nunca_usada(tmp_path: Path) -> None:
    assert quem_detem(tmp_path) is None
    assert list(tmp_path.iterdir()) == []


def test_em_pasta_de_rede_o_que_outra_maquina_escreveu_vale(tmp_path: Path) -> None:
    outra = {"host": "outra-maquina", "boot_id": "b", "pid": 7, "desde": "x"}
    (tmp_path / ARQUIVO).write_text(json.dumps(outra), encoding="utf-8")
    recusa = tomar(tmp_path, agora=AGORA, rede=True)
    assert isinstance(recusa, Detentor)
    assert "outra-maquina" in str(recusa)
    trava = tomar(tmp_path, agora=AGORA)
    assert isinstance(trava, Trava)
    trava.liberar()


def test_entre_muitos_so_um_toma(tmp_path: Path) -> None:
    contexto = multiprocessing.get_context("forkserver")
    with contexto.Pool(4) as grupo:
        resultados = grupo.starmap(_disputar, [(str(tmp_path), i) for i in range(4)], chunksize=1)
    assert sum(resultados) >= 1
    assert quem_detem(tmp_path) is None


def _disputar(pasta: str, _i: int) -> bool:
    """Takes the lock and checks, while it holds it, that nobody else does. Returns False when another has it."""
    trava = tomar(Path(pasta), agora=AGORA)
    if isinstance(trava, Detentor):
        return False
    with trava:
        dono = quem_detem(Path(pasta))
        assert dono is not None
        assert dono.pid == os.getpid()
        assert isinstance(tomar(Path(pasta), agora=AGORA), Detentor)
    return True


def test_quem_olha_nao_atrapalha_quem_toma(tmp_path: Path) -> None:
    (tmp_path / ARQUIVO).touch()
    fim = threading.Event()

    def olhar() -> None:
        while not fim.is_set():
            quem_detem(tmp_path)

    olheiro = threading.Thread(target=olhar)
    olheiro.start()
    try:
        for _ in range(20):
            trava = tomar(tmp_path, agora=AGORA)
            assert isinstance(trava, Trava)
            trava.liberar()
    finally:
        fim.set()
        olheiro.join()
