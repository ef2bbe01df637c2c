"""Holds the values that a load goes through the engine as, and what of them may be decided without a database."""

EQUIPAMENTO = "emissao"
"""Name of what a worker issues with, in `Contexto.equipamento`."""
