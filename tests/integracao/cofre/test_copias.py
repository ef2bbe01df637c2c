"""Tests a copy of vault and registries, restored under another master key."""

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso
from separador.capacidades.procuracoes.servico import procuracoes
from separador.cofre import chave_mestra, copia_cifrada, copias
from separador.cofre.banco import TabelaDeSegredos
from separador.cofre.chave_mestra import ChaveMestra
from separador.cofre.cofre import Cofre
from separador.cofre.copia_cifrada import Conteudo
from separador.cofre.copias import Prova
from separador.nucleo.erro import Recusa
from separador.nucleo.negativa import Negativa
from tests.apoio.autoridade import AGORA

FRASE = b"uma frase bem longa"
ESCRITORIO = "66777888000181"


def cofre_de(banco: Banco, n: int) -> Cofre:
    return Cofre(TabelaDeSegredos(banco), ChaveMestra((chave_mestra.chave_de(bytes([n]) * 32),), "o teste"))


@pytest.fixture
def bancos(tmp_path: Path) -> Iterator[tuple[Banco, Banco]]:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    um, outro = abrir(tmp_path / "a"), abrir(tmp_path / "b")
    yield um, outro
    um.close()
    outro.close()


def povoar(banco: Banco) -> Cofre:
    cofre = cofre_de(banco, 1)
    cofre.apagar(cofre.guardar("de passagem", b"x"))  # numbers here are not those of a new vault
    assert procuracoes.gravar_escritorio(banco, ESCRITORIO, "Escritório Fictício", quem="so:t", agora=AGORA) is None
    acesso = Acesso(ESCRITORIO, "ACESSO SEFAZ-MT", Esfera.ESTADUAL, TipoAcesso.LOGIN, login="fulano")
    numero = procuracoes.incluir(banco, acesso, quem="so:t", agora=AGORA)
    assert isinstance(numero, int), numero
    linha = procuracoes.um(banco, "ACESSO SEFAZ-MT")
    assert not isinstance(linha, Negativa), linha
    partes = {"senha": "senha-do-acesso-771"}
    feito = procuracoes.guardar_segredo(banco, cofre, linha, partes, trocada_em=AGORA.date(), quem="so:t", agora=AGORA)
    assert feito is None, feito
    return cofre


@pytest.mark.requisito("CERT-06", "PROC-02")
def test_cadastros_e_segredos_voltam_sob_outra_chave(bancos: tuple[Banco, Banco]) -> None:
    um, outro = bancos
    conteudo = copias.reunir(um, povoar(um), "2026-11-20T15:00:00.000Z")
    fechada = copia_cifrada.fechar(conteudo, FRASE)
    assert isinstance(fechada, bytes)
    assert b"senha-do-acesso-771" not in fechada
    aberta = copia_cifrada.abrir(fechada, FRASE)
    assert isinstance(aberta, Conteudo)
    novo = cofre_de(outro, 2)
    assert copias.devolver(outro, novo, aberta) == Prova(1, 0)
    linha = procuracoes.um(outro, "ACESSO SEFAZ-MT")
    assert not isinstance(linha, Negativa), linha
    assert procuracoes.estado(outro, linha, AGORA).recusa is None
    assert json.loads(novo.ler(linha["segredo_id"])) == {"senha": "senha-do-acesso-771"}
    ocupado = copias.devolver(outro, novo, aberta)
    assert isinstance(ocupado, Recusa)
    assert ocupado.erros[0].codigo == "SEP-COPIA-OCUPADO"


def test_copia_com_chave_trocada_e_recusada_sem_escrever(bancos: tuple[Banco, Banco]) -> None:
    um, outro = bancos
    conteudo = copias.reunir(um, povoar(um), "2026-11-20T15:00:00.000Z")
    torta = {"segredo_id": 99, "der": b"\x30\x00", "apelido": "x"}
    ruim = replace(conteudo, tabelas=conteudo.tabelas | {"certificado": [torta]})
    recusa = copias.devolver(outro, cofre_de(outro, 2), ruim)
    assert isinstance(recusa, Recusa)
    assert recusa.erros[0].codigo == "SEP-COPIA-DANIFICADA"
    assert outro.uma("SELECT 1 FROM segredo") is None


@pytest.mark.requisito("BORDA-24")
@pytest.mark.parametrize(
    ("tabela", "linhas"),
    [
        ("certificado", [{}]),
        ("certificado", [{"segredo_id": None}]),
        ("certificado", [{"segredo_id": 1, "der": "texto"}]),
        ("certificado", [{"segredo_id": None, "der": b"0"}]),
        ("usuario", [{}]),
        ("escritorio", [{"id": 1, "cnpj": None}]),
        ("procuracao", [{"nome_que_nao_ha": 1}]),
    ],
)
def test_cadastros_tortos_sao_recusados_sem_escrever(
    bancos: tuple[Banco, Banco], tabela: str, linhas: list[dict[str, object]]
) -> None:
    um, outro = bancos
    conteudo = copias.reunir(um, povoar(um), "2026-11-20T15:00:00.000Z")
    ruim = replace(conteudo, tabelas=conteudo.tabelas | {tabela: linhas})
    recusa = copias.devolver(outro, cofre_de(outro, 2), ruim)
    assert isinstance(recusa, Recusa)
    assert recusa.erros[0].codigo == "SEP-COPIA-DANIFICADA"
    assert outro.uma("SELECT 1 FROM segredo") is None
