"""Tests the notices of the system: they come for what can make a file ready, and nothing depends on them."""

import gc
import os
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from separador.pastas import avisos_do_sistema as modulo
from separador.pastas.avisos_do_sistema import AvisosDoSistema

pytestmark = pytest.mark.requisito("SEP-03")
ESPERA_S = 20


def _ate(tocou: threading.Event, avisos: AvisosDoSistema, cumpre: Callable[[dict], bool]) -> dict:
    """Collects notices until the condition holds."""
    juntos: dict = {}
    while not cumpre(juntos):
        assert tocou.wait(ESPERA_S), f"não tocou: {juntos}"
        tocou.clear()
        for pasta, toque in avisos.recolher().items():
            antes = juntos.get(pasta, (frozenset(), False))
            juntos[pasta] = (antes[0] | toque.nomes, antes[1] or toque.tudo)
    return juntos


def _descritores() -> set[str]:
    return set(os.listdir("/proc/self/fd"))


@pytest.fixture
def ligados(tmp_path: Path):
    pastas = [tmp_path / "a", tmp_path / "b"]
    for pasta in pastas:
        pasta.mkdir()
    tocou = threading.Event()
    with AvisosDoSistema(pastas, tocou) as avisos:
        assert all(t.tudo for t in avisos.recolher().values())  # what was there before the watch
        tocou.clear()
        yield avisos, tocou, pastas


def _ouvindo(avisos: AvisosDoSistema, pasta: Path) -> bool:
    vivo = avisos._leitor is not None and avisos._leitor.is_alive()
    return vivo and avisos._escutas[pasta].wd is not None


def test_toca_para_gravado_movido_e_ligado(ligados, tmp_path: Path) -> None:
    avisos, tocou, (a, b) = ligados
    (a / "gravado.xml").write_bytes(b"x")
    (tmp_path / "fora").write_bytes(b"x")
    os.link(tmp_path / "fora", b / "ligado.xml")
    os.rename(tmp_path / "fora", b / "movido_\udce7.xml")
    esperado = {a: {b"gravado.xml"}, b: {b"ligado.xml", b"movido_\xe7.xml"}}
    toques = _ate(tocou, avisos, lambda j: all(j.get(p, (set(), 0))[0] >= n for p, n in esperado.items()))
    assert {p: set(t[0]) for p, t in toques.items()} == esperado
    assert avisos.recolher() == {}


def test_movido_para_fora_nao_toca_nem_atrasa(ligados, tmp_path: Path) -> None:
    avisos, tocou, (a, _) = ligados
    (a / "1.xml").write_bytes(b"x")
    _ate(tocou, avisos, lambda j: a in j)
    os.rename(a / "1.xml", tmp_path / "1.xml")  # as a claim does
    (a / "2.xml").write_bytes(b"x")
    toques = _ate(tocou, avisos, lambda j: b"2.xml" in j.get(a, ((), 0))[0])
    assert b"2.xml" in toques[a][0]


def test_avisos_perdidos_pedem_varredura(ligados, monkeypatch: pytest.MonkeyPatch) -> None:
    avisos, tocou, (a, b) = ligados
    monkeypatch.setattr(modulo, "NOMES_LEMBRADOS", 5)
    for n in range(50):
        (a / f"{n}.xml").write_bytes(b"x")
    toques = _ate(tocou, avisos, lambda j: j.get(a, ((), False))[1])
    assert len(toques[a][0]) <= 50
    for escuta in avisos._escutas.values():
        escuta.on_queue_overflow()
    assert {p for p, t in avisos.recolher().items() if t.tudo} == {a, b}


def test_pasta_que_some_e_volta_e_vigiada_de_novo(ligados) -> None:
    avisos, tocou, (a, _) = ligados
    a.rmdir()
    _ate(tocou, avisos, lambda j: j.get(a, ((), False))[1])
    assert not _ouvindo(avisos, a)
    surdas = avisos.armar()
    assert [s.pasta for s in surdas] == [a]
    assert surdas[0].motivo
    a.mkdir()
    assert avisos.armar() == []
    assert _ouvindo(avisos, a)
    tocou.clear()
    avisos.recolher()
    (a / "x.xml").write_bytes(b"x")
    _ate(tocou, avisos, lambda j: b"x.xml" in j.get(a, ((), 0))[0])


def test_leitor_que_morre_e_refeito(ligados) -> None:
    avisos, tocou, (a, b) = ligados
    leitor = avisos._leitor
    leitor.stop()
    leitor.join()
    assert not _ouvindo(avisos, a)
    assert avisos.armar() == []
    assert _ouvindo(avisos, a)
    assert _ouvindo(avisos, b)
    tocou.clear()
    avisos.recolher()
    (b / "x.xml").write_bytes(b"x")
    _ate(tocou, avisos, lambda j: b"x.xml" in j.get(b, ((), 0))[0])


def test_montagem_por_cima_e_vigiada(ligados, montar) -> None:
    avisos, tocou, (a, _) = ligados
    montar("a", "-t", "tmpfs", "-o", "size=64k", "tmpfs", ponto=a)
    assert avisos.armar() == []
    tocou.clear()
    avisos.recolher()
    (a / "x.xml").write_bytes(b"x")
    _ate(tocou, avisos, lambda j: b"x.xml" in j.get(a, ((), 0))[0])


def test_sem_inotify_fica_a_varredura(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from watchdog.observers import inotify_c

    def sem_instancia() -> int:
        raise OSError(24, "inotify instance limit reached")

    monkeypatch.setattr(inotify_c.InotifyFD, "_create_inotify_fd", staticmethod(sem_instancia))
    avisos = AvisosDoSistema([tmp_path], threading.Event())
    assert [s.motivo for s in avisos.armar()] == [
        "acabaram as instâncias do inotify: aumente fs.inotify.max_user_instances"
    ]
    assert not _ouvindo(avisos, tmp_path)
    monkeypatch.undo()
    assert avisos.armar() == []  # armed again at a later reading
    assert _ouvindo(avisos, tmp_path)
    avisos.fechar()


def test_desligada_so_varre(tmp_path: Path) -> None:
    tocou = threading.Event()
    with AvisosDoSistema([tmp_path], tocou, desligada=True) as avisos:
        (tmp_path / "x").touch()
        assert [s.pasta for s in avisos.armar()] == [tmp_path]
        assert avisos.recolher() == {}
    assert not tocou.is_set()


def test_nenhum_descritor_vaza(tmp_path: Path) -> None:
    def uma_vez() -> None:
        avisos = AvisosDoSistema([tmp_path], threading.Event())
        avisos.armar()
        avisos.fechar()
        avisos.fechar()

    uma_vez()
    gc.collect()  # what earlier tests of this process left open is closed now, not in the middle
    antes, linhas = len(_descritores()), threading.active_count()
    for _ in range(20):
        uma_vez()
    assert len(_descritores()) <= antes
    assert threading.active_count() == linhas
