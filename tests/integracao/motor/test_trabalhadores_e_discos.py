"""Tests the workers beside a device that hangs. A FIFO beside a claim makes the worker that reads it hang too."""

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from separador.motor.trabalho import trabalhadores
from separador.motor.trabalho.leitura import RecursosEnviados
from separador.motor.trabalho.parecer import ArquivoATratar, Preso, Resultado
from separador.motor.trabalho.trabalhadores import Trabalhadores
from separador.motor.trabalho.um_trabalhador import FUNDO, SILENCIO_S
from separador.pastas import faixa, faixas
from tests.apoio.faixas import PRAZO_S, discos
from tests.apoio.instalacao import AGORA, Ponteiros

pytestmark = pytest.mark.requisito("BORDA-06")


@pytest.fixture
def ponteiros() -> Ponteiros:
    return Ponteiros()


ARMADILHA = """
import os, separador.motor.trabalho.etapas as e
copiar = e.copiar
def preso(arquivo, vivo):
    if os.path.exists(arquivo.caminho + b'.fila'):
        open(arquivo.caminho + b'.fila', 'rb').close()
    return copiar(arquivo, vivo)
e.copiar = preso
"""


def _viver(*args: object) -> None:
    exec(ARMADILHA, {})
    _viver_de_verdade(*args)


_viver_de_verdade: Callable[..., None] = trabalhadores.viver


@pytest.fixture
def fazer(ponteiros: Ponteiros, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[int], Trabalhadores]]:
    feitos: list[Trabalhadores] = []
    monkeypatch.setattr(trabalhadores, "viver", _viver)

    def contratar(quantos: int) -> Trabalhadores:
        feitos.append(Trabalhadores(quantos, RecursosEnviados("2", {}), ponteiros.relogio()))
        return feitos[-1]

    yield contratar
    for um in feitos:
        um.encerrar()


@pytest.fixture
def calado(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """Makes the folder `rede` one of another device, which answers once the event is set."""
    solto = threading.Event()
    (tmp_path / "rede").mkdir()
    (tmp_path / "local/.separador").mkdir(parents=True)
    monkeypatch.setattr(faixa, "tocar", lambda _pasta: solto.wait(60))
    with discos(tmp_path, {tmp_path / "rede": "a"}):
        yield solto
        solto.set()


def preso(pasta: Path, nome: str) -> list[ArquivoATratar]:
    (pasta / nome).write_bytes(b"devagar")
    os.mkfifo(pasta / f"{nome}.fila")
    return [ArquivoATratar(os.fsencode(pasta / nome), "mover", nome.encode(), pasta, b"x")]


def bom(pasta: Path, nome: str) -> list[ArquivoATratar]:
    (pasta / nome).write_bytes(b"conteudo")
    return [ArquivoATratar(os.fsencode(pasta / nome), "mover", nome.encode(), pasta, b"p-" + nome.encode())]


def colher(t: Trabalhadores, quantos: int, ponteiros: Ponteiros | None = None) -> dict[int, Resultado]:
    """Collects until there are so many answers. With `ponteiros` the clock of the service goes on meanwhile."""
    achados: dict[int, Resultado] = {}
    limite = time.monotonic() + 60
    while len(achados) < quantos:
        assert time.monotonic() < limite, achados
        achados |= dict(t.colher())
        if ponteiros is not None:
            ponteiros.passar(0.5)
        time.sleep(0.02)
    return achados


def test_um_trabalhador_fica_livre_dos_outros_discos(
    tmp_path: Path, fazer: Callable[[int], Trabalhadores], calado: threading.Event
) -> None:
    """However many groups of other devices come, they hold all workers but one; the rest works there."""
    t, fora = fazer(2), [tmp_path / "rede"]
    enviados = 0
    while t.tem_vaga(fora):
        t.enviar(AGORA, preso(tmp_path / "rede", f"{enviados}.txt"), fora)
        enviados += 1
    assert enviados == FUNDO, "só um dos dois trabalhadores"
    assert t.tem_vaga()
    numero = t.enviar(AGORA, bom(tmp_path / "local", "a.txt"))
    resultado = colher(t, 1)[numero]
    assert isinstance(resultado, list)
    assert resultado[0].saida_sha256 is not None


def test_so_um_trabalhador_atende_a_todos(
    tmp_path: Path, fazer: Callable[[int], Trabalhadores], calado: threading.Event
) -> None:
    t = fazer(1)
    assert t.tem_vaga([tmp_path / "rede"])
    t.enviar(AGORA, bom(tmp_path / "local", "a.txt"))
    assert t.tem_vaga([tmp_path / "rede"])
    assert isinstance(colher(t, 1)[1], list)


@pytest.mark.parametrize("quantos", [1, 2])
def test_o_trabalhador_preso_e_trocado_e_ninguem_paga(
    tmp_path: Path,
    fazer: Callable[[int], Trabalhadores],
    ponteiros: Ponteiros,
    calado: threading.Event,
    quantos: int,
) -> None:
    """Its group comes back as held by a device; what only waited behind goes to another; the new worker works."""
    t, fora = fazer(quantos), [tmp_path / "rede"]
    numero = t.enviar(AGORA, preso(tmp_path / "rede", "a.txt"), fora)
    esperava = t.enviar(AGORA, bom(tmp_path / "local", "b.txt"), rota=1)
    assert not dict(t.colher()).get(numero)
    inicio_s = ponteiros.monotonico_s
    achados = colher(t, 2, ponteiros)
    assert achados[numero] == Preso((tmp_path / "rede",))
    assert ponteiros.monotonico_s - inicio_s > SILENCIO_S
    assert isinstance(achados[esperava], list), "o que não começou foi para outro trabalhador"
    assert faixas.presa(tmp_path / "rede")
    novo = t.enviar(AGORA, bom(tmp_path / "local", "c.txt"))
    assert isinstance(colher(t, 1)[novo], list)
    assert t.abandonados == []


def test_devagar_nao_e_preso_enquanto_o_disco_responde(
    tmp_path: Path, fazer: Callable[[int], Trabalhadores], ponteiros: Ponteiros, calado: threading.Event
) -> None:
    """A slow copy on a device that answers goes on: its worker is left alone."""
    calado.set()
    t, fora = fazer(1), [tmp_path / "rede"]
    (tmp_path / "rede/.separador").mkdir()
    numero = t.enviar(AGORA, preso(tmp_path / "rede", "a.txt"), fora)
    for _ in range(20):
        ponteiros.passar(SILENCIO_S)
        assert t.colher() == []
        time.sleep(PRAZO_S / 10)
        if ponteiros.monotonico_s > 1150:
            break
    (tmp_path / "rede/a.txt.fila").open("wb").close()
    assert isinstance(colher(t, 1)[numero], list)
