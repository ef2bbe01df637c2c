"""Uses an installation with a vault."""

from tests.apoio.instalacao_com_cofre import cc, fazer

__all__ = ["cc", "fazer"]
