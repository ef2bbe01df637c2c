"""Joins what was signed and what SEFAZ answered into the processed document, byte for byte.

Layouts: MOC 4.00, Visão Geral, 4.2.3, 4.3.3, 4.4.3 and 5. Nothing is parsed or serialised between input and output: the
parts are put together as they are, so the signature stays valid. The caller has checked that the parts belong together
(key, digest).
"""

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.leitura import ler, reler
from separador.fiscal.nomes import CTE, com_declaracao
from separador.fiscal.recorte import recortar
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.tipo import FAMILIAS, Tipo

VERSAO = "4.00"


def montar_documento(assinado: bytes, prot: bytes, tipo: Tipo) -> bytes:
    """Returns a cteProc, cteSimpProc, cteOSProc or GTVeProc as a file.

    `tipo` is the document's (CTe, CTeSimp, CTeOS, GTVe).
    """
    return _envolver(FAMILIAS[tipo].processado, assinado, prot)


def sem_assinatura(prot: bytes) -> bytes:
    """Returns the protocol without SEFAZ's own signature, which the layout leaves out as well as in.

    It serves where that signature came damaged: nothing that decides stands in it.
    """
    corte = next((c for _, c in recortar(prot, "Signature")), b"")
    return prot.replace(corte, b"", 1) if corte else prot


def montar_evento(evento: bytes, retorno: bytes) -> bytes:
    """Returns a procEventoCTe as a file, from the eventoCTe as sent and the retEventoCTe as returned."""
    return _envolver(Tipo.PROC_EVENTO, evento, retorno)


def montar_retorno(prot: bytes, tipo: Tipo) -> bytes:
    """Returns the retCTe (or its equal of another kind) that would have carried this protCTe.

    It serves when only the processed document came. Root fields repeat infProt's; cUF is the key's. `tipo` is the
    document's.
    """
    inf = _inf_prot(prot)
    campos = {etree.QName(f).localname: f.text or "" for f in inf.iterchildren(etree.Element)}
    raiz = {"tpAmb": campos.get("tpAmb", ""), "cUF": campos.get("chCTe", "")[:2]}
    raiz |= {n: campos.get(n, "") for n in ("verAplic", "cStat", "xMotivo")}
    partes = b"".join(etree.tostring(_folha(n, v), encoding="UTF-8", xml_declaration=False) for n, v in raiz.items())
    return _envolver(FAMILIAS[tipo].retorno, partes, prot)


def validar_arquivo(dados: bytes) -> list[Erro]:
    """Returns what the official XSD says about a processed document or return built here.

    It is empty when it is valid.
    """
    lido = ler(dados)
    if isinstance(lido, Recusa):
        return list(lido.erros)
    if lido.tipo is None:
        raise ValueError(f"não há esquema para <{lido.raiz_local}>")
    return esquema.validar(lido.raiz, lido.tipo)


def _envolver(tipo: Tipo, *partes: bytes) -> bytes:
    nome = tipo.value.encode()
    return com_declaracao(b'<%b xmlns="%b" versao="4.00">%b</%b>' % (nome, CTE.encode(), b"".join(partes), nome))


def _inf_prot(prot: bytes) -> etree._Element:
    inf = next(reler(prot).iter("{*}infProt", "infProt"), None)
    if inf is None:
        raise ValueError("protCTe sem infProt")
    return inf


def _folha(nome: str, valor: str) -> etree._Element:
    elemento = etree.Element(nome)
    elemento.text = valor
    return elemento
