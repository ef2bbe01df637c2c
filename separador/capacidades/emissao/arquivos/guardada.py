"""Reads the fields of a load from what is kept of it, in portions: it may have tens of thousands of invoices."""

import json
from collections.abc import Generator, Iterable
from itertools import islice

from separador.capacidades.emissao.dominio.conteudo import POR_VEZ, Conteudo, aberto
from separador.configuracao.emissao.arvore import Ramo, de_json
from separador.configuracao.emissao.leitura import Leitura
from separador.fiscal.emissao.formato.colunas import GUARDADA
from separador.fiscal.emissao.formato.tipos import Grupo, Lista
from separador.fiscal.emissao.no import No, desfolhando

LONGAS = ("notas", "conhecimentos")
"""The lists of a load that may be long: they are read item by item."""
ITENS = 100
"""Number of their items in one portion."""


def lida_de(conteudo: Conteudo) -> No:
    """Returns the fields of a load from what is kept of it."""
    return _fim(lendo_guardada(conteudo))


def lendo_guardada(conteudo: Conteudo) -> Generator[None, None, No]:
    """Does the same, and yields after each portion."""
    raiz: dict[str, object] = {}
    ditas = iter(aberto(conteudo).items())
    yield None
    while pedaco := list(islice(ditas, POR_VEZ)):
        desfolhando(pedaco, raiz)
        yield None
    longas = {n: raiz.pop(n) for n in LONGAS if n in raiz}
    no = _lido(raiz, GUARDADA, "")
    for nome, itens in longas.items():
        campo = GUARDADA.campo(nome)
        if campo is None or not isinstance(campo.tipo, Lista) or not isinstance(campo.tipo.item, Grupo):
            raise TypeError(f"{nome} não é uma lista de grupos")
        lidos = yield from _itens(itens, campo.tipo.item, nome)
        no = no.com(**{nome: tuple(lidos)})
    return no


def _itens(itens: object, tipo: Grupo, nome: str) -> Generator[None, None, list[No]]:
    todos = itens if isinstance(itens, Iterable) else ()
    lidos: list[No] = []
    for i, item in enumerate(todos, 1):
        lidos.append(_lido(item, tipo, f"{nome}[{i}]"))
        if i % ITENS == 0:
            yield None
    return lidos


def _lido(bruto: object, tipo: Grupo, campo: str) -> No:
    ramo = de_json(json.dumps(bruto).encode())
    no = Leitura().grupo(ramo, tipo, campo) if isinstance(ramo, Ramo) else None
    if no is None:
        raise ValueError("o que se guardou da carga não pôde ser lido")
    return no


def _fim(partes: Generator[None, None, No]) -> No:
    while True:
        try:
            next(partes)
        except StopIteration as fim:
            no: No = fim.value
            return no
