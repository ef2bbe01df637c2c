"""Tests cancellation and its reversal, from every side."""

import os
import re
from datetime import timedelta

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import outros_modelos as om
from separador.demonstracao import retornos as rt
from separador.fiscal import esquema
from separador.fiscal.leitura import ler
from separador.fiscal.verificacao import verificar
from separador.nucleo.erro import Recusa
from tests.apoio.instalacao import MOTIVO, Instalacao
from tests.apoio.posse import restos

VOLTA = ["NÃO ENVIADO", "AGUARDANDO RETORNO", "AUTORIZADO PELA SEFAZ"]
PEDIDO = [*VOLTA, "AGUARDANDO RETORNO DE CANCELAMENTO"]


def evento_de_outro(instalacao: Instalacao, chave: str, c_stat: str = "135") -> bytes:
    """Returns the answer to a cancellation that another program asked for."""
    pedido = ev.cancelamento(chave, instalacao.doc(chave)["protocolo"], agora=instalacao.agora).dados
    return rt.evento_respondido(pedido, b"de-outro-ped-eve.xml", agora=instalacao.agora, c_stat=c_stat).dados


@pytest.mark.requisito("CTE-05", "CTE-14", "NOM-02")
def test_pedido_monta_assina_e_publica_o_evento(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.limpar(2)
    resposta = instalacao.pedir("cancelar", e.chave, f"  {MOTIVO}  ")
    assert list(resposta) == [
        *("pedido", "chave", "resultado", "codigo", "mensagem", "situacao", "etapa", "quando", "retorno")
    ]
    assert (resposta["pedido"], resposta["chave"]) == ("cancelar", e.chave)
    assert (resposta["resultado"], resposta["codigo"]) == ("feito", "SEP-CANCELAMENTO-PEDIDO")
    assert resposta["situacao"] == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert instalacao.caminho(e.chave) == PEDIDO
    assert instalacao.nomes(1) == [f"{e.chave}_110111_001-ped-eve.xml"]
    evento = instalacao.ler(1, f"{e.chave}_110111_001-ped-eve.xml")
    assert not isinstance(verificar(re.sub(rb"^<\?xml[^>]*\?>", b"", evento)), Recusa)
    lido = ler(evento)
    assert not isinstance(lido, Recusa)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []
    protocolo = instalacao.doc(e.chave)["protocolo"]
    for pedaco in (f"<xJust>{MOTIVO}</xJust>", f"<nProt>{protocolo}</nProt>", "<nSeqEvento>1</nSeqEvento>"):
        assert pedaco.encode() in evento
    assert instalacao.nomes(2) == ["pedido001-ret.json"]


@pytest.mark.requisito("CTE-05", "CTE-13")
def test_pedido_por_comando(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    tarefa = instalacao.ordenar("cancelar", e.chave, MOTIVO, quem="maria")
    assert (tarefa["estado"], tarefa["codigo"]) == ("feita", "SEP-CANCELAMENTO-PEDIDO")
    h = instalacao.historico(e.chave)[-1]
    assert (h["causa"], h["quem"]) == ("pedido de cancelamento", "maria")


@pytest.mark.requisito("CTE-05")
@pytest.mark.parametrize("motivo", [None, "", "curto", " " * 40, "x" * 256, "motivo com emoji \U0001f69a aqui"])
def test_motivo_ruim_nada_muda(instalacao: Instalacao, motivo: str | None) -> None:
    e = instalacao.autorizado(1)
    resposta = instalacao.pedir("cancelar", e.chave, motivo)
    assert (resposta["resultado"], resposta["codigo"]) == ("recusado", "SEP-MOTIVO")
    assert resposta["situacao"] == "AUTORIZADO PELA SEFAZ"
    assert instalacao.caminho(e.chave) == VOLTA
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("CTE-05")
def test_so_de_autorizado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "SEP-SITUACAO"
    instalacao.rejeitar(e)
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "SEP-SITUACAO"
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("CTE-05")
def test_passado_o_prazo_de_168_horas(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.passar(timedelta(hours=168, minutes=1).total_seconds())
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "220"
    assert instalacao.caminho(e.chave) == VOLTA


@pytest.mark.requisito("CTE-05")
def test_gtve_tem_45_dias(instalacao: Instalacao) -> None:
    e = instalacao.enviar(om.gtve(1, agora=instalacao.agora))
    instalacao.autorizar(e)
    instalacao.passar(timedelta(days=44).total_seconds())
    assert instalacao.pedir("cancelar", e.chave, "curto")["codigo"] == "SEP-MOTIVO"
    instalacao.passar(timedelta(days=1, minutes=1).total_seconds())
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "876"


@pytest.mark.requisito("CTE-05")
def test_com_carta_de_correcao_nao_se_cancela(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    carta = ev.carta_de_correcao(e.chave, agora=instalacao.agora)
    instalacao.soltar(1, "c1-ped-eve.xml", carta.dados)
    nome = f"{e.chave}_110110_001-ped-eve.xml"
    ret = rt.evento_respondido(instalacao.pegar(1, nome), os.fsencode(nome), agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "523"


@pytest.mark.requisito("CTE-05")
def test_com_mdfe_autorizado_que_so_a_consulta_mostra(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    mdfe = ev.evento(e.chave, "310610", "<evCTeAutorizadoMDFe/>", agora=instalacao.agora, autor="00394460000141").dados
    ret = rt.evento_respondido(mdfe, b"x-ped-eve.xml", agora=instalacao.agora)
    instalacao.soltar(2, "mdfe-eve.xml", ret.dados)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "528"


@pytest.mark.requisito("CTE-16", "CTE-05")
def test_substituido_leva_marca_e_nao_se_cancela(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    subst = ev.evento(e.chave, "240140", "<evCTeSubstituicao/>", agora=instalacao.agora).dados
    ret = rt.evento_respondido(subst, b"x-ped-eve.xml", agora=instalacao.agora)
    instalacao.soltar(2, "subst-eve.xml", ret.dados)
    doc = instalacao.doc(e.chave)
    assert (doc["situacao"], doc["marca"]) == ("AUTORIZADO PELA SEFAZ", "substituído")
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["codigo"] == "576"


@pytest.mark.requisito("CTE-06", "CTE-15", "NOM-02")
@pytest.mark.parametrize("codigo", ["135", "134"])
def test_aceito(instalacao: Instalacao, codigo: str) -> None:
    c = instalacao.cancelando(1)
    instalacao.limpar(2)
    ret = instalacao.responder_evento(c, codigo)
    assert instalacao.caminho(c.chave) == [*PEDIDO, "CANCELADO"]
    h = instalacao.historico(c.chave)[-1]
    assert (h["causa"], h["cstat"]) == ("cancelamento registrado", codigo)
    assert h["protocolo"] == rt.protocolo(c.chave, 1, agora=instalacao.agora)
    proc_nome = f"{c.chave}_110111_001-procEventoCTe.xml"
    assert instalacao.nomes(2) == sorted([proc_nome, "pedido001-eve.xml"])
    assert instalacao.ler(2, "pedido001-eve.xml") == ret.dados
    proc = instalacao.ler(2, proc_nome)
    assert re.sub(rb"^<\?xml[^>]*\?>", b"", c.evento) in proc
    assert re.sub(rb"^<\?xml[^>]*\?>", b"", ret.dados) in proc
    lido = ler(proc)
    assert not isinstance(lido, Recusa)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []
    assert proc_nome in {p.name for p in instalacao.recortes("fiscal")}
    assert instalacao.doc(c.chave)["protocolo"] == rt.protocolo(
        c.chave, agora=instalacao.agora - timedelta(seconds=1)
    ), "o protocolo do documento continua o da autorização"
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-06")
def test_218_e_cancelado_e_falta_o_evento(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    instalacao.responder_evento(c, "218")
    assert instalacao.situacao(c.chave) == "CANCELADO"
    assert instalacao.falhas(c.chave) == ["SEP-CANC-SEM-EVENTO"]
    instalacao.consultado(c, "101", evento=c.evento)
    assert f"{c.chave}_110111_001-procEventoCTe.xml" in instalacao.nomes(2)
    assert instalacao.caminho(c.chave) == [*PEDIDO, "CANCELADO"]
    assert instalacao.falhas() == []
    assert [n for n in instalacao.nomes(2) if n.endswith("-eve.xml")] == ["pedido001-eve.xml"], "um retorno terminal só"


@pytest.mark.requisito("CTE-06")
def test_631_so_depois_da_consulta(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    instalacao.responder_evento(c, "631")
    assert instalacao.situacao(c.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert instalacao.falhas(c.chave) == ["SEP-CONSULTAR"]
    instalacao.consultado(c, "101", evento=c.evento)
    assert instalacao.situacao(c.chave) == "CANCELADO"
    assert instalacao.falhas() == []
    assert f"{c.chave}_110111_001-procEventoCTe.xml" in instalacao.nomes(2)


@pytest.mark.requisito("CTE-06", "NOM-02")
@pytest.mark.parametrize("com_chave", [True, False])
def test_recusado(instalacao: Instalacao, com_chave: bool) -> None:
    """A refused retEventoCTe may give neither chave nor tpEvento. Then the name of the file tells the event."""
    c = instalacao.cancelando(1)
    ret = instalacao.responder_evento(c, "220", com_chave=com_chave)
    assert instalacao.caminho(c.chave) == [*PEDIDO, "CANCELAMENTO REJEITADO"]
    doc = instalacao.doc(c.chave)
    assert doc["cstat"] == "220"
    assert "168" in doc["motivo"]
    assert instalacao.ler(2, "pedido001-eve.xml") == ret.dados
    assert not [n for n in instalacao.nomes(2) if "procEvento" in n]


@pytest.mark.requisito("CTE-07")
def test_cancelar_de_novo_depois_da_recusa(instalacao: Instalacao) -> None:
    c = instalacao.cancelamento_rejeitado(1)
    assert instalacao.pedir("cancelar", c.chave, "OUTRO MOTIVO MUITO JUSTO")["resultado"] == "feito"
    evento = instalacao.pegar(1, c.nome_evento)
    assert b"OUTRO MOTIVO MUITO JUSTO" in evento
    ret = rt.evento_respondido(evento, os.fsencode(c.nome_evento), agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.caminho(c.chave)[3:] == [
        "AGUARDANDO RETORNO DE CANCELAMENTO", "CANCELAMENTO REJEITADO", "AGUARDANDO RETORNO DE CANCELAMENTO",
        "CANCELADO",
    ]  # fmt: skip
    assert evento[38:] in instalacao.ler(2, f"{c.chave}_110111_001-procEventoCTe.xml")


@pytest.mark.requisito("CTE-07")
@pytest.mark.parametrize(("codigo", "fim"), [("100", "AUTORIZADO PELA SEFAZ"), ("101", "CANCELADO")])
def test_pedir_autorizacao_de_novo_so_consulta(instalacao: Instalacao, codigo: str, fim: str) -> None:
    c = instalacao.cancelamento_rejeitado(1)
    resposta = instalacao.pedir("enviar", c.chave)
    assert (resposta["codigo"], resposta["situacao"]) == ("SEP-CONSULTA", "AGUARDANDO RETORNO")
    assert instalacao.nomes(1) == [f"{c.chave}-ped-sit.xml"], "o documento autorizado não é retransmitido (204)"
    instalacao.pegar(1, f"{c.chave}-ped-sit.xml")
    instalacao.consultado(c, codigo, evento=c.evento if codigo == "101" else None)
    assert instalacao.caminho(c.chave)[4:] == ["CANCELAMENTO REJEITADO", "AGUARDANDO RETORNO", fim]
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-07")
def test_pedir_autorizacao_de_novo_soltando_o_mesmo_arquivo(instalacao: Instalacao) -> None:
    c = instalacao.cancelamento_rejeitado(1)
    instalacao.soltar(1, "de-novo-cte.xml", c.exportacao.dados)
    assert instalacao.situacao(c.chave) == "AGUARDANDO RETORNO"
    assert instalacao.nomes(1) == [f"{c.chave}-ped-sit.xml"]
    instalacao.soltar(1, "outro-cte.xml", c.exportacao.dados.replace(b"CARGA SECA", b"CARGA FRIA"))
    assert instalacao.json(2, "outro-cte.json")["codigo"] == "SEP-CHAVE-OUTRO-CONTEUDO"


@pytest.mark.requisito("CTE-07")
def test_rejeicao_do_que_tem_protocolo_e_retida(instalacao: Instalacao) -> None:
    c = instalacao.cancelamento_rejeitado(1)
    instalacao.pedir("enviar", c.chave)
    ret = rt.rejeitado(c.dados, os.fsencode(c.nome), agora=instalacao.agora, c_stat="209", com_prot=True)
    instalacao.soltar(2, "rej.xml", ret.dados)
    assert instalacao.situacao(c.chave) == "AGUARDANDO RETORNO"
    assert instalacao.falhas() == ["SEP-RET-TARDIO"]


# --- estorno ----------------------------------------------------------------------------------------------------


@pytest.mark.requisito("CTE-08", "CTE-09")
def test_estorno_com_o_evento_ainda_na_pasta(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    assert instalacao.nomes(1) == [f"{e.chave}_110111_001-ped-eve.xml"]
    resposta = instalacao.pedir("estornar", e.chave)
    assert (resposta["codigo"], resposta["situacao"]) == ("SEP-ESTORNADO", "AUTORIZADO PELA SEFAZ")
    assert "retirado antes" in resposta["mensagem"]
    assert instalacao.nomes(1) == []
    assert instalacao.caminho(e.chave) == [*PEDIDO, "AUTORIZADO PELA SEFAZ"]
    instalacao.reabrir()
    instalacao.passar(7200)
    assert instalacao.nomes(1) == [], "retirado, nunca mais sai"
    assert restos(instalacao.destino(1)) == []


@pytest.mark.requisito("CTE-08", "CTE-10", "BORDA-24")
def test_estorno_com_o_evento_ja_levado(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    resposta = instalacao.pedir("estornar", c.chave)
    assert resposta["situacao"] == "AUTORIZADO PELA SEFAZ"
    assert "já tinha sido levado" in resposta["mensagem"]
    assert "SEFAZ" in resposta["mensagem"]
    instalacao.responder_evento(c, "135")
    assert instalacao.caminho(c.chave) == [*PEDIDO, "AUTORIZADO PELA SEFAZ", "CANCELADO"]
    assert instalacao.falhas(c.chave) == ["SEP-CANCELADO-NA-SEFAZ"]
    aviso = instalacao.falha("SEP-CANCELADO-NA-SEFAZ")
    assert "foi pedido aqui e depois estornado" in aviso["motivo"], "o pedido era nosso"
    assert "Resposta 135" in aviso["motivo"]
    assert "Avise quem estornou" in aviso["o_que_fazer"]
    assert f"{c.chave}_110111_001-procEventoCTe.xml" in instalacao.nomes(2)
    assert instalacao.pedir("estornar", c.chave)["codigo"] == "SEP-SITUACAO"


@pytest.mark.requisito("CTE-10", "SEP-05")
def test_o_conflito_so_sai_por_uma_pessoa(instalacao: Instalacao) -> None:
    """Another event of the document, registered later, does not close a conflict."""
    c = instalacao.cancelando(1)
    instalacao.pedir("estornar", c.chave)
    instalacao.responder_evento(c, "135")
    passagem = ev.evento(c.chave, "310620", "<evCTeRegPassagem/>", agora=instalacao.agora).dados
    ret = rt.evento_respondido(passagem, b"x-ped-eve.xml", agora=instalacao.agora)
    instalacao.soltar(2, "passagem-eve.xml", ret.dados)
    assert instalacao.desfecho("passagem-eve.xml") == "aplicado"
    assert instalacao.falhas(c.chave) == ["SEP-CANCELADO-NA-SEFAZ"]


@pytest.mark.requisito("CTE-08")
def test_estorno_nao_leva_o_arquivo_de_outro(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    nome = f"{e.chave}_110111_001-ped-eve.xml"
    (instalacao.destino(1) / nome).unlink()
    (instalacao.destino(1) / nome).write_bytes(b"<outro/>")
    assert "já tinha sido levado" in instalacao.pedir("estornar", e.chave)["mensagem"]
    assert instalacao.ler(1, nome) == b"<outro/>"


@pytest.mark.requisito("CTE-06", "CTE-10")
def test_recusa_depois_do_estorno_e_so_registrada(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    instalacao.pedir("estornar", c.chave)
    ret = instalacao.responder_evento(c, "220")
    assert instalacao.situacao(c.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.desfecho(ret.nome) == "aplicado"
    assert instalacao.ler(2, "pedido001-eve.xml") == ret.dados
    evento = instalacao.banco.uma("SELECT estado, cstat FROM evento")
    assert evento is not None
    assert tuple(evento) == ("recusado", "220")
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-08")
def test_estorno_em_qualquer_outra_situacao_so_diz(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    for preparar in (lambda: None, lambda: instalacao.rejeitar(e), lambda: instalacao.autorizar(e)):
        preparar()
        antes = instalacao.caminho(e.chave)
        assert instalacao.pedir("estornar", e.chave)["codigo"] == "SEP-SITUACAO"
        assert instalacao.caminho(e.chave) == antes
    c = instalacao.cancelando(2)
    instalacao.responder_evento(c)
    resposta = instalacao.pedir("estornar", c.chave)
    assert resposta["codigo"] == "SEP-SITUACAO"
    assert "não pode ser revertido" in resposta["mensagem"]


@pytest.mark.requisito("CTE-09")
def test_segundo_estorno_por_arquivo_e_por_comando(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    assert instalacao.pedir("estornar", e.chave)["resultado"] == "feito"
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["resultado"] == "feito"
    por_arquivo = instalacao.pedir("estornar", e.chave)
    assert por_arquivo["codigo"] == "SEP-ESTORNO-REPETIDO"
    assert "cte estornar" in por_arquivo["mensagem"]
    tarefa = instalacao.ordenar("estornar", e.chave)
    assert (tarefa["estado"], tarefa["codigo"]) == ("recusada", "SEP-ESTORNO-REPETIDO")
    assert "usuário e senha" in tarefa["mensagem"]
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert instalacao.nomes(1) == [f"{e.chave}_110111_001-ped-eve.xml"]


@pytest.mark.requisito("CTE-09", "CTE-10")
def test_retorno_do_primeiro_pedido_depois_de_pedir_outra_vez(instalacao: Instalacao) -> None:
    """The cancellation is reversed after its event was taken, and ordered again. SEFAZ registers the first event, and
    answers 631 to the second."""
    c = instalacao.cancelando(1)
    instalacao.pedir("estornar", c.chave)
    instalacao.ponteiros.passar(60)
    assert instalacao.pedir("cancelar", c.chave, MOTIVO)["resultado"] == "feito"
    segundo = instalacao.pegar(1, c.nome_evento)
    assert segundo != c.evento
    instalacao.responder_evento(c, "135")
    assert instalacao.situacao(c.chave) == "CANCELADO"
    ret = rt.evento_respondido(segundo, os.fsencode(c.nome_evento), agora=instalacao.agora, c_stat="631")
    instalacao.soltar(2, "seg-eve.xml", ret.dados)
    assert instalacao.situacao(c.chave) == "CANCELADO"


@pytest.mark.requisito("CTE-10", "CTE-16")
def test_cancelado_por_outro_sem_pedido_nosso(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.soltar(2, "alheio-eve.xml", evento_de_outro(instalacao, e.chave))
    assert instalacao.caminho(e.chave) == [*VOLTA, "CANCELADO"]
    assert instalacao.historico(e.chave)[-1]["causa"] == "cancelamento informado pela SEFAZ"
    assert instalacao.falhas(e.chave) == ["SEP-CANCELADO-NA-SEFAZ"]
    assert "sem que houvesse pedido" in instalacao.falha("SEP-CANCELADO-NA-SEFAZ")["motivo"]


@pytest.mark.requisito("CTE-12")
def test_recusa_de_evento_que_ninguem_pediu_e_retida(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.soltar(2, "alheio-eve.xml", evento_de_outro(instalacao, e.chave, "220"))
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas() == ["SEP-RET-TARDIO"]


@pytest.mark.requisito("CTE-12")
def test_retorno_de_evento_repetido_nada_muda(instalacao: Instalacao) -> None:
    c = instalacao.cancelando(1)
    ret = instalacao.responder_evento(c)
    nomes, antes = instalacao.nomes(2), instalacao.caminho(c.chave)
    instalacao.soltar(2, ret.nome, ret.dados)
    proc = rt.evento_processado(c.evento, agora=instalacao.agora)
    instalacao.soltar(2, proc.nome, proc.dados)
    assert instalacao.nomes(2) == nomes
    assert instalacao.caminho(c.chave) == antes
    assert instalacao.desfecho(proc.nome) == "duplicado"
    assert instalacao.falhas() == []


# --- event files ------------------------------------------------------------------------------------------------


@pytest.mark.requisito("CTE-05", "CTE-14")
def test_cancelamento_por_arquivo_de_evento(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    evento = ev.cancelamento(e.chave, instalacao.doc(e.chave)["protocolo"], agora=instalacao.agora)
    instalacao.soltar(1, "canc1-ped-eve.xml", evento.dados)
    assert instalacao.caminho(e.chave) == PEDIDO
    nome = f"{e.chave}_110111_001-ped-eve.xml"
    assinado = instalacao.pegar(1, nome)
    assert not isinstance(verificar(re.sub(rb"^<\?xml[^>]*\?>", b"", assinado)), Recusa)
    ret = rt.evento_respondido(assinado, os.fsencode(nome), agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.situacao(e.chave) == "CANCELADO"
    assert "canc1-eve.xml" in instalacao.nomes(2), "a resposta tem o nome da entrada"


@pytest.mark.requisito("CTE-05", "NOM-02")
def test_evento_de_cancelamento_fora_de_hora_e_recusado(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    evento = ev.cancelamento(e.chave, "135260000000001", agora=instalacao.agora)
    instalacao.soltar(1, "canc1-ped-eve.xml", evento.dados)
    assert instalacao.desfecho("canc1-ped-eve.xml") == "recusado"
    assert instalacao.json(2, "canc1-ped-eve.json")["codigo"] == "SEP-SITUACAO"
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO"
    assert instalacao.nomes(1) == []


@pytest.mark.requisito("CTE-05")
def test_evento_de_cancelamento_repetido_e_duplicado(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    evento = ev.cancelamento(e.chave, instalacao.doc(e.chave)["protocolo"], agora=instalacao.agora)
    instalacao.soltar(1, "a-ped-eve.xml", evento.dados)
    instalacao.limpar(1)
    instalacao.soltar(1, "b-ped-eve.xml", evento.dados)
    assert instalacao.desfecho("b-ped-eve.xml") == "duplicado"
    assert instalacao.nomes(1) == []
    assert instalacao.json(2, "b-ped-eve.json")["codigo"] == "SEP-DUPLICADO"


@pytest.mark.requisito("CTE-08")
def test_estorno_de_evento_que_veio_por_arquivo(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    evento = ev.cancelamento(e.chave, instalacao.doc(e.chave)["protocolo"], agora=instalacao.agora)
    instalacao.soltar(1, "a-ped-eve.xml", evento.dados)
    assert "retirado antes" in instalacao.pedir("estornar", e.chave)["mensagem"]
    assert instalacao.nomes(1) == []
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"


@pytest.mark.requisito("CTE-06", "CTE-15")
def test_outros_eventos_nao_mudam_a_situacao(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.limpar(2)
    for n_seq in (1, 2):
        carta = ev.carta_de_correcao(e.chave, agora=instalacao.agora, n_seq=n_seq)
        instalacao.soltar(1, f"cce{n_seq}-ped-eve.xml", carta.dados)
        nome = f"{e.chave}_110110_{n_seq:03d}-ped-eve.xml"
        ret = rt.evento_respondido(instalacao.pegar(1, nome), os.fsencode(nome), agora=instalacao.agora)
        instalacao.soltar(2, ret.nome, ret.dados)
        assert {f"{e.chave}_110110_{n_seq:03d}-procEventoCTe.xml", f"cce{n_seq}-eve.xml"} <= set(instalacao.nomes(2))
    assert instalacao.caminho(e.chave) == VOLTA
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-06")
def test_carta_recusada_devolve_o_retorno_e_nada_mais(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    instalacao.limpar(2)
    instalacao.soltar(1, "cce-ped-eve.xml", ev.carta_de_correcao(e.chave, agora=instalacao.agora).dados)
    nome = f"{e.chave}_110110_001-ped-eve.xml"
    evento = instalacao.pegar(1, nome)
    ret = rt.evento_respondido(evento, os.fsencode(nome), agora=instalacao.agora, c_stat="681", com_chave=False)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.caminho(e.chave) == VOLTA
    assert instalacao.nomes(2) == ["cce-eve.xml"]
    instalacao.soltar(1, "cce2-ped-eve.xml", ev.carta_de_correcao(e.chave, agora=instalacao.agora).dados)
    assert instalacao.nomes(1) == [nome], "depois da recusa, o mesmo número vale de novo"


@pytest.mark.requisito("CTE-12", "CTE-15")
def test_evento_de_documento_desconhecido_passa_com_aviso(instalacao: Instalacao) -> None:
    chave = ex.chave_cte(9, agora=instalacao.agora)
    evento = ev.cancelamento(chave, "135260000000001", agora=instalacao.agora)
    instalacao.soltar(1, "x-ped-eve.xml", evento.dados)
    nome = f"{chave}_110111_001-ped-eve.xml"
    assert instalacao.nomes(1) == [nome]
    assert not instalacao.tem(chave)
    assert [linha for linha in instalacao.diario.linhas if linha.get("acao") == "aviso" and linha.get("chave") == chave]
    ret = rt.evento_respondido(instalacao.pegar(1, nome), os.fsencode(nome), agora=instalacao.agora)
    instalacao.soltar(2, ret.nome, ret.dados)
    assert instalacao.desfecho(ret.nome) == "aplicado"
    assert {"x-eve.xml", f"{chave}_110111_001-procEventoCTe.xml"} <= set(instalacao.nomes(2))


@pytest.mark.requisito("CTE-13")
def test_recusado_por_falta_de_certificado_nada_muda(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    (instalacao.config.parent / "11222333000181.pfx").unlink()
    instalacao.passar(2)
    resposta = instalacao.pedir("cancelar", e.chave, MOTIVO)
    assert resposta["codigo"] == "SEP-SEM-CERTIFICADO"
    assert instalacao.caminho(e.chave) == VOLTA
