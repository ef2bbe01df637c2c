"""Tests what an unknown command is answered with: the command that the word means, then the one written like it."""

import pytest

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
