"""Hands a secret to the running service for a command, which ends when the service refuses it."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from separador.cli.base.comum import Saida, sair
from separador.pedidos import entrega


def entregar(dados: Path, especie: str, conteudo: Mapping[str, object]) -> dict[str, Any] | None:
    """Hands a secret to the running service of this data folder. Returns what it answers; None: no service listens.

    Ends the command when the service refuses (1), or does not answer (3).
    """
    feito = entrega.entregar(dados, especie, conteudo)
    if feito is None:
        return None
    if feito.codigo != Saida.FEITO:
        for frase in feito.frases:
            click.echo(frase, err=True)
        sair(feito.codigo, "Nada foi mudado." if feito.de_regra else None)
    return dict(feito.valor)
