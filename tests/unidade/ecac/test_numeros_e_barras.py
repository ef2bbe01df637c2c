"""Tests check digits and barcodes: every published vector, and properties."""

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.ecac.dominio import codigo_barras as barras
from separador.capacidades.ecac.dominio.arrecadacao import (
    canonico,
    completo,
    dv_confere,
    mascarado,
    so_digitos,
    tipo_ni,
)

pytestmark = pytest.mark.requisito("ECAC-03")

SINTETICOS = ("07202615700000015", "07162615700000027", "07012615700000039", "07182615700000042", "07202605100001234")
PUBLICADOS = ("07202215764027873", "07012331301905642", "07182623030956576")


@pytest.mark.parametrize("numero", [*SINTETICOS, *PUBLICADOS])
def test_digito_do_numero_confere(numero: str) -> None:
    assert dv_confere(numero)
    assert dv_confere(canonico(numero)), "the API drops the leading zero"
    assert dv_confere(mascarado(numero))
    outro = str((int(numero[-1]) + 1) % 10)
    assert not dv_confere(numero[:-1] + outro)


def test_numero_de_enfeite_da_documentacao_nao_confere() -> None:
    assert not dv_confere("07202136999997159")


def test_mascara_da_amostra_oficial() -> None:
    assert mascarado("07202215764027873") == "07.20.22157.6402787-3"
    assert so_digitos("07.20.22157.6402787-3") == "07202215764027873"
    assert so_digitos("07.20.22157.64O2787-3") is None


@given(st.integers(1, 10**17 - 1))
def test_canonico_e_completo_se_desfazem(n: int) -> None:
    completo_ = f"{n:017d}"
    assert completo(canonico(completo_)) == completo_ == completo(str(n)) == completo(mascarado(completo_))
    assert canonico(mascarado(completo_)) == str(n)


def test_tipo_de_ni() -> None:
    assert (tipo_ni("52998224725"), tipo_ni("11222333000181")) == (1, 2)
    with pytest.raises(ValueError, match="não é CPF nem CNPJ"):
        tipo_ni("123")


OFICIAL = "85820000010000003852331307012331301905642790"
DAS = barras.da_linha("858300000033 326503282629 430718262309 309565760800")


@pytest.mark.parametrize(
    ("linha", "codigo"),
    [
        ("858200000104 000003852334 130701233131 019056427906", OFICIAL),
        (
            "858600000004 581503282616 810720261579 000000150002",
            "85860000000581503282618107202615700000015000",
        ),
        (
            "858000000143 583003852614 810701261577 000000390003",
            "85800000014583003852618107012615700000039000",
        ),
    ],
)
def test_linha_digitavel_e_codigo(linha: str, codigo: str) -> None:
    assert barras.da_linha(linha) == codigo
    assert " ".join(barras.linha_digitavel(codigo)) == linha
    assert barras.da_linha(linha.replace(" ", "")) == codigo
    assert barras.da_linha(linha[:-1] + str((int(linha[-1]) + 1) % 10)) is None


def test_amostra_oficial_do_sicalc() -> None:
    lida = barras.ler(OFICIAL)
    assert lida is not None
    assert (lida.valor, lida.orgao, lida.tipo) == (Decimal("1000.00"), "0385", "DARF")
    assert (lida.numero, lida.sufixo) == ("07012331301905642", "790")
    assert lida.limite == date(2023, 11, 9)  # 23313 in the barcode


def test_das_publicado() -> None:
    assert DAS is not None
    lida = barras.ler(DAS)
    assert lida is not None
    assert (lida.valor, lida.orgao, lida.tipo) == (Decimal("332.65"), "0328", "DAS")
    assert (lida.numero, lida.sufixo) == ("07182623030956576", "080")
    assert lida.limite == date(2026, 8, 31)  # 26243 in the barcode


def test_sinteticos_sao_compostos() -> None:
    dia = date(2026, 6, 30)  # 26181 in the barcode
    assert (
        barras.compor(valor=Decimal("58.15"), orgao="0328", limite=dia, numero="07202615700000015")
        == "85860000000581503282618107202615700000015000"
    )
    assert (
        barras.compor(valor=Decimal("1458.30"), orgao="0385", limite=dia, numero="07012615700000039")
        == "85800000014583003852618107012615700000039000"
    )


@pytest.mark.parametrize("torto", ["", "8" * 44, "1" + OFICIAL[1:], OFICIAL[:-1], OFICIAL + "0", "abc", "8²" * 22])
def test_o_que_nao_e_codigo_nao_e_lido(torto: str) -> None:
    assert barras.ler(torto) is None
    assert barras.da_linha(torto) is None


@given(
    st.integers(0, 10**11 - 1), st.sampled_from(["0385", "0328"]), st.dates(date(2000, 1, 1), date(2099, 12, 31)),
    st.integers(0, 10**17 - 1), st.integers(0, 999),
)  # fmt: skip
def test_compor_e_ler_se_desfazem(centavos: int, orgao: str, dia: date, numero: int, sufixo: int) -> None:
    valor = Decimal(centavos) / 100
    codigo = barras.compor(valor=valor, orgao=orgao, limite=dia, numero=f"{numero:017d}", sufixo=f"{sufixo:03d}")
    lida = barras.ler(codigo)
    assert lida is not None
    assert (lida.valor, lida.orgao, lida.limite) == (valor, orgao, dia)
    assert (lida.numero, lida.sufixo) == (f"{numero:017d}", f"{sufixo:03d}")
    assert barras.da_linha(" ".join(barras.linha_digitavel(codigo))) == codigo


@given(st.text(max_size=60))
def test_qualquer_texto_e_lido_ou_recusado_sem_erro(texto: str) -> None:
    barras.ler(texto)
    barras.da_linha(texto)
    so_digitos(texto)


def test_modulo_10_dos_outros_identificadores() -> None:
    """This is the published example of a collection barcode with value identifier 6 (modulus 10)."""
    corpo = "01230067896"
    assert barras.dv_modulo10(corpo) == 3


def test_campo_que_nao_cabe_e_recusado() -> None:
    with pytest.raises(ValueError, match="tamanho"):
        barras.compor(valor=Decimal("9999999999.99"), orgao="0328", limite=date(2026, 1, 1), numero="1" * 17)
