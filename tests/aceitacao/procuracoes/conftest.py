"""Uses the commands in this process, with cheap password hashes."""

from tests.aceitacao.linha_de_comando import cli

__all__ = ["cli"]
