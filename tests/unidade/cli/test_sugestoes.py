"""Tests what an unknown command is answered with: the command that the word means, then the one written like it."""

import click
import pytest

from separador.cli.base import portugues
from separador.cli.base.grupo import _sugestao

CTE = ["enviar", "cancelar", "estornar", "consultar", "evento", "dacte", "cstat", "listar", "ver", "notas", "diagrama"]


@pytest.mark.requisito("USO-03")
@pytest.mark.parametrize(
    ("dito", "sugerido"),
    [
        ("exportar", "listar"),
        ("imprimir", "dacte"),
        ("Impressão", "dacte"),
        ("transmitir", "enviar"),
        ("desfazer", "estornar"),
        ("lsitar", "listar"),
        ("estorna", "estornar"),
        ("carta", "evento"),
    ],
)
def test_sugestao_pelo_sentido_ou_pelas_letras(dito: str, sugerido: str) -> None:
    assert _sugestao(dito, CTE) == f' (você quis dizer "{sugerido}"?)'


@pytest.mark.requisito("USO-03")
def test_palavra_com_outro_sentido_nao_ganha_a_de_letras_parecidas() -> None:
    assert _sugestao("exportar", ["estornar", "cancelar"]) == ""


@pytest.mark.requisito("USO-03")
@pytest.mark.parametrize(
    ("dita", "fim"),
    [
        ("--justificativa", "Você quis dizer --motivo?"),
        ("--motvo", "Você quis dizer --motivo?"),
        ("--zzz", "A opção '--zzz' não existe."),
    ],
)
def test_opcao_desconhecida(dita: str, fim: str) -> None:
    portugues.instalar()
    comando = click.Command("cancelar", params=[click.Option(["--motivo"]), click.Option(["--json"], is_flag=True)])
    with pytest.raises(click.NoSuchOption) as erro:
        comando.make_context("cancelar", [dita])
    assert erro.value.format_message().endswith(fim)
