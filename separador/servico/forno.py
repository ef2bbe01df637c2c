"""Preloaded by the fork server: whoever is forked from it has the schemas and the code already."""

from separador.servico import equipe, turno

__all__ = ["equipe", "turno"]

turno.aquecer()
