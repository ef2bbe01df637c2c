"""Holds the values that a load goes through the engine as, and what of them may be decided without a database."""

EQUIPAMENTO = "emissao"
"""Name of what a worker issues with, in `Contexto.equipamento`."""

REFAZER = "carga-refazer"
"""The order to build one CT-e anew; the name, too, that a group leaves in `Contexto.novidades` when it took one up."""
