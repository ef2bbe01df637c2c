"""Writes single elements: a tag with its text, clean and escaped; an empty one is left out."""

from datetime import date, datetime
from decimal import Decimal
from xml.sax.saxutils import escape

from separador.fiscal.emissao.dinheiro import escrito
from separador.fiscal.emissao.no import No, Valor
from separador.fiscal.emissao.pessoas import Endereco, Local, Pessoa
from separador.fiscal.regras.documentos_id import ZEROS

HOMOLOGACAO = "CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
"""The name of remetente, expedidor, recebedor and destinatário when tpAmb is 2 (646 to 649)."""
_ASPAS = {'"': "&quot;", "'": "&#39;"}


def texto(valor: str) -> str:
    """Returns a text with the five signs of the manual escaped."""
    return escape(valor, _ASPAS)


def tag(nome: str, valor: str) -> str:
    """Returns `<nome>valor</nome>`; nothing when there is no value."""
    return f"<{nome}>{texto(valor)}</{nome}>" if valor else ""


def dinheiro(nome: str, valor: Decimal | None, casas: int = 2) -> str:
    """Returns a number in its tag, always with so many places; nothing when there is none."""
    return tag(nome, escrito(valor, casas)) if valor is not None else ""


def grupo(nome: str, *partes: str) -> str:
    """Returns a group; nothing when it has no parts."""
    dentro = "".join(partes)
    return f"<{nome}>{dentro}</{nome}>" if dentro else ""


def dia(valor: date | None) -> str:
    """Returns a day as the layout writes it."""
    if valor is None:
        return ""
    return f"{valor.date() if isinstance(valor, datetime) else valor}"


def documento(valor: str) -> str:
    """Returns `<CNPJ>` or `<CPF>`."""
    return tag("CPF" if len(valor) == 11 else "CNPJ", valor)


def municipio(sufixo: str, local: Local) -> str:
    """Returns code, name and state of a place."""
    return tag(f"cMun{sufixo}", local.codigo) + tag(f"xMun{sufixo}", local.nome) + tag(f"UF{sufixo}", local.uf)


def endereco(nome: str, e: Endereco, *, pais: bool = True, fone: str = "") -> str:
    """Returns an address. `fone`: in the issuer's it stands inside."""
    return grupo(
        nome,
        tag("xLgr", e.logradouro) + tag("nro", e.numero) + tag("xCpl", e.complemento) + tag("xBairro", e.bairro),
        tag("cMun", e.local.codigo) + tag("xMun", e.local.nome) + tag("CEP", e.cep) + tag("UF", e.local.uf),
        tag("cPais", e.codigo_pais) + tag("xPais", e.pais) if pais else "",
        tag("fone", fone),
    )


def participante(nome: str, ender: str, p: Pessoa | None, tp_amb: str) -> str:
    """Returns `<rem>`, `<exped>`, `<receb>` or `<dest>`."""
    if p is None:
        return ""
    estrangeira = p.documento == ZEROS
    return grupo(
        nome,
        documento(p.documento),
        "" if estrangeira else tag("IE", p.ie),
        tag("xNome", HOMOLOGACAO if tp_amb == "2" else p.nome),
        tag("xFant", p.fantasia) if nome == "rem" else "",
        tag("fone", p.fone),
        tag("ISUF", p.suframa) if nome == "dest" else "",
        endereco(ender, p.endereco),
        tag("email", p.email),
    )


_ORDEM = (
    *("nMinu", "nOCA", "dPrevAereo", "natCarga", "xDime", "cInfManu", "tarifa", "CL", "cTar", "vTar", "peri", "nONU"),
    *("qTotEmb", "infTotAP", "qTotProd", "uniAP"),
    *("vPrest", "vAFRMM", "xNavio", "balsa", "xBalsa", "nViag", "direc", "irin", "detCont", "nCont", "lacre"),
    *("nLacre", "infDoc", "infNF", "infNFe", "chave", "tpNav"),
    *("tpTraf", "trafMut", "respFat", "ferrEmi"),
    *("COTM", "indNegociavel", "seg", "infSeg", "xSeg"),
    *("serie", "nOcc", "nDoc", "unidRat", "dEmi", "emiOcc", "CNPJ", "cInt", "IE", "xNome", "enderFerro"),
    *("xLgr", "nro", "xCpl", "xBairro", "cMun", "xMun", "CEP", "UF", "fone", "nApol", "nAver"),
    *("chassi", "cCor", "xCor", "cMod", "vUnit", "vFrete", "chCTeFerroOrigem", "ferroEnv", "fluxo"),
    *("xOrig", "pass", "xDest", "xRota"),
    *("semData", "comData", "noPeriodo", "semHora", "comHora", "noInter"),
    *("tpPer", "dProg", "dIni", "dFim", "tpHor", "hProg", "hIni", "hFim"),
    *("classDuto", "tpContratacao", "codPontoEntrada", "codPontoSaida", "nContrato"),
)
"""The tags of the groups that a load gives by itself, in the order of the layout: modes of transport, occ, veicNovos,
fluxo, Entrega."""


def do_leiaute(nome: str, valor: Valor) -> str:
    """Returns a group that the load gives under the layout's own tags, put in its order; those that the layout does not
    have come last, where the official schema tells them."""
    if isinstance(valor, No):
        nomes = sorted(valor.valores, key=lambda n: _ORDEM.index(n) if n in _ORDEM else len(_ORDEM))
        return grupo(nome, *(do_leiaute(n, valor.valores[n]) for n in nomes))
    if isinstance(valor, tuple):
        return "".join(do_leiaute(nome, v) for v in valor)
    return tag(nome, valor) if isinstance(valor, str) else ""
