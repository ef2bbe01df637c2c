"""Tests that the simulator's quick check of signatures never accepts what the product's verifier refuses."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from separador.demonstracao import eventos as ev
from separador.demonstracao import exportacoes as ex
from separador.demonstracao.empresas import REMETENTE_RJ
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.verificacao import verificar_raiz
from separador.nucleo.erro import Recusa
from separador.nucleo.tipo import Tipo
from separador.simulador.sefaz.assinatura import _confere, conferir
from tests.apoio.cliente_soap import assinador_de, assinar

AGORA = datetime.now(UTC)
CNPJ = "11222333000181"
pytestmark = pytest.mark.requisito("SEFAZ-09")


def _doc() -> bytes:
    return assinar(ex.cte(1, agora=AGORA, variante="uma-nota").dados, agora=AGORA)


def _evento() -> bytes:
    feito = ev.cancelamento(ex.chave_cte(1, agora=AGORA), "135260000000001", agora=AGORA)
    return assinar(feito.dados, agora=AGORA)


def _lido(dados: bytes) -> Lido:
    lido = ler(dados)
    assert isinstance(lido, Lido)
    return lido


@pytest.mark.parametrize(("fazer", "tipo"), [(_doc, Tipo.CTE), (_evento, Tipo.EVENTO)])
def test_o_que_o_produto_assina_passa_pelo_atalho(fazer: Callable[[], bytes], tipo: Tipo) -> None:
    assert _confere(_lido(fazer()), tipo, CNPJ, AGORA)
    assert conferir(_lido(fazer()), tipo, cnpj=CNPJ, quando=AGORA) is None


def _trocar(padrao: bytes, por: bytes) -> Callable[[bytes], bytes]:
    return lambda x: re.sub(padrao, por, x, count=1)


def _outra_letra(depois_de: bytes) -> Callable[[bytes], bytes]:
    """Changes the letter after a text; it may be any."""
    return lambda x: re.sub(depois_de + b"(.)", lambda m: depois_de + (b"B" if m[1] == b"A" else b"A"), x, count=1)


_GOLPES: dict[str, Callable[[bytes], bytes]] = {
    "conteudo": _trocar(rb"<natOp>P", rb"<natOp>Q"),
    "digest": _outra_letra(rb"<DigestValue>"),
    "valor": _outra_letra(rb"<SignatureValue>"),
    "sem-base64": _trocar(rb"<SignatureValue>..", rb"<SignatureValue>A="),
    "outro-algoritmo": lambda x: x.replace(b"xmldsig#rsa-sha1", b"xmldsig#rsa-sha2"),
    "referencia": _trocar(rb'URI="#CTe\d', rb'URI="#CTe9'),
    "id": _trocar(rb'Id="CTe\d', rb'Id="CTe9'),
    "duas-assinaturas": lambda x: x.replace(b"</CTe>", x[x.index(b"<Signature ") : x.index(b"</CTe>")] + b"</CTe>"),
    "fora-do-lugar": lambda x: x.replace(b"<infCTeSupl>", b"<outra/><infCTeSupl>").replace(b"</CTe>", b"<x/></CTe>"),
    "chave-no-keyinfo": lambda x: x.replace(b"<X509Data>", b"<KeyName>eu</KeyName><X509Data>"),
    "certificado-quebrado": _trocar(rb"<X509Certificate>....", rb"<X509Certificate>AAAA"),
    "id-repetido": lambda x: re.sub(rb"<ide>", b"<ide " + re.findall(rb'Id="CTe\w+"', x)[0] + b">", x, count=1),
    "comentario-no-digest": _trocar(rb"<DigestValue>", rb"<DigestValue><!-- -->"),
}


@pytest.mark.parametrize("golpe", list(_GOLPES))
def test_o_que_esta_errado_e_dito_pelo_verificador(golpe: str) -> None:
    dados = _GOLPES[golpe](_doc())
    assert dados != _doc()
    lido = _lido(dados)
    assert not _confere(lido, Tipo.CTE, CNPJ, AGORA)
    verdade = verificar_raiz(lido.raiz, Tipo.CTE, cnpj_esperado=CNPJ, quando=AGORA)
    assert isinstance(verdade, Recusa)
    assert conferir(lido, Tipo.CTE, cnpj=CNPJ, quando=AGORA) == verdade.erros[0]


def test_de_outra_empresa_e_fora_da_validade() -> None:
    feito = ex.cte(1, agora=AGORA, variante="uma-nota")
    alheio = assinador_de(REMETENTE_RJ).assinar(feito.dados, Tipo.CTE).dados
    errado = conferir(_lido(alheio), Tipo.CTE, cnpj=CNPJ, quando=AGORA)
    assert errado is not None
    assert errado.codigo == "213"
    tarde = conferir(_lido(_doc()), Tipo.CTE, cnpj=CNPJ, quando=AGORA + timedelta(days=400))
    assert tarde is not None
    assert tarde.codigo == "291"
    assert conferir(_lido(alheio), Tipo.CTE, cnpj=None, quando=AGORA) is None


def test_indentado_e_assinado_assim_vai_pelo_caminho_longo_e_vale() -> None:
    """Blanks between the tags of a document are wrong (599), but its signature holds."""
    feito = ex.cte(1, agora=AGORA, variante="indentado")
    assinado = assinador_de().assinar(feito.dados, Tipo.CTE).dados
    assert conferir(_lido(assinado), Tipo.CTE, cnpj=CNPJ, quando=AGORA) is None
