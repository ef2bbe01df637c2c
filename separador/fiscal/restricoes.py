"""Checks the form of a document, before any rule on its content.

MOC 4.00, Visão Geral, 3.2.4 and the rules of groups B and C.
"""

import re
from collections.abc import Iterator

from lxml import etree

from separador.fiscal.leitura import BRANCOS, Lido, fim_da_raiz
from separador.fiscal.nomes import ASSINATURA, CTE, DS, LIMITE_ASSINADO_BYTES, linha
from separador.nucleo.erro import Erro
from separador.nucleo.falha import como_erro

_ENTRE_MARCAS = re.compile(rb">[ \t\r\n]+<")
_BRANCOS_TEXTO = BRANCOS.decode()


def verificar_forma(lido: Lido, assinado: bool) -> list[Erro]:
    """Checks 404 (prefix), 598 (namespace), 599 (blanks between tags, signed only), and processing instructions.

    Elements are only walked when the bytes give a reason to: an ordinary document costs two searches (10 µs).
    """
    erros = _instrucoes(lido)
    if not _so_namespace_padrao(lido, assinado):
        erros += _namespaces(lido.raiz)
    if assinado and _ENTRE_MARCAS.search(lido.dados, lido.inicio, fim_da_raiz(lido.dados)):
        erros += _brancos(lido.raiz)
    return erros


def tamanho_excedido(assinado: bytes) -> Erro | None:
    """Checks 214 on the root element alone, as it is transmitted."""
    if len(assinado) <= LIMITE_ASSINADO_BYTES:
        return None
    return Erro(
        "214",
        "B01",
        f"O documento assinado tem {len(assinado) // 1024} KB; o limite da SEFAZ é de 512 KB.",
        "Divida o documento: menos notas por CT-e.",
    )


def _so_namespace_padrao(lido: Lido, assinado: bool) -> bool:
    """Says whether the root and the bytes alone prove that only the default namespaces occur.

    In an unsigned document the one "xmlns" is the root's own, and the root's nsmap shows that it has no prefix.
    """
    return (
        lido.raiz.nsmap == {None: CTE}
        and lido.dados.count(b"xmlns") == (2 if assinado else 1)
        and lido.dados.find(b"xml:", lido.inicio) < 0
        and (not assinado or lido.dados.find(b"xmlns:") < 0)
    )


def _namespaces(raiz: etree._Element) -> list[Erro]:
    """Returns one 404 and one 598 at most, each at its first place."""
    achados: dict[str, Erro] = {}
    for elemento in raiz.iter(etree.Element):
        for erro in _do_elemento(elemento):
            achados.setdefault(erro.codigo, erro)
    return list(achados.values())


def _do_elemento(elemento: etree._Element) -> Iterator[Erro]:
    nome = etree.QName(elemento)
    pai = elemento.getparent()
    dentro_da_assinatura = pai is not None and etree.QName(pai).namespace == DS
    permitido = DS if dentro_da_assinatura or elemento.tag == ASSINATURA else CTE
    if elemento.prefix is not None:
        yield _prefixo(f"{elemento.prefix}:{nome.localname}", linha(elemento))
    if nome.namespace != permitido:
        yield _namespace(nome.namespace, nome.localname, linha(elemento))
    herdado = pai.nsmap if pai is not None else {}
    for prefixo, uri in elemento.nsmap.items():
        if prefixo is not None and herdado.get(prefixo) != uri:
            yield (_prefixo if uri in (CTE, DS) else _declarado)(prefixo, linha(elemento))
    for atributo in elemento.attrib:
        if str(atributo).startswith("{"):
            yield _prefixo(f"atributo {etree.QName(atributo).localname}", linha(elemento))


def _prefixo(nome: str, na_linha: int | None) -> Erro:
    return Erro(
        "404",
        "C04",
        f"O XML usa prefixo de namespace ({nome}); a SEFAZ não aceita prefixos.",
        f'Gere o XML com o namespace padrão (xmlns="{CTE}") só no elemento raiz.',
        na_linha,
        nome.rsplit(":", 1)[-1],
    )


def _declarado(prefixo: str, na_linha: int | None) -> Erro:
    return _namespace(f"do prefixo {prefixo}", f"xmlns:{prefixo}", na_linha)


def _namespace(achado: str | None, tag: str, na_linha: int | None) -> Erro:
    mensagem = (
        f"O XML usa um namespace que não é o do CT-e: {achado}."
        if achado
        else f"A tag {tag} não está no namespace do CT-e."
    )
    return Erro("598", "C02", mensagem, f'Declare só xmlns="{CTE}", no elemento raiz.', na_linha, tag)


def _instrucoes(lido: Lido) -> list[Erro]:
    """Finds processing instructions in the tree: 1.5 µs, where a search for "<?" in 8 kB costs 7."""
    tipo = etree.ProcessingInstruction
    ao_lado = [*lido.raiz.itersiblings(tipo, preceding=True), *lido.raiz.itersiblings(tipo)]
    achadas = [*ao_lado, *lido.raiz.iter(tipo)]
    if not achadas:
        return []
    return [como_erro("SEP-XML-PI", linha(achadas[0]))]


def _brancos(raiz: etree._Element) -> list[Erro]:
    for elemento in raiz.iter(etree.Element):
        if len(elemento) and any(t is not None and not t.strip(_BRANCOS_TEXTO) for t in _textos(elemento)):
            return [
                Erro(
                    "599",
                    "C03",
                    "O XML assinado tem espaços ou quebras de linha entre as tags.",
                    "Assine o XML em uma linha só, sem formatação: mexer nele depois invalida a assinatura.",
                    linha(elemento),
                    etree.QName(elemento).localname,
                )
            ]
    return []


def _textos(elemento: etree._Element) -> Iterator[str | None]:
    yield elemento.text
    for filho in elemento:
        yield filho.tail
