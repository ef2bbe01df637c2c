"""Uses an installation with a vault."""

from tests.apoio.instalacao_com_cofre import com_cofre, fazer

__all__ = ["com_cofre", "fazer"]
