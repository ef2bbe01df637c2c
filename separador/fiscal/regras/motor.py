"""Holds the whole catalogue of rules, and runs it over a document."""

from typing import cast

from lxml import etree

from separador.fiscal.mensagens.lugares import Lugares
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
    presentes, lugares = visao.presentes, Lugares()
    return [
        _erro(regra, achado, lugares)
        for exige, funcao, regra in _POR_TIPO[visao.tipo]
        if exige in presentes and (achados := funcao(visao))
        for achado in achados
    ]


def anotar(visao: Visao) -> tuple[str, ...]:
    """Returns what passes here although SEFAZ may refuse it, in words: its tables may have more than one answer."""
    nota = qrcode.nota_do_endereco(visao)
    return () if nota is None else (nota,)


def _onde(no: etree._Element, achado: Achado, lugares: Lugares) -> str:
    """Returns where a breach is, and the value there, where the finding does not say it."""
    if achado.tag is not None and achado.tag != no.tag.rpartition("}")[2]:
        return f" Onde: a tag {achado.tag}, em {lugares.caminho(no)}."
    valor = (no.text or "").strip() if not len(no) else ""
    dito = f", com o valor «{valor[:60]}»" if valor and not achado.detalhe else ""
    return f" Onde: {lugares.caminho(no)}{dito}."


def _erro(regra: Regra, achado: Achado, lugares: Lugares) -> Erro:
    mensagem = f"{regra.descricao} Encontrado: {achado.detalhe}." if achado.detalhe else regra.descricao
    no = achado.no
    if no is not None:
        mensagem += _onde(no, achado, lugares)
    linha = cast("int | None", no.sourceline) if no is not None else None
    tag = achado.tag or (no.tag.rpartition("}")[2] if no is not None else None)
    return Erro(regra.cstat, regra.id, mensagem, regra.o_que_fazer, linha, tag)
