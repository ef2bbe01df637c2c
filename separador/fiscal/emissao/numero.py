"""Gives a document that was judged under a provisional number its own: only nCT, cCT, cDV and Id change."""

import re

from separador.nucleo.chave import compor, partes

PROVISORIO, CODIGO_PROVISORIO = 999_999_999, "00000000"
MAXIMO = 999_999_999
_CABECA = re.compile(r'Id="CTe([0-9]{6}[A-Z0-9]{12}[0-9]{26})"><ide><cUF>[0-9]{2}</cUF><cCT>[0-9]{8}</cCT>')


def renumerar(xml: str, numero: int, codigo: str) -> tuple[str, str]:
    """Returns the key and the document under another number and cCT. The document is one that `xml` wrote."""
    achada = _CABECA.search(xml)
    if achada is None:
        raise ValueError("o documento não tem a cabeça que este programa escreve")
    antes = partes(achada[1])
    chave = compor(
        uf=antes.uf, aamm=antes.aamm, cnpj=antes.cnpj, modelo=antes.modelo, serie=int(antes.serie), numero=numero,
        tp_emis=antes.tp_emis, codigo=codigo,
    )  # fmt: skip
    for velho, novo in (
        (f'Id="CTe{achada[1]}"', f'Id="CTe{chave}"'),
        (f"<cCT>{antes.codigo}</cCT>", f"<cCT>{codigo}</cCT>"),
        (f"<nCT>{int(antes.numero)}</nCT>", f"<nCT>{numero}</nCT>"),
        (f"<cDV>{antes.dv}</cDV>", f"<cDV>{chave[43]}</cDV>"),
    ):
        if velho not in xml:
            raise ValueError(f"o documento não tem {velho}")
        xml = xml.replace(velho, novo, 1)
    return chave, xml
