"""Facts of a document in the form of the lists: instants in UTC, amounts in cents, nothing where there is nothing."""

import pytest

from separador.capacidades.cte.dominio.colunas import centavos, emissao, reais


@pytest.mark.requisito("USO-04")
@pytest.mark.parametrize(
    ("escrito", "guardado"),
    [
        ("2026-11-20T22:30:00-03:00", "2026-11-21T01:30:00.000Z"),
        ("2026-11-20T10:00:00+00:00", "2026-11-20T10:00:00.000Z"),
        ("2026-11-20T10:00:00", ""),
        ("0001-01-01T00:00:00+14:00", ""),
        ("ontem", ""),
        ("", ""),
    ],
)
def test_a_emissao_e_guardada_em_utc(escrito: str, guardado: str) -> None:
    assert emissao(escrito) == guardado


@pytest.mark.requisito("USO-04")
@pytest.mark.parametrize(
    ("escrito", "guardado"),
    [("1000.00", 100_000), ("0.07", 7), ("12.5", 1250), ("8", 800), ("", None), ("-1.00", None), ("1,00", None)],
)
def test_o_valor_e_guardado_em_centavos(escrito: str, guardado: int | None) -> None:
    assert centavos(escrito) == guardado


@pytest.mark.requisito("USO-04")
def test_reais_desfaz_centavos() -> None:
    assert reais(centavos("1000.07")) == "1000.07"
    assert reais(None) is None
