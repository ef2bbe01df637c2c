"""Tests that the product refuses each bad sample exactly as the samples' table says."""

from datetime import UTC, datetime

import pytest

from separador.demonstracao.empresas import EMITENTE
from separador.demonstracao.exportacoes_com_erro import ESPECIES, RECUSADAS, Desfecho, ruim
from separador.fiscal.assinatura import Assinador
from separador.fiscal.preparo import ContextoPreparo, SemCertificado, preparar
from separador.nucleo.erro import Recusa
from tests.apoio.certificados import assinador_demo

AGORA = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture(scope="module")
def contexto() -> ContextoPreparo:
    assinador: Assinador = assinador_demo(AGORA)
    return ContextoPreparo(tp_amb="2", agora=AGORA, assinadores={EMITENTE.cnpj: assinador})


@pytest.mark.parametrize("especie", RECUSADAS)
def test_recusada_com_os_codigos_prometidos(especie: str, contexto: ContextoPreparo) -> None:
    r = ruim(especie, 7, agora=AGORA)
    resultado = preparar(r.exportacao.dados, contexto)
    assert isinstance(resultado, Recusa), f"{especie} passou"
    achados = {e.codigo for e in resultado.erros}
    assert set(r.codigos) <= achados, [(e.codigo, e.mensagem) for e in resultado.erros]
    if especie not in {"esquema-varios", "leiaute-antigo"}:  # one fault in these has more than one code
        assert achados == set(r.codigos), [(e.codigo, e.mensagem) for e in resultado.erros]


def test_empresa_sem_certificado_espera(contexto: ContextoPreparo) -> None:
    r = ruim("empresa-desconhecida", 7, agora=AGORA)
    assert r.desfecho is Desfecho.SEM_CERTIFICADO
    assert isinstance(preparar(r.exportacao.dados, contexto), SemCertificado)


def test_vazio_espera() -> None:
    assert ruim("vazio", 1, agora=AGORA).desfecho is Desfecho.ESPERA
    assert ruim("vazio", 1, agora=AGORA).exportacao.dados == b""


def test_deterministas_e_com_nomes_distintos() -> None:
    todas = [ruim(k, i, agora=AGORA) for i, k in enumerate(ESPECIES, 1)]
    assert todas == [ruim(k, i, agora=AGORA) for i, k in enumerate(ESPECIES, 1)]
    assert len({r.exportacao.nome for r in todas}) == len(todas)


def test_ambiente_de_producao_tambem() -> None:
    r = ruim("ambiente", 7, agora=AGORA, tp_amb="1")
    assert b"<tpAmb>2</tpAmb>" in r.exportacao.dados
