"""Gives the product's signer, with the demonstration company's throw-away certificate."""

from datetime import datetime

from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE, Empresa
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Certificado, carregar_pfx
from tests.apoio.certificados import chave_rsa


def assinador_demo(agora: datetime, empresa: Empresa = EMITENTE) -> Assinador:
    """Returns the signer of `empresa`. Its certificate is valid around `agora`."""
    certificado = carregar_pfx(gerar_pfx("senha", agora=agora, empresa=empresa, chave=chave_rsa()), b"senha")
    assert isinstance(certificado, Certificado), certificado
    return Assinador(certificado)
