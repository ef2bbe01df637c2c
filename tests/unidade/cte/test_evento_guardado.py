"""The signed bytes of an event are kept small, and come back to the byte; those that a former version kept, too."""

import sqlite3
from pathlib import Path

import pytest

from separador.banco.conexao import abrir
from separador.capacidades.cte.banco import eventos
from separador.capacidades.cte.banco.eventos import NovoEvento
from separador.capacidades.cte.banco.leitura_de_eventos import assinado

CHAVE = "35260712ABC34501DE35570010000001231123456784"
QUANDO = "2026-11-20T15:00:00.000Z"
ASSINADO = (
    b'<eventoCTe xmlns="http://www.portalfiscal.inf.br/cte" versao="4.00"><infEvento Id="ID110111"><xJust>'
    b'\xc3\xa7</xJust></infEvento><Signature xmlns="http://www.w3.org/2000/09/xmldsig#"><SignedInfo>'
    b'<CanonicalizationMethod Algorithm="http://www.w3.org/TR/2001/REC-xml-c14n-20010315"/>'
    b'<SignatureMethod Algorithm="http://www.w3.org/2000/09/xmldsig#rsa-sha1"/></SignedInfo></Signature></eventoCTe>'
)


@pytest.mark.requisito("DES-07")
@pytest.mark.parametrize("dados", [ASSINADO, b""])
def test_os_bytes_assinados_voltam_como_eram(tmp_path: Path, dados: bytes) -> None:
    banco = abrir(tmp_path)
    try:
        novo = NovoEvento(CHAVE, "110111", 1, "dig", dados, None, 1, b"base")
        numero = eventos.inserir(banco, novo, QUANDO)
        linha = eventos.por_id(banco, numero)
        assert assinado(linha) == dados
        assert len(linha["dados"]) < max(len(dados) // 2, 20)
    finally:
        banco.close()


@pytest.mark.requisito("DES-07")
def test_o_que_uma_versao_anterior_guardou_como_era_tambem_se_le() -> None:
    c = sqlite3.connect(":memory:")
    c.row_factory = sqlite3.Row
    assert assinado(c.execute("SELECT ? AS dados", (ASSINADO,)).fetchone()) == ASSINADO
    assert assinado(c.execute("SELECT x'' AS dados").fetchone()) == b""
