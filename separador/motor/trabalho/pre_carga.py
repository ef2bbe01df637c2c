"""Preloaded by the fork server: whoever is forked from it has the schemas and the code already."""

from separador.motor.trabalho import etapas, trabalhadores

__all__ = ["etapas", "trabalhadores"]

etapas.aquecer()
