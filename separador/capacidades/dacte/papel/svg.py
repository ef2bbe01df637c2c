"""Cleans a drawing in SVG before it is drawn: only shapes stay, nothing that runs, loads or names another file.

What fpdf2 would load (pictures, by address or from the disk) is refused here, so that it never gets to see it.
"""

import re

from lxml import etree

from separador.fiscal.leitura import ler
from separador.nucleo.erro import Recusa

LIMITE_ELEMENTOS = 2_000
LIMITE_NUMEROS = 6_000
"""Numbers of all outlines: about 1,000 curves, which cost 50 ms on each sheet."""
LIMITE_NIVEIS = 40

_SVG = "{http://www.w3.org/2000/svg}"
_XLINK = "{http://www.w3.org/1999/xlink}"
_FORMAS = frozenset({"path", "rect", "circle", "ellipse", "line", "polyline", "polygon"})
_DESENHADOS = _FORMAS | {"svg", "g", "defs", "style", "linearGradient", "radialGradient", "stop", "clipPath"}
_SEM_DESENHO = frozenset({"title", "desc", "metadata", "view", "marker", "filter"})
_PROIBIDOS = {
    "script": "um script",
    "foreignObject": "conteúdo de outro tipo (foreignObject)",
    "image": "uma imagem por endereço; use um PNG, ou só o desenho",
    "use": "uma referência (use); exporte-o sem símbolos",
    "text": "texto; converta as letras em curvas",
    "a": "um link",
}
_NUMERO = re.compile(r"[0-9]*\.?[0-9]+")
_URL_LOCAL = re.compile(r"""url\(\s*["']?#[\w.:-]+["']?\s*\)""")
_ENDERECO = re.compile(r"url\s*\(|@|\\|://|javascript:|data:|expression", re.IGNORECASE)


def limpar(dados: bytes) -> bytes | str:
    """Returns the drawing with its shapes only; or the reason in Portuguese why it is refused."""
    lido = ler(dados)
    if isinstance(lido, Recusa):
        return f"não é um SVG que se possa ler: {lido.erros[0].mensagem}".removesuffix(".")
    raiz = lido.raiz
    if raiz.tag != f"{_SVG}svg":
        return f"não é um SVG: começa por <{lido.raiz_local}>"
    etree.strip_tags(raiz, etree.Comment, etree.ProcessingInstruction)
    return _recusa(raiz) or etree.tostring(raiz)


def _recusa(raiz: etree._Element) -> str | None:
    """Takes away what is not drawn. Returns the first reason to refuse the rest."""
    elementos = list(raiz.iter(etree.Element))
    if len(elementos) > LIMITE_ELEMENTOS:
        return f"é complexo demais: {len(elementos)} elementos, e o máximo é {LIMITE_ELEMENTOS}; use um PNG"
    numeros = 0
    for no in elementos:
        nome = str(no.tag)
        local = nome.removeprefix(_SVG)
        if no is not raiz and (not nome.startswith(_SVG) or local in _SEM_DESENHO):
            pai = no.getparent()
            if pai is not None:
                pai.remove(no)
            continue
        if _fora(no, raiz):
            continue  # inside of what was taken away
        motivo = _do_elemento(no, local)
        if motivo is not None:
            return motivo
        numeros += sum(len(_NUMERO.findall(str(no.get(a, "")))) for a in ("d", "points"))
    if numeros > LIMITE_NUMEROS:
        return f"é complexo demais: {numeros} números nos contornos, e o máximo é {LIMITE_NUMEROS}; use um PNG"
    return None


def _fora(no: etree._Element, raiz: etree._Element) -> bool:
    acima = no
    while (pai := acima.getparent()) is not None:
        acima = pai
    return acima is not raiz


def _do_elemento(no: etree._Element, local: str) -> str | None:
    """Returns why an element is refused. Attributes of other namespaces are taken away."""
    if local in _PROIBIDOS:
        return f"tem {_PROIBIDOS[local]}"
    if local not in _DESENHADOS:
        return f"tem <{local}>, que não se imprime; exporte-o como SVG simples, ou use um PNG"
    if sum(1 for _ in no.iterancestors()) > LIMITE_NIVEIS:
        return f"tem mais de {LIMITE_NIVEIS} grupos um dentro do outro"
    if local == "style" and _ENDERECO.search(_URL_LOCAL.sub("", no.text or "")):
        return "tem um endereço no estilo (style)"
    for nome, valor in list(no.attrib.items()):
        atributo, texto = str(nome), str(valor)
        if atributo.lower().startswith("on"):
            return f"tem um script ({atributo})"
        if atributo in ("href", f"{_XLINK}href"):
            if not texto.startswith("#"):
                return "tem um endereço (href)"
        elif atributo[0] == "{":
            del no.attrib[nome]
        elif _ENDERECO.search(_URL_LOCAL.sub("", texto)):
            return f"tem um endereço ({atributo})"
    return None
