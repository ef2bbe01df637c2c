"""Tests bad answers: kept as they came, looked up, and never sent again blindly."""

from collections.abc import Callable

import pytest

from tests.apoio.casa_de_rede import AGUARDANDO, AUTORIZADO, REJEITADO, CasaDeRede

Fazer = Callable[..., CasaDeRede]

PROCESSADAS = ["queda-depois", "meia-resposta", "vazia", "raiz-errada", "outra-chave"]
NAO_PROCESSADAS = ["queda-antes", "queda-durante", "html", "soap-fault", "http"]
LEGIVEIS = ["prefixo", "texto-escapado", "data-sem-fuso", "nprot-17"]


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("falha", PROCESSADAS)
def test_G1_resposta_perdida_e_consultada_e_nunca_reenviada(fazer_casa: Fazer, falha: str) -> None:
    casa = fazer_casa({"falha": falha, "servico": "recepcao", "vezes": 1})
    e = casa.exportar(11)
    assert (casa.situacao(e.chave), casa.etapa(e.chave)) == (AGUARDANDO, "desfecho desconhecido")
    casa.passar(60)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    na_sefaz = casa.na_sefaz(e.chave)
    assert (na_sefaz["recepcoes"], na_sefaz["consultas"]) == (1, 1)
    assert casa.doc(e.chave)["protocolo"] == na_sefaz["nprot"]
    assert casa.nomes(2) == [f"{e.chave}-pro-rec.xml", f"{e.chave}-procCTe.xml"]
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
@pytest.mark.parametrize("falha", NAO_PROCESSADAS)
def test_G1_o_que_a_sefaz_nao_tem_vai_de_novo_igual(fazer_casa: Fazer, falha: str) -> None:
    casa = fazer_casa({"falha": falha, "servico": "recepcao", "vezes": 1})
    e = casa.exportar(12)
    assert casa.etapa(e.chave) == "desfecho desconhecido"
    casa.ate(e.chave, AUTORIZADO)
    na_sefaz = casa.na_sefaz(e.chave)
    assert na_sefaz["autorizacoes"] == 1
    assert na_sefaz["consultas"] == 2  # twice 217, then the same bytes
    assert na_sefaz["digest"] == casa.doc(e.chave)["digest"]
    primeira = casa.chamadas(e.chave, "documento")[0]
    assert primeira["tentativas"] == 2
    assert casa.falhas() == []


@pytest.mark.requisito("SEFAZ-04")
def test_G5_bruto_guardado_antes_de_lido(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "raiz-errada", "servico": "recepcao", "vezes": 1})
    e = casa.exportar(13)
    linha = casa.chamadas(e.chave, "documento")[0]
    assert linha["bruto"] is not None
    assert linha["estado"] == "desconhecida"


@pytest.mark.requisito("SEFAZ-01")
@pytest.mark.parametrize("falha", LEGIVEIS)
def test_G5_o_que_se_le_se_aplica(fazer_casa: Fazer, falha: str) -> None:
    casa = fazer_casa({"falha": falha, "servico": "recepcao"})
    e = casa.exportar(14)
    assert casa.situacao(e.chave) == AUTORIZADO, casa.falhas()
    assert casa.na_sefaz(e.chave)["consultas"] == 0
    assert casa.doc(e.chave)["autorizado_em"].startswith("2026-11-20T15:0")


@pytest.mark.requisito("SEFAZ-04")
def test_G2_digest_diferente_e_incidente(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "digest-diferente", "servico": "recepcao"})
    e = casa.exportar(15)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert casa.falhas(e.chave) == ["SEP-RET-DIGEST"]
    assert casa.nomes(2) == []


@pytest.mark.requisito("SEFAZ-03")
def test_cstat_de_quatro_algarismos_e_desconhecido(fazer_casa: Fazer) -> None:
    casa = fazer_casa({"falha": "cstat", "cstat": "1051", "servico": "recepcao", "chave": "", "numero": 16},
                      {"falha": "cstat", "cstat": "9876", "servico": "recepcao", "numero": 17})  # fmt: skip
    assert casa.situacao(casa.exportar(16).chave) == REJEITADO
    e = casa.exportar(17)
    assert casa.situacao(e.chave) == AGUARDANDO
    assert casa.falhas(e.chave) == ["SEP-CSTAT-DESCONHECIDO"]
