"""Checks contingency, names in the test environment, kinds of document and their groups.

MOC 4.00, Anexo I, rules G002 to G005, G008 to G012, G016, G017 and G218, and the same rules in tables H and I.
"""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.chave import NFF
from separador.fiscal.regras.modelo import Regra, Verificador, verificada
from separador.fiscal.regras.ufs import SVC
from separador.fiscal.regras.visao import Visao, momento
from separador.nucleo.tipo import Tipo

NOME_HOMOLOGACAO = "CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
_FS_DA, _OFFLINE = "5", "2"


def nome_de_homologacao(papel: str) -> Verificador:
    """Makes the check of 646 to 649: in the test environment the name is the fixed text (NFF excepted)."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = v.partes.get(papel)
        if parte is None or v.ide["tpAmb"] != "2" or v.tp_emis == NFF or parte.dados["xNome"] == NOME_HOMOLOGACAO:
            return ()
        return parte.dados.achado("xNome", "", NOME_HOMOLOGACAO)

    return regra


def contingencia_indevida(v: Visao) -> Sequence[Achado]:
    """Checks 586 or 874: dhCont and xJust are there only in contingency.

    The manual (2022) admits them for FS-DA only. NT 2026.004 brought the offline contingency (2) to every kind, and its
    layout keeps the pair there, so 2 is tolerated for all of them.
    """
    aceitos = (_OFFLINE,) if v.tipo is Tipo.GTVE else (_FS_DA, _OFFLINE)
    if v.tp_emis in aceitos or not ("dhCont" in v.ide or "xJust" in v.ide):
        return ()
    return v.ide.achado("dhCont" if "dhCont" in v.ide else "xJust", f"tpEmis={v.tp_emis}", "")


def contingencia_sem_dados(v: Visao) -> Sequence[Achado]:
    """Checks 587: FS-DA (GTV-e: offline) has both dhCont and xJust."""
    exige = _OFFLINE if v.tipo is Tipo.GTVE else _FS_DA
    if v.tp_emis != exige or ("dhCont" in v.ide and "xJust" in v.ide):
        return ()
    return v.ide.achado("xJust" if "dhCont" in v.ide else "dhCont", f"tpEmis={v.tp_emis}")


def contingencia_posterior(v: Visao) -> Sequence[Achado]:
    """Checks 588: contingency starts at or before the issue."""
    if "dhCont" not in v.ide:
        return ()
    entrada = momento(v.ide["dhCont"])
    if entrada is None or v.dh_emi is None or entrada <= v.dh_emi:
        return ()
    return v.ide.achado("dhCont", f"a emissão (dhEmi) é de {v.ide['dhEmi']}", v.ide["dhEmi"])


def svc_da_uf(v: Visao) -> Sequence[Achado]:
    """Checks 516: tpEmis 7 and 8 name the one SVC that serves the issuer's state."""
    if v.tp_emis not in ("7", "8"):
        return ()
    uf = v.emit.ender["UF"]
    if SVC.get(uf, v.tp_emis) == v.tp_emis:
        return ()
    return v.ide.achado("tpEmis", f"o emitente é de {uf}", SVC[uf])


def svc_so_normal(v: Visao) -> Sequence[Achado]:
    """Checks 517: an SVC takes only normal documents."""
    if v.tp_emis in ("7", "8") and v.tp_cte != "0":
        return v.ide.achado("tpCTe", f"tpEmis={v.tp_emis}", "0")
    return ()


def grupo_normal(v: Visao) -> Sequence[Achado]:
    """Checks 458: normal and substitute documents carry infCTeNorm."""
    if not v.normal or v.norm.existe:
        return ()
    return v.inf.achado("infCTeNorm", f"tpCTe={v.tp_cte}")


def grupo_complementar(v: Visao) -> Sequence[Achado]:
    """Checks 459: complements carry infCteComp."""
    if v.tp_cte != "1" or "infCteComp" in v.inf:
        return ()
    return v.inf.achado("infCteComp", "tpCTe=1")


def nff_indevida(v: Visao) -> Sequence[Achado]:
    """Checks 902: only NFF has infSolicNFF."""
    if "infSolicNFF" not in v.inf or v.tp_emis == NFF:
        return ()
    return v.inf.achado("infSolicNFF", f"não vai num documento com tpEmis={v.tp_emis}", "")


_CORRIGIR_NOME = f"Em homologação, informe o nome exatamente assim: {NOME_HOMOLOGACAO}"
_NOMES = (
    ("G002 I02", "646", "rem", "remetente"),
    ("G003", "647", "exped", "expedidor"),
    ("G004", "648", "receb", "recebedor"),
    ("G005 I03", "649", "dest", "destinatário"),
)

REGRAS: list[Regra] = [
    *(
        regra
        for ids, cstat, papel, nome in _NOMES
        for regra in verificada(
            ids,
            cstat,
            nome_de_homologacao(papel),
            f"Em homologação, a razão social do {nome} é o texto fixo de documento sem valor fiscal (NFF excetuada).",
            _CORRIGIR_NOME,
            exige=papel,
        )
    ),
    *verificada(
        "G008 H004",
        "586",
        contingencia_indevida,
        "A data e a justificativa de contingência (dhCont, xJust) só acompanham emissão em contingência "
        "(FS-DA ou, desde a NT 2026.004, off-line).",
        "Retire dhCont e xJust, ou corrija o tpEmis.",
        simp=True,
    ),
    *verificada(
        "I06",
        "874",
        contingencia_indevida,
        "Na GTV-e, dhCont e xJust só acompanham a contingência off-line (tpEmis 2).",
        "Retire dhCont e xJust, ou corrija o tpEmis.",
    ),
    *verificada(
        "G009 H005 I07",
        "587",
        contingencia_sem_dados,
        "A emissão em contingência (FS-DA; na GTV-e, off-line) informa data e justificativa (dhCont, xJust).",
        "Informe dhCont e xJust, ou corrija o tpEmis.",
    ),
    *verificada(
        "G010 H006 I08",
        "588",
        contingencia_posterior,
        "A entrada em contingência (dhCont) não é posterior à emissão (dhEmi).",
        "Corrija dhCont ou dhEmi.",
        simp=True,
        exige="dhCont",
    ),
    *verificada(
        "G011 H008",
        "516",
        svc_da_uf,
        "Na SVC, o tpEmis é o da SVC que atende a UF do emitente: 7 é a do RS, 8 é a de SP.",
        "Gere o documento com o tpEmis da SVC da sua UF.",
        simp=True,
    ),
    *verificada(
        "G012 H009",
        "517",
        svc_so_normal,
        "A SVC recebe apenas documento do tipo normal (tpCTe 0).",
        "Aguarde a volta do autorizador normal para emitir este documento.",
    ),
    *verificada(
        "G016 H013",
        "458",
        grupo_normal,
        "O documento normal ou de substituição traz o grupo infCTeNorm.",
        "Informe infCTeNorm ou corrija o tpCTe.",
    ),
    *verificada(
        "G017 H014",
        "459",
        grupo_complementar,
        "O documento complementar traz o grupo infCteComp.",
        "Informe a chave do documento complementado ou corrija o tpCTe.",
    ),
    *verificada(
        "G218",
        "902",
        nff_indevida,
        "O grupo do pedido da NFF (infSolicNFF) só existe no regime da Nota Fiscal Fácil (tpEmis 3).",
        "Retire infSolicNFF.",
        simp=True,
        exige="infSolicNFF",
    ),
]
