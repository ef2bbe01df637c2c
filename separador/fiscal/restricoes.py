"""Checks the form of a document, before any rule on its content.

MOC 4.00, Visão Geral, 3.2.4 and the rules of groups B and C.
"""

import re
from collections.abc import Iterator

from lxml import etree

from separador.fiscal.leitura import BRANCOS, Lido, fim_da_raiz
from separador.fiscal.mensagens.lugares import Lugares
from separador.fiscal.nomes import ASSINATURA, CTE, DS, LIMITE_ASSINADO_BYTES, linha
from separador.nucleo.erro import Erro
from separador.nucleo.falha import como_erro
from separador.nucleo.texto.letras import nomear
from separador.nucleo.texto.quantidade import milhar

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


def tamanho_excedido(assinado: int) -> Erro | None:
    """Checks 214 on the bytes of the root element alone, as it is transmitted."""
    if assinado <= LIMITE_ASSINADO_BYTES:
        return None
    return Erro(
        "214",
        "B01",
        f"Tamanho: o documento assinado tem {milhar(-(-assinado // 1024))} KB. O certo: até 512 KB, o limite da SEFAZ.",
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
        yield _prefixo(f"a tag {elemento.prefix}:{nome.localname}", elemento, nome.localname, f"<{nome.localname}>")
    if nome.namespace != permitido:
        yield namespace(elemento)
    herdado = pai.nsmap if pai is not None else {}
    for prefixo, uri in elemento.nsmap.items():
        if prefixo is not None and herdado.get(prefixo) != uri:
            yield _declaracao(prefixo, uri, elemento)
    for atributo in elemento.attrib:
        if str(atributo).startswith("{"):
            local = etree.QName(atributo).localname
            yield _prefixo(f"o atributo {local}", elemento, local, f'{local}="…", sem prefixo')


def _prefixo(quem: str, elemento: etree._Element, tag: str, certo: str) -> Erro:
    return Erro(
        "404",
        "C04",
        f"Prefixo de namespace: {quem} (em {Lugares().caminho(elemento)}) tem prefixo, que a SEFAZ não aceita. "
        f"O certo: {certo}.",
        f'No sistema emissor, gere o XML sem prefixos, com xmlns="{CTE}" só no elemento raiz.',
        linha(elemento),
        tag,
    )


def _declaracao(prefixo: str, uri: str, elemento: etree._Element) -> Erro:
    """Refuses a declared prefix, used or not."""
    if uri in (CTE, DS):
        return _prefixo(f'a declaração xmlns:{prefixo}="{uri}"', elemento, prefixo, f'xmlns="{uri}"')
    return Erro(
        "598",
        "C02",
        f'Declaração de namespace: xmlns:{prefixo}="{uri[:80]}" (em {Lugares().caminho(elemento)}) não é do CT-e. '
        f'O certo: só xmlns="{CTE}".',
        f"No sistema emissor, retire a declaração xmlns:{prefixo} e gere o arquivo de novo.",
        linha(elemento),
        f"xmlns:{prefixo}",
    )


def namespace(elemento: etree._Element) -> Erro:
    """Refuses an element that is not of the CT-e's namespace, nor of the signature's (598)."""
    achado, tag = etree.QName(elemento).namespace, etree.QName(elemento).localname
    dito = f"é do namespace «{achado[:80]}»" if achado else "não tem namespace"
    certo = DS if tag == "Signature" else CTE
    return Erro(
        "598",
        "C02",
        f'Namespace: a tag {tag} (em {Lugares().caminho(elemento)}) {dito}. O certo: <{tag} xmlns="{certo}">.',
        f'No sistema emissor, declare só xmlns="{CTE}", no elemento raiz, e gere o arquivo de novo.',
        linha(elemento),
        tag,
    )


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
        brancos = [t for t in _textos(elemento) if t and not t.strip(_BRANCOS_TEXTO)] if len(elemento) else []
        if brancos:
            return [
                Erro(
                    "599",
                    "C03",
                    f"Caracteres de edição: entre as tags de dentro de {Lugares().caminho(elemento)} há "
                    f"{nomear(brancos[0][0])}, e o documento já está assinado. O certo: uma tag logo depois da outra, "
                    "por exemplo <ide><cUF>35</cUF>.",
                    "No sistema emissor, gere e assine o XML em uma linha só: mexer nele depois invalida a assinatura. "
                    "Ou gere sem assinatura: o separador assina.",
                    linha(elemento),
                    etree.QName(elemento).localname,
                )
            ]
    return []


def _textos(elemento: etree._Element) -> Iterator[str | None]:
    yield elemento.text
    for filho in elemento:
        yield filho.tail
