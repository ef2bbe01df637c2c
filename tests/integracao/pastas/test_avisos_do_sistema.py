"""Tests the notices of the system: they come for what can make a file ready, and nothing depends on them."""

import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from separador.pastas import avisos_do_sistema as modulo
from separador.pastas.avisos_do_sistema import AvisosDoSistema

pytestmark = pytest.mark.requisito("SEP-03")
ESPERA_S = 20


def _ate(tocou: threading.Event, sino: AvisosDoSistema, cumpre: Callable[[dict], bool]) -> dict:
    """Collects notices until the condition holds."""
    juntos: dict = {}
    while not cumpre(juntos):
        assert tocou.wait(ESPERA_S), f"não tocou: {juntos}"
        tocou.clear()
        for pasta, toque in sino.recolher().items():
            antes = juntos.get(pasta, (frozenset(), False))
            juntos[pasta] = (antes[0] | toque.nomes, antes[1] or toque.tudo)
    return juntos


def _descritores() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


@pytest.fixture
def sino(tmp_path: Path):
    pastas = [tmp_path / "a", tmp_path / "b"]
    for pasta in pastas:
        pasta.mkdir()
    tocou = threading.Event()
    with AvisosDoSistema(pastas, tocou) as campainha:
        assert all(t.tudo for t in campainha.recolher().values())  # what was there before the watch
        tocou.clear()
        yield campainha, tocou, pastas


def test_toca_para_gravado_movido_e_ligado(sino, tmp_path: Path) -> None:
    campainha, tocou, (a, b) = sino
    (a / "gravado.xml").write_bytes(b"x")
    (tmp_path / "fora").write_bytes(b"x")
    os.link(tmp_path / "fora", b / "ligado.xml")
    os.rename(tmp_path / "fora", b / "movido_\udce7.xml")
    esperado = {a: {b"gravado.xml"}, b: {b"ligado.xml", b"movido_\xe7.xml"}}
    toques = _ate(tocou, campainha, lambda j: all(j.get(p, (set(), 0))[0] >= n for p, n in esperado.items()))
    assert {p: set(t[0]) for p, t in toques.items()} == esperado
    assert campainha.recolher() == {}


def test_movido_para_fora_nao_toca_nem_atrasa(sino, tmp_path: Path) -> None:
    campainha, tocou, (a, _) = sino
    (a / "1.xml").write_bytes(b"x")
    _ate(tocou, campainha, lambda j: a in j)
    os.rename(a / "1.xml", tmp_path / "1.xml")  # as a claim does
    (a / "2.xml").write_bytes(b"x")
    toques = _ate(tocou, campainha, lambda j: b"2.xml" in j.get(a, ((), 0))[0])
    assert b"2.xml" in toques[a][0]


def test_B4_avisos_perdidos_pedem_varredura(sino, monkeypatch: pytest.MonkeyPatch) -> None:
    campainha, tocou, (a, b) = sino
    monkeypatch.setattr(modulo, "NOMES_LEMBRADOS", 5)
    for n in range(50):
        (a / f"{n}.xml").write_bytes(b"x")
    toques = _ate(tocou, campainha, lambda j: j.get(a, ((), False))[1])
    assert len(toques[a][0]) <= 50
    for escuta in campainha._escutas.values():
        escuta.on_queue_overflow()
    assert {p for p, t in campainha.recolher().items() if t.tudo} == {a, b}


def test_B5_pasta_que_some_e_volta_e_vigiada_de_novo(sino) -> None:
    campainha, tocou, (a, _) = sino
    a.rmdir()
    _ate(tocou, campainha, lambda j: j.get(a, ((), False))[1])
    assert not campainha.ouvindo(a)
    surdas = campainha.armar()
    assert [s.pasta for s in surdas] == [a]
    assert surdas[0].motivo
    a.mkdir()
    assert campainha.armar() == []
    assert campainha.ouvindo(a)
    tocou.clear()
    campainha.recolher()
    (a / "x.xml").write_bytes(b"x")
    _ate(tocou, campainha, lambda j: b"x.xml" in j.get(a, ((), 0))[0])


def test_B5_leitor_que_morre_e_refeito(sino) -> None:
    campainha, tocou, (a, b) = sino
    leitor = campainha._leitor
    leitor.stop()
    leitor.join()
    assert not campainha.ouvindo(a)
    assert campainha.armar() == []
    assert campainha.ouvindo(a)
    assert campainha.ouvindo(b)
    tocou.clear()
    campainha.recolher()
    (b / "x.xml").write_bytes(b"x")
    _ate(tocou, campainha, lambda j: b"x.xml" in j.get(b, ((), 0))[0])


def test_B5_B6_montagem_por_cima_e_vigiada(sino, montar) -> None:
    campainha, tocou, (a, _) = sino
    montar("a", "-t", "tmpfs", "-o", "size=64k", "tmpfs", ponto=a)
    assert campainha.armar() == []
    tocou.clear()
    campainha.recolher()
    (a / "x.xml").write_bytes(b"x")
    _ate(tocou, campainha, lambda j: b"x.xml" in j.get(a, ((), 0))[0])


def test_B1_B5_sem_inotify_fica_a_varredura(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from watchdog.observers import inotify_c

    def sem_instancia() -> int:
        raise OSError(24, "inotify instance limit reached")

    monkeypatch.setattr(inotify_c.InotifyFD, "_create_inotify_fd", staticmethod(sem_instancia))
    campainha = AvisosDoSistema([tmp_path], threading.Event())
    assert [s.motivo for s in campainha.armar()] == ["inotify instance limit reached"]
    assert not campainha.ouvindo(tmp_path)
    monkeypatch.undo()
    assert campainha.armar() == []  # armed again at a later reading
    assert campainha.ouvindo(tmp_path)
    campainha.fechar()


def test_desligada_so_varre(tmp_path: Path) -> None:
    tocou = threading.Event()
    with AvisosDoSistema([tmp_path], tocou, desligada=True) as campainha:
        (tmp_path / "x").touch()
        assert [s.pasta for s in campainha.armar()] == [tmp_path]
        assert campainha.recolher() == {}
    assert not tocou.is_set()


def test_W9_nenhum_descritor_vaza(tmp_path: Path) -> None:
    def uma_vez() -> None:
        campainha = AvisosDoSistema([tmp_path], threading.Event())
        campainha.armar()
        campainha.fechar()
        campainha.fechar()

    uma_vez()
    antes, linhas = _descritores(), threading.active_count()
    for _ in range(20):
        uma_vez()
    assert _descritores() == antes
    assert threading.active_count() == linhas
