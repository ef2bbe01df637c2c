"""Makes the pieces of XML that the sample documents share: parties, amounts, taxes, invoice keys, dates.

Amounts are whole cents everywhere; they become text only at the last moment.
"""

from datetime import datetime
from functools import lru_cache

from separador.demonstracao import empresas as e
from separador.nucleo.chave import compor
from separador.nucleo.fuso import BRASILIA

NS = "http://www.portalfiscal.inf.br/cte"
DECLARACAO = '<?xml version="1.0" encoding="UTF-8"?>'
ALIQUOTA = 1200
"""ICMS of the samples, in hundredths of a percent."""

_QR = {
    "SP": ("https://nfe.fazenda.sp.gov.br/CTeConsulta/qrCode", "https://homologacao.nfe.fazenda.sp.gov.br/CTeConsulta/qrCode"),
    "PR": ("http://www.fazenda.pr.gov.br/cte/qrcode",) * 2,
    "MG": ("https://portalcte.fazenda.mg.gov.br/portalcte/sistema/qrcode.xhtml",) * 2,
}  # fmt: skip
"""Addresses of the QR code in production and in the test environment, for the states of the sample companies."""
_QR_SVRS = ("https://dfe-portal.svrs.rs.gov.br/cte/qrCode", "https://dfe-portal.svrs.rs.gov.br/cte/qrCode")


def dh(quando: datetime) -> str:
    """Returns `quando` (aware) as the layout writes it: Brasília time, no fraction."""
    return quando.astimezone(BRASILIA).strftime("%Y-%m-%dT%H:%M:%S-03:00")


def aamm(quando: datetime) -> str:
    """Returns year and month of `quando` for a key."""
    return quando.astimezone(BRASILIA).strftime("%y%m")


def reais(centavos: int) -> str:
    """Returns cents as the layout's decimal: always two places."""
    return f"{centavos // 100}.{centavos % 100:02d}"


def porcento(centavos: int, taxa: int, divisor: int = 10_000) -> int:
    """Returns `centavos` × `taxa` / `divisor`, half up.

    `taxa` is in hundredths of a percent unless the divisor says otherwise.
    """
    return (centavos * taxa + divisor // 2) // divisor


def url_qr(chave: str, uf: str, tp_amb: str) -> str:
    """Returns the text of the QR code, not yet escaped (MOC, Visão Geral 9, normal emission: no `sign`)."""
    base = _QR.get(uf, _QR_SVRS)[0 if tp_amb == "1" else 1]
    return f"{base}?chCTe={chave}&tpAmb={tp_amb}"


@lru_cache(maxsize=256)
def endereco(tag: str, p: e.Empresa) -> str:
    """Returns `<enderXxxx>` of a party."""
    cep = f"<CEP>{p.cep}</CEP>" if p.cep else ""
    pais = "<cPais>2496</cPais><xPais>ESTADOS UNIDOS</xPais>" if p.uf == "EX" else ""
    return (
        f"<{tag}><xLgr>{p.logradouro}</xLgr><nro>{p.numero}</nro><xBairro>{p.bairro}</xBairro>"
        f"<cMun>{p.c_mun}</cMun><xMun>{p.x_mun}</xMun>{cep}<UF>{p.uf}</UF>{pais}</{tag}>"
    )


@lru_cache(maxsize=256)
def emitente(p: e.Empresa, crt: str) -> str:
    """Returns `<emit>`; without CRT in a GTV-e (empty `crt`)."""
    regime = f"<CRT>{crt}</CRT>" if crt else ""
    return (
        f"<emit>{p.documento}<IE>{p.ie}</IE><xNome>{p.nome}</xNome><xFant>{p.nome.split()[0]}</xFant>"
        f"{endereco('enderEmit', p)}{regime}</emit>"
    )


@lru_cache(maxsize=256)
def participante(tag: str, ender: str, p: e.Empresa, tp_amb: str) -> str:
    """Returns `<rem>`, `<dest>`, `<exped>` or `<receb>`.

    In the test environment it has the name that the rules demand.
    """
    ie = f"<IE>{p.ie}</IE>" if p.ie else ""
    nome = e.HOMOLOGACAO if tp_amb == "2" else p.nome
    return f"<{tag}>{p.documento}{ie}<xNome>{nome}</xNome>{endereco(ender, p)}</{tag}>"


def municipio(sufixo: str, p: e.Empresa, *, com_uf: bool = True) -> str:
    """Returns `<cMunXxx>`, `<xMunXxx>` and `<UFXxx>` of a party's place."""
    uf = f"<UF{sufixo}>{p.uf}</UF{sufixo}>" if com_uf else ""
    return f"<cMun{sufixo}>{p.c_mun}</cMun{sufixo}><xMun{sufixo}>{p.x_mun}</xMun{sufixo}>{uf}"


def chave_nfe(dono: e.Empresa, numero: int, quando: datetime) -> str:
    """Returns the key of an invoice (model 55) of `dono`."""
    return compor(
        uf=e.CODIGO_UF[dono.uf], aamm=aamm(quando), cnpj=dono.cnpj, modelo="55", serie=1,
        numero=numero % 999_999_998 + 1, tp_emis="1", codigo=f"{numero * 7919 % 100_000_000:08d}",
    )  # fmt: skip


def icms(tipo: str, total: int) -> tuple[str, int]:
    """Returns one group of `<ICMS>` over `total`, and its tax. Every vICMS is vBC × pICMS (MOC rule G047)."""
    if tipo in {"40", "41", "51"}:
        return f"<ICMS><ICMS45><CST>{tipo}</CST></ICMS45></ICMS>", 0
    if tipo == "SN":
        return "<ICMS><ICMSSN><CST>90</CST><indSN>1</indSN></ICMSSN></ICMS>", 0
    base = porcento(total, 8000) if tipo in {"20", "90", "outra"} else total
    return _icms_tributado(tipo, base, porcento(base, ALIQUOTA))


def _icms_tributado(tipo: str, base: int, valor: int) -> tuple[str, int]:
    v, i, p = reais(base), reais(valor), reais(ALIQUOTA)
    comum = f"<vBC>{v}</vBC><pICMS>{p}</pICMS><vICMS>{i}</vICMS>"
    grupos = {
        "00": f"<ICMS00><CST>00</CST>{comum}</ICMS00>",
        "20": f"<ICMS20><CST>20</CST><pRedBC>20.00</pRedBC>{comum}</ICMS20>",
        "60": f"<ICMS60><CST>60</CST><vBCSTRet>{v}</vBCSTRet><vICMSSTRet>{i}</vICMSSTRet>"
        f"<pICMSSTRet>{p}</pICMSSTRet></ICMS60>",
        "90": f"<ICMS90><CST>90</CST><pRedBC>20.00</pRedBC>{comum}</ICMS90>",
        "outra": f"<ICMSOutraUF><CST>90</CST><pRedBCOutraUF>20.00</pRedBCOutraUF><vBCOutraUF>{v}</vBCOutraUF>"
        f"<pICMSOutraUF>{p}</pICMSOutraUF><vICMSOutraUF>{i}</vICMSOutraUF></ICMSOutraUF>",
    }
    return f"<ICMS>{grupos[tipo]}</ICMS>", valor


def base_ibscbs(total: int, icms_devido: int) -> int:
    """Returns the amount less ICMS and less PIS and COFINS (3.65 % of the rest): the base of 2026 (NT 2025.001)."""
    return total - icms_devido - porcento(total - icms_devido, 365)


def tributos_ibscbs(base: int) -> tuple[int, int]:
    """Returns IBS of the state and CBS at the test rates of 2026, 0.1 % and 0.9 %."""
    return porcento(base, 10), porcento(base, 90)


def ibscbs(base: int) -> str:
    """Returns `<IBSCBS>` at the test rates of 2026."""
    ibs, cbs = tributos_ibscbs(base)
    return (
        f"<IBSCBS><CST>000</CST><cClassTrib>000001</cClassTrib><gIBSCBS><vBC>{reais(base)}</vBC>"
        f"<gIBSUF><pIBSUF>0.1000</pIBSUF><vIBSUF>{reais(ibs)}</vIBSUF></gIBSUF>"
        "<gIBSMun><pIBSMun>0.0000</pIBSMun><vIBSMun>0.00</vIBSMun></gIBSMun>"
        f"<vIBS>{reais(ibs)}</vIBS><gCBS><pCBS>0.9000</pCBS><vCBS>{reais(cbs)}</vCBS></gCBS></gIBSCBS></IBSCBS>"
    )


AUTORIZADOS = f"<autXML><CNPJ>{e.CONTADOR_CNPJ}</CNPJ></autXML><autXML><CPF>{e.CONTADOR_CPF}</CPF></autXML>"
RESPONSAVEL = (
    f"<infRespTec><CNPJ>{e.RESPONSAVEL_CNPJ}</CNPJ><xContato>FULANO DE TAL</xContato>"
    "<email>contato@exemplo.com.br</email><fone>1140000000</fone></infRespTec>"
)
