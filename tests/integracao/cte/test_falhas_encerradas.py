"""Tests that a failure stands until what it names is mended, whatever else goes well about the same key."""

import os

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.demonstracao.exportacoes import Exportacao
from tests.apoio.instalacao import MOTIVO, Instalacao
from tests.integracao.cte.test_eventos import CARTA, DE_TERCEIRO, OBSERVACAO, pedir, responder, tomar


def ma_e_boa(instalacao: Instalacao, numero: int = 1) -> tuple[bytes, Exportacao]:
    """Returns a refused form of an export (a value that the schema does not take), and the good one of the same key."""
    boa = ex.cte(numero, agora=instalacao.agora, variante="uma-nota")
    ma = boa.dados.replace(b"<CFOP>", b"<CFOP>9", 1)
    assert ma != boa.dados
    return ma, boa


@pytest.mark.requisito("BORDA-18")
def test_validar_nao_conserta_a_recusa_de_uma_exportacao(instalacao: Instalacao) -> None:
    ma, boa = ma_e_boa(instalacao)
    instalacao.soltar(1, "nota-cte.xml", ma)
    recusa = instalacao.falhas()
    assert len(recusa) == 1
    instalacao.soltar(5, "boa.xml", boa.dados)
    assert instalacao.desfecho("boa.xml") == "entregue"
    assert instalacao.falhas() == recusa, "nada foi enviado"
    instalacao.soltar(1, "outra-cte.xml", boa.dados)
    assert instalacao.falhas() == []
    fim = instalacao.banco.uma("SELECT encerrada_por FROM falha ORDER BY id")
    assert fim is not None
    assert fim["encerrada_por"] == "um arquivo do documento foi entregue para transmissão"


@pytest.mark.requisito("BORDA-18")
def test_consultar_nao_conserta_a_recusa_de_uma_exportacao(instalacao: Instalacao) -> None:
    ma, boa = ma_e_boa(instalacao)
    instalacao.soltar(1, "nota-cte.xml", ma)
    recusa = instalacao.falhas()
    assert instalacao.pedir("consultar", boa.chave)["resultado"] == "feito"
    assert instalacao.falhas() == recusa
    consulta = instalacao.pegar(1, f"{boa.chave}-ped-sit.xml").replace(b"ped-sit", b"")
    instalacao.soltar(1, "pergunta-cte.xml", consulta)
    assert instalacao.falhas() == recusa


@pytest.mark.requisito("BORDA-18")
def test_rota_manual_so_conserta_quando_envia(instalacao: Instalacao) -> None:
    instalacao.rotas[0]["envio"] = "manual"
    instalacao.gravar_config()
    instalacao.reabrir()
    ma, boa = ma_e_boa(instalacao)
    instalacao.soltar(1, "nota-cte.xml", ma)
    recusa = instalacao.falhas()
    instalacao.soltar(1, "outra-cte.xml", boa.dados)
    assert instalacao.falhas() == recusa, "registrado não é entregue"
    assert instalacao.ordenar("enviar", boa.chave)["estado"] == "feita"
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-18")
def test_evento_aceito_nao_conserta_a_recusa_de_outro_arquivo(instalacao: Instalacao) -> None:
    """The good event is no answer to the bad export, and the good export none to the bad event."""
    e = instalacao.autorizado(1)
    ma, _ = ma_e_boa(instalacao)
    instalacao.soltar(1, "nota-cte.xml", ma)
    mau = ev.carta_de_correcao(e.chave, agora=instalacao.agora).dados.replace(b"<nSeqEvento>1<", b"<nSeqEvento>x<", 1)
    instalacao.soltar(1, "carta-ped-eve.xml", mau)
    duas = instalacao.falhas(e.chave)
    assert len(duas) == 2
    assert pedir(instalacao, "carta-correcao", e.chave, CARTA)["resultado"] == "feito"
    assert instalacao.falhas(e.chave) == duas[:1], "a carta boa conserta a carta má, e mais nada"
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml)
    assert instalacao.falhas(e.chave) == duas[:1]


@pytest.mark.requisito("BORDA-18")
def test_rejeicao_do_documento_nao_encerra_a_recusa_do_arquivo(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    ma, _ = ma_e_boa(instalacao)
    instalacao.soltar(1, "corrigida-cte.xml", ma)
    recusa = instalacao.falhas()
    instalacao.rejeitar(e, "209")
    assert instalacao.falhas() == [*recusa, "209"]


@pytest.mark.requisito("BORDA-18")
def test_carta_recusada_nao_e_encerrada_pelo_cancelamento_recusado(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(1)
    pedir(instalacao, "carta-correcao", e.chave, CARTA)
    nome, xml = tomar(instalacao, e.chave, "carta-correcao")
    responder(instalacao, nome, xml, "681")
    assert instalacao.falhas(e.chave) == ["681"]
    assert instalacao.pedir("cancelar", e.chave, MOTIVO)["resultado"] == "feito"
    nome = f"{e.chave}_110111_001-ped-eve.xml"
    r = rt.evento_respondido(instalacao.pegar(1, nome), os.fsencode(nome), agora=instalacao.agora, c_stat="528")
    instalacao.soltar(2, r.nome, r.dados)
    assert instalacao.falhas(e.chave) == ["681", "528"]


@pytest.mark.requisito("BORDA-18")
def test_ordem_negada_nao_encerra_a_rejeicao(instalacao: Instalacao) -> None:
    e = instalacao.enviado(1)
    instalacao.rejeitar(e, "209")
    instalacao.rotas[0]["ativo"] = False
    instalacao.gravar_config()
    instalacao.reabrir()
    assert instalacao.ordenar("enviar", e.chave)["estado"] == "recusada"
    assert "209" in instalacao.falhas(e.chave)


@pytest.mark.requisito("BORDA-19")
def test_desacordo_recusado_porque_a_sefaz_nao_tem_o_documento(instalacao: Instalacao) -> None:
    pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})
    nome, xml = tomar(instalacao, DE_TERCEIRO, "desacordo")
    responder(instalacao, nome, xml, "217")
    assert instalacao.falhas(DE_TERCEIRO) == ["217"]
    assert "Evento recusado pela SEFAZ: 217" in instalacao.falha("217")["motivo"]
    assert pedir(instalacao, "desacordo", DE_TERCEIRO, {"observacao": OBSERVACAO})["resultado"] == "feito"
    assert instalacao.falhas(DE_TERCEIRO) == []
