"""Tests check digits (state registrations against published examples and a library, SUFRAMA) and the IBGE table."""

import random
from collections import Counter

import pytest

from separador.fiscal.regras.documentos_id import suframa_valida
from separador.fiscal.regras.ibge import MUNICIPIOS, municipio_da_uf, municipio_existe
from separador.fiscal.regras.ie import UFS, ie_valida
from separador.fiscal.regras.ufs import CODIGO_UF, DIVISAS, SVC
from separador.nucleo.texto_fiscal import estranho, limpar

# Example numbers from the calculations that the states publish.
PUBLICADAS = [
    ("AC", "0100482300112"),
    ("AL", "240000048"),
    ("AP", "030123459"),
    ("BA", "12345663"),
    ("BA", "61234557"),
    ("BA", "100000306"),
    ("CE", "060000015"),
    ("DF", "0730000100109"),
    ("ES", "999999990"),
    ("GO", "109876547"),
    ("MA", "120000385"),
    ("MG", "0623079040081"),
    ("MT", "00130000019"),
    ("MS", "280000006"),
    ("PA", "159999995"),
    ("PB", "060000015"),
    ("PE", "032141840"),
    ("PE", "18100100000049"),
    ("PI", "012345679"),
    ("PR", "1234567850"),
    ("RJ", "99999993"),
    ("RN", "200400401"),
    ("RN", "2000400400"),
    ("RO", "101625213"),
    ("RO", "00000000625213"),
    ("RR", "240066281"),
    ("RR", "240017556"),
    ("RS", "2243658792"),
    ("SC", "251040852"),
    ("SE", "271234563"),
    ("SP", "110042490114"),
    ("TO", "29010227836"),
]
PREFIXOS = {
    "AC": ["01"],
    "AL": ["24"],
    "AP": ["03"],
    "GO": ["10", "11", "20"],
    "MA": ["12"],
    "MS": ["28", "50"],
    "PA": ["15", "75"],
    "RN": ["20"],
    "RR": ["24"],
}
TAMANHOS = {
    **dict.fromkeys(
        ("AL", "AM", "AP", "CE", "ES", "GO", "MA", "MS", "PA", "PB", "PE", "PI", "RN", "RR", "SC", "SE"), 9
    ),
    "AC": 13,
    "BA": 9,
    "DF": 13,
    "MG": 13,
    "MT": 11,
    "PR": 10,
    "RJ": 8,
    "RO": 14,
    "RS": 10,
    "SP": 12,
    "TO": 9,
}


@pytest.mark.parametrize(("uf", "ie"), PUBLICADAS)
def test_exemplo_publicado_vale_e_com_outro_digito_nao(uf: str, ie: str) -> None:
    assert ie_valida(uf, ie)
    errada = ie[:-1] + str((int(ie[-1]) + 5) % 10)
    assert not ie_valida(uf, errada)


def test_zeros_a_esquerda_sao_repostos() -> None:
    assert ie_valida("MT", "130000019")  # the manual's own example (MOC rule G106)
    assert not ie_valida("MT", "130000018")
    assert not ie_valida("SP", "1100424901140")


def test_uf_desconhecida_nao_tem_opiniao() -> None:
    assert ie_valida("EX", "123")
    assert not ie_valida("SP", "ABC")
    assert not ie_valida("SP", "²²²")


@pytest.mark.parametrize("uf", sorted(UFS))
def test_concorda_com_biblioteca_independente(uf: str) -> None:
    outra = pytest.importorskip("erpbrasil.base.fiscal.ie", reason="erpbrasil.base (só de desenvolvimento) ausente")
    sorteio = random.Random(uf)
    resultados = Counter()
    for _ in range(300):
        prefixo = sorteio.choice(PREFIXOS.get(uf, [""]))
        meio = "".join(sorteio.choice("0123456789") for _ in range(TAMANHOS[uf] - len(prefixo) - 2))
        for fim in sorteio.sample(range(100), 20):
            ie = f"{prefixo}{meio}{fim:02d}"
            esperado = bool(outra.validar(uf.lower(), ie))
            assert ie_valida(uf, ie) is esperado, ie
            resultados[esperado] += 1
    assert resultados[True]
    assert resultados[False]


def test_suframa() -> None:
    assert suframa_valida("100698107")
    assert suframa_valida("00698101") == suframa_valida("000698101")
    assert not suframa_valida("100698108")
    assert not suframa_valida("")
    assert not suframa_valida("1234567890")


def test_tabela_do_ibge_tem_todos_os_municipios() -> None:
    assert len(MUNICIPIOS) == 5571
    assert (MUNICIPIOS["3550308"], MUNICIPIOS["5101837"]) == ("São Paulo", "Boa Esperança do Norte")
    assert all(estranho(limpar(nome)) is None and limpar(nome) == nome for nome in MUNICIPIOS.values())
    assert all(len(m) == 7 and m.isdigit() for m in MUNICIPIOS)
    por_uf = Counter(m[:2] for m in MUNICIPIOS)
    assert por_uf.keys() == set(CODIGO_UF.values())
    assert {u: por_uf[CODIGO_UF[u]] for u in ("SP", "MG", "RS", "MT", "DF", "RR")} == {
        "SP": 645,
        "MG": 853,
        "RS": 497,
        "MT": 142,
        "DF": 1,
        "RR": 15,
    }


@pytest.mark.parametrize("codigo", ["5300108", "2605459", "5101837", "4220000", "1504752", "9999999"])
def test_municipios_que_costumam_faltar(codigo: str) -> None:
    assert municipio_existe(codigo)


def test_municipio_e_uf() -> None:
    assert municipio_da_uf("3550308", "SP")
    assert not municipio_da_uf("3550308", "RJ")
    assert municipio_da_uf("9999999", "EX")
    assert not municipio_da_uf("9999999", "XX")


def test_divisas_valem_nos_dois_sentidos_e_toda_uf_tem_svc() -> None:
    assert DIVISAS.keys() == CODIGO_UF.keys() == SVC.keys()
    assert all(uma in DIVISAS[outra] for uma, outras in DIVISAS.items() for outra in outras)
