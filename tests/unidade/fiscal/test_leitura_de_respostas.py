"""Tests that what decides is read whatever else is wrong, and that nothing is read that did not come whole."""

import gzip
import time
import zlib
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from separador.fiscal.leitura_de_respostas import Aberta, abrir, pagina
from separador.nucleo.erro import Recusa

NS = "http://www.portalfiscal.inf.br/cte"
TEXTO = (
    '<?xml version="1.0" encoding="{}"?><retCTe xmlns="' + NS + '" versao="4.00"><tpAmb>2</tpAmb><cStat>100</cStat>'
    "<xMotivo>Autorização é ok</xMotivo></retCTe>"
)
SEM_DECLARACAO = TEXTO.partition("?>")[2]
UTF8 = TEXTO.format("UTF-8").encode()
FRONTEIRA = b"----=_Part_1_2.3"

FORMAS: dict[str, bytes] = {
    "utf-8": UTF8,
    "bom": b"\xef\xbb\xbf" + UTF8,
    "latin-1 declarado": TEXTO.format("ISO-8859-1").encode("latin-1"),
    "latin-1 sem declaração": SEM_DECLARACAO.encode("latin-1"),
    "latin-1 declarado como utf-8": UTF8.decode().encode("latin-1"),
    "latin-9": TEXTO.format("ISO-8859-15").encode("iso8859-15"),
    "windows-1252": TEXTO.format("Windows-1252").encode("cp1252"),
    "utf-16 com bom": TEXTO.format("UTF-16").encode("utf-16"),
    "utf-16-be com bom": b"\xfe\xff" + TEXTO.format("UTF-16").encode("utf-16-be"),
    "utf-16-le sem bom": TEXTO.format("UTF-16LE").encode("utf-16-le"),
    "utf-16-be sem bom": TEXTO.format("UTF-16").encode("utf-16-be"),
    "declara utf-16 e é utf-8": TEXTO.format("utf-16").encode(),
    "declara latin-1 e é utf-8": TEXTO.format("ISO-8859-1").encode(),
    "declara o que ninguém conhece": TEXTO.format("X-NADA").encode(),
    "gzip": gzip.compress(UTF8, mtime=0),
    "deflate": zlib.compress(UTF8),
    "gzip de latin-1": gzip.compress(SEM_DECLARACAO.encode("latin-1"), mtime=0),
    "linha antes": b"\r\n" + UTF8,
    "nul no fim": UTF8 + b"\0\0\r\n",
    "fim de arquivo do DOS": UTF8 + b"\x1a",
    "multipart": b"--%b\r\nContent-Type: text/xml\r\n\r\n%b\r\n--%b--\r\n" % (FRONTEIRA, UTF8, FRONTEIRA),
}


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("forma", FORMAS)
def test_toda_forma_diz_o_mesmo(forma: str) -> None:
    aberta = abrir(FORMAS[forma])
    assert isinstance(aberta, Aberta), aberta
    assert aberta.lido.raiz.findtext(f"{{{NS}}}cStat") == "100"
    assert aberta.lido.raiz.findtext(f"{{{NS}}}xMotivo") == "Autorização é ok"
    assert bool(aberta.notas) == (forma not in ("utf-8", "bom", "declara o que ninguém conhece")), aberta.notas
    aberta.lido.dados.decode("utf-8")


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize(
    ("dentro", "lido"),
    [
        (b"a &null;&null; b", "a &null;&null; b"),
        (b"Autoriza&ccedil;&atilde;o", "Autorização"),
        (b"Silva & Filhos &amp; Cia", "Silva & Filhos & Cia"),
        (b"um\x01dois\x00tres", "um?dois?tres"),
        (b"ref &#0; &#233; &#xE9; &#xFFFF;", "ref &#0; é é &#xFFFF;"),
        (b"<![CDATA[&null; & \xe9]]>&null;", "&null; & é&null;"),
        ("ção e ".encode() + b"\xe9", "ção e é"),
    ],
)
def test_o_que_o_xml_nao_permite_num_texto_e_visto_e_nao_decide(dentro: bytes, lido: str) -> None:
    aberta = abrir(b"<a><cStat>100</cStat><x>%b</x></a>" % dentro)
    assert isinstance(aberta, Aberta), aberta
    assert (aberta.lido.raiz.findtext("cStat"), aberta.lido.raiz.findtext("x")) == ("100", lido)
    assert aberta.notas


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("campo", [b"1&x;00", b"1\x0100", b"10\xb2", b"100&nbsp;1"])
def test_o_que_decide_nunca_e_adivinhado(campo: bytes) -> None:
    aberta = abrir(b"<a><cStat>%b</cStat></a>" % campo)
    cstat = aberta.lido.raiz.findtext("cStat") if isinstance(aberta, Aberta) else None
    assert not (cstat or "").isascii() or not (cstat or "").isdigit()


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("forma", FORMAS)
def test_cortada_em_qualquer_ponto_nunca_se_le(forma: str) -> None:
    inteira = FORMAS[forma]
    sobra = {"nul no fim": 4, "fim de arquivo do DOS": 1, "multipart": 26, "utf-16 com bom": 1}.get(forma, 0)
    for i in range(len(inteira) - sobra - 1):
        assert isinstance(abrir(inteira[:i]), Recusa), i


@pytest.mark.requisito("BORDA-14")
def test_limites_e_dtd_continuam() -> None:
    bomba = b'<!DOCTYPE x [<!ENTITY a "b">]><a>&a;</a>'
    for dados in (bomba, gzip.compress(bomba, mtime=0), b"\r\n" + bomba, bomba.decode().encode("utf-16")):
        assert isinstance(abrir(dados), Recusa)
    assert isinstance(abrir(gzip.compress(b"<a>" + b" " * 3_000_000 + b"</a>", mtime=0), 1_000_000), Recusa)
    assert isinstance(abrir(b"<a" + b" x" * 600_000 + b">", 1_000_000), Recusa)


HOSTIS: list[Callable[[int], bytes]] = [
    lambda n: b"<a>" + b"\xff" * n + b"</a>",
    lambda n: b"<a>" + b"<![CDATA[" * (n // 9),
    lambda n: b"<a>" + b"&" * n + b"</a>",
    lambda n: b"<a>" + b"&x;" * (n // 3) + b"</a>",
    lambda n: b"<a>" + b"<!--" * (n // 4),
    lambda n: b"--x\r\n" + b"--x" * (n // 3),
    lambda n: b"<?xml " * (n // 6),
    lambda n: b"<html>" + b"<title " * (n // 7),
    lambda n: b"\0" * n + b"<a/>",
]


@pytest.mark.requisito("BORDA-14")
@pytest.mark.parametrize("fazer", HOSTIS)
def test_um_arquivo_feito_para_custar_custa_pouco(fazer: Callable[[int], bytes]) -> None:
    dados = fazer(4_000_000)
    inicio = time.process_time()
    abrir(dados)
    pagina(dados)
    assert time.process_time() - inicio < 3


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.binary(max_size=300))
def test_quaisquer_bytes_dao_um_valor(dados: bytes) -> None:
    assert isinstance(abrir(dados), Aberta | Recusa)
    assert pagina(dados) is None or isinstance(pagina(dados), str)


@settings(max_examples=300, deadline=None)
@given(st.sampled_from(sorted(FORMAS)), st.integers(0, 500), st.integers(0, 500), st.binary(max_size=12))
def test_uma_boa_estragada_em_qualquer_lugar_da_um_valor(forma: str, de: int, ate: int, novo: bytes) -> None:
    inicio, fim = sorted((de, ate))
    dados = FORMAS[forma][:inicio] + novo + FORMAS[forma][fim:]
    assert isinstance(abrir(dados), Aberta | Recusa)


@pytest.mark.requisito("BORDA-12")
@pytest.mark.parametrize(
    ("dados", "titulo"),
    [
        (b"<html><head><title>Request Rejected</title></head></html>", "Request Rejected"),
        (b"<!DOCTYPE html>\n<html>\n<head><TITLE>\n 403 -\tForbidden </TITLE>", "403 - Forbidden"),
        (b"<html><body><h1>Acesso negado</h1>", "Acesso negado"),
        ("<html><title>Não é aqui</title>".encode("latin-1"), "Não é aqui"),
        ("<html><title>Fora</title></html>".encode("utf-16"), "Fora"),
        (gzip.compress(b"<html><title>Bloqueado</title>", mtime=0), "Bloqueado"),
        (b"<html><title>a\x1b[31mb &amp; c</title>", "a[31mb & c"),
        (b"<html><body>nada</body></html>", ""),
        (b"<htmlx/>", None),
        (UTF8, None),
        (b"", None),
    ],
)
def test_titulo_da_pagina(dados: bytes, titulo: str | None) -> None:
    assert pagina(dados) == titulo
