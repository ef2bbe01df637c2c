"""Tests what a waiting command (`--esperar`) takes for SEFAZ's word."""

from dataclasses import replace

import pytest

from separador.capacidades.cte.dominio.desfecho_do_pedido import Fatos, veredito

AUTORIZADO, REJEITADO, CANCELADO = "AUTORIZADO PELA SEFAZ", "REJEITADO PELA SEFAZ", "CANCELADO"
NA_FILA = Fatos(chamada="pendente", aberta=True)


@pytest.mark.requisito("BORDA-19")
@pytest.mark.parametrize(("pedido", "fatos", "esperado"), [
    ("enviar", Fatos(mudou=AUTORIZADO, motivo="protocolo 1"), True),
    ("enviar", Fatos(mudou=REJEITADO, motivo="209 IE inválida"), False),
    ("enviar", Fatos(mudou=CANCELADO), False),
    ("enviar", Fatos(situacao="AGUARDANDO RETORNO"), None),
    ("enviar", NA_FILA, None),
    ("enviar", Fatos(chamada="aplicada", resultado="539", detalhe="duplicidade"), False),
    ("enviar", Fatos(chamada="aplicada", resultado="204", aberta=True), None),
    ("enviar", Fatos(chamada="retirada"), False),
    ("cancelar", Fatos(evento="aceito"), True),
    ("cancelar", Fatos(evento="publicado", mudou=CANCELADO), True),
    ("cancelar", Fatos(evento="recusado", cstat_do_evento="528"), False),
    ("cancelar", Fatos(evento="estornado"), False),
    ("cancelar", Fatos(evento="publicado"), None),
    ("evento", Fatos(evento="recusado", cstat_do_evento="217"), False),
    ("evento", Fatos(evento="aceito"), True),
    ("evento", Fatos(evento="publicado", chamada="desconhecida", aberta=True), None),
    ("consultar", Fatos(chamada="aplicada", resultado="100"), True),
    ("consultar", Fatos(chamada="aplicada", resultado="101"), True),
    ("consultar", Fatos(chamada="aplicada", resultado="217"), False),
    ("consultar", Fatos(chamada="aplicada", resultado="sem resposta"), None),
    ("consultar", Fatos(retorno="a-sit.xml", cstat_do_retorno="217"), False),
    ("consultar", Fatos(retorno="a-sit.xml", cstat_do_retorno="100", recusada_a_consulta=True), True),
    ("consultar", Fatos(retorno="a-sit.xml"), True),
    ("consultar", Fatos(retorno="a-sit.xml", recusada_a_consulta=True), False),
    ("consultar", Fatos(), None),
    ("estornar", Fatos(situacao=AUTORIZADO, evento="retirado"), True),
    ("estornar", Fatos(situacao=AUTORIZADO, evento="estornado"), None),
    ("estornar", Fatos(situacao=AUTORIZADO, evento="estornado", chamada="aplicada"), True),
    ("estornar", Fatos(situacao=AUTORIZADO, evento="estornado", chamada="aplicada", aberta=True), None),
    ("estornar", Fatos(situacao=CANCELADO, evento="estornado", chamada="aplicada"), False),
    ("estornar", Fatos(situacao=AUTORIZADO, evento="recusado"), True),
])  # fmt: skip
def test_a_palavra_da_sefaz(pedido: str, fatos: Fatos, esperado: bool | None) -> None:
    dito = veredito(pedido, fatos)
    assert (dito[0] if dito is not None else None) is esperado


@pytest.mark.requisito("BORDA-19")
def test_a_frase_diz_o_codigo_e_o_motivo() -> None:
    recusado = Fatos(evento="recusado", cstat_do_evento="217", motivo_do_evento="Não consta")
    assert veredito("evento", recusado) == (False, "A SEFAZ recusou o evento: 217 Não consta")
    assert veredito("enviar", Fatos(mudou=REJEITADO, motivo="209 IE"))[1] == f"O documento está {REJEITADO}: 209 IE"  # type: ignore[index]
    nada = replace(NA_FILA, chamada="aplicada", resultado="539", aberta=False)
    assert "separador falhas" in veredito("enviar", nada)[1]  # type: ignore[index]
