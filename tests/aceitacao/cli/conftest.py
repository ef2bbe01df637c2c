"""Uses an installation with documents in every state that commands act on."""

from tests.aceitacao.cenario import cenario, manual, quadro

__all__ = ["cenario", "manual", "quadro"]
