"""Tests what waits between two steps of a form: for one person, for a while, and never shown."""

from datetime import UTC, datetime, timedelta

import pytest

from separador.painel.base.pendentes import DURACAO, QUANTOS, Pendentes

pytestmark = pytest.mark.requisito("CERT-06")
AGORA = datetime(2026, 11, 30, 12, 0, tzinfo=UTC)


def test_so_quem_deu_ve_e_so_por_um_tempo() -> None:
    p = Pendentes()
    ficha = p.guardar("segredo", "ana@x.com", AGORA)
    assert p.tomar(ficha, "leo@x.com", AGORA) is None
    assert p.tomar("outra", "ana@x.com", AGORA) is None
    assert "segredo" not in repr(p)
    assert [p.tomar(ficha, "ana@x.com", AGORA) for _ in range(2)] == ["segredo", None]
    p.devolver(ficha, "segredo", "ana@x.com", AGORA)
    assert p.tomar(ficha, "ana@x.com", AGORA + DURACAO) is None


def test_os_mais_velhos_dao_lugar() -> None:
    p = Pendentes()
    fichas = [p.guardar(n, "ana@x.com", AGORA + timedelta(seconds=n)) for n in range(QUANTOS + 3)]
    depois = AGORA + timedelta(seconds=QUANTOS + 3)
    assert [p.tomar(f, "ana@x.com", depois) for f in fichas] == [None] * 3 + list(range(3, QUANTOS + 3))


def test_o_que_passou_do_tempo_nem_fica_na_memoria() -> None:
    p = Pendentes()
    p.guardar("sozinho", "ana@x.com", AGORA)
    p.passou(AGORA + DURACAO)
    assert p._por_ficha == {}
    p.guardar("velho", "ana@x.com", AGORA)
    p.guardar("novo", "ana@x.com", AGORA + DURACAO)
    assert [x.coisa for x in p._por_ficha.values()] == ["novo"]
