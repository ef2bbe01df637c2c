"""Holds the variants of CT-e 57 that the generator knows: a table of data, one line each.

Each differs from `padrao` in a way that exercises another rule, schema branch or way of writing the file.
"""

from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Literal

from separador.demonstracao import empresas as e

Estilo = Literal["compacto", "indentado", "comentado", "acentos", "entidades", "cdata", "sem-declaracao"]
Documentos = Literal["nfe", "nf", "outros"]


@dataclass(frozen=True, slots=True)
class Variante:
    """The properties of a CT-e 57. `tomador` is toma3 ("0" to "3") or "4"; `ind_ie` is indIEToma."""

    remetente: e.Empresa = e.REMETENTE_SP
    destinatario: e.Empresa = e.DESTINATARIO_RJ
    terceiro: e.Empresa | None = None
    tomador: str = "0"
    ind_ie: str = "1"
    tp_serv: str = "0"
    natureza: str = "353"
    icms: str = "00"
    ibscbs: bool = True
    documentos: Documentos = "nfe"
    notas: int = 34
    estilo: Estilo = "compacto"
    qr: Literal["texto", "cdata", "sem"] = "texto"


PADRAO = Variante()
_INTERNA = replace(PADRAO, destinatario=e.DESTINATARIO_SP)

VARIANTES = MappingProxyType(
    {
        "padrao": PADRAO,
        "interna": _INTERNA,
        "uma-nota": replace(PADRAO, notas=1),
        "muitas-notas": replace(PADRAO, notas=300),
        "nf-papel": replace(_INTERNA, documentos="nf", notas=3),
        "outros-documentos": replace(_INTERNA, documentos="outros", notas=2),
        "icms20": replace(PADRAO, icms="20"),
        "icms40": replace(_INTERNA, icms="40"),
        "icms41": replace(_INTERNA, icms="41"),
        "icms51": replace(_INTERNA, icms="51"),
        "icms60": replace(PADRAO, icms="60"),
        "icms90": replace(PADRAO, icms="90"),
        "simples": replace(PADRAO, icms="SN", ibscbs=False),
        "inicio-outra-uf": replace(
            PADRAO, remetente=e.REMETENTE_RJ, destinatario=e.DESTINATARIO_MG, icms="outra"
        ),
        "interna-outra-uf": replace(PADRAO, remetente=e.REMETENTE_RJ, icms="outra"),
        "tomador-destinatario": replace(PADRAO, tomador="3"),
        "tomador-terceiro": replace(PADRAO, tomador="4", terceiro=e.TOMADOR_PR),
        "nao-contribuinte": replace(PADRAO, destinatario=e.CONSUMIDOR_RJ, tomador="3", ind_ie="9", natureza="357"),
        "tomador-isento": replace(PADRAO, destinatario=e.ISENTO_RJ, tomador="3", ind_ie="2", natureza="357"),
        "exterior": replace(PADRAO, destinatario=e.EXTERIOR, natureza="358", icms="41"),
        "exterior-cnpj-vazio": replace(
            PADRAO, destinatario=replace(e.EXTERIOR, cnpj=""), natureza="358", icms="41"
        ),
        "subcontratacao": replace(
            PADRAO, tp_serv="1", tomador="4", terceiro=e.OUTRA_TRANSPORTADORA, natureza="351"
        ),
        "redespacho": replace(
            _INTERNA, tp_serv="2", tomador="4", terceiro=e.OUTRA_TRANSPORTADORA, natureza="351"
        ),
        "acentos": replace(PADRAO, estilo="acentos"),
        "entidades": replace(PADRAO, estilo="entidades"),
        "cdata": replace(PADRAO, estilo="cdata", qr="cdata"),
        "indentado": replace(PADRAO, estilo="indentado"),
        "comentado": replace(PADRAO, estilo="comentado"),
        "sem-declaracao": replace(PADRAO, estilo="sem-declaracao"),
        "sem-qr": replace(PADRAO, qr="sem"),
        "indentado-sem-qr": replace(PADRAO, estilo="indentado", qr="sem"),
    }
)  # fmt: skip
NOMES = tuple(VARIANTES)
