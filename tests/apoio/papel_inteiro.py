"""Tests that the paper of a document is whole: nothing of it is lost, and nothing lies over anything."""

import re
from collections.abc import Iterator

from lxml import etree

from separador.capacidades.dacte.dominio.blocos import NAO_IMPRESSAS
from separador.capacidades.dacte.dominio.palavras import PALAVRAS
from separador.capacidades.dacte.papel import imprimir
from tests.apoio import pdf_lido

_PALAVRAS: dict[str, set[str]] = {}
for _tabela in PALAVRAS.values():
    for _codigo, _palavra in _tabela.items():
        _PALAVRAS.setdefault(_codigo, set()).add(re.sub(r"\s+", "", _palavra))


def sem_brancos(texto: str) -> str:
    return re.sub(r"\s+", "", texto)


def escritas(t: str) -> Iterator[str]:
    """Yields the ways in which a value may stand on paper. Written apart from the printer."""
    yield t
    if re.fullmatch(r"\d+(\.\d+)?", t):
        inteiro, _, fracao = t.partition(".")
        grupos = f"{int(inteiro):,}".replace(",", ".")
        yield from (f"{grupos},{fracao:0<2}", f"{grupos},{fracao:0<4}", grupos if not fracao else t)
    if m := re.match(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d:\d\d))?", t):
        yield f"{m[3]}/{m[2]}/{m[1]}{m[4] or ''}"
    if len(t) == 14:
        yield f"{t[:2]}.{t[2:5]}.{t[5:8]}/{t[8:12]}-{t[12:]}"
    if len(t) == 11:
        yield f"{t[:3]}.{t[3:6]}.{t[6:9]}-{t[9:]}"
        yield f"({t[:2]}){t[2:7]}-{t[7:]}"
    if len(t) == 10:
        yield f"({t[:2]}){t[2:6]}-{t[6:]}"
    if len(t) == 8:
        yield f"{t[:5]}-{t[5:]}"


def folhas(no: etree._Element, caminho: str = "") -> Iterator[tuple[str, str]]:
    """Yields path and text of everything that must be on the paper."""
    nome = etree.QName(no).localname
    if nome in NAO_IMPRESSAS or nome == "tpEmis":
        return
    aqui = f"{caminho}/{nome}"
    for atributo, valor in no.attrib.items():
        if f"@{atributo}" not in NAO_IMPRESSAS:
            yield f"{aqui}/@{atributo}", str(valor)
    if not len(no) and no.text:
        yield aqui, no.text
    for filho in no:
        yield from folhas(filho, aqui)


def faltam(dados: bytes, pdf: bytes) -> list[tuple[str, str]]:
    lido = pdf_lido.corrido(pdf)
    inf = etree.fromstring(dados).find(".//{*}infCte")
    assert inf is not None
    return [
        (caminho, texto)
        for caminho, texto in folhas(inf)
        if not any(sem_brancos(e) in lido for e in escritas(texto))
        and not any(p in lido for p in _PALAVRAS.get(texto, ()))
    ]


def impresso(dados: bytes) -> bytes:
    pdf = imprimir(dados)
    assert isinstance(pdf, bytes), pdf
    return pdf


def conferir(dados: bytes) -> None:
    pdf = impresso(dados)
    assert faltam(dados, pdf) == []
    assert pdf_lido.por_cima(pdf) == []
    assert pdf_lido.no_risco(pdf) == []
    assert "DEMAIS CAMPOS" not in "".join(t for f in pdf_lido.textos(pdf) for t in f)
