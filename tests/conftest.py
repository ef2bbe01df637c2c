"""Sets up all tests: hypothesis has no time limit, since a busy machine must not fail a test."""

import os
from collections.abc import Iterator

import pytest
from cryptography.hazmat.primitives.serialization import pkcs12
from hypothesis import HealthCheck, settings

from separador.programa import registrar
from tests.apoio import banco_pronto
from tests.apoio.certificados import abrir_pfx_uma_vez

registrar()
pkcs12.load_key_and_certificates = abrir_pfx_uma_vez
banco_pronto.ligar(pronto=True)

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


@pytest.fixture
def banco_das_migracoes() -> Iterator[None]:
    """Has the migrations make each database, as in the product. Elsewhere a database is a copy of one made so."""
    banco_pronto.ligar(pronto=False)
    yield
    banco_pronto.ligar(pronto=True)
