"""Loads schemas, code and capabilities in the fork server, so that every process forked from it has them already."""

from importlib import import_module

from separador.motor.trabalho import etapas, trabalhadores
from separador.nucleo import capacidade

__all__ = ["etapas", "registrar", "trabalhadores"]


def registrar() -> None:
    """Registers the capabilities in this process, and imports the readers of their rules.

    The list is named by a string: the engine imports nothing above it.
    """
    nomes = import_module("separador.capacidades").NOMES
    capacidade.registrar(("separador.motor.capacidade", *nomes))
    for regra in capacidade.regras().values():
        if regra.ler is not None:
            capacidade.resolver(regra.ler)


registrar()
etapas.aquecer()
