"""Makes the second bar code of the security form FS-DA (MOC 4.00, Anexo II, 2.19.2)."""

from decimal import Decimal, InvalidOperation
from typing import Protocol

from separador.nucleo.chave import dv11

_UFS = {
    "RO": "11", "AC": "12", "AM": "13", "RR": "14", "PA": "15", "AP": "16", "TO": "17", "MA": "21", "PI": "22",
    "CE": "23", "RN": "24", "PB": "25", "PE": "26", "AL": "27", "SE": "28", "BA": "29", "MG": "31", "ES": "32",
    "RJ": "33", "SP": "35", "PR": "41", "SC": "42", "RS": "43", "MS": "50", "MT": "51", "GO": "52", "DF": "53",
}  # fmt: skip
_NACIONAL = "91"
_COM_ICMS = ("ICMS00", "ICMS20", "ICMS90")


def orgao(codigo: str) -> str:
    """Returns the state, or who it is, that registered an event; the code itself where it is neither."""
    nomes = {v: k for k, v in _UFS.items()} | {_NACIONAL: "AMBIENTE NACIONAL"}
    return nomes.get(codigo, codigo)


class Documento(Protocol):
    """What is asked of the document."""

    def valor(self, caminho: str) -> str:
        """Returns the text at a path; "" when it is not there."""


def dados_do_cte(inf: Documento) -> str:
    """Returns the 36 digits: cUF, tpEmis, CNPJ, vCT, ICMSp, ICMSs, DD, DV."""
    quem = "dest" if inf.valor("dest/*/UF") else "rem" if inf.valor("rem/*/UF") else "toma"
    uf = _UFS.get(inf.valor(f"{quem}/*/UF"), "99")
    cnpj = "0" * 14 if uf == "99" else (inf.valor(f"{quem}/CNPJ") or inf.valor(f"{quem}/CPF")).rjust(14, "0")
    try:
        centavos = int(Decimal(inf.valor("vPrest/vTPrest") or "0") * 100)
    except InvalidOperation:
        centavos = 0
    proprio = "1" if any(inf.valor(f"imp/ICMS/{g}/vICMS") for g in _COM_ICMS) else "2"
    por_st = "1" if inf.valor("imp/ICMS/ICMS60/vICMSSTRet") else "2"
    dia = inf.valor("ide/dhEmi")[8:10].rjust(2, "0")
    corpo = f"{uf}5{cnpj}{centavos:014d}{proprio}{por_st}{dia}"
    return f"{corpo}{dv11(corpo)}"
