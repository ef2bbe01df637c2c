"""Tests that places in flight go by turn, and that one authoriser never holds them all."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.sefaz.dominio.lugares import Grupo, repartir


def esperando(quantas: dict[Grupo, int]) -> dict[Grupo, list[tuple[Grupo, int]]]:
    return {g: [(g, i) for i in range(n)] for g, n in quantas.items()}


@pytest.mark.requisito("BORDA-13")
def test_doze_empresas_repartem_os_lugares() -> None:
    muitas = esperando({(f"{n:02d}", "SP"): 12 for n in range(12)})
    escolhidas = Counter(g for g, _ in repartir(muitas, [], 60, 64))
    assert set(escolhidas.values()) == {5}
    assert len(escolhidas) == 12


@pytest.mark.requisito("BORDA-13")
def test_quem_nada_tem_em_voo_vem_primeiro() -> None:
    voando = [(f"{n:02d}", "SP") for n in range(11) for _ in range(5)]
    muitas = esperando({(f"{n:02d}", "SP"): 12 for n in range(11)} | {("99", "SP"): 1})
    assert repartir(muitas, voando, 1, 64) == [(("99", "SP"), 0)]


@pytest.mark.requisito("BORDA-13")
def test_um_autorizador_nao_passa_da_sua_parte() -> None:
    muitas = esperando({(f"{n:02d}", "SP"): 12 for n in range(11)} | {("00", "MT"): 3, ("99", "MT"): 2})
    escolhidas = Counter(g[1] for g, _ in repartir(muitas, [("00", "SP")] * 10, 128, 64))
    assert escolhidas == {"SP": 54, "MT": 5}


@pytest.mark.requisito("BORDA-13")
def test_a_empresa_presa_em_um_autorizador_segue_no_outro() -> None:
    voando = [("00", "SP")] * 64
    muitas = esperando({("00", "SP"): 12, ("00", "MT"): 2, ("01", "SP"): 4})
    assert [g for g, _ in repartir(muitas, voando, 64, 64)] == [("00", "MT")] * 2


GRUPO = st.tuples(st.sampled_from("ABCDE"), st.sampled_from("xyz"))


@pytest.mark.requisito("BORDA-13")
@given(st.dictionaries(GRUPO, st.integers(0, 20)), st.lists(GRUPO, max_size=30), st.integers(0, 40), st.integers(1, 20))
def test_reparte_com_justica(quantas: dict[Grupo, int], voando: list[Grupo], lugares: int, teto: int) -> None:
    esperam = esperando(quantas)
    escolhidas = repartir(esperam, voando, lugares, teto)
    assert len(escolhidas) == len(set(escolhidas)) <= lugares
    for grupo, linhas in esperam.items():
        assert [e for e in escolhidas if e[0] == grupo] == linhas[: sum(e[0] == grupo for e in escolhidas)]
    em_voo = Counter([*voando, *(g for g, _ in escolhidas)])
    antes = Counter(a for _, a in voando)
    for autorizador, n in Counter(a for _, a in em_voo.elements()).items():
        assert n <= max(teto, antes[autorizador])
        livre = n < teto and len(escolhidas) < lugares
        assert not livre or all(len(r) == sum(e[0] == g for e in escolhidas) for g, r in esperam.items()
                                if g[1] == autorizador)  # fmt: skip


@pytest.mark.requisito("BORDA-13")
@given(
    st.dictionaries(st.sampled_from("ABCDE"), st.integers(0, 20)),
    st.lists(st.sampled_from("ABCDE"), max_size=30),
    st.integers(0, 40),
)
def test_ninguem_passa_de_quem_tem_menos_e_ainda_espera(
    quantas: dict[str, int], voando: list[str], lugares: int
) -> None:
    esperam = esperando({(c, "x"): n for c, n in quantas.items()})
    foram = Counter(g[0] for g, _ in repartir(esperam, [(c, "x") for c in voando], lugares, 1000))
    em_voo = Counter(voando) + foram
    esperando_ainda = [c for c, n in quantas.items() if foram[c] < n]
    assert all(em_voo[c] <= em_voo[outra] + 1 for c in foram for outra in esperando_ainda)
