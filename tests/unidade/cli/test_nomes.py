"""Tests how typed text becomes names and keys."""

import click
import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from separador.cli.base.nomes import argumento_chave, limpar_chave
from separador.nucleo.nome_de_arquivo import mostrar
from separador.pedidos.nomes import ler_mostrado, nomes_possiveis

CHAVE = "35261111222333000181570010000000011123939499"


@given(st.binary(min_size=1, max_size=60))
def test_nome_mostrado_volta_a_ser_o_nome(nome: bytes) -> None:
    assert ler_mostrado(mostrar(nome)) == nome


@given(st.text(max_size=40))
def test_qualquer_texto_digitado_e_lido_sem_erro(texto: str) -> None:
    try:
        texto.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return  # no terminal gives half a surrogate pair
    assert nomes_possiveis(texto)


def test_ponto_fora_do_unicode_fica_como_esta() -> None:
    assert ler_mostrado(r"\Uffffffff") == rb"\Uffffffff"


@pytest.mark.parametrize(
    "escrita", [CHAVE, f"CTe{CHAVE}", " ".join(CHAVE[i : i + 4] for i in range(0, 44, 4)), f" {CHAVE}\n"]
)
def test_chave_como_as_pessoas_colam(escrita: str) -> None:
    assert limpar_chave(escrita) == CHAVE


def test_argumento_chave_repetida_vale_uma_vez_e_a_errada_e_uso() -> None:
    @click.command()
    @argumento_chave(varias=True)
    def comando(chaves: tuple[str, ...]) -> None:
        click.echo(",".join(chaves))

    assert CliRunner().invoke(comando, [CHAVE, CHAVE]).output == CHAVE + "\n"
    assert CliRunner().invoke(comando, ["x"]).exit_code == 2
