"""Writes `<imp>`: the ICMS group, IBS and CBS."""

from decimal import Decimal

from separador.fiscal.emissao.conhecimento import Conhecimento
from separador.fiscal.emissao.dinheiro import escrito
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.ibscbs import Aliquota, IbsCbs
from separador.fiscal.emissao.regras.icms import ICMS20, ICMS60, ICMS90, OUTRA_UF, SIMPLES, Icms
from separador.fiscal.emissao.xml.pedacos import dinheiro, grupo, tag


def imp(c: Conhecimento, *, federais: str = "", com_ibscbs: bool = True) -> str:
    """Returns the taxes. `federais`: infTribFed of a CT-e OS; `com_ibscbs`: not where they are of each delivery."""
    if c.icms is None:
        return ""
    impostos = c.cte.no("impostos") or No()
    rtc = c.ibscbs if com_ibscbs else None
    return grupo(
        "imp",
        grupo("ICMS", _icms(c.icms)),
        dinheiro("vTotTrib", impostos.numero("valor_tributos")),
        tag("infAdFisco", c.cte.texto("informacao_fisco")),
        federais,
        ibscbs(rtc),
        tag("vTotDFe", escrito(c.prestacao.total)) if rtc is not None else "",
    )


def _icms(i: Icms) -> str:
    cst = tag("CST", i.cst)
    if i.grupo == SIMPLES:
        return grupo(i.grupo, cst, "<indSN>1</indSN>")
    beneficio = (
        "" if i.beneficio is None else tag("vICMSDeson", escrito(i.beneficio[0])) + tag("cBenef", i.beneficio[1])
    )
    credito = dinheiro("vCred", i.credito) if i.grupo in (ICMS60, ICMS90) else ""
    if i.base is None:
        return grupo(i.grupo, cst, beneficio)
    if i.grupo == ICMS60:
        valores = dinheiro("vBCSTRet", i.base) + dinheiro("vICMSSTRet", i.valor) + dinheiro("pICMSSTRet", i.aliquota)
        return grupo(i.grupo, cst, valores, credito, beneficio)
    s = "OutraUF" if i.grupo == OUTRA_UF else ""
    reducao = dinheiro(f"pRedBC{s}", i.reducao) if i.grupo in (ICMS20, ICMS90, OUTRA_UF) else ""
    valores = dinheiro(f"vBC{s}", i.base) + dinheiro(f"pICMS{s}", i.aliquota) + dinheiro(f"vICMS{s}", i.valor)
    return grupo(i.grupo, cst, reducao, valores, credito, "" if i.grupo == "ICMS00" else beneficio)


def ibscbs(i: IbsCbs | None) -> str:
    """Returns the group of IBS and CBS."""
    if i is None:
        return ""
    cabeca = tag("CST", i.cst) + tag("cClassTrib", i.classificacao)
    if i.base is None or i.uf is None or i.mun is None or i.cbs is None:
        return grupo("IBSCBS", cabeca)
    total = escrito(i.uf.valor + i.mun.valor)
    return grupo(
        "IBSCBS",
        cabeca,
        grupo(
            "gIBSCBS",
            dinheiro("vBC", i.base),
            grupo("gIBSUF", _aliquota("IBSUF", i.uf, i.reducao)),
            grupo("gIBSMun", _aliquota("IBSMun", i.mun, i.reducao)),
            tag("vIBS", total),
            grupo("gCBS", _aliquota("CBS", i.cbs, i.reducao)),
        ),
    )


def _aliquota(nome: str, a: Aliquota, reducao: Decimal | None) -> str:
    reduzida = ""
    if reducao is not None:
        reduzida = grupo("gRed", dinheiro("pRedAliq", reducao, 4), dinheiro("pAliqEfet", a.efetiva, 4))
    return dinheiro(f"p{nome}", a.taxa, 4) + reduzida + dinheiro(f"v{nome}", a.valor)
