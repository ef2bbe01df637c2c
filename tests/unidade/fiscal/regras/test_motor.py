"""Tests the checker as a whole: any tree is fine, the address of the QR code, and the samples at hand."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from lxml import etree

from separador.fiscal.regras.achado import ContextoRegras
from separador.fiscal.regras.enderecos_qrcode import url_qrcode
from separador.fiscal.regras.motor import verificar
from separador.nucleo.tipo import DOCUMENTOS, Tipo
from tests.apoio.amostras import ouro
from tests.unidade.fiscal.regras.bases import AGORA, CONTEXTO, NS, achar, cnpj, documento, inclui, parte, poe, tira
from tests.unidade.fiscal.regras.casos import TERCEIRO, TIRA_IEST


def _codigos(raiz: etree._Element, tipo: Tipo = Tipo.CTE) -> set[str]:
    return {e.codigo for e in verificar(raiz, tipo, CONTEXTO)}


def _estragos(tipo: Tipo) -> Iterator[etree._Element]:
    """Yields the base document without each of its elements, and with nonsense in each of its texts."""
    total = sum(1 for _ in documento(tipo).iter())
    for indice in range(1, total):
        for texto in (None, "", "?", "-1", "NaN", "٣", "9" * 60):
            raiz = documento(tipo)
            no = list(raiz.iter())[indice]
            pai = no.getparent()
            assert pai is not None
            if texto is None:
                pai.remove(no)
            elif len(no):
                break
            else:
                no.text = texto
            yield raiz


@pytest.mark.parametrize("tipo", sorted(DOCUMENTOS))
def test_arvore_estragada_nunca_levanta(tipo: Tipo) -> None:
    for raiz in _estragos(tipo):
        for erro in verificar(raiz, tipo, CONTEXTO):
            assert erro.mensagem


@pytest.mark.parametrize("tipo", sorted(DOCUMENTOS))
def test_documento_vazio_nunca_levanta(tipo: Tipo) -> None:
    for texto in (
        f"<{tipo} xmlns='{NS}'/>",
        f"<{tipo}/>",
        f"<{tipo} xmlns='{NS}'><infCte/></{tipo}>",
        "<x><!-- --></x>",
    ):
        verificar(etree.fromstring(texto), tipo, CONTEXTO)


@pytest.mark.parametrize("tipo", sorted(set(Tipo) - DOCUMENTOS))
def test_outros_tipos_nao_tem_regras(tipo: Tipo) -> None:
    assert verificar(etree.Element("x"), tipo, CONTEXTO) == []


def test_formatado_com_comentarios_da_no_mesmo_e_diz_a_linha() -> None:
    raiz = documento(Tipo.CTE, poe("rem/CNPJ", cnpj("112223330001")[:-1] + "9"))
    etree.indent(raiz)
    texto = etree.tostring(raiz).replace(b"<ide>", b"<ide><!-- nota --><?instrucao?>")
    (erro,) = verificar(etree.fromstring(texto), Tipo.CTE, CONTEXTO)
    assert (erro.codigo, erro.regra, erro.tag) == ("415", "G114", "CNPJ")
    assert erro.linha is not None
    assert b"<CNPJ>11222333000189" in texto.split(b"\n")[erro.linha - 1]


def test_todas_as_falhas_na_ordem_do_manual() -> None:
    raiz = documento(Tipo.CTE, poe("ide/CFOP", "6101"), poe("ide/serie", "890"), poe("rem/xNome", "X"))
    assert [e.regra for e in verificar(raiz, Tipo.CTE, CONTEXTO)] == ["G002", "G006", "G049"]


def test_emitente_com_cpf_nao_precisa_de_cnpj() -> None:
    raiz = documento(Tipo.CTE, tira("emit/CNPJ"), inclui("emit", "<CPF>52998224725</CPF>"), poe("ide/serie", "920"))
    assert _codigos(raiz) == set()


def test_parte_do_exterior() -> None:
    fora = (
        poe("dest/CNPJ", "0" * 14),
        poe("dest/enderDest/UF", "EX"),
        poe("dest/enderDest/cMun", "9999999"),
        tira("dest/IE"),
        poe("ide/UFFim", "EX"),
        poe("ide/cMunFim", "9999999"),
        poe("ide/CFOP", "7358"),
    )
    assert _codigos(documento(Tipo.CTE, *fora)) == set()
    assert _codigos(documento(Tipo.CTE, *fora, poe("dest/CNPJ", ""))) == set()
    assert _codigos(documento(Tipo.CTE, *fora, poe("dest/enderDest/UF", "RJ"))) == {"208", "424"}


def test_tomador_terceiro_do_exterior_nao_repete_ninguem() -> None:
    zeros = (poe("ide/toma4/CNPJ", "0" * 14), tira("ide/toma4/IE"), poe("ide/toma4/enderToma/UF", "EX"))
    fora = (*TERCEIRO, *TIRA_IEST, *zeros, poe("ide/toma4/enderToma/cMun", "9999999"), poe("ide/indIEToma", "9"))
    outro = (tira("dest"), inclui("", parte("dest", "0" * 14, "", ("9999999", "EX"))))
    assert _codigos(documento(Tipo.CTE, *fora, *outro)) == set()


def test_contingencia_offline_ainda_nao_confirmada_e_tolerada() -> None:
    antigo = poe("ide/dhEmi", (AGORA - timedelta(days=20)).strftime("%Y-%m-%dT%H:%M:%S+00:00"))
    assert _codigos(documento(Tipo.CTE, poe("ide/tpEmis", "2"), antigo)) == set()


def test_icms_confere_em_cada_grupo_menos_no_retido() -> None:
    def com(grupo: str, sufixo: str, valor: str) -> set[str]:
        campos = f"<vBC{sufixo}>100.00</vBC{sufixo}><pICMS{sufixo}>12.00</pICMS{sufixo}>"
        xml = f"<{grupo}><CST>90</CST>{campos}<vICMS{sufixo}>{valor}</vICMS{sufixo}></{grupo}>"
        return _codigos(documento(Tipo.CTE, tira("imp/ICMS/ICMS00"), inclui("imp/ICMS", xml)))

    for grupo, sufixo in (("ICMS00", ""), ("ICMS20", ""), ("ICMS90", ""), ("ICMSOutraUF", "OutraUF")):
        assert com(grupo, sufixo, "12.01") == set()
        assert com(grupo, sufixo, "12.02") == {"675"}
    assert com("ICMS60", "STRet", "3.00") == set()


def test_qr_code_nao_distingue_maiusculas() -> None:
    raiz = documento(Tipo.CTE)
    qr = achar(raiz, "/infCTeSupl/qrCodCTe")
    qr.text = (qr.text or "").replace("https://homologacao.nfe.fazenda", "HTTPS://HOMOLOGACAO.nfe.Fazenda")
    assert _codigos(raiz) == set()


def test_endereco_do_qr_code() -> None:
    assert url_qrcode("SP", "1") == url_qrcode("35", "1") == "https://nfe.fazenda.sp.gov.br/CTeConsulta/qrCode"
    assert url_qrcode("PE", "2") == url_qrcode("SP", "2")
    assert url_qrcode("33", "1") == url_qrcode("RS", "1") == "https://dfe-portal.svrs.rs.gov.br/cte/qrCode"
    for uf, ambiente in (("XX", "1"), ("SP", "3"), ("99", "1")):
        with pytest.raises(KeyError):
            url_qrcode(uf, ambiente)


def test_amostra_de_ouro_passa() -> None:
    raiz = etree.fromstring(ouro("cte.xml"))
    assert verificar(raiz, Tipo.CTE, ContextoRegras("2", datetime(2026, 11, 21, tzinfo=UTC))) == []
    depois = ContextoRegras("2", datetime(2026, 12, 1, tzinfo=UTC))
    assert [e.codigo for e in verificar(raiz, Tipo.CTE, depois)] == ["228"]
