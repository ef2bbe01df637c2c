"""Tests bad answers: kept as they came, looked up, and never sent again blindly."""

from collections.abc import Callable

import pytest

from tests.apoio.instalacao_em_rede import AGUARDANDO, AUTORIZADO, REJEITADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]

PROCESSADAS = ["queda-depois", "meia-resposta", "vazia", "raiz-errada", "outra-chave"]
NAO_PROCESSADAS = ["queda-antes", "queda-durante", "html", "soap-fault", "http"]
LEGIVEIS = ["prefixo", "texto-escapado", "data-sem-fuso", "nprot-17"]


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("falha", PROCESSADAS)
def test_resposta_perdida_e_consultada_e_nunca_reenviada(fazer_instalacao: Fazer, falha: str) -> None:
    instalacao = fazer_instalacao({"falha": falha, "servico": "recepcao", "vezes": 1})
    e = instalacao.exportar(11)
    assert (instalacao.situacao(e.chave), instalacao.etapa(e.chave)) == (AGUARDANDO, "desfecho desconhecido")
    instalacao.passar(60)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    na_sefaz = instalacao.na_sefaz(e.chave)
    assert (na_sefaz["recepcoes"], na_sefaz["consultas"]) == (1, 1)
    assert instalacao.doc(e.chave)["protocolo"] == na_sefaz["nprot"]
    assert instalacao.nomes(2) == [f"{e.chave}-pro-rec.xml", f"{e.chave}-procCTe.xml"]
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("falha", NAO_PROCESSADAS)
def test_o_que_a_sefaz_nao_tem_vai_de_novo_igual(fazer_instalacao: Fazer, falha: str) -> None:
    instalacao = fazer_instalacao({"falha": falha, "servico": "recepcao", "vezes": 1})
    e = instalacao.exportar(12)
    assert instalacao.etapa(e.chave) == "desfecho desconhecido"
    instalacao.ate(e.chave, AUTORIZADO)
    na_sefaz = instalacao.na_sefaz(e.chave)
    assert na_sefaz["autorizacoes"] == 1
    assert na_sefaz["consultas"] == 2  # twice 217, then the same bytes
    assert na_sefaz["digest"] == instalacao.doc(e.chave)["digest"]
    primeira = instalacao.chamadas(e.chave, "documento")[0]
    assert primeira["tentativas"] == 2
    assert instalacao.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_bruto_guardado_antes_de_lido(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "raiz-errada", "servico": "recepcao", "vezes": 1})
    e = instalacao.exportar(13)
    linha = instalacao.chamadas(e.chave, "documento")[0]
    assert linha["bruto"] is not None
    assert linha["estado"] == "desconhecida"


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize("falha", LEGIVEIS)
def test_o_que_se_le_se_aplica(fazer_instalacao: Fazer, falha: str) -> None:
    instalacao = fazer_instalacao({"falha": falha, "servico": "recepcao"})
    e = instalacao.exportar(14)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    assert instalacao.na_sefaz(e.chave)["consultas"] == 0
    assert instalacao.doc(e.chave)["autorizado_em"].startswith("2026-11-20T15:0")


@pytest.mark.requisito("SEFAZ-04")
def test_digest_diferente_e_incidente(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "digest-diferente", "servico": "recepcao"})
    e = instalacao.exportar(15)
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert instalacao.falhas(e.chave) == ["SEP-RET-DIGEST"]
    assert instalacao.nomes(2) == []


@pytest.mark.requisito("SEFAZ-03")
def test_cstat_de_quatro_algarismos_e_desconhecido(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "cstat", "cstat": "1051", "servico": "recepcao", "chave": "", "numero": 16},
                                  {"falha": "cstat", "cstat": "9876", "servico": "recepcao", "numero": 17})  # fmt: skip
    assert instalacao.situacao(instalacao.exportar(16).chave) == REJEITADO
    e = instalacao.exportar(17)
    assert instalacao.situacao(e.chave) == AGUARDANDO
    assert instalacao.falhas(e.chave) == ["SEP-CSTAT-DESCONHECIDO"]
