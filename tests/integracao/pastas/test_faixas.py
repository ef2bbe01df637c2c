"""Tests the lanes: who waits for a device that hangs, how long, and what becomes of a call that is overdue."""

import gc
import os
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from separador.pastas import faixa, faixas
from separador.pastas.erros import SemResposta
from separador.pastas.lugar import abertos
from tests.apoio.faixas import PRAZO_S, discos

pytestmark = pytest.mark.requisito("BORDA-06")


@pytest.fixture
def pastas(tmp_path: Path) -> Iterator[Path]:
    """Gives folders `a`, `b` (two shares) and `c` (the device of `dados`)."""
    for nome in "abc":
        (tmp_path / nome).mkdir()
    with discos(tmp_path / "dados", {tmp_path / "a": "disco-a", tmp_path / "b": "disco-b"}):
        yield tmp_path


class Porta:
    """A call that waits until it is let go on."""

    def __init__(self) -> None:
        self.solta = threading.Event()
        self.preso = threading.Event()
        self.vezes = 0

    def __call__(self) -> str:
        self.vezes += 1
        self.preso.set()
        assert self.solta.wait(30)
        return "feito"

    def soltar(self) -> None:
        self.solta.set()
        for _ in range(500):
            if not faixas.presas():
                return
            time.sleep(0.01)
        raise AssertionError("a faixa não ficou livre")


def _sem_resposta(pasta: Path, porta: Porta) -> None:
    with pytest.raises(SemResposta):
        faixas.fazer(pasta, porta)


def test_no_disco_dos_dados_a_chamada_e_direta(pastas: Path) -> None:
    assert faixas.fazer(pastas / "c", threading.get_ident) == threading.get_ident()
    assert faixas.dispositivo(pastas / "c") is None


def test_sem_pasta_de_dados_toda_chamada_e_direta(tmp_path: Path) -> None:
    assert faixas.fazer(tmp_path, threading.get_ident) == threading.get_ident()


def test_em_outro_disco_e_da_faixa_e_o_valor_e_o_erro_voltam(pastas: Path) -> None:
    fio = faixas.fazer(pastas / "a", threading.get_ident)
    assert fio != threading.get_ident()
    assert faixas.fazer(pastas / "a", threading.get_ident) == fio, "uma faixa, um fio"
    assert faixas.fazer(pastas / "b", threading.get_ident) != fio
    with pytest.raises(FileNotFoundError):
        faixas.fazer(pastas / "a", os.stat, pastas / "a/nada")


def test_o_que_a_chamada_abriu_se_fecha_com_ela(pastas: Path) -> None:
    """Nothing waits for the collector of cycles: an open folder keeps its disk from being unmounted."""

    def abrir_e_falhar() -> None:
        lugar = abertos.abrir(pastas / "a")
        raise FileNotFoundError(lugar.caminho)

    def em_aberto() -> list[str]:
        alvos = [os.readlink(f) for f in Path("/proc/self/fd").iterdir() if f.is_symlink()]
        return [alvo for alvo in alvos if alvo.startswith(str(pastas))]

    gc.disable()
    try:
        for _ in range(3):
            with pytest.raises(FileNotFoundError):
                faixas.fazer(pastas / "a", abrir_e_falhar)
        faixas.fazer(pastas / "a", abertos.abrir, pastas / "a")
        limite_s = time.monotonic() + 10  # the lane lets go after its caller went on
        while em_aberto() and time.monotonic() < limite_s:
            time.sleep(0.01)
        assert em_aberto() == []
    finally:
        gc.enable()


def test_o_fio_da_faixa_nao_segura_o_fim_do_processo(pastas: Path) -> None:
    assert faixas.fazer(pastas / "a", lambda: threading.current_thread().daemon)


def test_a_demora_custa_um_prazo_e_as_seguintes_nada(pastas: Path) -> None:
    porta = Porta()
    inicio = time.monotonic()
    with pytest.raises(SemResposta) as erro:
        faixas.fazer(pastas / "a", porta)
    assert erro.value.codigo == "pasta-sem-resposta"
    assert erro.value.pasta == pastas / "a"
    assert PRAZO_S <= time.monotonic() - inicio < 10 * PRAZO_S
    inicio = time.monotonic()
    for _ in range(50):
        with pytest.raises(SemResposta):
            faixas.fazer(pastas / "a", os.getpid)
    assert time.monotonic() - inicio < PRAZO_S, "as seguintes não esperam"
    assert faixas.presa(pastas / "a")
    assert not faixas.presa(pastas / "b")
    assert faixas.fazer(pastas / "b", os.getpid) == os.getpid(), "o outro disco segue"
    assert faixas.fazer(pastas / "c", os.getpid) == os.getpid()
    porta.soltar()
    assert faixas.fazer(pastas / "a", os.getpid) == os.getpid(), "volta sozinha"
    assert erro.value.chamada is not None
    assert erro.value.chamada.resultado() == "feito", "o que se soube tarde não se perde"


def test_quem_nem_comecou_e_retirado_e_nao_tem_efeito(pastas: Path) -> None:
    """A call that waited behind another one is never begun once its caller gave up."""
    porta, efeito = Porta(), []
    primeira = threading.Thread(target=_sem_resposta, args=(pastas / "a", porta))
    primeira.start()
    assert porta.preso.wait(10)
    with pytest.raises(SemResposta) as erro:
        faixas.fazer(pastas / "a", efeito.append, 1)
    primeira.join()
    assert erro.value.chamada is None
    porta.soltar()
    faixas.fazer(pastas / "a", os.getpid)
    assert efeito == []


def test_lenta_mas_no_prazo_nao_e_falha_e_as_outras_esperam_a_vez(pastas: Path) -> None:
    """Two threads on one device: one waits for the other, and neither fails."""
    feitos: list[str] = []

    def lenta(nome: str) -> None:
        time.sleep(PRAZO_S / 4)
        feitos.append(nome)

    fios = [threading.Thread(target=faixas.fazer, args=(pastas / "a", lenta, n)) for n in "xy"]
    for fio in fios:
        fio.start()
    for fio in fios:
        fio.join()
    assert sorted(feitos) == ["x", "y"]


def test_muitas_copias_lentas_numa_faixa_nao_atrasam_as_outras(pastas: Path) -> None:
    """A lane full of slow work: each caller there gives up in time, and the other device does not notice."""
    porta = Porta()
    perdidas: list[SemResposta] = []

    def copiar() -> None:
        try:
            faixas.fazer(pastas / "a", porta)
        except SemResposta as falha:
            perdidas.append(falha)

    fios = [threading.Thread(target=copiar) for _ in range(20)]
    for fio in fios:
        fio.start()
    assert porta.preso.wait(10)
    inicio = time.monotonic()
    assert faixas.fazer(pastas / "b", os.getpid) == os.getpid()
    assert time.monotonic() - inicio < PRAZO_S
    for fio in fios:
        fio.join(20 * PRAZO_S)
        assert not fio.is_alive()
    assert len(perdidas) == 20
    porta.soltar()
    faixas.fazer(pastas / "a", os.getpid)
    assert porta.vezes == 1, "as que nem começaram não foram feitas depois"


def test_dois_discos_calados_custam_um_prazo_so(pastas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    portas = {pastas / "a": Porta(), pastas / "b": Porta()}
    monkeypatch.setattr(faixa, "tocar", lambda pasta: portas[pasta]())
    inicio = time.monotonic()
    faixas.sondar([pastas / "a", pastas / "a", pastas / "b", pastas / "c"])
    assert PRAZO_S <= time.monotonic() - inicio < 1.8 * PRAZO_S
    assert faixas.presa(pastas / "a")
    assert faixas.presa(pastas / "b")
    for porta in portas.values():
        porta.solta.set()
    next(iter(portas.values())).soltar()


def test_responde_pergunta_sem_esperar(pastas: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    porta = Porta()
    monkeypatch.setattr(faixa, "tocar", lambda _pasta: porta())
    inicio = time.monotonic()
    assert faixas.responde(pastas / "a"), "ainda no prazo"
    assert time.monotonic() - inicio < PRAZO_S
    assert porta.preso.wait(10)
    time.sleep(1.2 * PRAZO_S)
    assert not faixas.responde(pastas / "a")
    assert faixas.presa(pastas / "a")
    assert faixas.responde(pastas / "c")
    porta.soltar()
    assert faixas.responde(pastas / "a")


def test_o_que_vem_tarde_e_desfeito_quando_ninguem_o_acharia(pastas: Path) -> None:
    porta, feito = Porta(), []

    def fazer() -> None:
        porta()
        feito.append("fez")

    with pytest.raises(SemResposta):
        faixas.fazer_ou_desfazer(pastas / "a", fazer, lambda: feito.append("desfez"))
    porta.soltar()
    assert feito == ["fez", "desfez"]
    faixas.fazer_ou_desfazer(pastas / "a", fazer, lambda: feito.append("desfez"))
    assert feito == ["fez", "desfez", "fez"], "no prazo fica feito"


def test_dentro_da_faixa_a_chamada_e_direta_e_nao_usa_fios_de_todos(pastas: Path) -> None:
    from separador.motor.trabalho import gravacao

    def dentro() -> tuple[bool, bool]:
        mesmo = faixas.fazer(pastas / "a", threading.get_ident) == threading.get_ident()
        return mesmo, gravacao.fios() is None

    assert faixas.fazer(pastas / "a", dentro) == (True, True)
    assert gravacao.fios() is not None


def test_um_filho_tem_faixas_suas(pastas: Path) -> None:
    """The threads of the parent are not in a forked child: there the first call makes its own."""
    faixas.fazer(pastas / "a", os.getpid)
    filho = os.fork()
    if not filho:
        os._exit(0 if faixas.fazer(pastas / "a", os.getpid) == os.getpid() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(filho, 0)[1]) == 0


def test_o_que_se_monta_depois_ganha_faixa(tmp_path: Path) -> None:
    """What is mounted while the service runs is noticed by the kernel's own table, without a look at the folder."""
    import subprocess

    ponto = tmp_path / "ponto"
    ponto.mkdir()
    faixas.usar(tmp_path)
    try:
        assert faixas.dispositivo(ponto) is None
        feito = subprocess.run(["mount", "-t", "tmpfs", "tmpfs", str(ponto)], capture_output=True, text=True)
        if feito.returncode != 0:
            pytest.skip(f"PULADO: este teste precisa montar um disco ({feito.stderr.strip()})")
        time.sleep(2 * faixas.OLHAR_S)
        try:
            assert faixas.dispositivo(ponto) is not None
            assert faixas.fazer(ponto / "x", threading.get_ident) != threading.get_ident()
        finally:
            subprocess.run(["umount", str(ponto)], check=True)
        time.sleep(2 * faixas.OLHAR_S)
        assert faixas.dispositivo(ponto) is None
    finally:
        faixas.usar(None)
