"""Gives a document that was judged under a provisional number its own: nCT, cCT, cDV and Id change, and its invoice."""

import re

from separador.nucleo.chave import compor, partes

PROVISORIO, CODIGO_PROVISORIO = 999_999_999, "00000000"
MAXIMO = 999_999_999
_CABECA = re.compile(r'Id="CTe([0-9]{6}[A-Z0-9]{12}[0-9]{26})"><ide><cUF>[0-9]{2}</cUF><cCT>[0-9]{8}</cCT>')


def chave_com(provisoria: str, numero: int, codigo: str) -> str:
    """Returns a key under another number and cCT."""
    antes = partes(provisoria)
    return compor(
        uf=antes.uf, aamm=antes.aamm, cnpj=antes.cnpj, modelo=antes.modelo, serie=int(antes.serie), numero=numero,
        tp_emis=antes.tp_emis, codigo=codigo,
    )  # fmt: skip


def renumerar(xml: str, chave: str) -> str:
    """Returns the document under another key, which differs in number, cCT and check digit. The document is one that
    `xml` wrote; with a QR code, that leads to the new key; with an invoice, that is numbered after it."""
    achada = _CABECA.search(xml)
    if achada is None:
        raise ValueError("o documento não tem a cabeça que este programa escreve")
    velha, antes, agora = achada[1], partes(achada[1]), partes(chave)
    trocas = [
        (f'Id="CTe{velha}"', f'Id="CTe{chave}"'),
        (f"<cCT>{antes.codigo}</cCT>", f"<cCT>{agora.codigo}</cCT>"),
        (f"<nCT>{int(antes.numero)}</nCT>", f"<nCT>{int(agora.numero)}</nCT>"),
        (f"<cDV>{antes.dv}</cDV>", f"<cDV>{agora.dv}</cDV>"),
    ]
    if "<infCTeSupl>" in xml:
        trocas.append((f"?chCTe={velha}&amp;", f"?chCTe={chave}&amp;"))
    if "<cobr>" in xml:
        da_fatura = re.compile(rf"<(nFat|nDup)>{int(antes.numero)}(-[0-9]+)?</")
        xml = da_fatura.sub(lambda m: f"<{m[1]}>{int(agora.numero)}{m[2] or ''}</", xml)
    for velho, novo in trocas:
        if velho not in xml:
            raise ValueError(f"o documento não tem {velho}")
        xml = xml.replace(velho, novo, 1)
    return xml
