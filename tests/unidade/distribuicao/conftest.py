"""Uses the same certificate and signer as the tests of `fiscal`."""

from tests.unidade.fiscal.conftest import assinador, certificado, contexto

__all__ = ["assinador", "certificado", "contexto"]
