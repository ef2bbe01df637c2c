"""Sets up all tests: hypothesis has no time limit, since a busy machine must not fail a test."""

import os
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings

from separador.programa import registrar

registrar()

settings.register_profile("separador", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("separador")


@pytest.fixture(autouse=True)
def _mascara_de_volta() -> Iterator[None]:
    """Gives the mask of new files back. The service tightens its own for good, and some tests run it in this process:
    the files of the tests after them could not be read by the accounts they make."""
    antes = os.umask(0o022)
    os.umask(antes)
    yield
    os.umask(antes)
