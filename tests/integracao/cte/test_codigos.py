"""Tests codes that decide nothing. The situação stays, the failure says what is needed, and the service repeats by
itself what must be repeated."""

import os

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from tests.apoio.instalacao import Instalacao

CONSULTAR = ("204", "216", "218", "539", "600", "631", "640")
CERTIFICADO = ("280", "281", "282", "283", "284", "285", "286")


@pytest.mark.requisito("CTE-03", "CTE-04", "SEP-05")
@pytest.mark.parametrize(("codigo", "falha"), [
    *((c, "SEP-CONSULTAR") for c in CONSULTAR),
    *((c, "SEP-CERTIFICADO-TRANSMISSAO") for c in CERTIFICADO),
    ("678", "SEP-CONSUMO-INDEVIDO"), ("108", "SEP-SEFAZ-PARADA"), ("109", "SEP-SEFAZ-PARADA"),
    ("999", "SEP-SEFAZ-PARADA"), ("7777", "SEP-CSTAT-DESCONHECIDO"), ("017", "SEP-CSTAT-DESCONHECIDO"),
])  # fmt: skip
def test_nunca_rejeitado(instalacao: Instalacao, codigo: str, falha: str) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    retorno = instalacao.rejeitar(e, codigo)
    assert instalacao.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    assert instalacao.falhas() == [falha]
    linha = instalacao.falha(falha)
    assert linha["chave"] == e.chave
    assert codigo in linha["motivo"]
    assert linha["o_que_fazer"]
    assert instalacao.doc(e.chave)["cstat"] == codigo
    assert instalacao.nomes(2) == [], "não é um retorno terminal: o WMS não o recebe"
    assert instalacao.desfecho(retorno.nome) == "aplicado"


@pytest.mark.requisito("CTE-07", "CTE-12")
@pytest.mark.parametrize("codigo", CONSULTAR)
def test_a_consulta_decide_depois(instalacao: Instalacao, codigo: str) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    instalacao.rejeitar(e, codigo)
    assert instalacao.pedir("consultar", e.chave)["codigo"] == "SEP-CONSULTA"
    assert instalacao.nomes(1) == [f"{e.chave}-ped-sit.xml"]
    pedido = instalacao.pegar(1, f"{e.chave}-ped-sit.xml")
    assert f"<chCTe>{e.chave}</chCTe>".encode() in pedido
    instalacao.consultado(e, "100")
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas() == []
    assert {"p-pro-rec.xml", "p-sit.xml", f"{e.chave}-procCTe.xml"} <= set(instalacao.nomes(2))


@pytest.mark.requisito("CTE-12")
def test_ou_o_documento_processado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1, nome="p-cte.xml")
    instalacao.rejeitar(e, "204")
    proc = rt.processado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    instalacao.soltar(2, proc.nome, proc.dados)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas() == []
    assert "p-pro-rec.xml" in instalacao.nomes(2), "o WMS recebe o retorno que anuncia o processado"


@pytest.mark.requisito("CTE-04", "SEP-05")
@pytest.mark.parametrize("codigo", ["108", "109", "999"])
def test_os_mesmos_bytes_de_novo_depois_do_tempo(instalacao: Instalacao, codigo: str) -> None:
    e = instalacao.enviado(1)
    instalacao.rejeitar(e, codigo)
    instalacao.passar(30)
    assert instalacao.nomes(1) == [], "ainda não"
    instalacao.passar(60)
    assert instalacao.pegar(1, e.nome) == e.dados
    assert instalacao.caminho(e.chave) == ["NÃO ENVIADO", "AGUARDANDO RETORNO"]
    retorno = rt.rejeitado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, c_stat=codigo, com_prot=True)
    instalacao.soltar(2, "segunda.xml", retorno.dados)
    instalacao.passar(90)
    assert instalacao.nomes(1) == [], "a segunda espera é maior"
    instalacao.passar(60)
    assert instalacao.pegar(1, e.nome) == e.dados
    instalacao.autorizar(e)
    assert instalacao.falhas() == []
    instalacao.passar(3600)
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("CTE-04")
def test_paralisado_com_os_mesmos_bytes_vale_de_novo(instalacao: Instalacao) -> None:
    """A transmitter that says "paralisado" twice writes the same bytes twice. Both count."""
    e = instalacao.enviado(1)
    instalacao.rejeitar(e, "108")
    instalacao.passar(90)
    assert instalacao.pegar(1, e.nome)
    instalacao.rejeitar(e, "108")
    instalacao.passar(200)
    assert instalacao.nomes(1) == [e.nome]


@pytest.mark.requisito("CTE-04")
def test_o_reenvio_marcado_atravessa_reinicio(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.rejeitar(e, "108")
    instalacao.fechar()
    instalacao.ponteiros.passar(3600)
    instalacao.abrir()
    instalacao.rodar()
    assert instalacao.pegar(1, e.nome) == e.dados


@pytest.mark.requisito("CTE-06")
@pytest.mark.parametrize("codigo", ["108", "999"])
def test_evento_com_sefaz_parada_vai_de_novo(instalacao: Instalacao, codigo: str) -> None:
    c = instalacao.cancelando(1)
    instalacao.responder_evento(c, codigo)
    assert instalacao.situacao(c.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert instalacao.falhas() == ["SEP-SEFAZ-PARADA"]
    instalacao.passar(90)
    assert instalacao.pegar(1, c.nome_evento) == c.evento
    instalacao.responder_evento(c, "135")
    assert instalacao.situacao(c.chave) == "CANCELADO"
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-02")
def test_678_para_o_envio_por_uma_hora(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.rejeitar(e, "678")
    outra = ex.cte(2, agora=instalacao.agora, variante="uma-nota")
    instalacao.soltar(1, outra.nome, outra.dados)
    assert instalacao.nomes(1) == []
    assert instalacao.situacao(outra.chave) == "NÃO ENVIADO"
    assert instalacao.desfecho(outra.nome) == "entregue"
    resposta = instalacao.pedir("enviar", e.chave)
    assert (resposta["resultado"], resposta["codigo"]) == ("feito", "SEP-BLOQUEIO")
    instalacao.passar(1800)
    assert instalacao.nomes(1) == []
    instalacao.passar(1900)
    assert f"{outra.chave}-cte.xml" in instalacao.nomes(1)
    assert instalacao.situacao(outra.chave) == "AGUARDANDO RETORNO"


@pytest.mark.requisito("CTE-02")
def test_678_vale_tambem_para_o_que_ia_ser_repetido(instalacao: Instalacao) -> None:
    a, b = instalacao.enviado(1), instalacao.enviado(2)
    instalacao.rejeitar(a, "108")
    instalacao.rejeitar(b, "678")
    instalacao.passar(120)
    assert instalacao.nomes(1) == [], "nada àquele serviço por uma hora"
    instalacao.passar(3600)
    assert a.nome in instalacao.nomes(1)


@pytest.mark.requisito("CTE-12", "SEP-05")
def test_err_do_transmissor(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    erro = rt.erro_do_transmissor(os.fsencode(e.nome), "Falha no envio: sem resposta")
    instalacao.soltar(2, erro.nome, erro.dados)
    instalacao.passar(2)
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas(e.chave) == ["SEP-RET-TRANSMISSOR"]
    assert "sem resposta" in instalacao.falha("SEP-RET-TRANSMISSOR")["motivo"]
    assert instalacao.desfecho(erro.nome) == "aplicado"
    instalacao.autorizar(e)
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-12")
def test_err_do_transmissor_de_um_evento(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    erro = rt.erro_do_transmissor(os.fsencode(c.nome_evento), "Certificado vencido")
    instalacao.soltar(2, erro.nome, erro.dados)
    instalacao.passar(2)
    assert instalacao.situacao(c.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert instalacao.falhas(c.chave) == ["SEP-RET-TRANSMISSOR"]


@pytest.mark.requisito("CTE-12")
def test_err_de_ninguem_conhecido_fica_e_aparece(instalacao: Instalacao) -> None:
    instalacao.soltar(2, "sei-la-pro-rec.err", b"Message|oi\r\n")
    instalacao.passar(2)
    assert instalacao.falhas() == ["SEP-RET-SEM-CHAVE"]
    assert instalacao.desfecho("sei-la-pro-rec.err") is None


@pytest.mark.requisito("CTE-07")
def test_217_permite_enviar_de_novo_por_ordem(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    assert instalacao.pedir("enviar", e.chave)["codigo"] == "SEP-SITUACAO"
    instalacao.pedir("consultar", e.chave)
    instalacao.pegar(1, f"{e.chave}-ped-sit.xml")
    instalacao.consultado(e, "217")
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas() == ["SEP-NAO-CONSTA"]
    assert instalacao.pedir("enviar", e.chave)["codigo"] == "SEP-ENVIADO"
    assert instalacao.pegar(1, e.nome) == e.dados
    instalacao.autorizar(e)
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-06")
def test_678_em_um_evento_para_os_eventos_e_so_eles(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    outro = instalacao.autorizado(2)
    instalacao.responder_evento(c, "678", com_chave=False)
    assert instalacao.falhas() == ["SEP-CONSUMO-INDEVIDO"]
    assert instalacao.enviado(3).chave, "documentos seguem"
    assert instalacao.pedir("cancelar", outro.chave, "MOTIVO COMPRIDO BASTANTE")["codigo"] == "SEP-BLOQUEIO"
    carta = ev.carta_de_correcao(outro.chave, agora=instalacao.agora)
    instalacao.soltar(1, "cce-ped-eve.xml", carta.dados)
    assert instalacao.desfecho("cce-ped-eve.xml") is None
    assert instalacao.nomes(1) == []
    instalacao.passar(3700)
    assert instalacao.desfecho("cce-ped-eve.xml") == "entregue"
    assert instalacao.pedir("consultar", outro.chave)["resultado"] == "feito"


@pytest.mark.requisito("CTE-07")
def test_678_em_uma_consulta_para_as_consultas(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.pedir("consultar", e.chave)
    instalacao.pegar(1, f"{e.chave}-ped-sit.xml")
    instalacao.consultado(e, "678")
    assert instalacao.pedir("consultar", e.chave)["codigo"] == "SEP-BLOQUEIO"
    assert instalacao.enviado(2).chave
    instalacao.passar(3700)
    assert instalacao.pedir("consultar", e.chave)["codigo"] == "SEP-CONSULTA"
