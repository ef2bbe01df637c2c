"""Holds the official XSDs (package nfelib, PL_CTe_400 with NT 2026.004), and gives their findings in plain Portuguese.

They are loaded once. All document schemas are included in one set and all event schemas in another: the files stay the
official ones, with one copy of the shared types in memory (5 MB instead of 4 MB each). `infModal` and `detEvento` are
wildcards that the official schema skips: their child is validated apart, against its own schema (rules 580 and 630).
"""

import functools
import importlib.util
import threading
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

from lxml import etree

from separador.fiscal.evento.tabela import EVENTOS
from separador.fiscal.mensagens.achados import Achado, Tradutor
from separador.fiscal.mensagens.campos import Campos
from separador.fiscal.mensagens.dicionario import dicionario
from separador.fiscal.mensagens.lugares import Lugares
from separador.fiscal.nomes import CTE, INF_CTE, INF_EVENTO, linha, q
from separador.nucleo.erro import Erro
from separador.nucleo.tipo import ASSINAVEIS, Tipo

_XS = "http://www.w3.org/2001/XMLSchema"
_DOCUMENTOS = (
    *("cte", "cteSimp", "cteOS", "GTVe", "procCTe", "procCTeSimp", "procCTeOS", "procGTVe"),
    *("retCTe", "retCTeSimp", "retCTeOS", "retGTVe"),
    *("cteModalAereo", "cteModalAquaviario", "cteModalDutoviario", "cteModalFerroviario"),
    *("cteModalRodoviario", "cteModalRodoviarioOS", "cteMultiModal"),
)
ELEMENTO_DO_EVENTO = {e.tp: e.elemento for e in EVENTOS} | {"110113": "evEPECCTe"}
"""EPEC is extinct, but old ones come back in consultations."""
_EVENTOS = ("eventoCTe", "procEventoCTe", "retEventoCTe", *sorted(ELEMENTO_DO_EVENTO.values()))
_CONSULTAS = ("consSitCTe", "consStatServCTe")
_CONJUNTO = {
    Tipo.EVENTO: _EVENTOS,
    Tipo.PROC_EVENTO: _EVENTOS,
    Tipo.RET_EVENTO: _EVENTOS,
    Tipo.CONSULTA: _CONSULTAS,
    Tipo.STATUS: _CONSULTAS,
}

_UM_POR_VEZ = threading.Lock()
"""lxml keeps the findings with the schema, not with the call: two threads would clear each other's."""

# modal of ide -> element of infModal (MOC 4.00, Anexo I, 3). The CT-e OS has rodoOS in place of rodo.
_MODAIS = {"01": "rodo", "02": "aereo", "03": "aquav", "04": "ferrov", "05": "duto", "06": "multimodal"}

_INF_MODAL, _NORMAL, _IDE, _MODAL = q("infModal"), q("infCTeNorm"), q("ide"), q("modal")


def precarregar() -> None:
    """Loads every set (20 ms, 8 MB): for the fork server, so that its children share the pages."""
    for conjunto in (_DOCUMENTOS, _EVENTOS, _CONSULTAS):
        _carregar(conjunto)


def validar(raiz: etree._Element, tipo: Tipo) -> list[Erro]:
    """Returns everything that the official XSD says against this tree, modal and event content included.

    Lines are those of the source. Codes: 215, 239 (version), 579/580 (modal), 630 (event content), 629 (unknown event).
    Raises ValueError for a retConsSitCTe, a retConsStatServCTe or a protCTe, which are never validated: the official
    schema refuses any answer with events.
    """
    if tipo in (Tipo.RET_CONSULTA, Tipo.RET_STATUS, Tipo.PROT_CTE):
        raise ValueError(f"não há validação de {tipo} contra o XSD")
    erros = list(_validar(raiz, _CONJUNTO.get(tipo, _DOCUMENTOS), "215", "XSD"))
    if tipo in ASSINAVEIS:
        erros += _detalhe_do_evento(raiz) if tipo is Tipo.EVENTO else _modal(raiz, tipo)
    return erros


def campos(raiz: etree._Element, tipo: Tipo) -> Campos:
    """Returns the fields of a document or an event as the schemas name them."""
    return Campos(raiz, dicionario(pasta(), _CONJUNTO.get(tipo, _DOCUMENTOS)))


def _validar(elemento: etree._Element, conjunto: tuple[str, ...], codigo: str, regra: str) -> Iterator[Erro]:
    esquema = _carregar(conjunto)
    with _UM_POR_VEZ:
        achados = [] if esquema.validate(elemento) else list(cast("Iterable[Achado]", esquema.error_log))
    if achados:
        yield from Tradutor(elemento, dicionario(pasta(), conjunto), codigo, regra).traduzir(achados)


def _modal(raiz: etree._Element, tipo: Tipo) -> Iterator[Erro]:
    corpo = _filho(raiz, INF_CTE)
    inf = _filho(corpo if tipo is Tipo.CTE_SIMP else _filho(corpo, _NORMAL), _INF_MODAL)
    if inf is None:
        return
    if inf.get("versaoModal") != "4.00":
        yield _versao("579", "G025", "modal", inf.get("versaoModal"), inf)
    no_ide = _filho(_filho(corpo, _IDE), _MODAL)
    ide = no_ide.text or "" if no_ide is not None else None
    esperado = _MODAIS.get(ide or "", "")
    if tipo is Tipo.CTE_OS and esperado == "rodo":
        esperado = "rodoOS"
    filho = next(inf.iterchildren(etree.Element), None)
    if filho is None or filho.tag != q(esperado):
        achado = "está vazia" if filho is None else f"tem <{etree.QName(filho).localname}>"
        pede = f"o modal «{ide or ''}» pede <{esperado}>" if esperado else f"o modal «{ide or ''}» não existe"
        yield _conteudo("580", "G026", f"{achado}; {pede}.", inf)
    else:
        yield from _validar(filho, _DOCUMENTOS, "580", "G026")


def _filho(pai: etree._Element | None, tag: str) -> etree._Element | None:
    """Returns the first child with that tag, at half the cost of find(), which reads its argument as a path."""
    return next(pai.iterchildren(tag), None) if pai is not None else None


def _detalhe_do_evento(raiz: etree._Element) -> Iterator[Erro]:
    det = raiz.find(f"{INF_EVENTO}/{q('detEvento')}")
    tp_evento = raiz.findtext(f"{INF_EVENTO}/{q('tpEvento')}")
    if det is None or tp_evento is None:
        return  # the envelope's schema has already said so
    esperado = ELEMENTO_DO_EVENTO.get(tp_evento)
    if esperado is None:
        yield _conteudo("629", "N07", f"o tipo de evento «{tp_evento}» não existe para o CT-e.", det)
        return
    if det.get("versaoEvento") != "4.00":
        yield _versao("630", "N10", "evento", det.get("versaoEvento"), det)
    filho = next(det.iterchildren(etree.Element), None)
    if filho is None or filho.tag != q(esperado):
        achado = "está vazia" if filho is None else f"tem <{etree.QName(filho).localname}>"
        yield _conteudo("630", "N10", f"{achado}; o evento {tp_evento} pede <{esperado}>.", det)
    else:
        yield from _validar(filho, _EVENTOS, "630", "N10")


def _versao(codigo: str, regra: str, de_que: str, achada: str | None, elemento: etree._Element) -> Erro:
    dito = f"Versão do leiaute do {de_que} ({_lugar(elemento)}): é «{achada or ''}»; a aceita é 4.00."
    nome = etree.QName(elemento).localname
    return Erro(codigo, regra, dito, f"Gere o XML no leiaute 4.00 do {de_que}.", linha(elemento), nome)


def _conteudo(codigo: str, regra: str, mensagem: str, elemento: etree._Element) -> Erro:
    nome = etree.QName(elemento).localname
    dito = f"{_CONTEUDOS[nome]} ({_lugar(elemento)}): {mensagem}"
    return Erro(codigo, regra, dito, "Corrija o conteúdo da tag no sistema emissor.", linha(elemento), nome)


_CONTEUDOS = {"infModal": "Informações do modal", "detEvento": "Conteúdo do evento"}


def _lugar(elemento: etree._Element) -> str:
    return f"tag {etree.QName(elemento).localname}, em {Lugares().caminho(elemento.getparent())}"


@functools.cache
def _carregar(conjunto: tuple[str, ...]) -> etree.XMLSchema:
    inclusoes = "".join(f'<xs:include schemaLocation="{nome}_v4.00.xsd"/>' for nome in conjunto)
    texto = (
        f'<xs:schema xmlns:xs="{_XS}" xmlns="{CTE}" targetNamespace="{CTE}" '
        f'elementFormDefault="qualified">{inclusoes}</xs:schema>'
    )
    base = (pasta() / "conjunto.xsd").as_uri()
    return etree.XMLSchema(etree.fromstring(texto.encode(), etree.XMLParser(no_network=True), base_url=base))


def pasta() -> Path:
    """Returns the folder of the schemas inside the installed nfelib.

    It is found without importing nfelib, whose bindings cost 150 ms.
    """
    spec = importlib.util.find_spec("nfelib")
    if spec is None or not spec.submodule_search_locations:
        raise RuntimeError("o pacote nfelib, que traz os esquemas oficiais, não está instalado")
    return Path(spec.submodule_search_locations[0]) / "cte" / "schemas" / "v4_0"
