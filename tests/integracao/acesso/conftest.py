"""Uses a new database with users ready to log in."""

from tests.integracao.usuarios import banco, equipe

__all__ = ["banco", "equipe"]
