"""Checks the documents that go with the goods (MOC 4.00, Anexo I, rules G036 to G040 and G045)."""

from collections.abc import Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.documentos_id import NFE, exemplo_de_chave, motivo_chave, todas_validas
from separador.fiscal.regras.modelo import Regra, verificada
from separador.fiscal.regras.visao import Visao
from separador.nucleo.texto.quantidade import milhar, quantos
from separador.nucleo.tipo import Tipo

LIMITE = 2000
_SEM_DOCUMENTOS = ("3", "4")
_NAO_INTERESTADUAIS = ("59", "65")  # CF-e SAT, NFC-e


def sem_documentos(v: Visao) -> Sequence[Achado]:
    """Checks 693: infDoc is there, except in intermediate redispatch and multimodal-bound services."""
    if v.tp_serv in _SEM_DOCUMENTOS or not v.normal or not v.norm.existe or "infDoc" in v.norm:
        return ()
    return v.norm.achado("infDoc", f"tpServ={v.tp_serv}")


def documentos_indevidos(v: Visao) -> Sequence[Achado]:
    """Checks 694: infDoc is not there in those two services."""
    if v.tp_serv not in _SEM_DOCUMENTOS or "infDoc" not in v.norm:
        return ()
    return v.norm.achado("infDoc", f"não vai num documento com tpServ={v.tp_serv}")


def documentos_demais(v: Visao) -> Sequence[Achado]:
    """Checks 601: there are at most 2,000 documents."""
    no = v.norm.nos.get("infDoc")
    if no is None or len(no) <= LIMITE:
        return ()
    ao_todo = sum(len(v.documentos.todos(nome)) for nome in ("infNF", "infNFe", "infOutros"))
    return (Achado(no, f"tem {quantos(ao_todo, 'documento', 'documentos')}"),) if ao_todo > LIMITE else ()


def nfe_repetida(v: Visao) -> Sequence[Achado]:
    """Checks 527: each NF-e is there once."""
    vistas: set[str] = set()
    if v.tipo is not Tipo.CTE or len(set(v.chaves_nfe)) == len(v.nfes):
        return ()
    repetidas = []
    for chave, no in v.nfes:
        if chave in vistas:
            repetidas.append(Achado(no, "esta NF-e já apareceu antes", certo=""))
        vistas.add(chave)
    return repetidas


def nfe_invalida(v: Visao) -> Sequence[Achado]:
    """Checks 843: each NF-e key is valid."""
    agora = v.contexto.agora
    if todas_validas(v.chaves_nfe, NFE, agora):
        return ()
    return [
        Achado(no, motivo, certo=exemplo_de_chave(NFE))
        for chave, no in v.nfes
        if (motivo := motivo_chave(chave, NFE, agora))
    ]


def documento_so_interno(v: Visao) -> Sequence[Achado]:
    """Checks 813: CF-e SAT and NFC-e do not cross states."""
    documentos = v.norm.nos.get("infDoc")
    if documentos is None or not v.normal or not v.interestadual:
        return ()
    return [
        Achado(no, f"a prestação vai de {v.uf_ini} a {v.uf_fim}", certo="99")
        for grupo in documentos.iterchildren("{*}infOutros")
        for no in grupo.iterchildren("{*}tpDoc")
        if no.text in _NAO_INTERESTADUAIS
    ]


REGRAS: list[Regra] = [
    *verificada(
        "G036",
        "693",
        sem_documentos,
        "Os documentos transportados (infDoc) são informados, salvo em redespacho intermediário e serviço vinculado a "
        "multimodal.",
        "Informe o grupo infDoc ou corrija o tpServ.",
    ),
    *verificada(
        "G037",
        "694",
        documentos_indevidos,
        "Redespacho intermediário e serviço vinculado a multimodal não levam o grupo infDoc.",
        "Retire o grupo infDoc ou corrija o tpServ.",
    ),
    *verificada(
        "G038",
        "601",
        documentos_demais,
        f"Um CT-e leva no máximo {milhar(LIMITE)} documentos.",
        "Divida a carga em mais de um CT-e.",
    ),
    *verificada(
        "G039",
        "527",
        nfe_repetida,
        "Cada NF-e aparece uma só vez.",
        "Retire a NF-e repetida.",
    ),
    *verificada(
        "G040",
        "843",
        nfe_invalida,
        "A chave de cada NF-e transportada é uma chave válida de NF-e.",
        "Corrija a chave da NF-e.",
        simp=True,
    ),
    *verificada(
        "G045",
        "813",
        documento_so_interno,
        "CF-e SAT (59) e NFC-e (65) não acompanham operação interestadual.",
        "Corrija o documento transportado ou as UFs da prestação.",
    ),
]
