"""Holds one passing and one failing document for every rule that is checked: what is varied, and what breaks it."""

from dataclasses import dataclass

from lxml import etree

from separador.nucleo.tipo import Tipo
from tests.unidade.fiscal.regras.bases import (
    CPF_ERRADO,
    DEST,
    EMIT,
    ENDER,
    EXPED,
    IE_SP,
    OUTRO,
    REM,
    RJ,
    SP,
    Mudanca,
    achar,
    assinar,
    atributo,
    chave,
    cnpj,
    inclui,
    poe,
    ruim,
    tira,
)

G, H, GTVE, S = Tipo.CTE, Tipo.CTE_OS, Tipo.GTVE, Tipo.CTE_SIMP
_TIPOS = {"G": G, "H": H, "I": GTVE}
ERRADO = EMIT[:-1] + str((int(EMIT[-1]) + 1) % 10)


@dataclass(frozen=True)
class Caso:
    """A case. `variante` makes the passing document; `falha` (before the key is made) and `depois` (after) break it."""

    regra: str
    tipo: Tipo
    variante: tuple[Mudanca, ...]
    falha: tuple[Mudanca, ...]
    depois: tuple[Mudanca, ...]


CASOS: list[Caso] = []


def caso(
    regras: str,
    *falha: Mudanca,
    variante: tuple[Mudanca, ...] = (),
    depois: tuple[Mudanca, ...] = (),
) -> None:
    """Registers a case for each id in `regras`.

    "G001 S" is the rule in the CT-e and, with the same change, in the Simplificado; "G001S" only in the Simplificado.
    """
    anterior = ""
    for item in regras.split():
        tipo = S if item.endswith("S") else _TIPOS[item[0]]
        anterior = item.removesuffix("S") or anterior
        CASOS.append(Caso(anterior, tipo, variante, falha, depois))


CONT = "<dhCont>2026-11-21T07:00:00-03:00</dhCont><xJust>SEM COMUNICACAO COM A SEFAZ</xJust>"
FS_DA = (poe("ide/tpEmis", "5"), inclui("ide", CONT))
OFFLINE = (poe("ide/tpEmis", "2"), inclui("ide", CONT))


def id_sem_prefixo(raiz: etree._Element) -> None:
    """Removes the literal of the Id."""
    inf = achar(raiz, "")
    inf.set("Id", f"NFe{inf.get('Id', '')[3:]}")


def outro_digito(raiz: etree._Element) -> None:
    """Makes Id, cDV and QR code agree on a wrong check digit."""
    inf, dv, qr = achar(raiz, ""), achar(raiz, "ide/cDV"), achar(raiz, "/infCTeSupl/qrCodCTe")
    velha = inf.get("Id", "")[3:]
    nova = velha[:-1] + str((int(velha[-1]) + 1) % 10)
    inf.set("Id", f"CTe{nova}")
    dv.text = nova[-1]
    qr.text = (qr.text or "").replace(velha, nova)


# General and key.
caso("G001 S H001 I01", poe("ide/tpAmb", "1"))
for _ids, _papel in (("G002 I02", "rem"), ("G003", "exped"), ("G004", "receb"), ("G005 I03", "dest")):
    caso(_ids, poe(f"{_papel}/xNome", "EMPRESA"))
caso("G006 S H002 I04", poe("ide/serie", "890"), variante=(poe("ide/serie", "889"),))
caso("G007 S H003 I05", poe("ide/cUF", "33"))
caso("G008 S H004", inclui("ide", CONT))
caso("G009 H005", tira("ide/xJust"), variante=FS_DA)
caso("I06", inclui("ide", CONT))
caso("I07", tira("ide/dhCont"), variante=OFFLINE)
caso("G010 H006", poe("ide/dhCont", "2026-11-21T08:00:01-03:00"), variante=FS_DA)
caso("I08", poe("ide/dhCont", "2026-11-21T09:00:00-03:00"), variante=OFFLINE)
CASOS.append(Caso("G010", S, OFFLINE, (poe("ide/dhCont", "2026-11-21T09:00:00-03:00"),), ()))
caso("G011 S H008", poe("ide/tpEmis", "8"), variante=(poe("ide/tpEmis", "7"),))
COMPLEMENTO = (
    poe("ide/tpCTe", "1"),
    tira("infCTeNorm"),
    inclui("", f"<infCteComp><chCTe>{chave(EMIT, '57')}</chCTe></infCteComp>"),
)
COMPLEMENTO_OS = (
    poe("ide/tpCTe", "1"),
    tira("infCTeNorm"),
    inclui("", f"<infCteComp><chCTe>{chave(EMIT, '67')}</chCTe></infCteComp>"),
)
caso("G012", *COMPLEMENTO, variante=(poe("ide/tpEmis", "7"),))
caso("H009", *COMPLEMENTO_OS, variante=(poe("ide/tpEmis", "7"),))
caso("G013 S H010 I10", poe("ide/mod", "55"))
caso("G014 S H011 I11", depois=(id_sem_prefixo,))
caso("G015 S H012 I12", depois=(outro_digito,))
caso("G016", tira("infCTeNorm"))
caso("H013", tira("infCTeNorm"))
caso("G017", tira("infCteComp"), variante=COMPLEMENTO)
caso("H014", tira("infCteComp"), variante=COMPLEMENTO_OS)
caso("G218 S", inclui("", "<infSolicNFF><xSolic>X</xSolic></infSolicNFF>"))

TIRA_IEST = (tira("emit/IEST"),)
ANTERIOR = (
    tira("infCTeNorm/infDoc"),
    inclui(
        "infCTeNorm",
        f"<docAnt><emiDocAnt><CNPJ>{REM}</CNPJ><xNome>X</xNome><idDocAnt>"
        + "".join(f"<idDocAntEle><chCTe>{chave(REM, '57', n)}</chCTe></idDocAntEle>" for n in (1, 2))
        + "</idDocAnt></emiDocAnt></docAnt>",
    ),
)
ANTERIOR_EM_PAPEL = (
    tira("infCTeNorm/infDoc"),
    inclui(
        "infCTeNorm", f"<docAnt><emiDocAnt><CNPJ>{REM}</CNPJ><idDocAnt><idDocAntPap/></idDocAnt></emiDocAnt></docAnt>"
    ),
)

# Payer.
for _ids, _papel, _numero in (
    ("G018", "rem", "0"),
    ("G019", "exped", "1"),
    ("G020", "receb", "2"),
    ("G021", "dest", "3"),
):
    _fora = (poe("ide/tpServ", "3"), *ANTERIOR_EM_PAPEL) if _papel in ("rem", "dest") else ()
    caso(_ids, tira(_papel), variante=(*_fora, poe("ide/toma3/toma", _numero), poe("ide/indIEToma", "9"), *TIRA_IEST))
TOMA4 = inclui(
    "ide",
    f"<toma4><toma>4</toma><CNPJ>{OUTRO}</CNPJ><IE>{IE_SP}</IE><xNome>X</xNome>"
    "<enderToma><cMun>3550308</cMun><UF>SP</UF></enderToma></toma4>",
)
TERCEIRO = (tira("ide/toma3"), TOMA4, tira("autXML"))
TERCEIRO_GTVE = (
    tira("ide/toma"),
    inclui(
        "ide",
        f"<tomaTerceiro><toma>4</toma><CNPJ>{OUTRO}</CNPJ><IE>{IE_SP}</IE><xNome>X</xNome>"
        "<enderToma><cMun>3550308</cMun><UF>SP</UF></enderToma></tomaTerceiro>",
    ),
    tira("autXML"),
)
caso("G022", poe("rem/IE", "ISENTO"))
caso("G022", tira("rem/IE"))
caso("I13", tira("rem/IE"))
caso("G022S", tira("toma/IE"))
caso("H091", poe("toma/IE", "ISENTO"))
for _ids, _grupo, _ender, _ind in (
    ("G023", "rem", "rem/enderReme", "ide/indIEToma"),
    ("I14", "rem", "rem/enderReme", "ide/indIEToma"),
    ("H092", "toma", "toma/enderToma", "ide/indIEToma"),
    ("G023S", "toma", "toma/enderToma", "toma/indIEToma"),
):
    _no_rj = (poe(f"{_ender}/cMun", RJ[0]), poe(f"{_ender}/UF", "RJ"), poe(_ind, "2"), *TIRA_IEST)
    _par = _ids.replace("G023", "G024").replace("I14", "I15").replace("H092", "H093")
    caso(_ids, tira(f"{_grupo}/IE"), variante=(*_no_rj, poe(f"{_grupo}/IE", "ISENTO")))
    _em_sp = (poe(f"{_ender}/cMun", SP[0]), poe(f"{_ender}/UF", "SP"))
    caso(_par, *_em_sp, variante=(*_no_rj, poe(f"{_grupo}/IE", "ISENTO")))
caso(
    "G156",
    poe("ide/toma4/CNPJ", DEST),
    poe("ide/toma4/IE", "78045612"),
    variante=(
        *TERCEIRO,
        poe("ide/toma4/enderToma/cMun", RJ[0]),
        poe("ide/toma4/enderToma/UF", "RJ"),
        *TIRA_IEST,
        poe("ide/toma4/IE", "78045612"),
    ),
)
caso("I53", poe("ide/tomaTerceiro/CNPJ", REM), variante=TERCEIRO_GTVE)

# Modes.
caso("G025 H016", atributo("infCTeNorm/infModal", "versaoModal", "3.00"))
CASOS.append(Caso("G025", S, (), (atributo("infModal", "versaoModal", "3.00"),), ()))
caso("G026", poe("ide/modal", "02"))
CASOS.append(Caso("G026", S, (), (poe("ide/modal", "02"),), ()))
caso("H017", tira("infCTeNorm/infModal/rodoOS"), inclui("infCTeNorm/infModal", "<rodo/>"))
caso("G027", tira("infCTeNorm/infCarga/vCarga"))
AQUAV = (
    poe("ide/modal", "03"),
    tira("infCTeNorm/infModal/rodo"),
    inclui("infCTeNorm/infModal", "<aquav><vPrest>1.00</vPrest><detCont><nCont>A1</nCont></detCont></aquav>"),
)
caso("G028", tira("infCTeNorm/infModal/aquav/detCont"), variante=(poe("ide/tpServ", "3"), *ANTERIOR, *AQUAV))


def ferrov(mutuo: str) -> tuple[Mudanca, ...]:
    """Changes the document to rail, with that mutual traffic group."""
    return (
        poe("ide/modal", "04"),
        tira("infCTeNorm/infModal/rodo"),
        inclui("infCTeNorm/infModal", f"<ferrov><tpTraf>1</tpTraf>{mutuo}<fluxo>1</fluxo></ferrov>"),
    )


_MUTUO = "infCTeNorm/infModal/ferrov/trafMut"
_ORIGEM = f"<chCTeFerroOrigem>{chave(EMIT, '57')}</chCTeFerroOrigem>"
_RESP1 = ferrov("<trafMut><respFat>1</respFat><ferrEmi>1</ferrEmi></trafMut>")
_RESP2 = ferrov(f"<trafMut><respFat>2</respFat><ferrEmi>2</ferrEmi>{_ORIGEM}</trafMut>")
caso("G029", tira(_MUTUO), variante=_RESP1)
caso("G030", poe(f"{_MUTUO}/ferrEmi", "2"), variante=_RESP1)
caso("G031", tira(f"{_MUTUO}/chCTeFerroOrigem"), variante=_RESP2)
caso("G032", poe(f"{_MUTUO}/chCTeFerroOrigem", ruim("57")), variante=_RESP2)

# Documents.
caso("G036", tira("infCTeNorm/infDoc"))
caso("G037", inclui("infCTeNorm", "<infDoc/>"), variante=(poe("ide/tpServ", "3"), *ANTERIOR))
_NF = "<infNF><nDoc>1</nDoc></infNF>"
caso("G038", inclui("infCTeNorm/infDoc", _NF), variante=(inclui("infCTeNorm/infDoc", _NF * 1998),))
caso("G039", poe("infCTeNorm/infDoc/infNFe/chave", chave(numero=2)))
caso("G040", poe("infCTeNorm/infDoc/infNFe/chave", ruim("55")))
CASOS.append(Caso("G040", S, (), (poe("det/infNFe/chNFe", ruim("55")),), ()))
_OUTROS = (inclui("infCTeNorm/infDoc", "<infOutros><tpDoc>99</tpDoc></infOutros>"),)
caso("G045", poe("infCTeNorm/infDoc/infOutros/tpDoc", "65"), variante=_OUTROS)

# Values and CFOP.
caso("G046 H054", poe("vPrest/vTPrest", "10000000.00"), variante=(poe("vPrest/vTPrest", "9999999.99"),))
caso("G047 S H055", poe("imp/ICMS/ICMS00/vICMS", "120.02"), variante=(poe("imp/ICMS/ICMS00/vICMS", "120.01"),))
caso("G048 H056", poe("vPrest/vRec", "1000.01"))
CASOS.append(Caso("G048", S, (), (poe("total/vTRec", "1000.01"),), ()))
caso("G049 S H058", poe("ide/CFOP", "6101"))
caso("G050 S", poe("ide/CFOP", "5357"))
_EM_RJ = (poe("ide/UFIni", "RJ"), poe("ide/CFOP", "5932"))
_MUN = (poe("ide/cMunIni", RJ[0]),)
_MUN_SIMP = (
    poe("det/cMunIni", RJ[0]),
    tira("det"),
)
caso("G051", poe("ide/CFOP", "5353"), variante=(*_EM_RJ, *_MUN))
caso("G052 S", poe("ide/CFOP", "6932"))
CASOS.append(Caso("G051", S, (*_EM_RJ, tira("det"), poe("det/cMunIni", RJ[0])), (poe("ide/CFOP", "5353"),), ()))

# Redispatch, bound services, previous documents.
_DO_TOMADOR = chave(REM, "57")
caso("G053", tira("rem"), variante=(poe("ide/toma3/toma", "3"), *TIRA_IEST))
caso("G054", tira("dest"))
_TRES = (poe("ide/tpServ", "3"), *ANTERIOR)
caso("G055", tira("exped"), variante=_TRES)
caso("G056", tira("receb"), variante=_TRES)
VINCULADO = (
    poe("ide/tpServ", "4"),
    tira("infCTeNorm/infDoc"),
    inclui(
        "infCTeNorm",
        "<infServVinc>"
        + "".join(
            f"<infCTeMultimodal><chCTeMultimodal>{chave(REM, '57', n)}</chCTeMultimodal></infCTeMultimodal>"
            for n in (1, 2)
        )
        + "</infServVinc>",
    ),
)
_MULTI = "infCTeNorm/infServVinc/infCTeMultimodal/chCTeMultimodal"
caso("G057", tira("infCTeNorm/infServVinc"), variante=VINCULADO)
caso(
    "G058",
    inclui(
        "infCTeNorm",
        f"<infServVinc><infCTeMultimodal><chCTeMultimodal>{_DO_TOMADOR}</chCTeMultimodal></infCTeMultimodal>"
        "</infServVinc>",
    ),
)
_UM = (poe("ide/tpServ", "1"), ANTERIOR[1])
caso("G059", tira("infCTeNorm/docAnt"), variante=_UM)
caso("G060", poe("ide/tpServ", "0"), variante=_UM)
_ANT = "infCTeNorm/docAnt/emiDocAnt"
caso("G061", poe(f"{_ANT}/idDocAnt/idDocAntEle/chCTe", chave(REM, "57", 2)), variante=_UM)
caso("G062", poe(f"{_ANT}/idDocAnt/idDocAntEle/chCTe", chave(EXPED, "57")), variante=_UM)
caso("G063", poe("ide/toma3/toma", "3"), variante=(*_UM, *TIRA_IEST, poe("ide/indIEToma", "9")))
caso("G065", poe(f"{_ANT}/idDocAnt/idDocAntEle/chCTe", ruim("57", REM)), variante=_UM)
CASOS.append(
    Caso(
        "G065",
        S,
        (inclui("det", f"<infDocAnt><chCTe>{_DO_TOMADOR}</chCTe></infDocAnt>"),),
        (poe("det/infDocAnt/chCTe", ruim("57", REM)),),
        (),
    )
)
caso("G070", poe(_MULTI, chave(REM, "57", 2)), variante=VINCULADO)
caso("G071", poe(_MULTI, ruim("57", REM)), variante=VINCULADO)
caso("G075", poe(_MULTI, chave(EXPED, "57")), variante=VINCULADO)

# Replacement and complement.
_SUB = "<infCteSub><chCte>{}</chCte></infCteSub>"
SUBSTITUTO = (poe("ide/tpCTe", "3"), inclui("infCTeNorm", _SUB.format(chave(EMIT, "57"))))
SUBSTITUTO_OS = (poe("ide/tpCTe", "3"), inclui("infCTeNorm", _SUB.format(chave(EMIT, "67"))))
SUBSTITUTO_SIMP = (poe("ide/tpCTe", "6"), inclui("", _SUB.format(chave(EMIT, "57"))))
for _tipo, _base, _onde, _modelo, _ids in (
    (G, SUBSTITUTO, "infCTeNorm/infCteSub", "57", ("G076", "G077", "G078", "G086")),
    (H, SUBSTITUTO_OS, "infCTeNorm/infCteSub", "67", ("H059", "H060", "H061", "H069")),
    (S, SUBSTITUTO_SIMP, "infCteSub", "57", ("", "G077", "G078", "G086")),
):
    if _ids[0]:
        CASOS.append(Caso(_ids[0], _tipo, _base, (poe("ide/tpEmis", "5"), inclui("ide", CONT)), ()))
    CASOS.append(Caso(_ids[1], _tipo, _base, (tira(_onde),), ()))
    CASOS.append(Caso(_ids[2], _tipo, _base, (poe(f"{_onde}/chCte", ruim(_modelo)),), ()))
    CASOS.append(Caso(_ids[3], _tipo, _base, (poe(f"{_onde}/chCte", chave(OUTRO, _modelo)),), ()))
for _ids, _base, _modelo in (
    (("G160", "G161", "G177"), COMPLEMENTO, "57"),
    (("H101", "H102", "H114"), COMPLEMENTO_OS, "67"),
):
    caso(_ids[0], poe("infCteComp/chCTe", chave(OUTRO, _modelo)), variante=_base)
    caso(_ids[1], poe("infCteComp/chCTe", ruim(_modelo)), variante=_base)
    _de_novo = inclui("", f"<infCteComp><chCTe>{chave(EMIT, _modelo)}</chCTe></infCteComp>")
    caso(_ids[2], _de_novo, variante=_base)

# Dates.
caso(
    "G102 S H076 I16",
    poe("ide/dhEmi", "2026-11-21T09:05:01-03:00"),
    variante=(poe("ide/dhEmi", "2026-11-21T09:05:00-03:00"),),
)
caso(
    "G103 S H077",
    poe("ide/dhEmi", "2026-11-14T08:59:59-03:00"),
    variante=(poe("ide/dhEmi", "2026-11-14T09:00:00-03:00"),),
)
caso("I17", poe("ide/dhEmi", "2026-10-22T08:59:59-03:00"), variante=(poe("ide/dhEmi", "2026-10-22T09:00:00-03:00"),))

# Issuer.
caso("G104 S H078 I18", poe("emit/CNPJ", ERRADO))
caso("G105 S H079 I19", poe("emit/IE", "000"))
caso("G106 S H080 I20", poe("emit/IE", "110042490115"))
caso("G107 S H081 I21", poe("emit/IEST", "110042490115"))
caso("G111c S", poe("emit/CRT", "3"), variante=(inclui("", "<infPAA><CNPJPAA/></infPAA>"), poe("emit/CRT", "4")))
caso("G112 S H085 I25", poe("emit/enderEmit/cMun", RJ[0]))
caso("G113 S H086 I26", poe("emit/enderEmit/cMun", "3599999"))

# Parties.
_TABELA = (
    ("rem", ("G114 I27", "G115 I28", "G116 I29", "G117 I30", "G118 I31")),
    ("dest", ("G122 I35", "G123 I36", "G124 I37", "G125 I38", "G126 I39")),
    ("exped", ("G132", "G133", "G134", "G135", "G136")),
    ("receb", ("G140", "G141", "G142", "G143", "G144")),
)


def com_cpf(onde: str, cpf: str) -> Mudanca:
    """Replaces the CNPJ by a CPF."""

    def mudar(raiz: etree._Element) -> None:
        no = achar(raiz, f"{onde}/CNPJ")
        no.tag = no.tag.replace("CNPJ", "CPF")
        no.text = cpf

    return mudar


def as_cinco(onde: str, ender: str, ids: tuple[str, ...], variante: tuple[Mudanca, ...] = ()) -> None:
    """Registers the cases of a party: CNPJ, CPF, municipality × state, municipality, registration."""
    caso(ids[0], poe(f"{onde}/CNPJ", ERRADO), variante=variante)
    caso(ids[1], poe(f"{onde}/CPF", CPF_ERRADO), variante=(*variante, com_cpf(onde, "11144477735")))
    caso(ids[2], poe(f"{onde}/{ender}/cMun", "3106200"), variante=variante)
    caso(
        ids[3],
        poe(f"{onde}/{ender}/cMun", "3599999"),
        poe(f"{onde}/{ender}/UF", "SP"),
        *_ie_sp(onde),
        variante=variante,
    )
    caso(ids[4], poe(f"{onde}/IE", "110042490"), variante=variante)


def _ie_sp(onde: str) -> tuple[Mudanca, ...]:
    return (poe(f"{onde}/IE", IE_SP),)


for _papel, _ids_cinco in _TABELA:
    as_cinco(_papel, ENDER[_papel], _ids_cinco)
_CINCO = ("G148", "G149", "G150", "G151", "G152")
as_cinco("ide/toma4", "enderToma", _CINCO, (*TERCEIRO, *TIRA_IEST))
as_cinco("ide/tomaTerceiro", "enderToma", ("I45", "I46", "I47", "I48", "I49"), (*TERCEIRO_GTVE, *TIRA_IEST))
as_cinco(
    "toma",
    "enderToma",
    ("H087", "H088", "H089", "H090", "H094"),
    (*TIRA_IEST, poe("ide/tpServ", "7"), tira("infCTeNorm/infModal")),
)
as_cinco("toma", "enderToma", tuple(f"{i}S" for i in _CINCO), TIRA_IEST)
_AM = (
    poe("dest/enderDest/UF", "AM"),
    poe("dest/enderDest/cMun", "1302603"),
    poe("dest/IE", "ISENTO"),
    inclui("dest", "<ISUF>100698107</ISUF>"),
)
caso("G130 I43", poe("dest/ISUF", "100698108"), variante=_AM)
caso("G131 I44", poe("dest/enderDest/UF", "PA"), poe("dest/enderDest/cMun", "1501402"), variante=_AM)

# Places.
caso("G178 S H115 I57", poe("ide/cMunEnv", RJ[0]))
caso("G179 S H116 I58", poe("ide/cMunEnv", "3599999"))
caso("G180 H117", poe("ide/cMunIni", RJ[0]))
caso("G181 H118", poe("ide/cMunIni", "3599999"))
caso("G182 H119", poe("ide/cMunFim", SP[0]))
caso("G183 H120", poe("ide/cMunFim", "3399999"))
for _regra, _tag, _valor in (
    ("G180", "cMunIni", RJ[0]),
    ("G181", "cMunIni", "3599999"),
    ("G182", "cMunFim", SP[0]),
    ("G183", "cMunFim", "3399999"),
):
    CASOS.append(Caso(_regra, S, (), (poe(f"det/{_tag}", _valor),), ()))
caso("I59", poe("origem/cMun", RJ[0]))
caso("I60", poe("origem/cMun", "3599999"))
caso("I61", poe("destino/cMun", SP[0]))
caso("I62", poe("destino/cMun", "3399999"))

# autXML, software house.
caso("G193 S H121 I63", poe("autXML/CNPJ", ERRADO))
caso("G194 S H122 I64", com_cpf("autXML", CPF_ERRADO))
caso("G195 S H123 I65", inclui("", f"<autXML><CNPJ>{OUTRO}</CNPJ></autXML>"))
caso("G196 S H124 I66", poe("autXML/CNPJ", REM))
caso("G210 S H126 I68", poe("infRespTec/CNPJ", ERRADO))

# Globalised.


def globalizado(toma: str, docs: tuple[str, ...]) -> tuple[Mudanca, ...]:
    """Makes a globalised CT-e inside SP, paid by `toma`, with one NF-e per issuer in `docs`."""
    outro = "rem" if toma == "3" else "dest"
    return (
        inclui("ide", "<indGlobalizado>1</indGlobalizado>"),
        poe("ide/toma3/toma", toma),
        poe("ide/indIEToma", "9"),
        *TIRA_IEST,
        poe("ide/UFFim", "SP"),
        poe("ide/cMunFim", SP[0]),
        poe("ide/CFOP", "5353"),
        poe(f"{outro}/CNPJ", EMIT),
        tira("infCTeNorm/infDoc/infNFe"),
        tira("infCTeNorm/infDoc/infNFe"),
        inclui(
            "infCTeNorm/infDoc",
            "".join(f"<infNFe><chave>{chave(d, numero=n)}</chave></infNFe>" for n, d in enumerate(docs, 1)),
        ),
    )


_VARIOS = tuple(cnpj(f"10000000000{n}") for n in range(5))
_DEST_PAGA = globalizado("3", _VARIOS)
_REM_PAGA = globalizado("0", (REM,) * 5)
_PRODUCAO = poe("ide/tpAmb", "1")
caso("G197", poe("ide/UFFim", "RJ"), poe("ide/cMunFim", RJ[0]), poe("ide/CFOP", "6353"), variante=_DEST_PAGA)
caso("G198", poe("ide/toma3/toma", "1"), variante=_DEST_PAGA)
caso("G199", *(tira("infCTeNorm/infDoc/infNFe"),) * 5, variante=_DEST_PAGA)
caso("G200", tira("infCTeNorm/infDoc/infNFe"), variante=_DEST_PAGA)
caso("G201", poe("infCTeNorm/infDoc/infNFe/chave", chave(DEST)), variante=_REM_PAGA)
caso("G202", poe("rem/xNome", "EMPRESA"), variante=(*_DEST_PAGA, _PRODUCAO, poe("rem/xNome", "DIVERSOS")))
caso("G203", poe("dest/xNome", "EMPRESA"), variante=(*_REM_PAGA, _PRODUCAO, poe("dest/xNome", "DIVERSOS")))
caso("G204", poe("rem/CNPJ", REM), variante=_DEST_PAGA)
caso("G205", poe("dest/CNPJ", DEST), variante=_REM_PAGA)
caso("G206", tira("infCTeNorm/infDoc/infNFe"), variante=_REM_PAGA)

# QR code.
_QR = "/infCTeSupl/qrCodCTe"


def no_qr(velho: str, novo: str) -> Mudanca:
    """Changes a piece of the QR code."""

    def mudar(raiz: etree._Element) -> None:
        no = achar(raiz, _QR)
        assert no.text is not None
        assert velho in no.text
        no.text = no.text.replace(velho, novo)

    return mudar


def sem_sign(raiz: etree._Element) -> None:
    """Removes the signature of the QR code."""
    no = achar(raiz, _QR)
    no.text = (no.text or "").partition("&sign=")[0]


def outro_sign(raiz: etree._Element) -> None:
    """Signs the QR code over something else."""
    sem_sign(raiz)
    no = achar(raiz, _QR)
    no.text = f"{no.text}&sign={assinar('outra coisa')}"


_CONTINGENCIA = {G: FS_DA, H: FS_DA, GTVE: OFFLINE, S: OFFLINE}
caso("G212 S H128 I70", depois=(tira("/infCTeSupl"),))
caso("G213 S H129 I71", depois=(no_qr("homologacao.nfe", "nfe"),))
caso("G214 S H130 I72", depois=(no_qr("chCTe=35", "chCTe=33"),))
caso("G216 S H132 I74", depois=(no_qr("tpAmb=2", f"tpAmb=2&sign={'A' * 344}"),))
for _tipo, _faltando, _errado in ((G, "G215", "G217"), (S, "G215", "G217"), (H, "H131", "H133"), (GTVE, "I73", "I75")):
    CASOS.append(Caso(_faltando, _tipo, _CONTINGENCIA[_tipo], (), (sem_sign,)))
    CASOS.append(Caso(_errado, _tipo, _CONTINGENCIA[_tipo], (), (outro_sign,)))

# CT-e OS.
_RODO = "infCTeNorm/infModal/rodoOS"
_FRETE = f"{_RODO}/infFretamento"
VALORES = (poe("ide/tpServ", "7"), tira("infCTeNorm/infModal"))
_BPE = chave(EMIT, "63")
BAGAGEM = (
    poe("ide/tpServ", "8"),
    inclui("infCTeNorm", f"<infDocRef><chBPe>{_BPE}</chBPe></infDocRef>"),
)
caso("H015", tira("infCTeNorm/infModal"))
caso("H018", inclui("infCTeNorm", '<infModal versaoModal="4.00"><rodoOS/></infModal>'), depois=(), variante=VALORES)
caso("H019", tira("ide/UFFim"), tira("ide/UFIni"))
caso("H020", tira("ide/cMunFim"))
caso(
    "H021",
    tira("ide/infPercurso"),
    variante=(
        poe("ide/UFFim", "BA"),
        poe("ide/cMunFim", "2927408"),
        inclui("ide", "<infPercurso><UFPer>MG</UFPer></infPercurso>"),
    ),
)
caso("H022", tira("toma"), variante=TIRA_IEST)
_NA_UF = (poe("ide/UFFim", "SP"), poe("ide/cMunFim", SP[0]), tira(f"{_RODO}/TAF"))
caso(
    "H023",
    tira(f"{_RODO}/NroRegEstadual"),
    variante=(*_NA_UF, inclui(_RODO, f"<NroRegEstadual>{'1' * 25}</NroRegEstadual>")),
)
caso("H024", tira(f"{_RODO}/TAF"))
caso("H025", tira(_FRETE))
caso("H026", tira(f"{_FRETE}/dhViagem"))
caso("H027", poe(f"{_FRETE}/dhViagem", "2026-11-21T08:00:00-03:00"))
caso("H028", tira("infCTeNorm/infDocRef"), variante=BAGAGEM)
caso("H029", poe("infCTeNorm/infDocRef/chBPe", ruim("63")), variante=BAGAGEM)
caso("H035", poe("infCTeNorm/infDocRef/chBPe", chave(OUTRO, "63")), variante=BAGAGEM)
_CANC = f"<refCTeCanc>{chave(EMIT, '67')}</refCTeCanc>"
caso("H037", inclui("infCTeNorm", _CANC))
caso("H038", poe("infCTeNorm/refCTeCanc", ruim("67")), variante=(*VALORES, inclui("infCTeNorm", _CANC)))
caso("H042", poe("infCTeNorm/refCTeCanc", chave(OUTRO, "67")), variante=(*VALORES, inclui("infCTeNorm", _CANC)))


def gtves(*valores: str) -> tuple[Mudanca, ...]:
    """Changes the document to valuables, with one GTV-e per amount."""
    return (
        *VALORES,
        inclui(
            "infCTeNorm",
            "".join(
                f"<infGTVe><chCTe>{chave(EMIT, '64', n)}</chCTe><Comp><tpComp>6</tpComp><vComp>{valor}</vComp>"
                "<xComp>FRETE</xComp></Comp></infGTVe>"
                for n, valor in enumerate(valores, 1)
            ),
        ),
    )


_GTVES = gtves("600.00", "400.10")
_UMA = "infCTeNorm/infGTVe"
caso("H045", inclui("infCTeNorm", "<infGTVe/>"))
caso("H046", poe(f"{_UMA}/chCTe", ruim("64")), variante=_GTVES)
caso("H050", poe(f"{_UMA}/chCTe", chave(OUTRO, "64")), variante=_GTVES)
caso("H051", poe(f"{_UMA}/chCTe", chave(EMIT, "64", 2)), variante=_GTVES)
caso("H052", tira(f"{_UMA}/Comp/xComp"), variante=_GTVES)
caso("H053", poe(f"{_UMA}/Comp/vComp", "600.01"), variante=_GTVES)
caso("H057", tira("imp/infTribFed"))
