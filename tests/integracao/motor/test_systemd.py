"""Tests READY, STATUS, WATCHDOG, STOPPING and RELOADING against a real datagram socket."""

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from separador.motor.systemd import Notificador, do_ambiente


@pytest.fixture(params=["arquivo", "abstrato"])
def systemd(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[socket.socket, str]]:
    nome = str(tmp_path / "notify") if request.param == "arquivo" else f"@separador-{os.getpid()}-{tmp_path.name}"
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ouvinte:
        ouvinte.bind("\0" + nome[1:] if nome.startswith("@") else nome)
        ouvinte.settimeout(5)
        yield ouvinte, nome


@pytest.mark.requisito("SEP-04")
def test_as_mensagens_chegam_ao_systemd(systemd: tuple[socket.socket, str]) -> None:
    ouvinte, nome = systemd
    aviso = do_ambiente({"NOTIFY_SOCKET": nome, "WATCHDOG_USEC": "60000000", "WATCHDOG_PID": "77"}, 77)
    assert aviso.intervalo_cao_s == 30.0
    casos = (
        (lambda: aviso.pronto("2 rotas\nlendo"), b"READY=1\nSTATUS=2 rotas lendo"),
        (lambda: aviso.estado("parado: disco cheio"), b"STATUS=parado: disco cheio"),
        (aviso.vivo, b"WATCHDOG=1"),
        (lambda: aviso.parando("terminando"), b"STOPPING=1\nSTATUS=terminando"),
    )
    for mandar, esperado in casos:
        assert mandar() is True
        assert ouvinte.recv(4096) == esperado


@pytest.mark.parametrize("ambiente", [{}, {"NOTIFY_SOCKET": ""}, {"NOTIFY_SOCKET": "relativo"}, {"WATCHDOG_USEC": "9"}])
def test_fora_do_systemd_nada_acontece(ambiente: dict[str, str]) -> None:
    aviso = do_ambiente(ambiente, 1)
    assert (aviso.endereco, aviso.intervalo_cao_s) == (None, None)
    assert aviso.pronto("x") is False


@pytest.mark.parametrize(
    ("extra", "intervalo"),
    [
        ({}, None),
        ({"WATCHDOG_USEC": "0"}, None),
        ({"WATCHDOG_USEC": "x"}, None),
        ({"WATCHDOG_USEC": "2000000"}, 1.0),
        ({"WATCHDOG_USEC": "2000000", "WATCHDOG_PID": "8"}, None),
    ],
)
def test_o_cao_de_guarda_so_e_de_quem_foi_chamado(extra: dict[str, str], intervalo: float | None) -> None:
    assert do_ambiente({"NOTIFY_SOCKET": "/x", **extra}, 7).intervalo_cao_s == intervalo


def test_systemd_surdo_ou_cheio_nao_para_o_servico(tmp_path: Path) -> None:
    assert Notificador(str(tmp_path / "ninguem")).vivo() is False
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as surdo:
        surdo.bind(str(tmp_path / "s"))
        aviso = Notificador(str(tmp_path / "s"))
        while aviso.vivo():  # until its queue is full: then it must fail, not wait
            pass
        assert aviso.vivo() is False
