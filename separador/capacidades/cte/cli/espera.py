"""Waits for SEFAZ's word about orders on documents (`--esperar`)."""

import sqlite3
from pathlib import Path

from separador.capacidades.cte.banco import leitura_do_desfecho
from separador.capacidades.cte.dominio.desfecho_do_pedido import veredito
from separador.cli.base import leitura
from separador.cli.base.espera import Espera, Fim


def espera(dados: Path, segundos: int | None) -> Espera | None:
    """Returns how the command waits. It is asked for before the order is given, so that nothing is missed."""
    if segundos is None:
        return None
    with leitura.lendo(dados) as banco:
        if banco is None:
            return None
        desde = leitura_do_desfecho.marcos(banco)

    def olhar(c: sqlite3.Connection, tarefa: sqlite3.Row) -> Fim | None:
        dito = veredito(tarefa["pedido"], leitura_do_desfecho.fatos(c, tarefa, desde))
        return Fim(*dito) if dito is not None else None

    return Espera(segundos, olhar)
