"""Tests queries dropped as files: the program reads what they ask, and does not depend on their writing."""

import pytest

from separador.fiscal.consultas import ConsultaLida, ler_consulta
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import NS, chave_cte


def situacao(chave: str = chave_cte(), tp_amb: str = "2", extra: str = "", versao: str = "4.00") -> bytes:
    return (
        f'<consSitCTe xmlns="{NS}" versao="{versao}"><tpAmb>{tp_amb}</tpAmb><xServ>CONSULTAR</xServ>'
        f"<chCTe>{chave}</chCTe>{extra}</consSitCTe>"
    ).encode()


def servico(uf: str = "35", raiz: str = "consStatServCTe", extra: str = "") -> bytes:
    return (
        f'<{raiz} xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><cUF>{uf}</cUF><xServ>STATUS</xServ>{extra}</{raiz}>'
    ).encode()


def codigos(dados: bytes) -> list[str]:
    lida = ler_consulta(dados, "2")
    assert isinstance(lida, Recusa), lida
    return [e.codigo for e in lida.erros]


@pytest.mark.requisito("NOM-01")
def test_situacao_com_as_manhas_do_uninfe() -> None:
    esperada = ConsultaLida(Tipo.CONSULTA, "2", chave=chave_cte())
    assert ler_consulta(situacao(), "2") == esperada
    assert (
        ler_consulta(b"\xef\xbb\xbf<?xml version='1.0'?>\r\n" + situacao(extra="<tpEmis>1</tpEmis>"), "2") == esperada
    )


@pytest.mark.requisito("NOM-01")
def test_status_com_a_grafia_antiga_e_tp_emis() -> None:
    assert ler_consulta(servico(), "2") == ConsultaLida(Tipo.STATUS, "2", uf="35")
    assert ler_consulta(servico(raiz="consStatServCte", extra="<tpEmis>7</tpEmis>"), "2") == ConsultaLida(
        Tipo.STATUS, "2", uf="35", svc=True
    )


@pytest.mark.parametrize(
    ("dados", "codigo"),
    [
        (situacao(tp_amb="1"), "252"),
        (situacao(chave_cte()[:-1] + "x"), "236"),
        (situacao("00" + chave_cte()[2:]), "236"),
        (situacao(versao="3.00"), "239"),
        (situacao().replace(b"CONSULTAR", b"STATUS"), "215"),
        (situacao().replace(NS.encode(), b"urn:outro"), "598"),
        (servico("99"), "410"),
        (b"<CTe/>", "SEP-XML-TIPO"),
        (b"<consSitCTe>", "243"),
        (b"<consSitCTe>" + b" " * 70_000 + b"</consSitCTe>", "SEP-XML-TAMANHO"),
    ],
)
def test_recusas(dados: bytes, codigo: str) -> None:
    assert codigos(dados)[0] == codigo
