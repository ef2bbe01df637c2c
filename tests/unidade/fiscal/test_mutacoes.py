"""Tests damaged real documents: any damage gives an answer and never an exception."""

import random

import pytest

from separador.fiscal.preparo import ContextoPreparo, Preparado, SemCertificado, preparar
from separador.fiscal.retornos import Retorno, interpretar
from separador.fiscal.verificacao import Verificada, verificar
from separador.nucleo.erro import Recusa
from tests.unidade.fiscal.gerador import cte, indentado
from tests.unidade.fiscal.test_esquema_xsd import CANC, evento
from tests.unidade.fiscal.test_retornos_sefaz import PROT, ret

_PEDACOS = (
    *(b"<", b">", b"</", b"/>", b"<!--", b"-->", b"<![CDATA[", b"]]>", b"&", b"&amp;", b'"', b"'", b"\x00", b"\xff"),
    *(b"<a/>", b"<?p?>", b' xmlns="u"', b' xmlns:p="u"', b"p:", b"\n", b" ", b"", b"9" * 20, "é".encode()),
)


def estragar(dados: bytes, semente: int) -> bytes:
    """Does one to four damages: cuts, doubles, or replaces by something that means something to a parser."""
    r = random.Random(semente)
    for _ in range(r.randint(1, 4)):
        i = r.randrange(len(dados) + 1)
        j = min(len(dados), i + r.choice((0, 1, 5, 40, 400)))
        meio = r.choice((r.choice(_PEDACOS), dados[i:j] * 2, dados[j:i:-1]))
        dados = dados[:i] + meio + dados[j:]
    return dados


@pytest.fixture(scope="module")
def assinado(contexto: ContextoPreparo) -> bytes:
    p = preparar(cte().encode(), contexto)
    assert isinstance(p, Preparado)
    return p.assinado


@pytest.mark.requisito("SEP-08")
@pytest.mark.parametrize("bloco", range(6))
def test_exportacao_estragada(bloco: int, contexto: ContextoPreparo, assinado: bytes) -> None:
    bases = (cte().encode(), indentado(cte(qr=None)), evento("110111", CANC).encode(), assinado)
    for semente in range(bloco * 100, bloco * 100 + 100):
        dados = estragar(bases[semente % 4], semente)
        resultado = preparar(dados, contexto)
        assert isinstance(resultado, Preparado | Recusa | SemCertificado)
        if isinstance(resultado, Recusa):
            assert resultado.erros
        if isinstance(resultado, Preparado):
            assert isinstance(verificar(resultado.assinado), Verificada), semente


@pytest.mark.requisito("SEP-08")
def test_retorno_estragado() -> None:
    for semente in range(300):
        resultado = interpretar(estragar(ret(PROT), semente))
        assert isinstance(resultado, Retorno | Recusa)


def test_verificacao_de_estragado(assinado: bytes) -> None:
    for semente in range(300):
        dados = estragar(assinado, semente)
        resultado = verificar(dados)
        assert isinstance(resultado, Verificada | Recusa)
