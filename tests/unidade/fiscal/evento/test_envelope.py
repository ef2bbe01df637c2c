"""Tests the events and queries that we build: valid by the schema once signed, whatever reason an operator types."""

from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from separador.fiscal import esquema
from separador.fiscal.assinatura import MOLDE, Assinador, enxertar
from separador.fiscal.evento.envelope import (
    formatar_instante,
    limpar_justificativa,
    montar_cancelamento,
    montar_consulta,
)
from separador.fiscal.evento.regras import verificar_evento
from separador.fiscal.leitura import reler
from separador.fiscal.resumo import resumir_evento
from separador.fiscal.verificacao import Verificada, verificar
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.gerador import AGORA, EMITENTE, chave_cte

BRASILIA = timezone(timedelta(hours=-3))
QUANDO = AGORA.astimezone(BRASILIA)


def cancelamento(justificativa: str = "Erro na digitação do valor", quando: datetime = QUANDO) -> bytes | Recusa:
    return montar_cancelamento(
        chave=chave_cte(),
        protocolo="135260000000001",
        justificativa=justificativa,
        cnpj=EMITENTE,
        tp_amb="2",
        quando=quando,
    )


@pytest.mark.requisito("CTE-05", "CTE-14")
def test_cancelamento_assinado_vale_no_esquema(assinador: Assinador) -> None:
    xml = cancelamento()
    assert isinstance(xml, bytes)
    assinado = assinador.assinar(xml, Tipo.EVENTO)
    raiz = reler(assinado.dados)
    assert esquema.validar(raiz, Tipo.EVENTO) == []
    assert verificar_evento(raiz, "2", AGORA) == []
    assert isinstance(verificar(assinado.dados, cnpj_esperado=EMITENTE), Verificada)
    assert assinado.id == f"ID110111{chave_cte()}001"
    resumo = resumir_evento(raiz)
    assert (resumo.tp_evento, resumo.n_seq, resumo.n_prot) == ("110111", 1, "135260000000001")
    assert (resumo.x_just, resumo.autor) == ("Erro na digitação do valor", EMITENTE)
    assert resumo.dh_evento == "2026-11-20T12:00:00-03:00"


@given(st.text(max_size=300))
def test_qualquer_motivo_ou_e_recusado_ou_vale_no_esquema(texto: str) -> None:
    xml = cancelamento(texto)
    if isinstance(xml, Recusa):
        assert "15" in xml.erros[0].o_que_fazer
    else:
        assert esquema.validar(reler(enxertar(xml, MOLDE)), Tipo.EVENTO) == []


@pytest.mark.parametrize(
    ("digitado", "gravado"),
    [
        ("  valor   errado\n no frete  ", "valor errado no frete"),
        ("valor “errado” – refazer…", 'valor "errado" - refazer...'),
        ("R$ 10 < 20 & 'ok' > 5", "R$ 10 < 20 & 'ok' > 5"),
    ],
)
def test_motivo_e_limpo(digitado: str, gravado: str) -> None:
    assert limpar_justificativa(digitado) == gravado
    xml = cancelamento(digitado)
    assert isinstance(xml, bytes)
    assert resumir_evento(reler(xml)).x_just == gravado


@pytest.mark.requisito("CTE-05")
@pytest.mark.parametrize("motivo", ["", "x" * 14, "  " + "x" * 14 + "  ", "x" * 256, "motivo com emoji 😀😀😀"])
def test_motivo_recusado(motivo: str) -> None:
    assert isinstance(limpar_justificativa(motivo), Recusa)


@pytest.mark.parametrize("motivo", ["x" * 15, "x" * 255])
def test_limites_do_motivo(motivo: str) -> None:
    assert limpar_justificativa(motivo) == motivo


def test_instante_com_fuso_inteiro() -> None:
    assert formatar_instante(AGORA.replace(microsecond=7)) == "2026-11-20T15:00:00+00:00"
    for ruim in (datetime(2026, 1, 1), AGORA.astimezone(timezone(timedelta(hours=5, minutes=30)))):  # noqa: DTZ001
        with pytest.raises(ValueError, match="fuso"):
            formatar_instante(ruim)


def test_autor_pessoa_fisica() -> None:
    xml = montar_cancelamento(
        chave=chave_cte(), protocolo="1" * 15, justificativa="x" * 15, cnpj="11144477735", tp_amb="2", quando=QUANDO
    )
    assert isinstance(xml, bytes)
    assert b"<CPF>11144477735</CPF>" in xml


def test_consulta_vale_no_esquema() -> None:
    assert esquema.validar(reler(montar_consulta(chave_cte(), "2")), Tipo.CONSULTA) == []


REGRAS = {
    "252": ("<tpAmb>2<", "<tpAmb>1<"),
    "677": ("<cOrgao>35<", "<cOrgao>33<"),
    "627": (f"<CNPJ>{EMITENTE}<", "<CNPJ>11222333000182<"),
    "905": (f"<CNPJ>{EMITENTE}</CNPJ>", "<CPF>11111111111</CPF>"),
    "628": ('001">', '002">'),
    "236": (chave_cte(), chave_cte()[:-1] + "0"),
    "632": (f"<CNPJ>{EMITENTE}<", "<CNPJ>11222333000262<"),
    "635": ("2026-11-20T12:00:00", "2026-11-20T12:05:01"),
    "732": ("<tpEvento>110111<", "<tpEvento>110180<"),
    "721": ("<tpEvento>110111<", "<tpEvento>110170<"),
    "595": ("<tpEvento>110111<", "<tpEvento>110110<"),
}


@pytest.mark.parametrize("codigo", REGRAS)
def test_regra_do_envelope(codigo: str) -> None:
    bom = cancelamento()
    assert isinstance(bom, bytes)
    de, para = REGRAS[codigo]
    texto = bom.decode().replace(de, para)
    if codigo in ("732", "595"):
        texto = texto.replace(chave_cte(), _chave_do_modelo("64"))
    achados = verificar_evento(reler(texto.encode()), "2", AGORA)
    assert codigo in [e.codigo for e in achados]
    assert all(e.mensagem.endswith(".") and e.linha == 1 for e in achados)


def _chave_do_modelo(modelo: str) -> str:
    from separador.nucleo.chave import compor

    return compor(uf="35", aamm="2611", cnpj=EMITENTE, modelo=modelo, serie=1, numero=1, tp_emis="1", codigo="1")


def test_arvore_quebrada_nao_derruba() -> None:
    for xml in ("<eventoCTe/>", f"<eventoCTe xmlns='{'http://www.portalfiscal.inf.br/cte'}'><infEvento/></eventoCTe>"):
        verificar_evento(reler(xml.encode()), "2", datetime(2026, 1, 1, tzinfo=UTC))
