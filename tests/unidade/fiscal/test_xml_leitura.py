"""Tests the reading of hostile and broken XML: refused with a reason of its own, never a tree, never an exception."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.fiscal.leitura import LIMITE_BYTES, Lido, ler
from separador.fiscal.recorte import recortar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import cte, documento_estranho, indentado


def codigo(dados: bytes) -> str:
    lido = ler(dados)
    assert isinstance(lido, Recusa)
    assert lido.erros[0].mensagem.endswith(".")
    assert lido.erros[0].o_que_fazer
    return lido.erros[0].codigo


HOSTIS = {
    "bomba_de_entidades": (
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "bbbbbbbb"><!ENTITY c "&b;&b;&b;">]><CTe>&c;</CTe>',
        "SEP-XML-DTD",
    ),
    "entidade_externa": (b'<!DOCTYPE a SYSTEM "file:///etc/passwd"><CTe/>', "SEP-XML-DTD"),
    "dtd_apos_comentario": (b"<!-- a --><?pi b?>\n<!DOCTYPE a><CTe/>", "SEP-XML-DTD"),
    "100_MB": (b"<CTe>" + b"x" * 100_000_000, "SEP-XML-TAMANHO"),
    "texto_de_15_MB": (b"<CTe>" + b"x" * 15_000_000 + b"</CTe>", "SEP-XML-LIMITE"),
    "aninhado": (b"<a>" * 5_000 + b"</a>" * 5_000, "SEP-XML-PROFUNDO"),
    "aninhado_fundo": (b"<a>" * 1_000_000, "SEP-XML-MARCAS"),
    "300_mil_atributos": (b"<a " + b" ".join(b'a%d=">"' % i for i in range(300_000)) + b"/>", "SEP-XML-ATRIBUTOS"),
    "30_mil_namespaces": (
        b"<a " + b" ".join(b'xmlns:a%d="u:%d"' % (i, i) for i in range(30_000)) + b"/>",
        "SEP-XML-NAMESPACES",
    ),
    "30_mil_namespaces_aninhados": (b"".join(b'<a xmlns="u:%d">' % i for i in range(30_000)), "SEP-XML-NAMESPACES"),
    "brancos": (b" " * 15_000_000, "243"),
    "menores": (b"<" * 1_000_000, "243"),
    "latin1_declarado": ('<?xml version="1.0" encoding="ISO-8859-1"?><CTe>ç</CTe>'.encode("latin-1"), "402"),
    "latin1_sem_declarar": ("<CTe>\nç</CTe>".encode("latin-1"), "402"),
    "latin1_declarado_utf8": ('<?xml version="1.0" encoding="UTF-8"?><CTe>ç</CTe>'.encode("latin-1"), "402"),
    "utf16": ('<?xml version="1.0" encoding="UTF-16"?><CTe/>'.encode("utf-16"), "402"),
    "vazio": (b"", "243"),
    "texto": (b"isto nao e xml", "243"),
    "json": (b'{"pedido": "enviar"}', "243"),
    "zip": (b"PK\x03\x04\x14\x00", "243"),
    "cortado": (b"<CTe><infCte>", "243"),
    "duas_raizes": (b"<CTe/><CTe/>", "243"),
    "nul": (b"<CTe>\x00</CTe>", "243"),
    "entidade_desconhecida": (b"<CTe>&nbsp;</CTe>", "243"),
    "e_comercial_solto": (b"<CTe>A & B</CTe>", "243"),
    "prefixo_sem_declarar": (b"<x:CTe/>", "243"),
    "atributo_repetido": (b'<CTe a="1" a="2"/>', "243"),
    "comentario_aberto": (b"<!-- <CTe/>", "243"),
}


@pytest.mark.requisito("SEP-07", "SEP-08")
@pytest.mark.parametrize("caso", HOSTIS, ids=str)
def test_xml_hostil_e_recusado_com_motivo(caso: str) -> None:
    dados, esperado = HOSTIS[caso]
    assert codigo(dados) == esperado


def test_linha_do_erro_e_a_do_arquivo() -> None:
    lido = ler(b"<CTe>\n<a>\n</b>\n</CTe>")
    assert isinstance(lido, Recusa)
    assert lido.erros[0].linha == 3
    assert "<a>" in lido.erros[0].mensagem


@pytest.mark.parametrize("indice", range(0, len(cte()), 97))
def test_documento_cortado_em_qualquer_ponto_nunca_passa(indice: int) -> None:
    inteiro = cte().encode()
    assert isinstance(ler(inteiro[:indice]), Recusa)


@given(st.binary(max_size=300))
def test_bytes_quaisquer_nunca_derrubam(dados: bytes) -> None:
    assert isinstance(ler(dados), Lido | Recusa)


def test_documento_bom_com_bom_declaracao_e_comentario() -> None:
    lido = ler(indentado(cte()))
    assert isinstance(lido, Lido)
    assert (lido.tipo, lido.raiz_local) == (Tipo.CTE, "CTe")
    assert lido.dados[lido.inicio :].startswith(b"<CTe")


def test_raiz_desconhecida_tem_nome_e_nao_tem_tipo() -> None:
    lido = ler(b'<NFe xmlns="urn:x"/>')
    assert isinstance(lido, Lido)
    assert (lido.tipo, lido.raiz_local) == (None, "NFe")


def test_limite_e_parametro() -> None:
    assert isinstance(ler(b"<CTe/>", limite_bytes=5), Recusa)
    assert isinstance(ler(b"<CTe/>", limite_bytes=6), Lido)
    assert LIMITE_BYTES == 20 * 1024 * 1024


def test_recorte_ignora_o_que_so_parece_tag() -> None:
    dados = b'<r><!-- <p>a</p> --><![CDATA[<p>b</p>]]><q a="<p>"/><p x=">">c<p/></p><p/></r>'.replace(
        b'a="<p>"', b'a="&lt;p>"'
    )
    assert [corte for _, corte in recortar(dados, "p")] == [b'<p x=">">c<p/></p>', b"<p/>"]


@pytest.mark.parametrize("semente", range(30))
def test_recorte_da_o_elemento_inteiro(semente: int) -> None:
    dados = documento_estranho(semente)
    lido = ler(b"<r>" + dados + b"<fim/></r>")
    assert isinstance(lido, Lido)
    nome = lido.raiz[0].tag.rpartition("}")[2]
    assert [c for _, c in recortar(lido.dados, nome)] == [dados]
