"""Holds what the tests of `fiscal` share: one certificate and signer per session, a context at the sample's time."""

import pytest

from separador.fiscal import esquema
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado
from separador.fiscal.preparo import ContextoPreparo
from tests.apoio.certificados import carregar_pfx, certificado_ficticio
from tests.unidade.fiscal.gerador import AGORA, EMITENTE


@pytest.fixture(scope="session")
def certificado() -> Certificado:
    esquema.precarregar()
    carregado = carregar_pfx(*certificado_ficticio())
    assert isinstance(carregado, Certificado)
    return carregado


@pytest.fixture(scope="session")
def assinador(certificado: Certificado) -> Assinador:
    return Assinador(certificado)


@pytest.fixture(scope="session")
def contexto(assinador: Assinador) -> ContextoPreparo:
    return ContextoPreparo(tp_amb="2", agora=AGORA, assinadores={EMITENTE: assinador})
