"""Holds the whole catalogue of rules, and runs it over a document."""

from dataclasses import dataclass
from typing import cast

from lxml import etree

from separador.fiscal import esquema
from separador.fiscal.mensagens.campos import Campos
from separador.fiscal.mensagens.lugares import local
from separador.fiscal.mensagens.regra import ATRIBUTO, descrever
from separador.fiscal.regras import (
    autorizados,
    cadastros,
    chave,
    cte_os,
    cte_os_referencias,
    datas,
    documentos,
    emitente,
    geral,
    globalizado,
    locais,
    modal,
    partes,
    qrcode,
    referidos,
    servico,
    tomador,
    valores,
)
from separador.fiscal.regras.achado import Achado, ContextoRegras
from separador.fiscal.regras.modelo import Regra, Verificador, ordem
from separador.fiscal.regras.visao import Visao
from separador.nucleo.erro import Erro
from separador.nucleo.tipo import DOCUMENTOS, Tipo

_MODULOS = (
    *(chave, geral, tomador, modal, documentos, valores, servico, referidos, datas, emitente, partes, locais),
    *(autorizados, globalizado, qrcode, cte_os, cte_os_referencias, cadastros),
)
_REGRAS = tuple(sorted((regra for modulo in _MODULOS for regra in modulo.REGRAS), key=ordem))
_POR_TIPO: dict[Tipo, tuple[tuple[str, Verificador, Regra], ...]] = {
    tipo: tuple((r.exige, r.verificar, r) for r in _REGRAS if r.verificar is not None and tipo in r.tipos)
    for tipo in DOCUMENTOS
}


def catalogo() -> list[Regra]:
    """Returns every rule of the manual's tables G, H and I, in their order, whatever its state."""
    return list(_REGRAS)


def verificar(raiz: etree._Element, tipo: Tipo, contexto: ContextoRegras) -> list[Erro]:
    """Returns every breach of the offline rules in one document, in the order of the manual.

    `raiz` is the document's own root (never cteProc), signed or not, pretty-printed or not. A tree that breaks the
    schema never raises. Kinds other than the four documents have no rules and give an empty list.
    """
    return verificar_visao(Visao(raiz, tipo, contexto)) if tipo in _POR_TIPO else []


def verificar_visao(visao: Visao) -> list[Erro]:
    """Returns the same, from a view that the caller uses for other things too."""
    presentes, ditos = visao.presentes, _Ditos(visao)
    return [
        ditos.erro(regra, achado)
        for exige, funcao, regra in _POR_TIPO[visao.tipo]
        if exige in presentes and (achados := funcao(visao))
        for achado in achados
    ]


def anotar(visao: Visao) -> tuple[str, ...]:
    """Returns what passes here although SEFAZ may refuse it, in words: its tables may have more than one answer."""
    nota = qrcode.nota_do_endereco(visao)
    return () if nota is None else (nota,)


@dataclass(slots=True)
class _Ditos:
    """Makes the errors of one document. The names of its fields are looked up at the first one."""

    visao: Visao
    _campos: Campos | None = None

    def erro(self, regra: Regra, achado: Achado) -> Erro:
        """Returns a breach with its message."""
        no, raiz = achado.no, self.visao.raiz.no
        if no is None:  # the group that the rule reads is not there
            achado, no = Achado(raiz, detalhe="falta o grupo que esta regra confere", certo=""), raiz
        if no is None:
            return Erro(regra.cstat, regra.id, regra.descricao, regra.o_que_fazer)
        if self._campos is None:
            self._campos = esquema.campos(raiz if raiz is not None else no, self.visao.tipo)
        mensagem = descrever(self._campos, no, achado.tag, achado.detalhe, achado.certo, regra.descricao)
        tag = (achado.tag or local(no)).removeprefix(ATRIBUTO)
        return Erro(regra.cstat, regra.id, mensagem, regra.o_que_fazer, cast("int | None", no.sourceline), tag)
