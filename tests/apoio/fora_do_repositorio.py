"""Finds what some tests read and the repository does not hold: SEFAZ's manual as text, a summary of its rules, and
samples that others published. The manual is not ours to publish, and the samples name real companies.

All of it stands below one folder: the one that the environment variable `SEPARADOR_FORA_DO_REPOSITORIO` names, or else
`shared` beside the repository. Where a part is absent, its tests are skipped and say what was not compared.
docs/desenvolvimento/testes.md lists them.
"""

import os
from pathlib import Path

import pytest

VARIAVEL = "SEPARADOR_FORA_DO_REPOSITORIO"
PASTA = Path(os.environ.get(VARIAVEL) or Path(__file__).resolve().parents[2].parent / "shared")
MANUAL = PASTA / "moc"
"""Holds MOC 4.00 as text: `moc_anexo1.txt` (the rules) and `moc_visao_geral.txt`."""
RESUMO = PASTA / "fatos" / "cte.md"
"""Is a summary of the manual's rules, written by hand and without looking at the program."""
PUBLICAS = PASTA / "amostras" / "publicas"
"""Holds samples of documents and events, one file each, as they were published."""


def exigir(caminho: Path, o_que: str) -> Path:
    """Returns the path. Where there is nothing, it skips the test and says what was not compared."""
    if not caminho.exists():
        pytest.skip(f"PULADO: {o_que} NÃO se comparou, porque falta {caminho} ({VARIAVEL} diz onde procurar)")
    return caminho


def publica(prefixo: str) -> Path:
    """Returns the public sample whose name begins so."""
    (arquivo,) = [a for a in publicas() if a.name.startswith(prefixo)]
    return arquivo


def publicas() -> list[Path]:
    """Returns all public samples, by name."""
    return sorted(exigir(PUBLICAS, "o desfecho das amostras públicas").iterdir())
