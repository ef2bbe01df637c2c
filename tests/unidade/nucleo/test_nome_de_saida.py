"""Tests the names of the files that are written, in both profiles."""

import pytest

from separador.nucleo import nome_de_saida as s

CHAVE = "35260712ABC34501DE35570010000001231123456784"


@pytest.mark.requisito("NOM-01")
@pytest.mark.parametrize(("nome", "base", "sufixo"), [
    (b"pedido-cte.xml", b"pedido", b"-cte.xml"),
    (b"PEDIDO-CTE.XML", b"PEDIDO", b"-CTE.XML"),
    (b"x-ped-eve.xml", b"x", b"-ped-eve.xml"),
    (b"x-ped-sit.xml", b"x", b"-ped-sit.xml"),
    (b"x-ped-sta.xml", b"x", b"-ped-sta.xml"),
    (b"nota.v2.xml", b"nota.v2", b".xml"),
    (b"sem-extensao", b"sem-extensao", b""),
    (b"nota_\xe7\xe3o-cte.xml", b"nota_\xe7\xe3o", b"-cte.xml"),
])  # fmt: skip
def test_base_da_entrada(nome: bytes, base: bytes, sufixo: bytes) -> None:
    assert s.base_da_entrada(nome) == (base, sufixo)


@pytest.mark.parametrize(("nome", "base"), [
    (b"a-pro-rec.xml", b"a"), (b"a-eve.xml", b"a"), (b"a-sit.xml", b"a"), (b"a-sta.xml", b"a"),
    (b"a-procCTe.xml", b"a"), (b"a-PROCCTE.XML", b"a"), (b"a-procEventoCTe.xml", b"a"), (b"a-pro-rec.err", b"a"),
    (b"a-cte.err", b"a"), (b"a-ped-eve.err", b"a"), (b"a-eve.err", b"a"), (b"a-sit.err", b"a"), (b"a.xml", b"a"),
])  # fmt: skip
def test_base_do_retorno(nome: bytes, base: bytes) -> None:
    assert s.base_do_retorno(nome)[0] == base


@pytest.mark.requisito("NOM-01")
def test_nomes_dos_dois_perfis() -> None:
    assert s.documento_assinado(CHAVE, b"pedido", uninfe=False).inteiro == f"{CHAVE}-cte.xml".encode()
    assert s.documento_assinado(CHAVE, b"pedido", uninfe=True).inteiro == b"pedido-cte.xml"
    assert s.evento_assinado(CHAVE, "110111", 1).inteiro == f"{CHAVE}_110111_001-ped-eve.xml".encode()
    assert s.consulta(CHAVE).inteiro == f"{CHAVE}-ped-sit.xml".encode()
    assert s.processado(CHAVE).inteiro == f"{CHAVE}-procCTe.xml".encode()
    assert s.evento_processado(CHAVE, "110110", 12).inteiro == f"{CHAVE}_110110_012-procEventoCTe.xml".encode()


@pytest.mark.requisito("NOM-01")
@pytest.mark.parametrize(("especie", "nome"), [
    ("autorizacao", b"p-pro-rec.xml"), ("evento", b"p-eve.xml"), ("consulta", b"p-sit.xml"), ("status", b"p-sta.xml"),
])  # fmt: skip
def test_nome_do_retorno(especie: str, nome: bytes) -> None:
    assert s.retorno(b"p", especie).inteiro == nome


@pytest.mark.requisito("NOM-01", "NOM-02")
@pytest.mark.parametrize(("nome", "codigo", "padrao", "uninfe"), [
    (b"p-cte.xml", "215", b"p-cte.err", b"p-pro-rec.err"),
    (b"p-cte.xml", "209", b"p-cte.err", b"p-pro-rec.err"),
    (b"p-cte.xml", "243", b"p-cte.err", b"p-cte.err"),
    (b"p-cte.xml", "402", b"p-cte.err", b"p-cte.err"),
    (b"p-cte.xml", "SEP-XML-DTD", b"p-cte.err", b"p-cte.err"),
    (b"p-cte.xml", "SEP-SEM-CERTIFICADO", b"p-cte.err", b"p-cte.err"),
    (b"P-CTE.XML", "215", b"P-cte.err", b"P-pro-rec.err"),
    (b"p-ped-eve.xml", "630", b"p-ped-eve.err", b"p-eve.err"),
    (b"p-ped-sit.xml", "236", b"p-ped-sit.err", b"p-sit.err"),
    (b"p.txt", "SEP-TAMANHO", b"p.err", b"p.err"),
])  # fmt: skip
def test_nome_da_recusa(nome: bytes, codigo: str, padrao: bytes, uninfe: bytes) -> None:
    for perfil, esperado in ((False, padrao), (True, uninfe)):
        recusa = s.recusa(nome, codigo, uninfe=perfil)
        assert recusa.inteiro == esperado
        assert s.ao_lado(recusa, b".json").inteiro == esperado.removesuffix(b".err") + b".json"


@pytest.mark.requisito("NOM-01")
def test_resposta_de_pedido() -> None:
    assert s.resposta_de_pedido(b"cancela1.json").inteiro == b"cancela1-ret.json"
    assert s.resposta_de_pedido(b"x-cte.xml").inteiro == b"x-ret.json"


def test_nome_comprido_e_cortado_na_base_e_guarda_o_sufixo() -> None:
    nome = s.retorno("é".encode() * 200, "autorizacao").inteiro
    assert len(nome) <= 255
    assert nome.endswith(b"-pro-rec.xml")
    nome.decode()
