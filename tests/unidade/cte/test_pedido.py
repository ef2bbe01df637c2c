"""Tests orders on a document: allowed or refused, with the code, in each situação."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from separador.capacidades.cte.dominio.pedido import Fatos, TipoDePedido, avaliar, motivo_recusado
from separador.nucleo.negativa import Aval
from separador.nucleo.situacao import Situacao

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
MOTIVO = "ERRO NO VALOR DO FRETE"
AUTORIZADO = Fatos(Situacao.AUTORIZADO, "57", tp_cte="0", cstat="100", protocolo="135260000000001", autorizado_em=AGORA)
# situação → orders that may be carried out
PERMITIDOS = {
    "NÃO ENVIADO": {"enviar", "consultar"},
    "AGUARDANDO RETORNO": {"consultar"},
    "AUTORIZADO PELA SEFAZ": {"cancelar", "consultar"},
    "REJEITADO PELA SEFAZ": {"enviar", "consultar"},
    "AGUARDANDO RETORNO DE CANCELAMENTO": {"estornar", "consultar"},
    "CANCELADO": {"consultar"},
    "CANCELAMENTO REJEITADO": {"enviar", "cancelar", "consultar"},
}


def codigo(pedido: TipoDePedido, fatos: Fatos, motivo: str = MOTIVO, *, aval: Aval = Aval.SEM_USUARIOS) -> str | None:
    negativa = avaliar(pedido, fatos, agora=AGORA, motivo=motivo, aval=aval)
    return negativa.codigo if negativa else None


@pytest.mark.requisito("CTE-02", "CTE-05", "CTE-07", "CTE-08")
@pytest.mark.parametrize("situacao", list(PERMITIDOS))
def test_cada_pedido_em_cada_situacao(situacao: str) -> None:
    fatos = replace(AUTORIZADO, situacao=Situacao(situacao))
    for pedido in TipoDePedido:
        esperado = None if pedido.value in PERMITIDOS[situacao] else "SEP-SITUACAO"
        assert codigo(pedido, fatos) == esperado, pedido


@pytest.mark.requisito("CTE-08")
@pytest.mark.parametrize("situacao", [s for s in PERMITIDOS if "estornar" not in PERMITIDOS[s]])
def test_estorno_em_outra_situacao_diz_por_que(situacao: str) -> None:
    negativa = avaliar(TipoDePedido.ESTORNAR, replace(AUTORIZADO, situacao=Situacao(situacao)), agora=AGORA)
    assert negativa is not None
    assert situacao in negativa.mensagem
    assert ("não pode ser revertido" in negativa.mensagem) is (situacao == "CANCELADO")


@pytest.mark.requisito("CTE-05")
@pytest.mark.parametrize(("motivo", "vale"), [
    ("", False), ("x" * 14, False), ("x" * 15, True), ("x" * 255, True), ("x" * 256, False),
    ("   " + "x" * 14 + "   ", False), ("   " + "x" * 15 + "   ", True), (" " * 300, False),
    ("ação, coração e ÿ: ok", True), ("linha um\nlinha dois!", False), ("preço em € errado 123", False),
    ("travessão – errado 12", False), ("emoji \U0001f69a no motivo", False), ("controle \x85 no motivo", False),
])  # fmt: skip
def test_motivo_do_cancelamento(motivo: str, vale: bool) -> None:
    assert (motivo_recusado(motivo) is None) is vale
    assert (codigo(TipoDePedido.CANCELAR, AUTORIZADO, motivo) is None) is vale


@pytest.mark.requisito("CTE-05")
@pytest.mark.parametrize(("modelo", "ha", "esperado"), [
    ("57", timedelta(hours=168), None),
    ("57", timedelta(hours=168, seconds=1), "220"),
    ("67", timedelta(hours=168, seconds=1), "220"),
    ("64", timedelta(hours=169), None),
    ("64", timedelta(days=45), None),
    ("64", timedelta(days=45, seconds=1), "876"),
])  # fmt: skip
def test_prazo_do_cancelamento(modelo: str, ha: timedelta, esperado: str | None) -> None:
    assert codigo(TipoDePedido.CANCELAR, replace(AUTORIZADO, modelo=modelo, autorizado_em=AGORA - ha)) == esperado


@pytest.mark.requisito("CTE-05")
@pytest.mark.parametrize(("eventos", "esperado"), [
    ({"110110"}, "523"),
    ({"310610"}, "528"),
    ({"310610", "310611"}, None),
    ({"110180"}, "862"),
    ({"110180", "110181"}, None),
    ({"240130"}, "660"),
    ({"240130", "240131"}, None),
    ({"240140"}, "576"),
    ({"240180"}, "888"),
    ({"240180", "240181"}, None),
    ({"610110", "310620"}, None),
    (set(), None),
])  # fmt: skip
def test_cancelamento_que_a_sefaz_recusaria(eventos: set[str], esperado: str | None) -> None:
    assert codigo(TipoDePedido.CANCELAR, replace(AUTORIZADO, eventos=frozenset(eventos))) == esperado


@pytest.mark.requisito("CTE-05", "CTE-16")
def test_substituto_e_substituido() -> None:
    assert codigo(TipoDePedido.CANCELAR, replace(AUTORIZADO, tp_cte="3")) == "574"
    assert codigo(TipoDePedido.CANCELAR, replace(AUTORIZADO, tp_cte="6")) == "574"
    assert codigo(TipoDePedido.CANCELAR, replace(AUTORIZADO, marca="substituído")) == "576"
    assert codigo(TipoDePedido.CANCELAR, replace(AUTORIZADO, protocolo=None)) == "SEP-SEM-PROTOCOLO"


@pytest.mark.requisito("CTE-05")
def test_a_situacao_e_dita_antes_do_prazo() -> None:
    velho = replace(AUTORIZADO, situacao=Situacao.CANCELADO, autorizado_em=AGORA - timedelta(days=60))
    assert codigo(TipoDePedido.CANCELAR, velho) == "SEP-SITUACAO"


@pytest.mark.requisito("CTE-09")
def test_o_primeiro_estorno_e_livre_e_os_outros_pedem_usuario_e_senha() -> None:
    esperando = replace(AUTORIZADO, situacao=Situacao.AGUARDANDO_CANCELAMENTO)
    assert {codigo(TipoDePedido.ESTORNAR, esperando, aval=a) for a in Aval} == {None}
    for estornos in (1, 2, 7):
        outro = replace(esperando, estornos=estornos)
        assert codigo(TipoDePedido.ESTORNAR, outro, aval=Aval.CONFIRMADO) is None
        for aval, do_codigo, palavra in (
            (Aval.ARQUIVO, "SEP-ESTORNO-REPETIDO", "cte estornar"),
            (Aval.SEM_USUARIOS, "SEP-ESTORNO-REPETIDO", "ainda não há usuários"),
            (Aval.FALTA_SENHA, "SEP-ESTORNO-USUARIO", "--usuario"),
        ):
            negativa = avaliar(TipoDePedido.ESTORNAR, outro, agora=AGORA, aval=aval)
            assert negativa is not None
            assert negativa.codigo == do_codigo
            assert palavra in negativa.mensagem


@pytest.mark.requisito("CTE-09")
def test_a_confirmacao_nao_abre_outro_estado() -> None:
    cancelado = replace(AUTORIZADO, situacao=Situacao.CANCELADO, estornos=1)
    assert codigo(TipoDePedido.ESTORNAR, cancelado, aval=Aval.CONFIRMADO) == "SEP-SITUACAO"


@pytest.mark.parametrize("cstat", ["217", "678"])
def test_o_que_a_sefaz_nao_recebeu_pode_ir_de_novo(cstat: str) -> None:
    esperando = replace(AUTORIZADO, situacao=Situacao.AGUARDANDO_RETORNO, protocolo=None)
    assert codigo(TipoDePedido.ENVIAR, replace(esperando, cstat=cstat)) is None
    assert codigo(TipoDePedido.ENVIAR, replace(esperando, cstat="204")) == "SEP-SITUACAO"
