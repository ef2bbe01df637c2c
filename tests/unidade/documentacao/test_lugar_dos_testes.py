"""The tests stand by room: each folder of tests bears the name of a room or of a capability, or one of three others."""

from pathlib import Path

import pytest

RAIZ = Path(__file__).resolve().parents[3]
SEM_SALA = {"documentacao", "systemd", "apoio"}
"""Are folders for what is no room: the pages, the unit of systemd, and the tests' own helpers."""


def _pastas(onde: Path) -> set[str]:
    return {p.name for p in onde.iterdir() if p.is_dir() and any(p.rglob("*.py"))}


@pytest.mark.parametrize("nivel", ["unidade", "integracao", "aceitacao"])
def test_cada_pasta_tem_o_nome_do_que_prova(nivel: str) -> None:
    separador = RAIZ / "separador"
    salas = _pastas(separador) | _pastas(separador / "capacidades") | SEM_SALA
    assert _pastas(RAIZ / "tests" / nivel) <= salas


def test_nenhum_teste_solto_entre_as_pastas() -> None:
    soltos = [p for nivel in ("unidade", "integracao", "aceitacao") for p in (RAIZ / "tests" / nivel).glob("test_*.py")]
    assert [p.name for p in soltos if p.name != "test_capacidades.py"] == []
