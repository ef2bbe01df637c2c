"""Tests answers in unusual forms on every service: what decides is read, the raw bytes stay, the oddity is told."""

import re
from collections.abc import Callable

import pytest

from separador.capacidades.cte.banco import rastro
from separador.capacidades.sefaz.banco import brutos
from separador.fiscal import esquema
from separador.fiscal.leitura import Lido, ler
from tests.apoio.instalacao_em_rede import AUTORIZADO, CANCELADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]

FORMAS = (
    *("latin1", "latin1-declarado", "windows-1252", "utf-16", "gzip", "multipart", "linha-antes", "nul-no-fim"),
    *("cdata", "entidade", "http-certo"),
)


def conferir_processado(instalacao: InstalacaoEmRede, chave: str) -> None:
    lido = ler(instalacao.ler(2, f"{chave}-procCTe.xml"))
    assert isinstance(lido, Lido)
    assert lido.tipo is not None
    assert esquema.validar(lido.raiz, lido.tipo) == []


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("forma", FORMAS)
def test_na_recepcao(fazer_instalacao: Fazer, forma: str) -> None:
    instalacao = fazer_instalacao({"falha": forma, "servico": "recepcao", "http": 500})
    e = instalacao.exportar(11)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    assert instalacao.na_sefaz(e.chave)["consultas"] == 0
    assert instalacao.doc(e.chave)["protocolo"] == instalacao.na_sefaz(e.chave)["nprot"]
    conferir_processado(instalacao, e.chave)
    assert isinstance(ler(instalacao.ler(2, f"{e.chave}-pro-rec.xml")), Lido)  # the WMS reads UTF-8
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("forma", FORMAS)
def test_na_consulta(fazer_instalacao: Fazer, forma: str) -> None:
    instalacao = fazer_instalacao(
        {"falha": "queda-depois", "servico": "recepcao"}, {"falha": forma, "servico": "consulta", "http": 403}
    )
    e = instalacao.exportar(12)
    instalacao.passar(10)
    assert instalacao.situacao(e.chave) == AUTORIZADO, instalacao.falhas()
    assert instalacao.na_sefaz(e.chave)["consultas"] == 1
    conferir_processado(instalacao, e.chave)
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("forma", [f for f in FORMAS if f != "entidade"])
def test_no_evento(fazer_instalacao: Fazer, forma: str) -> None:
    instalacao = fazer_instalacao({"falha": forma, "servico": "evento", "http": 500})
    e = instalacao.exportar(13)
    instalacao.pedir("cancelar", e.chave, "Carga recusada pelo cliente")
    assert instalacao.situacao(e.chave) == CANCELADO, instalacao.falhas()
    assert instalacao.na_sefaz(e.chave)["consultas"] == 0


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("forma", FORMAS)
def test_na_distribuicao(fazer_instalacao: Fazer, forma: str) -> None:
    instalacao = fazer_instalacao(
        {"falha": forma, "servico": "distribuicao", "http": 500},
        sefaz_config={"distribuicao": {"destino": "outbox/terceiros"}},
    )
    instalacao.passar(60)
    linha = instalacao.banco.uma("SELECT * FROM transmissao WHERE servico = 'distribuicao' ORDER BY id")
    assert linha is not None
    assert (linha["estado"], linha["resultado"]) != ("pendente", "ilegivel")
    assert linha["estado"] == "aplicada"
    assert instalacao.falhas() == []


@pytest.mark.requisito("BORDA-14")
def test_o_bruto_fica_como_veio_e_o_que_era_estranho_e_dito(fazer_instalacao: Fazer) -> None:
    instalacao = fazer_instalacao({"falha": "latin1", "servico": "recepcao"})
    e = instalacao.exportar(14)
    bruto = brutos.abrir(instalacao.chamadas(e.chave, "documento")[0]["bruto"])
    assert re.search(rb"<xMotivo>[^<]*\xe3o h\xe1", bruto)
    passos = [p.detalhe for p in rastro.da_chave(instalacao.banco, e.chave)]
    assert any("fora do UTF-8" in p for p in passos), passos
    (linha,) = [x for x in instalacao.diario.linhas if "fora da forma usual" in x["event"]]
    assert (linha["nivel"], linha["chave"]) == ("warning", e.chave)
