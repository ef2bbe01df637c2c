"""Uses a new database with users ready to log in."""

from tests.integracao.usuarios import banco, um_de_cada_nivel

__all__ = ["banco", "um_de_cada_nivel"]
