"""Checks registrations and addresses of the parties and of a third-party payer.

MOC 4.00, Anexo I, rules G114 to G152, and the same rules in tables H and I.
"""

from collections.abc import Callable, Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.documentos_id import (
    DIGITOS,
    SUFRAMA_DE_EXEMPLO,
    ZEROS,
    cnpj_ok,
    cpf_ok,
    motivo_cnpj,
    suframa_valida,
)
from separador.fiscal.regras.ibge import municipio_da_uf, municipio_de_exemplo, municipio_existe
from separador.fiscal.regras.ie import ie_de_exemplo, ie_valida
from separador.fiscal.regras.modelo import Regra, Verificador, verificada
from separador.fiscal.regras.ufs import EXTERIOR
from separador.fiscal.regras.visao import TOMADOR_PROPRIO, Participante, Visao

Quem = Callable[[Visao], Participante | None]


def _papel(papel: str) -> Quem:
    return lambda v: v.partes.get(papel)


def _terceiro(v: Visao) -> Participante | None:
    return v.tomador_proprio


def cnpj_valido(quem: Quem) -> Verificador:
    """Makes the check that a CNPJ, when informed, has right check digits. Zeros are right only abroad."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = quem(v)
        if parte is None:
            return ()
        cnpj = parte.dados["CNPJ"]
        if not cnpj or cnpj_ok(cnpj) or (cnpj == ZEROS and parte.ender["UF"] == EXTERIOR):
            return ()
        return parte.dados.achado("CNPJ", motivo_cnpj(cnpj))

    return regra


def cpf_valido(quem: Quem) -> Verificador:
    """Makes the check that a CPF, when informed, has right check digits."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = quem(v)
        if parte is None or "CPF" not in parte.dados or cpf_ok(parte.dados["CPF"]):
            return ()
        return parte.dados.achado("CPF", DIGITOS)

    return regra


def municipio_diverge(quem: Quem) -> Verificador:
    """Makes the check that the municipality is in the state of the address."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = quem(v)
        if parte is None:
            return ()
        codigo, uf = parte.ender["cMun"], parte.ender["UF"]
        if not codigo or not uf or municipio_da_uf(codigo, uf):
            return ()
        return parte.ender.achado("cMun", f"a UF do endereço é {uf}", municipio_de_exemplo(uf))

    return regra


def municipio_inexistente(quem: Quem) -> Verificador:
    """Makes the check that the municipality is in the IBGE table."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = quem(v)
        if parte is None:
            return ()
        codigo = parte.ender["cMun"]
        if not codigo or municipio_existe(codigo):
            return ()
        return parte.ender.achado("cMun", "", municipio_de_exemplo(parte.ender["UF"]))

    return regra


def ie_invalida(quem: Quem) -> Verificador:
    """Makes the check that a registration number other than ISENTO has the check digits of its state."""

    def regra(v: Visao) -> Sequence[Achado]:
        parte = quem(v)
        if parte is None:
            return ()
        ie = parte.dados["IE"]
        if not ie or ie == "ISENTO" or ie_valida(parte.ender["UF"], ie):
            return ()
        return parte.dados.achado("IE", f"não é uma IE de {parte.ender['UF']}", ie_de_exemplo(parte.ender["UF"]))

    return regra


def suframa_com_digito_errado(v: Visao) -> Sequence[Achado]:
    """Checks 235: the recipient's SUFRAMA registration has the right check digit."""
    dest = v.partes.get("dest")
    if dest is None or "ISUF" not in dest.dados or suframa_valida(dest.dados["ISUF"]):
        return ()
    return dest.dados.achado("ISUF", "o último algarismo não confere", SUFRAMA_DE_EXEMPLO)


_UFS_SUFRAMA = frozenset({"AC", "AM", "RO", "RR"})
_MUNICIPIOS_SUFRAMA = frozenset({"1600303", "1600600"})  # Macapá, Santana


def fora_da_suframa(v: Visao) -> Sequence[Achado]:
    """Checks 251: SUFRAMA covers AC, AM, RO, RR and two municipalities of AP."""
    dest = v.partes.get("dest")
    if dest is None or "ISUF" not in dest.dados:
        return ()
    if dest.ender["UF"] in _UFS_SUFRAMA or dest.ender["cMun"] in _MUNICIPIOS_SUFRAMA:
        return ()
    return dest.dados.achado("ISUF", f"o destinatário é de {dest.ender['UF']}, município {dest.ender['cMun']}", "")


# Each line has a role, its group, and its rules (ids and cStat of each). The rules are, in order: CNPJ, CPF,
# municipality × state, municipality exists, registration.
_TABELA: tuple[tuple[str, str, Quem, tuple[tuple[str, str], ...], bool], ...] = (
    (
        "remetente",
        "rem",
        _papel("rem"),
        (("G114 I27", "415"), ("G115 I28", "416"), ("G116 I29", "418"), ("G117 I30", "532"), ("G118 I31", "419")),
        False,
    ),
    (
        "destinatário",
        "dest",
        _papel("dest"),
        (("G122 I35", "208"), ("G123 I36", "237"), ("G124 I37", "424"), ("G125 I38", "533"), ("G126 I39", "210")),
        False,
    ),
    (
        "expedidor",
        "exped",
        _papel("exped"),
        (("G132", "428"), ("G133", "429"), ("G134", "431"), ("G135", "534"), ("G136", "432")),
        False,
    ),
    (
        "recebedor",
        "receb",
        _papel("receb"),
        (("G140", "436"), ("G141", "437"), ("G142", "439"), ("G143", "535"), ("G144", "440")),
        False,
    ),
    (
        "tomador",
        TOMADOR_PROPRIO,
        _terceiro,
        (
            ("G148 H087 I45", "444"),
            ("G149 H088 I46", "445"),
            ("G150 H089 I47", "447"),
            ("G151 H090 I48", "536"),
            ("G152 H094 I49", "448"),
        ),
        True,
    ),
)
_CONFERIDOS: tuple[tuple[Callable[[Quem], Verificador], str, str], ...] = (
    (
        cnpj_valido,
        "O CNPJ do {}, quando informado, tem os dígitos verificadores certos (zeros só para quem é do exterior).",
        "Corrija o CNPJ do {} no cadastro.",
    ),
    (
        cpf_valido,
        "O CPF do {}, quando informado, tem os dígitos verificadores certos.",
        "Corrija o CPF do {} no cadastro.",
    ),
    (
        municipio_diverge,
        "O código do município do {} começa pelo código da UF do endereço (exterior: 9999999 e EX).",
        "Corrija o município ou a UF do {}.",
    ),
    (
        municipio_inexistente,
        "O município do {} existe na tabela do IBGE.",
        "Corrija o código do município do {}.",
    ),
    (
        ie_invalida,
        "A inscrição estadual do {}, quando não é «ISENTO», tem o dígito verificador da UF dele.",
        "Corrija a IE do {} no cadastro.",
    ),
)


def _regras_das_partes() -> list[Regra]:
    return [
        regra
        for nome, grupo, quem, codigos, simp in _TABELA
        for (ids, cstat), (fabrica, descricao, fazer) in zip(codigos, _CONFERIDOS, strict=True)
        for regra in verificada(
            ids, cstat, fabrica(quem), descricao.format(nome), fazer.format(nome), simp=simp, exige=grupo
        )
    ]


REGRAS: list[Regra] = [
    *_regras_das_partes(),
    *verificada(
        "G130 I43",
        "235",
        suframa_com_digito_errado,
        "A inscrição SUFRAMA do destinatário tem o dígito verificador certo.",
        "Corrija ou retire a ISUF do destinatário.",
        exige="dest",
    ),
    *verificada(
        "G131 I44",
        "251",
        fora_da_suframa,
        "Só tem inscrição SUFRAMA o destinatário do AC, AM, RO, RR ou, no AP, de Macapá ou Santana.",
        "Retire a ISUF ou corrija o endereço do destinatário.",
        exige="dest",
    ),
]
