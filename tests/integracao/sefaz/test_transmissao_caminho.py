"""Tests the good days of the transmission by network: everything an operator does, with SEFAZ at the other end."""

from collections.abc import Callable
from typing import Any

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import outros_modelos
from tests.apoio.instalacao import MOTIVO
from tests.apoio.instalacao_em_rede import AGUARDANDO, AUTORIZADO, CANCELADO, REJEITADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]


@pytest.mark.requisito("SEFAZ-01", "CTE-02", "CTE-03", "CTE-15", "NOM-02")
def test_exportacao_volta_autorizada(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(1)
    assert instalacao.caminho(e.chave) == ["NÃO ENVIADO", AGUARDANDO, AUTORIZADO]
    assert instalacao.nomes(2) == [f"{e.chave}-pro-rec.xml", f"{e.chave}-procCTe.xml"]
    assert instalacao.nomes(1) == []  # nothing for another transmitter
    doc = instalacao.doc(e.chave)
    assert (doc["protocolo"], doc["digest"]) == (
        instalacao.na_sefaz(e.chave)["nprot"],
        instalacao.na_sefaz(e.chave)["digest"],
    )
    assert instalacao.assinado(e.chave) in instalacao.ler(2, f"{e.chave}-procCTe.xml")
    assert instalacao.desfecho(e.nome) == "entregue"
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "CTE-03")
@pytest.mark.parametrize("fabrica", [outros_modelos.cte_os, outros_modelos.cte_simp, outros_modelos.gtve])
def test_os_outros_modelos(instalacao: InstalacaoEmRede, fabrica: Callable[..., Any]) -> None:
    e = fabrica(7, agora=instalacao.agora)
    instalacao.soltar(1, e.nome, e.dados)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    assert f"{e.chave}-procCTe.xml" in instalacao.nomes(2)


@pytest.mark.requisito("CTE-04")
def test_rejeitado_e_corrigido(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "209", "servico": "recepcao", "vezes": 1})
    e = instalacao.exportar(2)
    assert instalacao.situacao(e.chave) == REJEITADO
    assert b"<cStat>209</cStat>" in instalacao.ler(2, f"{e.chave}-pro-rec.xml")
    instalacao.soltar(1, e.nome, e.dados)  # the same again
    assert instalacao.caminho(e.chave)[-2:] == [AGUARDANDO, AUTORIZADO]


@pytest.mark.requisito("CTE-02")
def test_envio_manual_espera_a_ordem(instalacao: InstalacaoEmRede) -> None:
    instalacao.fechar()
    instalacao.rotas[0]["envio"] = "manual"
    instalacao.gravar_config()
    instalacao.abrir()
    e = instalacao.exportar(3)
    assert instalacao.situacao(e.chave) == "NÃO ENVIADO"
    assert instalacao.chamadas(e.chave) == []
    assert instalacao.ordenar("enviar", e.chave)["codigo"] == "SEP-NA-FILA"
    assert instalacao.situacao(e.chave) == AUTORIZADO


@pytest.mark.requisito("CTE-05", "CTE-06", "SEFAZ-02")
def test_cancelado(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(4)
    resposta = instalacao.pedir("cancelar", e.chave, MOTIVO)
    assert resposta["resultado"] == "feito", resposta
    assert instalacao.caminho(e.chave)[-2:] == ["AGUARDANDO RETORNO DE CANCELAMENTO", CANCELADO]
    assert f"{e.chave}_110111_001-procEventoCTe.xml" in instalacao.nomes(2)
    assert instalacao.na_sefaz(e.chave)["situacao"] == "cancelado"


@pytest.mark.requisito("CTE-06", "CTE-07")
def test_cancelamento_recusado_e_autorizacao_pedida_de_novo(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(5)
    instalacao.sefaz.roteiro({"falha": "cstat", "cstat": "528", "servico": "evento", "vezes": 1})
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    assert instalacao.situacao(e.chave) == "CANCELAMENTO REJEITADO"
    resposta = instalacao.pedir("enviar", e.chave)
    assert resposta["codigo"] == "SEP-CONSULTA"
    assert instalacao.caminho(e.chave)[-2:] == [AGUARDANDO, AUTORIZADO]
    assert instalacao.na_sefaz(e.chave)["recepcoes"] == 1  # consulted, never sent anew
    assert f"{e.chave}-sit.xml" in instalacao.nomes(2)


@pytest.mark.requisito("CTE-08")
def test_estorno_do_que_ainda_nao_saiu(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(6)
    instalacao.sefaz.parar()
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    assert instalacao.situacao(e.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    resposta = instalacao.pedir("estornar", e.chave)
    assert "retirado antes" in resposta["mensagem"]
    assert instalacao.situacao(e.chave) == AUTORIZADO
    instalacao.sefaz.ligar()
    instalacao.passar(3600)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.na_sefaz(e.chave)["eventos"] == []
    assert instalacao.falhas() == []


@pytest.mark.requisito("CTE-08", "CTE-10")
def test_estorno_do_que_ja_foi_transmitido(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(6)
    instalacao.sefaz.roteiro({"falha": "queda-depois", "servico": "evento", "vezes": 1})
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    assert instalacao.etapa(e.chave) == "desfecho desconhecido"
    resposta = instalacao.pedir("estornar", e.chave)
    assert "já tinha sido transmitido" in resposta["mensagem"]
    instalacao.passar(120)
    assert instalacao.caminho(e.chave)[-2:] == [AUTORIZADO, CANCELADO]  # SEFAZ is the truth
    assert instalacao.falhas(e.chave) == ["SEP-CANCELADO-NA-SEFAZ"]
    assert "foi pedido aqui e depois estornado" in instalacao.falha("SEP-CANCELADO-NA-SEFAZ")["motivo"]


@pytest.mark.requisito("CTE-08")
def test_estorno_do_que_se_perdeu_no_caminho(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(6)
    instalacao.sefaz.roteiro({"falha": "queda-antes", "servico": "evento", "vezes": 1})
    instalacao.pedir("cancelar", e.chave, MOTIVO)
    instalacao.pedir("estornar", e.chave)
    instalacao.passar(3600)
    assert instalacao.situacao(e.chave) == AUTORIZADO
    assert instalacao.na_sefaz(e.chave)["eventos"] == []  # looked up, and not sent again
    assert instalacao.falhas(e.chave) == []


@pytest.mark.requisito("SEFAZ-01")
def test_consulta_por_ordem(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(8)
    instalacao.limpar(2)
    assert instalacao.pedir("consultar", e.chave)["codigo"] == "SEP-CONSULTA"
    assert b"<cStat>100</cStat>" in instalacao.ler(2, f"{e.chave}-sit.xml")
    assert instalacao.situacao(e.chave) == AUTORIZADO


@pytest.mark.requisito("SEFAZ-02")
def test_evento_que_chega_como_arquivo(instalacao: InstalacaoEmRede) -> None:
    e = instalacao.exportar(9)
    evento = ev.cancelamento(e.chave, instalacao.doc(e.chave)["protocolo"], agora=instalacao.agora)
    instalacao.soltar(1, evento.nome, evento.dados)
    assert instalacao.situacao(e.chave) == CANCELADO
    base = evento.nome.decode().removesuffix("-ped-eve.xml")
    assert f"{base}-eve.xml" in instalacao.nomes(2)


@pytest.mark.requisito("SEFAZ-08")
def test_exportacao_corrigida_na_fila_toma_o_lugar(instalacao: InstalacaoEmRede) -> None:
    instalacao.sefaz.parar()
    e = instalacao.exportar(10)
    instalacao.passar(0)
    assert instalacao.situacao(e.chave) in ("NÃO ENVIADO", AGUARDANDO)
    instalacao.sefaz.ligar()
    instalacao.passar(600)
    assert instalacao.na_sefaz(e.chave)["autorizacoes"] == 1


@pytest.mark.requisito("SEFAZ-08")
def test_muitos_de_uma_vez_nunca_mais_do_que_o_limite(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao(sefaz_config={"em_voo": 4})
    chaves = []
    for n in range(100, 130):
        e = ex.cte(n, agora=instalacao.agora, variante="uma-nota")
        instalacao.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    instalacao.rodar()
    assert {instalacao.situacao(c) for c in chaves} == {AUTORIZADO}
    assert all(d["autorizacoes"] == 1 for d in instalacao.sefaz.razao()["documentos"])
