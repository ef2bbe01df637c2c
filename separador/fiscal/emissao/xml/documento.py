"""Writes a decided document of any kind, and its key."""

from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.xml import cte57, cte_os, gtve, simplificado
from separador.fiscal.regras.ufs import CODIGO_UF, SVC
from separador.nucleo.chave import compor
from separador.nucleo.tipo import Tipo

NS = "http://www.portalfiscal.inf.br/cte"
_OFFLINE = "2"
"""The GTV-e has no other contingency: no SVC receives it."""
_CORPOS = {
    Tipo.CTE: cte57.corpo,
    Tipo.CTE_SIMP: simplificado.corpo,
    Tipo.CTE_OS: cte_os.corpo,
    Tipo.GTVE: gtve.corpo,
}
_COM_VERSAO = (Tipo.CTE_OS, Tipo.GTVE)


def chave_de(c: Conhecimento, numero: int, codigo: str, *, svc: bool = False) -> str:
    """Returns the key of the document under a number and cCT. `svc`: in contingency."""
    uf = c.emitente.endereco.local.uf
    contingencia = _OFFLINE if c.operacao.gtve else SVC[uf]
    return compor(
        uf=CODIGO_UF[uf], aamm=f"{c.emissao:%y%m}", cnpj=c.emitente.cnpj, modelo=c.operacao.modelo, serie=c.serie,
        numero=numero, tp_emis=contingencia if svc else "1", codigo=codigo,
    )  # fmt: skip


def montar(c: Conhecimento, numero: int, codigo: str, tp_amb: str, *, svc: bool = False) -> str:
    """Returns the unsigned document, its root element alone."""
    chave, raiz = chave_de(c, numero, codigo, svc=svc), c.operacao.especie
    corpo = _CORPOS[raiz](c, chave, numero, tp_amb)
    versao = ' versao="4.00"' if raiz in _COM_VERSAO else ""
    return f'<{raiz} xmlns="{NS}"{versao}><infCte versao="4.00" Id="CTe{chave}">{corpo}</infCte></{raiz}>'
