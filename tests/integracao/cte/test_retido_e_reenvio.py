"""Tests that what is held stays in sight, that an event is retried by its own number, and that a folder made anew
proves nothing."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest

from separador.banco import publicacoes, rotas
from separador.banco.conexao import abrir
from separador.banco.publicacoes import NovaPublicacao
from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao import retornos as rt
from separador.motor.desfecho import saidas
from separador.pastas.disco import MARCA
from separador.pastas.erros import PastaSumiu
from tests.apoio.instalacao import Instalacao


@pytest.mark.requisito("CTE-12", "SEP-05")
def test_retorno_retido_segue_a_vista_quando_outro_do_mesmo_nome_da_certo(instalacao: Instalacao) -> None:
    alheio = ex.cte(901, agora=instalacao.agora, variante="uma-nota")
    e = instalacao.enviado(902)
    orfao = rt.autorizado(
        e.dados.replace(e.chave.encode(), alheio.chave.encode()), b"x-cte.xml", agora=instalacao.agora
    )
    instalacao.soltar(2, "x-pro-rec.xml", orfao.dados)
    assert instalacao.falhas() == ["SEP-RET-ORFAO"]
    bom = rt.autorizado(e.dados, os.fsencode(e.nome), agora=instalacao.agora)
    instalacao.soltar(2, "x-pro-rec.xml", bom.dados)
    assert instalacao.situacao(e.chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas() == ["SEP-RET-ORFAO"], "o outro arquivo ainda espera pelo documento dele"


@pytest.mark.requisito("CTE-12", "NOM-02")
def test_evento_respondido_108_e_entregue_de_novo_ele_mesmo(instalacao: Instalacao) -> None:
    e = instalacao.autorizado(903)
    carta = ev.carta_de_correcao(e.chave, agora=instalacao.agora)
    instalacao.soltar(1, carta.nome, carta.dados)
    nome = f"{e.chave}_110110_001-ped-eve.xml"
    dados = instalacao.pegar(1, nome)
    parada = rt.evento_respondido(dados, os.fsencode(nome), agora=instalacao.agora, c_stat="108")
    instalacao.soltar(2, parada.nome, parada.dados)
    assert instalacao.nomes(1) == []
    instalacao.passar(600)
    assert instalacao.nomes(1) == [nome]
    assert instalacao.ler(1, nome) == dados, "os mesmos bytes"


@pytest.mark.requisito("SEP-01", "SEP-05")
def test_reenvio_devido_sem_rota_ativa_e_uma_falha_so_e_segue_quando_ela_volta(instalacao: Instalacao) -> None:
    e = instalacao.enviado(904)
    parada = rt.rejeitado(e.dados, os.fsencode(e.nome), agora=instalacao.agora, c_stat="108")
    instalacao.soltar(2, parada.nome, parada.dados)
    instalacao.rotas[0]["ativo"] = False
    instalacao.gravar_config()
    for _ in range(5):
        instalacao.passar(600)
    assert instalacao.falhas().count("SEP-SEM-ROTA") == 1
    assert list((instalacao.dados / "incidentes").glob("*")) == [], "é da configuração, não é erro do programa"
    instalacao.rotas[0]["ativo"] = True
    instalacao.gravar_config()
    instalacao.passar(600)
    assert "SEP-SEM-ROTA" not in instalacao.falhas()
    assert instalacao.nomes(1) == [f"{e.chave}-cte.xml"]


@pytest.mark.requisito("SEP-02")
def test_pasta_refeita_nao_prova_que_se_publicou(tmp_path: Path) -> None:
    """The staged file is gone with the old folder and was not published. The new folder's marker shows it."""
    pasta = tmp_path / "saida"
    (pasta / ".separador").mkdir(parents=True)
    (pasta / ".separador" / MARCA).write_text(
        json.dumps({"uuid": "outra", "criada_em": "2026-11-21T00:00:00+00:00", "rota": "rota 1"}), encoding="utf-8"
    )
    with closing(abrir(tmp_path)) as banco:
        with banco.transacao():
            rotas.marcar(banco, str(pasta), "a-de-antes")
            nova = NovaPublicacao("copia", str(pasta), b"a.txt", b"sumido.e0", "00")
            publicacoes.inserir(banco, nova, "2026-11-21T00:00:00.000Z")
        (linha,) = publicacoes.pendentes(banco)
        with pytest.raises(PastaSumiu):
            saidas.publicar(banco, linha, "aa")
        with banco.transacao():
            rotas.marcar(banco, str(pasta), "outra")
        assert saidas.publicar(banco, linha, "aa").publicacao_id == linha["id"]
