"""Tests the signed termo with libxmlsec1, which shares no code with the product."""

import os
import shutil
import subprocess
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from separador.capacidades.ecac.integra.termo import DeA1, Parte, Termo, assinar
from separador.fiscal.certificado import Certificado
from tests.apoio import autoridade
from tests.apoio.certificados import carregar_pfx

pytestmark = pytest.mark.requisito("ECAC-01", "ECAC-02")
HOJE = date(2026, 6, 14)
PROGRAMA = shutil.which("xmlsec1")


@pytest.fixture(autouse=True)
def _com_xmlsec1() -> None:
    if PROGRAMA is None and os.environ.get("CI") == "true":
        pytest.fail("xmlsec1 ausente: no CI ele é obrigatório (apt-get install xmlsec1)")
    if PROGRAMA is None:
        pytest.skip("xmlsec1 ausente: instale o pacote xmlsec1 para conferir o termo de forma independente")


@pytest.fixture(scope="module")
def assinante() -> DeA1:
    emitido = autoridade.emitir(autoridade.CNPJ, de=datetime.now(UTC) - timedelta(days=1))
    lido = carregar_pfx(emitido.pfx(), autoridade.SENHA.encode())
    assert isinstance(lido, Certificado)
    return DeA1(lido)


def confere(xml: bytes, pasta: Path) -> bool:
    arquivo = pasta / "termo.xml"
    arquivo.write_bytes(xml)
    comando = [str(PROGRAMA), "--verify", "--insecure", str(arquivo)]
    return subprocess.run(comando, capture_output=True, check=False).returncode == 0


def termo(nome: str = "ESCRITÓRIO & CIA") -> Termo:
    return Termo(Parte(autoridade.CNPJ, "CONTRATANTE LTDA"), Parte(autoridade.CNPJ, nome), HOJE, HOJE)


def test_assinatura_vale_e_mexida_nao(assinante: DeA1, tmp_path: Path) -> None:
    xml = assinar(termo(), assinante)
    assert confere(xml, tmp_path)
    for de, para in (
        (b"CONTRATANTE LTDA", b"CONTRATANTE SA"),
        (b"20260614", b"20260615"),
        (b'tipo="PJ"', b'tipo="PF"'),
    ):
        assert not confere(xml.replace(de, para), tmp_path)


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.characters(exclude_categories=["Cs"], exclude_characters="￾￿"), min_size=1, max_size=30))
def test_qualquer_nome(assinante: DeA1, tmp_path: Path, nome: str) -> None:
    assert confere(assinar(termo(nome), assinante), tmp_path)


def test_perfil_exato(assinante: DeA1) -> None:
    xml = assinar(termo(), assinante)
    assert xml.startswith(b'<?xml version="1.0" encoding="UTF-8"?><termoDeAutorizacao><dados>')
    assert b"\n" not in xml
    assert b"ds:" not in xml
    raiz = etree.fromstring(xml)
    algoritmos = [e.get("Algorithm") for e in raiz.iter() if e.get("Algorithm")]
    assert algoritmos == [
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/04/xmldsig-more#rsa-sha256",
        "http://www.w3.org/2000/09/xmldsig#enveloped-signature",
        "http://www.w3.org/TR/2001/REC-xml-c14n-20010315",
        "http://www.w3.org/2001/04/xmlenc#sha256",
    ]
    assert [r.get("URI") for r in raiz.iter("{*}Reference")] == [""]
    assert len(list(raiz.iter("{*}X509Data"))) == 1
    assert raiz.find("dados/assinadoPor").attrib == {  # type: ignore[union-attr]
        "numero": autoridade.CNPJ, "nome": "ESCRITÓRIO & CIA", "tipo": "PJ", "papel": "autor pedido de dados"
    }  # fmt: skip


def test_assinar_de_novo_da_os_mesmos_bytes(assinante: DeA1) -> None:
    """The same termo is sent every day until its end."""
    assert assinar(termo(), assinante) == assinar(termo(), assinante)
