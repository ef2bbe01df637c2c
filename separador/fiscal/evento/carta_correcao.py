"""Checks what a Carta de Correção may not change, and what it must repeat (MOC 4.00, Visão Geral, 6.4 and 13)."""

from collections.abc import Iterator

from separador.fiscal.evento.campos import Valores
from separador.fiscal.evento.fatos import Fatos
from separador.nucleo.negativa import Negativa

CARTA = "110110"

_ICMS = """
ICMS00: CST vBC pICMS vICMS
ICMS20: CST pRedBC vBC pICMS vICMS
ICMS45: CST
ICMS60: CST vBCSTRet vICMSSTRet pICMSSTRet vCred
ICMS90: CST pRedBC vBC pICMS vICMS vCred
ICMSOutraUF: CST pRedBCOutraUF vBCOutraUF pICMSOutraUF vICMSOutraUF
ICMSSN: indSN CST
"""
_COMUNS = """
infCte: versao Id
ide: cUF cCT mod serie nCT tpEmis cDV tpAmb dhEmi modal
emit: CNPJ IE
vPrest: vTPrest
Comp: vComp
vPresComp: vTPrest
compComp: vComp
"""
_CARGA = """
toma3: toma
toma4: CNPJ CPF IE
rem: CNPJ CPF IE
dest: CNPJ CPF IE
infNFe: chave
"""
_TOMA = """
toma: CNPJ CPF IE
"""


def _pares(*listas: str) -> frozenset[tuple[str, str]]:
    linhas = [linha.partition(": ") for lista in listas for linha in lista.split("\n") if linha]
    return frozenset((grupo.casefold(), campo.casefold()) for grupo, _, campos in linhas for campo in campos.split())


IMPEDIDOS = {"57": _pares(_COMUNS, _CARGA, _TOMA, _ICMS), "67": _pares(_COMUNS, _TOMA, _ICMS)}
"""The forbidden (group, field) pairs by model, in small letters.

A pair that SEFAZ may check (`Facult.`) is forbidden like the others. Two things are here beyond the manual's lists, for
the same reasons (Convênio SINIEF 06/89, art. 58-B). One is ICMS20 in the model 67, whose layout has it too. The other
is the payer's own group of the CT-e Simplificado, which is newer than the lists.
"""

_Alvo = tuple[str, str, str]


def alvo(correcao: Valores) -> _Alvo:
    """Returns what a correction changes: group, field, item."""
    return tuple(str(correcao.get(n, "")) for n in ("grupo", "campo", "item"))  # type: ignore[return-value]


def correcoes(valores: Valores) -> list[Valores]:
    """Returns the corrections among the values of a letter."""
    lista = valores.get("correcoes", [])
    return lista if isinstance(lista, list) else []


def carta_anterior(f: Fatos) -> list[Valores]:
    """Returns the corrections of the letter in force, which a new letter replaces entirely."""
    anteriores = [a for a in f.do_tipo(CARTA) if a.valores]
    return correcoes(anteriores[-1].valores) if anteriores else []


def com_as_anteriores(valores: Valores, f: Fatos) -> Valores:
    """Returns the letter with those corrections of the one before that it does not change."""
    novas = correcoes(valores)
    mudados = {_igualar(alvo(c)) for c in novas}
    return valores | {"correcoes": [*(c for c in carta_anterior(f) if _igualar(alvo(c)) not in mudados), *novas]}


def regras(valores: Valores, f: Fatos) -> Iterator[Negativa]:
    """Checks 681, 525, repetition, and that nothing of the previous letter is missing."""
    vistos: set[_Alvo] = set()
    for i, correcao in enumerate(correcoes(valores), 1):
        grupo, campo, item = alvo(correcao)
        onde = f"correcoes[{i}]: {grupo}/{campo}"
        if (grupo.casefold(), campo.casefold()) in IMPEDIDOS.get(f.modelo, frozenset()):
            yield Negativa("681", f"{onde} não pode ser alterado por carta de correção.")
        elif f.layout and (grupo, campo) not in f.layout:
            yield Negativa("525", f"{onde} não existe no leiaute deste documento{_parecido(grupo, campo, f)}.")
        if (grupo, campo, item) in vistos:
            yield Negativa("SEP-EVENTO-DADOS", f"{onde} veio duas vezes na mesma carta.")
        vistos.add((grupo, campo, item))
    novos = {_igualar(a) for a in vistos}
    faltam = ["/".join(p for p in alvo(c) if p) for c in carta_anterior(f) if _igualar(alvo(c)) not in novos]
    if faltam:
        yield Negativa(
            "SEP-CCE-INCOMPLETA",
            f"A carta anterior também corrige {', '.join(faltam)}: a nova a substitui por inteiro. Repita essas"
            " correções, ou peça repetir_anteriores.",
        )


def _igualar(a: _Alvo) -> _Alvo:
    return (a[0].casefold(), a[1].casefold(), a[2].lstrip("0"))


def _parecido(grupo: str, campo: str, f: Fatos) -> str:
    """Returns the pair that differs only in capitals, else the groups that have this field."""
    for g, c in f.layout:
        if (g.casefold(), c.casefold()) == (grupo.casefold(), campo.casefold()):
            return f"; seria {g}/{c}"
    donos = sorted(g for g, c in f.layout if c == campo)
    return f"; {campo} é de {', '.join(donos[:5])}" if donos else ""
