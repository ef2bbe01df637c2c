"""Tests keys and check digits: the manual's examples and other vectors, and properties over any key."""

from string import ascii_uppercase, digits

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.nucleo.chave import FORMATO_CHAVE, chave_valida, cnpj_valido, compor, cpf_valido, dv11, partes

VETORES = [
    ("5206043300991100250655012000000780026730161", 5),
    ("4318120352756800015357001000221121106221121", 2),
    ("35260712ABC34501DE3557001000000123112345678", 4),
    ("3126111122233300018157001000000001100000001", 2),
]
CORPOS = st.tuples(
    st.text(digits, min_size=6, max_size=6),
    st.text(digits + ascii_uppercase, min_size=12, max_size=12),
    st.text(digits, min_size=25, max_size=25),
).map("".join)
CNPJS = st.text(digits + ascii_uppercase, min_size=12, max_size=12).filter(lambda b: b != "0" * 12)


@pytest.mark.parametrize(("corpo", "dv"), VETORES)
def test_vetores_da_chave(corpo: str, dv: int) -> None:
    assert dv11(corpo) == dv
    assert chave_valida(f"{corpo}{dv}")


def test_vetor_do_cnpj_alfanumerico() -> None:
    assert cnpj_valido("12ABC34501DE35")
    assert not cnpj_valido("12ABC34501DE36")
    assert not cnpj_valido("12abc34501de35")


@pytest.mark.parametrize("cnpj", ["11222333000181", "99887766000105", "66777888000181"])
def test_cnpj_numerico(cnpj: str) -> None:
    assert cnpj_valido(cnpj)
    assert not cnpj_valido(cnpj[:13] + str((int(cnpj[13]) + 1) % 10))


@pytest.mark.parametrize(
    "cnpj", ["", "0" * 14, "1122233300018", "112223330001811", "11222333000A81", "11.222.333/0001-81"]
)
def test_cnpj_de_forma_errada(cnpj: str) -> None:
    assert not cnpj_valido(cnpj)


@pytest.mark.parametrize(("cpf", "vale"), [
    ("52998224725", True), ("11144477735", True), ("52998224724", False), ("52998224735", False),
    ("11111111111", False), ("5299822472", False), ("5299822472A", False),
])  # fmt: skip
def test_cpf(cpf: str, vale: bool) -> None:
    assert cpf_valido(cpf) is vale


@pytest.mark.parametrize("chave", [
    "", "1" * 43, "1" * 45, "a" * 44, "35260712abc34501de35570010000001231123456784",
    "35260712ABC34501DE3557001000000123112345678A", "3526 712ABC34501DE35570010000001231123456784",
    "35260712ABC34501DE35570010000001231123456784\n",
])  # fmt: skip
def test_chave_de_forma_errada(chave: str) -> None:
    assert not chave_valida(chave)


@given(CORPOS)
def test_o_dv_calculado_faz_a_chave_valida_e_nenhum_outro(corpo: str) -> None:
    certo = dv11(corpo)
    assert 0 <= certo <= 9
    assert [d for d in range(10) if chave_valida(f"{corpo}{d}")] == [certo]


@given(CORPOS, st.integers(0, 42), st.data())
def test_um_algarismo_trocado_muda_o_dv_ou_cai_no_zero(corpo: str, onde: int, dados: st.DataObject) -> None:
    """Modulus 11 with weights 2 to 9 finds any one exchanged digit, except where both remainders give digit 0."""
    outro = dados.draw(st.sampled_from([c for c in digits if c != corpo[onde]]))
    trocado = corpo[:onde] + outro + corpo[onde + 1 :]
    if (ord(outro) - ord(corpo[onde])) % 11 and dv11(corpo) != 0:
        assert dv11(trocado) != dv11(corpo)


@given(CNPJS)
def test_dv_do_cnpj_fecha(base: str) -> None:
    d1 = dv11(base)
    d2 = dv11(f"{base}{d1}")
    assert cnpj_valido(f"{base}{d1}{d2}")


@given(st.integers(0, 999), st.integers(1, 999_999_999), st.sampled_from("123578"), st.integers(0, 99_999_999), CNPJS)
def test_compor_e_partes_sao_inversas(serie: int, numero: int, tp_emis: str, codigo: int, base: str) -> None:
    cnpj = f"{base}00"
    chave = compor(uf="35", aamm="2611", cnpj=cnpj, modelo="57", serie=serie, numero=numero, tp_emis=tp_emis,
                   codigo=str(codigo))  # fmt: skip
    assert FORMATO_CHAVE.fullmatch(chave)
    assert chave_valida(chave)
    p = partes(chave)
    assert (p.uf, p.aamm, p.cnpj, p.modelo) == ("35", "2611", cnpj, "57")
    assert (int(p.serie), int(p.numero), p.tp_emis, int(p.codigo)) == (serie, numero, tp_emis, codigo)


def test_cpf_no_lugar_do_cnpj_ganha_zeros() -> None:
    chave = compor(uf="35", aamm="2611", cnpj="52998224725", modelo="57", serie=920, numero=1, tp_emis="3", codigo="1")
    assert partes(chave).cnpj == "00052998224725"


def test_compor_com_parte_comprida_demais() -> None:
    with pytest.raises(ValueError, match="posições"):
        compor(uf="35", aamm="2611", cnpj="1" * 15, modelo="57", serie=1, numero=1, tp_emis="1", codigo="1")
