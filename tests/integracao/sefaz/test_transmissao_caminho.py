"""Tests the good days of the transmission by network: everything an operator does, with SEFAZ at the other end."""

from collections.abc import Callable
from typing import Any

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import outros_modelos
from tests.apoio.casa_de_rede import AGUARDANDO, AUTORIZADO, CANCELADO, REJEITADO, CasaDeRede
from tests.apoio.casa_de_teste import MOTIVO

Fazer = Callable[..., CasaDeRede]


@pytest.mark.requisito("SEFAZ-01", "CTE-02", "CTE-03", "CTE-15", "NOM-02")
def test_exportacao_volta_autorizada(casa: CasaDeRede) -> None:
    e = casa.exportar(1)
    assert casa.caminho(e.chave) == ["NÃO ENVIADO", AGUARDANDO, AUTORIZADO]
    assert casa.nomes(2) == [f"{e.chave}-pro-rec.xml", f"{e.chave}-procCTe.xml"]
    assert casa.nomes(1) == []  # nothing for another transmitter
    doc = casa.doc(e.chave)
    assert (doc["protocolo"], doc["digest"]) == (casa.na_sefaz(e.chave)["nprot"], casa.na_sefaz(e.chave)["digest"])
    assert casa.assinado(e.chave) in casa.ler(2, f"{e.chave}-procCTe.xml")
    assert casa.desfecho(e.nome) == "entregue"
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-01", "CTE-03")
@pytest.mark.parametrize("fabrica", [outros_modelos.cte_os, outros_modelos.cte_simp, outros_modelos.gtve])
def test_os_outros_modelos(casa: CasaDeRede, fabrica: Callable[..., Any]) -> None:
    e = fabrica(7, agora=casa.agora)
    casa.soltar(1, e.nome, e.dados)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    assert f"{e.chave}-procCTe.xml" in casa.nomes(2)


@pytest.mark.requisito("CTE-04")
def test_rejeitado_e_corrigido(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "209", "servico": "recepcao", "vezes": 1})
    e = casa.exportar(2)
    assert casa.situacao(e.chave) == REJEITADO
    assert b"<cStat>209</cStat>" in casa.ler(2, f"{e.chave}-pro-rec.xml")
    casa.soltar(1, e.nome, e.dados)  # the same again
    assert casa.caminho(e.chave)[-2:] == [AGUARDANDO, AUTORIZADO]


@pytest.mark.requisito("CTE-02")
def test_envio_manual_espera_a_ordem(casa: CasaDeRede) -> None:
    casa.fechar()
    casa.rotas[0]["envio"] = "manual"
    casa.gravar_config()
    casa.abrir()
    e = casa.exportar(3)
    assert casa.situacao(e.chave) == "NÃO ENVIADO"
    assert casa.chamadas(e.chave) == []
    assert casa.ordenar("enviar", e.chave)["codigo"] == "SEP-NA-FILA"
    assert casa.situacao(e.chave) == AUTORIZADO


@pytest.mark.requisito("CTE-05", "CTE-06", "SEFAZ-02")
def test_cancelado(casa: CasaDeRede) -> None:
    e = casa.exportar(4)
    resposta = casa.pedir("cancelar", e.chave, MOTIVO)
    assert resposta["resultado"] == "feito", resposta
    assert casa.caminho(e.chave)[-2:] == ["AGUARDANDO RETORNO DE CANCELAMENTO", CANCELADO]
    assert f"{e.chave}_110111_001-procEventoCTe.xml" in casa.nomes(2)
    assert casa.na_sefaz(e.chave)["situacao"] == "cancelado"


@pytest.mark.requisito("CTE-06", "CTE-07")
def test_cancelamento_recusado_e_autorizacao_pedida_de_novo(casa: CasaDeRede) -> None:
    e = casa.exportar(5)
    casa.sefaz.roteiro({"falha": "cstat", "cstat": "528", "servico": "evento", "vezes": 1})
    casa.pedir("cancelar", e.chave, MOTIVO)
    assert casa.situacao(e.chave) == "CANCELAMENTO REJEITADO"
    resposta = casa.pedir("enviar", e.chave)
    assert resposta["codigo"] == "SEP-CONSULTA"
    assert casa.caminho(e.chave)[-2:] == [AGUARDANDO, AUTORIZADO]
    assert casa.na_sefaz(e.chave)["recepcoes"] == 1  # consulted, never sent anew
    assert f"{e.chave}-sit.xml" in casa.nomes(2)


@pytest.mark.requisito("CTE-08")
def test_estorno_do_que_ainda_nao_saiu(casa: CasaDeRede) -> None:
    e = casa.exportar(6)
    casa.sefaz.parar()
    casa.pedir("cancelar", e.chave, MOTIVO)
    assert casa.situacao(e.chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    resposta = casa.pedir("estornar", e.chave)
    assert "retirado antes" in resposta["mensagem"]
    assert casa.situacao(e.chave) == AUTORIZADO
    casa.sefaz.ligar()
    casa.passar(3600)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.na_sefaz(e.chave)["eventos"] == []
    assert casa.falhas() == []


@pytest.mark.requisito("CTE-08", "CTE-10")
def test_estorno_do_que_ja_foi_transmitido(casa: CasaDeRede) -> None:
    e = casa.exportar(6)
    casa.sefaz.roteiro({"falha": "queda-depois", "servico": "evento", "vezes": 1})
    casa.pedir("cancelar", e.chave, MOTIVO)
    assert casa.etapa(e.chave) == "desfecho desconhecido"
    resposta = casa.pedir("estornar", e.chave)
    assert "já tinha sido transmitido" in resposta["mensagem"]
    casa.passar(120)
    assert casa.caminho(e.chave)[-2:] == [AUTORIZADO, CANCELADO]  # SEFAZ is the truth
    assert casa.falhas(e.chave) == ["SEP-CANCELADO-NA-SEFAZ"]


@pytest.mark.requisito("CTE-08")
def test_estorno_do_que_se_perdeu_no_caminho(casa: CasaDeRede) -> None:
    e = casa.exportar(6)
    casa.sefaz.roteiro({"falha": "queda-antes", "servico": "evento", "vezes": 1})
    casa.pedir("cancelar", e.chave, MOTIVO)
    casa.pedir("estornar", e.chave)
    casa.passar(3600)
    assert casa.situacao(e.chave) == AUTORIZADO
    assert casa.na_sefaz(e.chave)["eventos"] == []  # looked up, and not sent again
    assert casa.falhas(e.chave) == []


@pytest.mark.requisito("SEFAZ-01")
def test_consulta_por_ordem(casa: CasaDeRede) -> None:
    e = casa.exportar(8)
    casa.limpar(2)
    assert casa.pedir("consultar", e.chave)["codigo"] == "SEP-CONSULTA"
    assert b"<cStat>100</cStat>" in casa.ler(2, f"{e.chave}-sit.xml")
    assert casa.situacao(e.chave) == AUTORIZADO


@pytest.mark.requisito("SEFAZ-02")
def test_evento_que_chega_como_arquivo(casa: CasaDeRede) -> None:
    e = casa.exportar(9)
    evento = ev.cancelamento(e.chave, casa.doc(e.chave)["protocolo"], agora=casa.agora)
    casa.soltar(1, evento.nome, evento.dados)
    assert casa.situacao(e.chave) == CANCELADO
    base = evento.nome.decode().removesuffix("-ped-eve.xml")
    assert f"{base}-eve.xml" in casa.nomes(2)


@pytest.mark.requisito("SEFAZ-08")
def test_exportacao_corrigida_na_fila_toma_o_lugar(casa: CasaDeRede) -> None:
    casa.sefaz.parar()
    e = casa.exportar(10)
    casa.passar(0)
    assert casa.situacao(e.chave) in ("NÃO ENVIADO", AGUARDANDO)
    casa.sefaz.ligar()
    casa.passar(600)
    assert casa.na_sefaz(e.chave)["autorizacoes"] == 1


@pytest.mark.requisito("SEFAZ-08")
def test_muitos_de_uma_vez_nunca_mais_do_que_o_limite(fazer_casa: Fazer) -> None:
    casa = fazer_casa(sefaz_config={"em_voo": 4})
    chaves = []
    for n in range(100, 130):
        e = ex.cte(n, agora=casa.agora, variante="uma-nota")
        casa.por(1, e.nome, e.dados)
        chaves.append(e.chave)
    casa.rodar()
    assert {casa.situacao(c) for c in chaves} == {AUTORIZADO}
    assert all(d["autorizacoes"] == 1 for d in casa.sefaz.razao()["documentos"])
