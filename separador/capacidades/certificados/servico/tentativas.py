"""Counts, in `dados`, how often the opening of a dropped .pfx was begun and brought no answer.

The count is on disk before the opening begins: it may be the last thing that the service does.
"""

import json
import os
from pathlib import Path

from separador.pastas.disco import sincronizar_pasta

ARQUIVO = "certificados-tentados.json"
LIMITE = 3
_LEMBRADOS = 200


def ler(dados: Path) -> dict[str, int]:
    """Returns the openings without answer by the SHA-256 of the file. A broken file counts as an empty one."""
    try:
        lido = json.loads((dados / ARQUIVO).read_bytes())
    except (OSError, ValueError):
        return {}
    if not isinstance(lido, dict):
        return {}
    return {str(k): v for k, v in lido.items() if isinstance(v, int)}


def comecar(dados: Path, resumo: str) -> bool:
    """Counts one more opening, unless there were too many, and says if it may be done. Raises OSError, FalhaDePasta."""
    contas = ler(dados)
    feitas = contas.pop(resumo, 0)
    if feitas >= LIMITE:
        return False
    _gravar(dados, contas | {resumo: feitas + 1})
    return True


def desfazer(dados: Path, resumo: str) -> None:
    """Takes one opening back: it was not the file that kept it from an answer. Raises OSError or FalhaDePasta."""
    contas = ler(dados)
    feitas = contas.pop(resumo, 0)
    _gravar(dados, contas | ({resumo: feitas - 1} if feitas > 1 else {}))


def terminar(dados: Path, resumo: str) -> None:
    """Forgets a file that brought an answer. Raises OSError or FalhaDePasta."""
    contas = ler(dados)
    if contas.pop(resumo, None) is not None:
        _gravar(dados, contas)


def _gravar(dados: Path, contas: dict[str, int]) -> None:
    novo = dados / f".{ARQUIVO}.novo"
    with novo.open("w", encoding="utf-8") as aberto:
        json.dump(dict(list(contas.items())[-_LEMBRADOS:]), aberto)
        aberto.flush()
        os.fsync(aberto.fileno())
    novo.replace(dados / ARQUIVO)
    sincronizar_pasta(dados)
