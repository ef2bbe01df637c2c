"""Checks the places where the document is sent from, and where the service starts and ends.

MOC 4.00, Anexo I, rules G178 to G183, the same rules in tables H and I, and I59 to I62.
"""

from collections.abc import Callable, Iterable, Sequence

from separador.fiscal.regras.achado import Achado
from separador.fiscal.regras.ibge import municipio_da_uf, municipio_de_exemplo, municipio_existe
from separador.fiscal.regras.modelo import Regra, Verificador, verificada
from separador.fiscal.regras.visao import Grupo, Visao
from separador.nucleo.tipo import Tipo

# A function from a document to the places to check: the group, the tag of the municipality, and the state it must be
# in.
Onde = Callable[[Visao], Iterable[tuple[Grupo, str, str]]]


def _envio(v: Visao) -> Iterable[tuple[Grupo, str, str]]:
    return ((v.ide, "cMunEnv", v.ide["UFEnv"]),)


def _inicio(v: Visao) -> Iterable[tuple[Grupo, str, str]]:
    if v.tipo is Tipo.CTE_SIMP:
        return [(det, "cMunIni", v.uf_ini) for det in v.dets]
    return ((v.ide, "cMunIni", v.uf_ini),)


def _fim(v: Visao) -> Iterable[tuple[Grupo, str, str]]:
    if v.tipo is Tipo.CTE_SIMP:
        return [(det, "cMunFim", v.uf_fim) for det in v.dets]
    return ((v.ide, "cMunFim", v.uf_fim),)


def _origem(v: Visao) -> Iterable[tuple[Grupo, str, str]]:
    grupo = v.inf.grupo("origem")
    return ((grupo, "cMun", grupo["UF"]),)


def _destino(v: Visao) -> Iterable[tuple[Grupo, str, str]]:
    grupo = v.inf.grupo("destino")
    return ((grupo, "cMun", grupo["UF"]),)


def diverge(onde: Onde) -> Verificador:
    """Makes the check that the municipality's code starts with the state's (abroad: 9999999 and EX)."""

    def regra(v: Visao) -> Sequence[Achado]:
        return [
            Achado(grupo.nos[tag], f"a UF é {uf}", certo=municipio_de_exemplo(uf))
            for grupo, tag, uf in onde(v)
            if (codigo := grupo[tag]) and uf and not municipio_da_uf(codigo, uf)
        ]

    return regra


def inexistente(onde: Onde) -> Verificador:
    """Makes the check that the municipality is in the IBGE table."""

    def regra(v: Visao) -> Sequence[Achado]:
        return [
            Achado(grupo.nos[tag], certo=municipio_de_exemplo(uf))
            for grupo, tag, uf in onde(v)
            if (codigo := grupo[tag]) and not municipio_existe(codigo)
        ]

    return regra


_TABELA: tuple[tuple[str, Onde, tuple[str, str], tuple[str, str], bool], ...] = (
    ("de envio", _envio, ("G178 H115 I57", "493"), ("G179 H116 I58", "537"), True),
    ("de início da prestação", _inicio, ("G180 H117", "456"), ("G181 H118", "541"), True),
    ("de término da prestação", _fim, ("G182 H119", "414"), ("G183 H120", "542"), True),
    ("de origem", _origem, ("I59", "877"), ("I60", "878"), False),
    ("de destino", _destino, ("I61", "879"), ("I62", "880"), False),
)


def _regras() -> Iterable[Regra]:
    for nome, onde, (ids, cstat), (ids_tabela, cstat_tabela), simp in _TABELA:
        yield from verificada(
            ids,
            cstat,
            diverge(onde),
            f"O código do município {nome} começa pelo código da UF (exterior: 9999999 e EX).",
            f"Corrija o município ou a UF {nome}.",
            simp=simp,
        )
        yield from verificada(
            ids_tabela,
            cstat_tabela,
            inexistente(onde),
            f"O município {nome} existe na tabela do IBGE.",
            f"Corrija o código do município {nome}.",
            simp=simp,
        )


REGRAS: list[Regra] = list(_regras())
