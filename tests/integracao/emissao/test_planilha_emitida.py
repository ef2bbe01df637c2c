"""Tests a load that comes as a sheet (CSV), from the drop to its CT-e; and that a long one keeps nobody waiting."""

import resource
from collections.abc import Callable
from typing import Any

import pytest

from tests.apoio.emissao import ROTA_DA_CARGA, nfe
from tests.apoio.instalacao_em_rede import AUTORIZADO, InstalacaoEmRede

Fazer = Callable[..., InstalacaoEmRede]
TITULOS = (
    "carga;depositante;destinatario;chave;valor;frete;peso;produto_predominante;forma_pagamento;responsavel_seguro"
)


def _planilha(i: InstalacaoEmRede, destinos: list[str], frete: str = "100,50") -> bytes:
    linhas = [
        f"45871;REM-SP;{d};{nfe(n, i.agora)};5.000,00;{frete};1250,5;AUTOPEÇAS;A PAGAR;emitente"
        for n, d in enumerate(destinos, 1)
    ]
    return "\r\n".join([TITULOS, *linhas]).encode("cp1252")


def _soltar(i: InstalacaoEmRede, dados: bytes, nome: str = "45871-carga.csv") -> dict[str, Any]:
    i.soltar(ROTA_DA_CARGA, nome, dados)
    return i.json(ROTA_DA_CARGA, f"{nome.rpartition('-')[0]}-ret.json")


@pytest.mark.requisito("CARGA-01", "CARGA-02")
def test_uma_planilha_vira_cte_autorizados(instalacao: InstalacaoEmRede) -> None:
    resposta = _soltar(instalacao, _planilha(instalacao, ["DEST-RJ", "DEST-RJ", "DEST-SP"]))
    assert resposta["resultado"] == "gerada", resposta["erros"]
    assert [(d["notas"], d["valor"], d["campo"]) for d in resposta["documentos"]] == [
        (2, "201.00", "notas[1]"), (1, "100.50", "notas[3]"),
    ]  # fmt: skip
    for d in resposta["documentos"]:
        assert instalacao.situacao(d["chave"]) == AUTORIZADO, instalacao.falhas()
    assert instalacao.falhas() == []


@pytest.mark.requisito("CARGA-03")
def test_uma_planilha_rejeitada_e_refeita_do_que_esta_guardado(instalacao: InstalacaoEmRede) -> None:
    """Its freights are kept with it, though no file with groups has them there."""
    instalacao.sefaz.roteiro({"falha": "cstat", "cstat": "209", "servico": "recepcao", "vezes": 1})
    (doc,) = _soltar(instalacao, _planilha(instalacao, ["DEST-RJ"]))["documentos"]
    assert instalacao.ordenar("carga-refazer", doc["chave"])["estado"] == "feita"
    assert instalacao.situacao(doc["chave"]) == AUTORIZADO
    assert b"<vTPrest>100.50</vTPrest>" in instalacao.assinado(doc["chave"])


@pytest.mark.requisito("CARGA-01")
@pytest.mark.parametrize("linhas", [2500, pytest.param(20_000, marks=pytest.mark.longo)])
def test_uma_planilha_longa_nao_faz_esperar_outra_rota(fazer: Fazer, linhas: int) -> None:
    """Everything in one process: the other file is out before the sheet is answered."""
    i = fazer()
    antes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    i.por(ROTA_DA_CARGA, "A-carga.csv", _planilha(i, ["DEST-RJ", "DEST-SP"] * (linhas // 2)))
    i.ponteiros.passar(1.1)
    i.ciclo.passo()
    i.por(4, "outro.txt", b"de outra rota")
    turnos = 0
    while not i.nomes(4):
        turnos += 1
        assert turnos < 50, "a outra rota espera pela planilha"
        i.ponteiros.passar(0.2)
        i.ciclo.passo()
    assert i.nomes(ROTA_DA_CARGA) == []
    i.passar(60)
    assert i.json(ROTA_DA_CARGA, "A-ret.json")["resultado"] == "gerada"
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - antes < 150 * 1024
