"""The examples of `config/exemplos` give the documents that the manual promises."""

import re
import zlib
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import pytest

from separador.capacidades.emissao.arquivos import leitura
from separador.capacidades.emissao.dominio.valores import CargaJulgada, Equipamento
from separador.configuracao.emissao.cadastros import ler_cadastros
from separador.demonstracao import cargas
from separador.demonstracao import empresas as e
from tests.apoio.emissao import AGORA, julgar, parametros

EXEMPLOS = Path(__file__).parents[3] / "config" / "exemplos"


def _julgada(nome: str) -> CargaJulgada:
    lidos = ler_cadastros(EXEMPLOS / "cadastros")
    assert lidos.cadastros is not None, lidos.erros
    com = Equipamento(lidos.cadastros, parametros(), frozenset({e.EMITENTE.cnpj}))
    julgada = julgar((EXEMPLOS / nome).read_bytes(), com)
    assert isinstance(julgada, CargaJulgada), julgada
    return julgada


def _tags(julgada: CargaJulgada, *nomes: str) -> list[tuple[str, ...]]:
    """Returns the first value of each tag, of each document."""
    feitas = []
    for d in julgada.documentos:
        xml = zlib.decompress(d.xml).decode()
        achadas = (re.search(rf"<{n}>([^<]*)</", xml) for n in nomes)
        feitas.append(tuple(a[1] if a is not None else "" for a in achadas))
    return feitas


@pytest.mark.requisito("CARGA-01", "CAD-02", "EMIS-06", "EMIS-08")
def test_a_carga_pequena() -> None:
    julgada = _julgada("45871-carga.yaml")
    assert _tags(julgada, "CFOP", "toma", "indIEToma", "vTPrest", "vICMS", "gIBSCBS><vBC") == [
        ("6353", "0", "1", "250.00", "30.00", "211.97")
    ]


@pytest.mark.requisito("CARGA-01", "EMIS-02", "EMIS-09", "EMIS-15", "EMIS-16", "EMIS-18", "EMIS-20", "EMIS-23")
def test_a_carga_completa() -> None:
    julgada = _julgada("45872-carga.yaml")
    nomes = ("CFOP", "toma", "indIEToma", "vTPrest", "vICMSOutraUF", "gIBSCBS><vBC", "vCargaAverb", "mod")
    assert _tags(julgada, *nomes) == [
        ("6353", "3", "2", "905.66", "", "767.89", "", "57"),
        ("6353", "3", "2", "54.34", "", "46.08", "", "57"),
        ("6932", "4", "1", "1500.00", "144.00", "1306.51", "12000.00", "57"),
        ("6357", "", "1", "3000.00", "", "2543.64", "", "67"),
    ]
    assert _tags(julgada, "vICMS", "xComp", "respSeg")[3] == ("360.00", "ESTADIA", "4")
    registro = julgada.documentos[2].registro
    assert registro["lacres"] == ["1997", "1998"]
    assert registro["forma_pagamento"] == "A PAGAR"
    assert registro["lotacao"] is True
    xml = zlib.decompress(julgada.documentos[2].xml).decode()
    assert "<lacUnidTransp><nLacre>1999</nLacre></lacUnidTransp>" in xml
    assert "<chCTe>35261033444555000181570070000000771080641330</chCTe>" in xml
    assert re.findall(r"<dup>(.*?)</dup>", xml) == [
        "<nDup>1</nDup><dVenc>2026-12-20</dVenc><vDup>750.00</vDup>",
        "<nDup>2</nDup><dVenc>2027-01-20</dVenc><vDup>750.00</vDup>",
    ]
    assert registro["cobranca"] == [
        {"numero": "1", "vencimento": "2026-12-20", "valor": "750.00"},
        {"numero": "2", "vencimento": "2027-01-20", "valor": "750.00", "tipo_titulo": "BOLETO"},
    ]
    assert _tags(julgada, "infGTVe><chCTe", "tpComp")[3] == ("35261011222333000181640010000009011943608295", "1")


def test_a_carga_completa_e_a_que_se_combinou() -> None:
    """The example is agreed upon with the WMS: what changes in it changes that."""
    dados = (EXEMPLOS / "45872-carga.yaml").read_bytes()
    assert sha256(dados).hexdigest() == "7580f9acd7742c527a3e21f6b07082e44b9b62e325d97e7b9f0bac212fa24d93"


@pytest.mark.requisito("EMIS-12", "EMIS-22")
def test_a_carga_das_outras_especies() -> None:
    julgada = _julgada("45873-carga.yaml")
    assert _tags(julgada, "mod", "modal", "tpServ", "CFOP", "vTPrest", "vTRec", "vBCIBSCBS", "vEspecie") == [
        ("57", "02", "0", "6353", "250.00", "", "", ""),
        ("67", "01", "6", "6357", "4000.00", "", "", ""),
        ("67", "01", "8", "6357", "80.00", "", "", ""),
        ("57", "01", "0", "6353", "250.00", "250.00", "211.97", ""),
        ("64", "01", "9", "6949", "", "", "", "50000.00"),
    ]


def test_cada_exemplo_se_le_sem_erro() -> None:
    for arquivo in EXEMPLOS.glob("*-carga.yaml"):
        no, lida = leitura.ler(arquivo.name.encode(), arquivo.read_bytes())
        assert no is not None
        assert lida.erros == []


def test_o_dia_dos_exemplos_esta_na_tabela() -> None:
    assert any(a.de <= AGORA.date() <= a.ate for a in parametros().aliquotas)


def test_a_carga_de_treino_e_a_que_o_programa_faz() -> None:
    feita = cargas.carga(datetime(2026, 11, 1, tzinfo=UTC))
    assert (EXEMPLOS / cargas.NOME_DE_TREINO).read_bytes() == feita
