"""Holds the namespaces and the few names that the whole package shares (MOC 4.00, Visão Geral, 3.2.4)."""

from typing import Any

from lxml import etree

from separador.nucleo.tipo import FAMILIAS, Tipo

CTE = "http://www.portalfiscal.inf.br/cte"
DS = "http://www.w3.org/2000/09/xmldsig#"
C14N = "http://www.w3.org/TR/2001/REC-xml-c14n-20010315"
ENVELOPED = DS + "enveloped-signature"

DECLARACAO = b'<?xml version="1.0" encoding="UTF-8"?>'

LIMITE_ASSINADO_BYTES = 512 * 1024  # rule 214: 512 KB uncompressed


def q(nome: str) -> str:
    """Returns the Clark name in the CT-e namespace."""
    return f"{{{CTE}}}{nome}"


def ds(nome: str) -> str:
    """Returns the Clark name in the XMLDSig namespace."""
    return f"{{{DS}}}{nome}"


INF_CTE = q("infCte")
INF_EVENTO = q("infEvento")
SUPLEMENTO = q("infCTeSupl")
ASSINATURA = ds("Signature")


def nome_assinado(tipo: Tipo) -> str:
    """Returns the local name of the signed child of the root: infCte in all four documents, infEvento in an event."""
    return "infEvento" if tipo is Tipo.EVENTO else "infCte"


DOCUMENTO_DO_PROCESSADO = {f.processado: f.documento for f in FAMILIAS.values()}


def com_declaracao(raiz: bytes) -> bytes:
    """Returns the same root element as a file: one XML declaration before it, nothing else."""
    return DECLARACAO + raiz


def linha(no: etree._Element) -> int | None:
    """Returns the line of a node in the bytes it was parsed from. Returns None for a node that was inserted."""
    numero: Any = no.sourceline  # the stubs do not know its type
    return numero or None
