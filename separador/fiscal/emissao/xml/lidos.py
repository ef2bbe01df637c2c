"""Reads back, from the XML of a CT-e, the taxes that were decided for it."""

from lxml import etree

_CAMPOS = {"cst": "CST", "base": "vBC", "aliquota": "pICMS", "valor": "vICMS"}
"""Name → how the tag begins in every group of the ICMS (`vBCSTRet`, `pICMSOutraUF`, …)."""
_OUTRO = "vICMSDeson"


def impostos_de(raiz: etree._Element) -> dict[str, str | None]:
    """Returns CST, base, rate and value of the ICMS, and the values of IBS and CBS; None where there is none."""
    grupo = raiz.find(".//{*}imp/{*}ICMS/{*}*")
    tags = {etree.QName(no).localname: no.text for no in grupo} if grupo is not None else {}
    lidos = {
        nome: next((texto for tag, texto in tags.items() if tag.startswith(inicio) and tag != _OUTRO), None)
        for nome, inicio in _CAMPOS.items()
    }
    total = raiz.find(".//{*}IBSCBSTot")  # of a Simplificado: each delivery has its own
    onde = total if total is not None else raiz
    return lidos | {"ibs": onde.findtext(".//{*}vIBS"), "cbs": onde.findtext(".//{*}vCBS")}
