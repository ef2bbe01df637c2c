"""Tests the key `sefaz.distribuicao`, and `sefaz.contingencia_offline`."""

from pathlib import Path

import pytest

from separador.configuracao import Conferida, Configuracao, Invalida, interpretar
from separador.configuracao.tipos import ConfigDistribuicao

ARQ = Path("/srv/conf/config/separador.yaml")


def ler(texto: str) -> Configuracao:
    lida = interpretar(texto.encode(), ARQ, nucleos=2)
    assert isinstance(lida, Conferida), lida
    return lida.configuracao


def test_sem_a_chave_nada_e_buscado_nem_incluido() -> None:
    sefaz = ler("sefaz: {em_voo: 1}").sefaz
    assert (sefaz.distribuicao, sefaz.contingencia_offline) == (None, False)


@pytest.mark.requisito("SEFAZ-07")
def test_a_secao_vale_para_todas_as_empresas_ou_para_as_ditas() -> None:
    assert ler("sefaz: {distribuicao: {ativo: true}}").sefaz.distribuicao == ConfigDistribuicao(
        ARQ.parent / "outbox/terceiros"
    )
    duas = "empresas: [{cnpj: 11.222.333/0001-81, nome: x, uf: SP}]\n"
    lida = ler(duas + "sefaz: {distribuicao: {destino: /t, intervalo: 7200, empresas: [11.222.333/0001-81]}}").sefaz
    assert lida.distribuicao == ConfigDistribuicao(Path("/t"), 7200, ("11222333000181",))
    assert ler("sefaz: {distribuicao: {ativo: false}}").sefaz.distribuicao is None


@pytest.mark.parametrize(
    ("texto", "trecho"),
    [
        ("intervalo: 60", "no mínimo 3600"),
        ("empresas: [123]", "não é um CNPJ"),
        ("empresas: [11222333000181]", "não está em empresas"),
        ("destinos: x", 'você quis dizer "destino"'),
    ],
)
def test_erros_com_a_frase(texto: str, trecho: str) -> None:
    lida = interpretar(f"sefaz: {{distribuicao: {{{texto}}}}}".encode(), ARQ, nucleos=2)
    assert isinstance(lida, Invalida)
    assert trecho in str(lida.erros[0])


def test_contingencia_offline_se_liga() -> None:
    assert ler("sefaz: {contingencia_offline: sim}").sefaz.contingencia_offline
