"""Tests envelopes letter by letter, by the manual and the reference messages (MOC 4.00, Visão Geral, 3.4)."""

import base64
import gzip

import pytest

from separador.capacidades.sefaz.rede.contrato import CONTRATOS, RECEPCOES
from separador.capacidades.sefaz.rede.envelope import (
    envelope_consulta,
    envelope_distribuicao,
    envelope_evento,
    envelope_recepcao,
    envelope_status,
)
from separador.capacidades.sefaz.rede.porta import Servico
from separador.nucleo.tipo import FAMILIAS, Tipo
from tests.apoio.amostras import ouro

SOAP = '<soap12:Envelope xmlns:soap12="http://www.w3.org/2003/05/soap-envelope"><soap12:Body>'
FIM = "</soap12:Body></soap12:Envelope>"
XML = '<?xml version="1.0" encoding="UTF-8"?>'
WSDL = "http://www.portalfiscal.inf.br/cte/wsdl"
NS = "http://www.portalfiscal.inf.br/cte"
CHAVE = "35261111222333000181570010000001231123456780"


def msg(servico: str, conteudo: str) -> bytes:
    return f'{XML}{SOAP}<cteDadosMsg xmlns="{WSDL}/{servico}">{conteudo}</cteDadosMsg>{FIM}'.encode()


@pytest.mark.requisito("SEFAZ-01")
def test_recepcao_igual_a_mensagem_de_referencia() -> None:
    modelo = ouro("soap_recepcao.xml").strip()
    assinado = ouro("cte.xml")
    antes, depois = modelo.split(b'SincV4">')[0], modelo.split(b"</cteDadosMsg>")[1]
    feito = envelope_recepcao(Tipo.CTE, assinado)
    assert feito.split(b'SincV4">')[0] == antes
    assert feito.split(b"</cteDadosMsg>")[1] == depois
    deles, nosso = (gzip.decompress(base64.b64decode(e.split(b'">')[-1].split(b"</cte")[0])) for e in (modelo, feito))
    assert nosso == deles
    assert not nosso.startswith(b"<?xml")


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize("tipo", sorted(FAMILIAS))
def test_recepcao_de_cada_tipo(tipo: Tipo) -> None:
    contrato = CONTRATOS[RECEPCOES[tipo]]
    documento = f'<{tipo} xmlns="{NS}">é\n</{tipo}>'.encode()
    feito = envelope_recepcao(tipo, b"\xef\xbb\xbf" + XML.encode() + b"\n" + documento)
    inicio = f'{XML}{SOAP}<cteDadosMsg xmlns="{contrato.ns}">'.encode()
    assert feito.startswith(inicio)
    dentro = feito.removeprefix(inicio).removesuffix(f"</cteDadosMsg>{FIM}".encode())
    assert gzip.decompress(base64.b64decode(dentro, validate=True)) == documento
    assert contrato.retorno == FAMILIAS[tipo].retorno
    assert feito == envelope_recepcao(tipo, documento)  # same document, same bytes


def test_evento_consulta_e_status() -> None:
    evento = b'<eventoCTe versao="4.00"><infEvento/></eventoCTe>'
    assert envelope_evento(XML.encode() + evento) == msg("CTeRecepcaoEventoV4", evento.decode())
    assert envelope_consulta(CHAVE, "2") == msg(
        "CTeConsultaV4",
        f'<consSitCTe xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><xServ>CONSULTAR</xServ><chCTe>{CHAVE}</chCTe>'
        "</consSitCTe>",
    )
    assert envelope_status("35", "1") == msg(
        "CTeStatusServicoV4",
        f'<consStatServCTe xmlns="{NS}" versao="4.00"><tpAmb>1</tpAmb><cUF>35</cUF><xServ>STATUS</xServ>'
        "</consStatServCTe>",
    )


@pytest.mark.requisito("SEFAZ-07")
def test_distribuicao() -> None:
    def inteiro(autor: str, o_que: str) -> bytes:
        return (
            f'{XML}{SOAP}<cteDistDFeInteresse xmlns="{WSDL}/CTeDistribuicaoDFe"><cteDadosMsg><distDFeInt xmlns="{NS}" '
            f'versao="1.00"><tpAmb>1</tpAmb><cUFAutor>35</cUFAutor>{autor}{o_que}</distDFeInt></cteDadosMsg>'
            f"</cteDistDFeInteresse>{FIM}"
        ).encode()

    cnpj, cpf = "<CNPJ>11222333000181</CNPJ>", "<CPF>52998224725</CPF>"
    assert envelope_distribuicao(tp_amb="1", uf_autor="35", autor="11222333000181", ult_nsu=0) == inteiro(
        cnpj, "<distNSU><ultNSU>000000000000000</ultNSU></distNSU>"
    )
    assert envelope_distribuicao(tp_amb="1", uf_autor="35", autor="52998224725", nsu=123) == inteiro(
        cpf, "<consNSU><NSU>000000000000123</NSU></consNSU>"
    )
    with pytest.raises(ValueError, match="ult_nsu ou nsu"):
        envelope_distribuicao(tp_amb="1", uf_autor="35", autor="1")


@pytest.mark.requisito("SEFAZ-01")
def test_nomes_dos_servicos() -> None:
    assert set(CONTRATOS) == set(Servico)
    assert CONTRATOS[Servico.RECEPCAO_CTE].acao == f"{WSDL}/CTeRecepcaoSincV4/cteRecepcao"
    assert CONTRATOS[Servico.STATUS].acao == f"{WSDL}/CTeStatusServicoV4/cteStatusServicoCT"
    assert CONTRATOS[Servico.DISTRIBUICAO].acao == f"{WSDL}/CTeDistribuicaoDFe/cteDistDFeInteresse"
