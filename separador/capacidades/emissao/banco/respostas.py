"""Finds the answer to a load's file."""

import os
from dataclasses import dataclass
from pathlib import Path

from separador.banco.conexao import Linhas
from separador.motor.desfecho import saidas


@dataclass(frozen=True, slots=True)
class Resposta:
    """The answer to a file: where it is, once it is published."""

    caminho: Path
    publicada: bool


def resposta_ao_arquivo(banco: Linhas, arquivo_id: int) -> Resposta | None:
    """Returns the answer to a load's file. Its name has a `~2` where another answer lies under the name."""
    sql = "SELECT pasta, nome, publicada_em FROM publicacao WHERE arquivo_id = ? AND tipo = ? ORDER BY id DESC LIMIT 1"
    linha = banco.execute(sql, (arquivo_id, saidas.RESPOSTA)).fetchone()
    if linha is None:
        return None
    return Resposta(Path(linha["pasta"], os.fsdecode(bytes(linha["nome"]))), linha["publicada_em"] is not None)
