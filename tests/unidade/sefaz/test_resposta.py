"""Tests the payload cut out of an answer: any answer gives a value, never an exception."""

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from separador.capacidades.sefaz.rede.porta import Servico
from separador.capacidades.sefaz.rede.resposta import SemResposta, cortar
from separador.fiscal.leitura import Lido, ler

NS = "http://www.portalfiscal.inf.br/cte"
RET = f'<retCTe xmlns="{NS}" versao="4.00"><tpAmb>2</tpAmb><cStat>100</cStat><xMotivo>Autorizado é</xMotivo></retCTe>'
BOA = (
    '<?xml version="1.0" encoding="utf-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>'
    f'<cteRecepcaoResult xmlns="{NS}/wsdl/CTeRecepcaoSincV4">{RET}</cteRecepcaoResult></s:Body></s:Envelope>'
).encode()
SERVICOS = list(Servico)


def conferir(bruto: bytes, servico: Servico) -> None:
    cortado = cortar(bruto, servico)
    if isinstance(cortado, SemResposta):
        assert cortado.motivo
        assert cortado.detalhe
    else:
        lido = ler(cortado)
        assert isinstance(lido, Lido)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300), st.sampled_from(SERVICOS))
def test_quaisquer_bytes(bruto: bytes, servico: Servico) -> None:
    conferir(bruto, servico)


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, len(BOA)), st.integers(0, len(BOA)), st.binary(max_size=12), st.sampled_from(SERVICOS))
def test_uma_boa_estragada_em_qualquer_lugar(de: int, ate: int, novo: bytes, servico: Servico) -> None:
    inicio, fim = sorted((de, ate))
    conferir(BOA[:inicio] + novo + BOA[fim:], servico)


def test_cortada_em_qualquer_ponto_nunca_e_resposta() -> None:
    for i in range(len(BOA) - 1):
        assert isinstance(cortar(BOA[:i], Servico.RECEPCAO_CTE), SemResposta), i


def test_os_bytes_sao_os_que_vieram() -> None:
    assert cortar(BOA, Servico.RECEPCAO_CTE) == RET.encode()
