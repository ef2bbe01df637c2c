"""Uses a new database."""

from tests.integracao.usuarios import banco

__all__ = ["banco"]
