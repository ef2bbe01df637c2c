"""Tests the codes as a scanner sees them, and what the manual says of their sizes."""

import re

import pytest

from separador.capacidades.dacte.dominio.code128 import larguras
from separador.capacidades.dacte.dominio.contorno import contornos
from separador.capacidades.dacte.papel import Extras, codigos, imprimir
from separador.nucleo.tipo import Tipo
from tests.apoio import pdf_lido
from tests.apoio.documento_cheio import Cheio, processado

CHAVE = "35261111222333000181570010000003011268752493"


def documento(tipo: Tipo, imp: str = "1", **fixos: str) -> bytes:
    plano = Cheio(fixos={"tpEmis": "1", "modal": "01", "tpImp": imp, "CNPJ": "11222333000181", **fixos})
    plano.ramos = {"infCte": "infCTeNorm", "emit": "CNPJ"}
    return processado(tipo, plano)


def lidos(dados: bytes, dpi: int, cancelado: bool = False) -> None:
    pdf = imprimir(dados, Extras(cancelado=cancelado))
    assert isinstance(pdf, bytes)
    chave = re.search(rb'Id="CTe([^"]+)"', dados)
    qr = re.search(rb"<qrCodCTe>([^<]+)<", dados)
    assert chave is not None
    assert qr is not None
    achados = pdf_lido.codigos(pdf, dpi)
    assert f"CODE-128:{chave[1].decode()}" in achados
    assert f"QR-Code:{qr[1].decode().replace('&amp;', '&')}" in achados


@pytest.mark.requisito("DACTE-05")
@pytest.mark.parametrize("dpi", [150, 200, 300, pytest.param(600, marks=pytest.mark.longo)])
@pytest.mark.parametrize("tipo", [Tipo.CTE, Tipo.CTE_SIMP, Tipo.CTE_OS, Tipo.GTVE])
def test_os_codigos_se_leem(tipo: Tipo, dpi: int) -> None:
    lidos(documento(tipo, "2" if dpi in (200, 600) else "1"), dpi, cancelado=True)


@pytest.mark.requisito("DACTE-05")
@pytest.mark.parametrize("dpi", [150, 200, 300])
def test_cnpj_com_letras_e_qr_com_assinatura(dpi: int) -> None:
    """A longer bar code and a denser QR code take a band of their own, and are read all the same."""
    dados = documento(Tipo.CTE, CNPJ="12ABC34501DE35", tpEmis="5")
    sign = b"&amp;sign=" + (b"Ab3+/x9Z" * 43)[:344]
    lidos(dados.replace(b"</qrCodCTe>", sign + b"</qrCodCTe>"), dpi)


@pytest.mark.requisito("DACTE-05")
def test_o_codigo_adicional_da_contingencia_fs_da() -> None:
    """36 digits: state, tpEmis, CNPJ, value, ICMS of its own and by substitution, day, check digit (2.19.2)."""
    dados = documento(Tipo.CTE, tpEmis="5", UF="SP", vTPrest="1234.56", dhEmi="2026-11-20T12:00:00-03:00")
    pdf = imprimir(dados)
    assert isinstance(pdf, bytes)
    adicionais = [c for c in pdf_lido.codigos(pdf, 300) if re.fullmatch(r"CODE-128:\d{36}", c)]
    assert adicionais
    assert adicionais[0].removeprefix("CODE-128:").startswith("35511222333000181000000001234561")
    lido = pdf_lido.corrido(pdf)
    assert adicionais[0].removeprefix("CODE-128:") in lido
    assert "CONTINGÊNCIAFS-DA" in lido


def test_o_exemplo_do_manual() -> None:
    """2.17.1: the check digit of 09758364 is 48; 2.17.2: its bars."""
    assert "".join(map(str, larguras("09758364"))) == "2112322212132412111142121114223131212331112"


def test_a_chave_ocupa_nove_centimetros() -> None:
    assert codigos.largura_das_barras(CHAVE) == pytest.approx(90.0)
    assert codigos.largura_das_barras("35260712ABC34501DE3557001000000123112345678") > 90


@pytest.mark.requisito("DACTE-05")
def test_o_qr_code_tem_tamanho_e_margem_do_manual() -> None:
    for n in (50, 110, 460, 900):
        lado = codigos.lado_do_qr("h" * n)
        assert lado >= 25
        assert codigos.espaco_do_qr(lado) >= max(3.0, 0.1 * lado) - 1e-9


def test_o_contorno_e_um_so_para_o_que_se_toca() -> None:
    assert contornos([[True, True], [True, True]]) == [[(0, 0), (2, 0), (2, 2), (0, 2)]]
    assert len(contornos([[True, False], [False, True]])) == 2
    assert len(contornos([[True] * 3, [True, False, True], [True] * 3])) == 2
