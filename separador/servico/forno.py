"""Preloaded by the fork server: whoever is forked from it has the schemas and the code already."""

from separador.servico import equipe, operario

__all__ = ["equipe", "operario"]

operario.aquecer()
