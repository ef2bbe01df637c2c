"""Holds the rules of MOC 4.00, Anexo I, 2, that can be checked without asking SEFAZ."""

from separador.fiscal.regras.achado import Achado, ContextoRegras
from separador.fiscal.regras.enderecos_qrcode import url_qrcode
from separador.fiscal.regras.modelo import EstadoRegra, Regra
from separador.fiscal.regras.motor import anotar, catalogo, verificar, verificar_visao
from separador.fiscal.regras.visao import Visao

__all__ = [
    "Achado",
    "ContextoRegras",
    "EstadoRegra",
    "Regra",
    "Visao",
    "anotar",
    "catalogo",
    "url_qrcode",
    "verificar",
    "verificar_visao",
]
