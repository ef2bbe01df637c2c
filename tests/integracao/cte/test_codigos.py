"""Tests codes that decide nothing. The situação stays, the failure says what is needed, and the service repeats by
itself what must be repeated."""

import os

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from tests.apoio.casa_de_teste import CasaDeTeste

CONSULTAR = ("204", "216", "218", "539", "600", "631", "640")
CERTIFICADO = ("280", "281", "282", "283", "284", "285", "286")


@pytest.mark.requisito("CTE-03", "CTE-04", "SEP-05")
@pytest.mark.parametrize(("codigo", "falha"), [
    *((c, "SEP-CONSULTAR") for c in CONSULTAR),
    *((c, "SEP-CERTIFICADO-TRANSMISSAO") for c in CERTIFICADO),
    ("678", "SEP-CONSUMO-INDEVIDO"), ("108", "SEP-SEFAZ-PARADA"), ("109", "SEP-SEFAZ-PARADA"),
    ("999", "SEP-SEFAZ-PARADA"), ("7777", "SEP-CSTAT-DESCONHECIDO"), ("017", "SEP-CSTAT-DESCONHECIDO"),
])  # fmt: skip
def test_nunca_rejeitado(casa: CasaDeTeste, codigo: str, falha: str) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    retorno = casa.rejeitar(e, codigo)
    assert casa.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    assert casa.falhas() == [falha]
    linha = casa.falha(falha)
    assert linha["chave"] == e.chave
    assert codigo in linha["motivo"]
    assert linha["o_que_fazer"]
    assert casa.doc(e.chave)["cstat"] == codigo
    assert casa.nomes(2) == [], "não é um retorno terminal: o WMS não o recebe"
    assert casa.desfecho(retorno.nome) == "aplicado"


@pytest.mark.requisito("CTE-07", "CTE-12")
@pytest.mark.parametrize("codigo", CONSULTAR)
def test_a_consulta_decide_depois(casa: CasaDeTeste, codigo: str) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    casa.rejeitar(e, codigo)
    assert casa.pedir("consultar", e.chave)["codigo"] == "SEP-CONSULTA"
    assert casa.nomes(1) == [f"{e.chave}-ped-sit.xml"]
    pedido = casa.pegar(1, f"{e.chave}-ped-sit.xml")
    assert f"<chCTe>{e.chave}</chCTe>".encode() in pedido
    casa.consultado(e, "100")
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.falhas() == []
    assert {"p-pro-rec.xml", "p-sit.xml", f"{e.chave}-procCTe.xml"} <= set(casa.nomes(2))


@pytest.mark.requisito("CTE-12")
def test_ou_o_documento_processado(casa: CasaDeTeste) -> None:
    e = casa.enviado(1, nome="p-cte.xml")
    casa.rejeitar(e, "204")
    proc = rt.processado(e.dados, os.fsencode(e.nome), agora=casa.agora)
    casa.soltar(2, proc.nome, proc.dados)
    assert casa.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.falhas() == []
    assert "p-pro-rec.xml" in casa.nomes(2), "o WMS recebe o retorno que anuncia o processado"


@pytest.mark.requisito("CTE-04", "SEP-05")
@pytest.mark.parametrize("codigo", ["108", "109", "999"])
def test_os_mesmos_bytes_de_novo_depois_do_tempo(casa: CasaDeTeste, codigo: str) -> None:
    e = casa.enviado(1)
    casa.rejeitar(e, codigo)
    casa.passar(30)
    assert casa.nomes(1) == [], "ainda não"
    casa.passar(60)
    assert casa.pegar(1, e.nome) == e.dados
    assert casa.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    retorno = rt.rejeitado(e.dados, os.fsencode(e.nome), agora=casa.agora, c_stat=codigo, com_prot=True)
    casa.soltar(2, "segunda.xml", retorno.dados)
    casa.passar(90)
    assert casa.nomes(1) == [], "a segunda espera é maior"
    casa.passar(60)
    assert casa.pegar(1, e.nome) == e.dados
    casa.autorizar(e)
    assert casa.falhas() == []
    casa.passar(3600)
    assert casa.nomes(1) == []


@pytest.mark.requisito("CTE-04")
def test_paralisado_com_os_mesmos_bytes_vale_de_novo(casa: CasaDeTeste) -> None:
    """A transmitter that says "paralisado" twice writes the same bytes twice. Both count."""
    e = casa.enviado(1)
    casa.rejeitar(e, "108")
    casa.passar(90)
    assert casa.pegar(1, e.nome)
    casa.rejeitar(e, "108")
    casa.passar(200)
    assert casa.nomes(1) == [e.nome]


@pytest.mark.requisito("CTE-04")
def test_o_reenvio_marcado_atravessa_reinicio(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    casa.rejeitar(e, "108")
    casa.fechar()
    casa.ponteiros.passar(3600)
    casa.abrir()
    casa.rodar()
    assert casa.pegar(1, e.nome) == e.dados


@pytest.mark.requisito("CTE-06")
@pytest.mark.parametrize("codigo", ["108", "999"])
def test_evento_com_sefaz_parada_vai_de_novo(casa: CasaDeTeste, codigo: str) -> None:
    c = casa.cancelando(1)
    casa.responder_evento(c, codigo)
    assert casa.situacao(c.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert casa.falhas() == ["SEP-SEFAZ-PARADA"]
    casa.passar(90)
    assert casa.pegar(1, c.nome_evento) == c.evento
    casa.responder_evento(c, "135")
    assert casa.situacao(c.chave) == "CANCELADO"
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-02")
def test_678_para_o_envio_por_uma_hora(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    casa.rejeitar(e, "678")
    outra = ex.cte(2, agora=casa.agora, variante="uma-nota")
    casa.soltar(1, outra.nome, outra.dados)
    assert casa.nomes(1) == []
    assert casa.situacao(outra.chave) == "NÃO ENVIADO"
    assert casa.desfecho(outra.nome) == "entregue"
    resposta = casa.pedir("enviar", e.chave)
    assert (resposta["resultado"], resposta["codigo"]) == ("feito", "SEP-BLOQUEIO")
    casa.passar(1800)
    assert casa.nomes(1) == []
    casa.passar(1900)
    assert f"{outra.chave}-cte.xml" in casa.nomes(1)
    assert casa.situacao(outra.chave) == "AGUARDANDO RETORNO"


@pytest.mark.requisito("CTE-02")
def test_678_vale_tambem_para_o_que_ia_ser_repetido(casa: CasaDeTeste) -> None:
    a, b = casa.enviado(1), casa.enviado(2)
    casa.rejeitar(a, "108")
    casa.rejeitar(b, "678")
    casa.passar(120)
    assert casa.nomes(1) == [], "nada àquele serviço por uma hora"
    casa.passar(3600)
    assert a.nome in casa.nomes(1)


@pytest.mark.requisito("CTE-12", "SEP-05")
def test_err_do_transmissor(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    erro = rt.erro_do_transmissor(os.fsencode(e.nome), "Falha no envio: sem resposta")
    casa.soltar(2, erro.nome, erro.dados)
    casa.passar(2)
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.falhas(e.chave) == ["SEP-RET-TRANSMISSOR"]
    assert "sem resposta" in casa.falha("SEP-RET-TRANSMISSOR")["motivo"]
    assert casa.desfecho(erro.nome) == "aplicado"
    casa.autorizar(e)
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-12")
def test_err_do_transmissor_de_um_evento(casa: CasaDeTeste) -> None:
    c = casa.cancelando(1)
    erro = rt.erro_do_transmissor(os.fsencode(c.nome_evento), "Certificado vencido")
    casa.soltar(2, erro.nome, erro.dados)
    casa.passar(2)
    assert casa.situacao(c.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert casa.falhas(c.chave) == ["SEP-RET-TRANSMISSOR"]


@pytest.mark.requisito("CTE-12")
def test_err_de_ninguem_conhecido_fica_e_aparece(casa: CasaDeTeste) -> None:
    casa.soltar(2, "sei-la-pro-rec.err", b"Message|oi\r\n")
    casa.passar(2)
    assert casa.falhas() == ["SEP-RET-SEM-CHAVE"]
    assert casa.desfecho("sei-la-pro-rec.err") is None


@pytest.mark.requisito("CTE-07")
def test_217_permite_enviar_de_novo_por_ordem(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    assert casa.pedir("enviar", e.chave)["codigo"] == "SEP-SITUACAO"
    casa.pedir("consultar", e.chave)
    casa.pegar(1, f"{e.chave}-ped-sit.xml")
    casa.consultado(e, "217")
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert casa.falhas() == ["SEP-NAO-CONSTA"]
    assert casa.pedir("enviar", e.chave)["codigo"] == "SEP-ENVIADO"
    assert casa.pegar(1, e.nome) == e.dados
    casa.autorizar(e)
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-06")
def test_678_em_um_evento_para_os_eventos_e_so_eles(casa: CasaDeTeste) -> None:
    c = casa.cancelando(1)
    outro = casa.autorizado(2)
    casa.responder_evento(c, "678", com_chave=False)
    assert casa.falhas() == ["SEP-CONSUMO-INDEVIDO"]
    assert casa.enviado(3).chave, "documentos seguem"
    assert casa.pedir("cancelar", outro.chave, "MOTIVO COMPRIDO BASTANTE")["codigo"] == "SEP-BLOQUEIO"
    carta = ev.carta_de_correcao(outro.chave, agora=casa.agora)
    casa.soltar(1, "cce-ped-eve.xml", carta.dados)
    assert casa.desfecho("cce-ped-eve.xml") is None
    assert casa.nomes(1) == []
    casa.passar(3700)
    assert casa.desfecho("cce-ped-eve.xml") == "entregue"
    assert casa.pedir("consultar", outro.chave)["resultado"] == "feito"


@pytest.mark.requisito("CTE-07")
def test_678_em_uma_consulta_para_as_consultas(casa: CasaDeTeste) -> None:
    e = casa.enviado(1)
    casa.pedir("consultar", e.chave)
    casa.pegar(1, f"{e.chave}-ped-sit.xml")
    casa.consultado(e, "678")
    assert casa.pedir("consultar", e.chave)["codigo"] == "SEP-BLOQUEIO"
    assert casa.enviado(2).chave
    casa.passar(3700)
    assert casa.pedir("consultar", e.chave)["codigo"] == "SEP-CONSULTA"
