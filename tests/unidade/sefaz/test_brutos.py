"""Raw answers are kept small, and open to the byte, whatever made them."""

import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.capacidades.sefaz.banco import brutos

AUTORIZADO = (
    b'<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://www.w3.org/2003/05/soap-envelope">'
    b'<soap:Body><cteRecepcaoResult xmlns="http://www.portalfiscal.inf.br/cte/wsdl/CTeRecepcaoSincV4">'
    b'<retCTe xmlns="http://www.portalfiscal.inf.br/cte" versao="4.00"><tpAmb>2</tpAmb><cUF>43</cUF>'
    b"<verAplic>RS20260101</verAplic><cStat>100</cStat><xMotivo>Autorizado o uso do CT-e</xMotivo>"
    b'<protCTe versao="4.00"><infProt><tpAmb>2</tpAmb><verAplic>RS20260101</verAplic>'
    b"<chCTe>43261111222333000181570010000000011123939499</chCTe><dhRecbto>2026-11-30T14:33:34-03:00</dhRecbto>"
    b"<nProt>143260000000001</nProt><digVal>oCDSqSMF0/vW1KGfc0Mp8Izpa18=</digVal><cStat>100</cStat>"
    b"<xMotivo>Autorizado o uso do CT-e</xMotivo></infProt></protCTe></retCTe></cteRecepcaoResult></soap:Body>"
    b"</soap:Envelope>"
)


@pytest.mark.requisito("DES-07")
def test_uma_resposta_fica_com_menos_de_metade_do_que_o_zlib_sozinho_deixa() -> None:
    pequena = brutos.fechar(AUTORIZADO)
    assert len(pequena) * 2 < len(zlib.compress(AUTORIZADO, 9))
    assert brutos.abrir(pequena) == AUTORIZADO


@pytest.mark.requisito("DES-07")
@given(st.binary(max_size=4000))
def test_o_que_veio_volta_byte_a_byte(bruto: bytes) -> None:
    assert brutos.abrir(brutos.fechar(bruto)) == bruto
    assert brutos.abrir(zlib.compress(bruto, 1)) == bruto  # of a version without a dictionary


@pytest.mark.requisito("DES-07")
def test_um_dicionario_nunca_muda() -> None:
    """A stream that was kept once names its dictionary by this checksum: another text would not open it."""
    assert list(brutos._POR_SOMA) == [3304374077]


@pytest.mark.requisito("DES-07")
def test_o_que_nao_esta_inteiro_nao_abre() -> None:
    with pytest.raises(zlib.error):
        brutos.abrir(brutos.fechar(AUTORIZADO)[:-8])
    with pytest.raises(LookupError):
        brutos.abrir(bytes([0x78, 0xBB, 1, 2, 3, 4]))
