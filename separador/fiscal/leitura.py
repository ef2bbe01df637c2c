"""Reads untrusted XML, hardened: the only place of the product that parses what comes from outside.

What comes from a folder is treated as hostile. Nothing here resolves an entity, opens a file or a socket, or lets
libxml2 raise its own limits (`huge_tree` stays off). Cheap checks on the bytes come before the parser, so that a bomb
costs a scan and never a tree.
"""

import re
from dataclasses import dataclass

from lxml import etree

from separador.fiscal.mensagens.sintaxe import da_sintaxe, malformado, nao_comeca
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.falha import como_erro
from separador.nucleo.texto.letras import mostrar, nomear
from separador.nucleo.texto.quantidade import milhar
from separador.nucleo.tipo import Tipo

LIMITE_BYTES = 20 * 1024 * 1024
LIMITE_DECLARACOES_XMLNS = 2_000  # a long consultation repeats four per event; C14N is quadratic in them
LIMITE_IGUAIS = 10_000  # every attribute needs one "="; real files stay under 3,000; C14N sorts them quadratically
LIMITE_MARCAS = 400_000  # 2,000 invoices with every optional tag stay under 60,000

BOM = b"\xef\xbb\xbf"
BRANCOS = b" \t\r\n"

_TIPOS = {t.value: t for t in Tipo}
_DECLARACAO = re.compile(rb"<\?xml[ \t\r\n][^>]*?\?>")
_CODIFICACAO = re.compile(rb"""encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]+)["']""")
_INICIO_MARCA = re.compile(rb"<([^\s<>/!?=\"'&;]+)")
_BRANCOS_SEGUIDOS = re.compile(rb"[ \t\r\n]*")
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


@dataclass(frozen=True, slots=True)
class Lido:
    """A parsed file.

    `dados`: the bytes as they came. `inicio`: offset of the root's start tag. `raiz`: the tree, whose `sourceline`
    counts lines of `dados`. `tipo`: kind by local name of the root, None when it is not one of ours.
    """

    dados: bytes
    inicio: int
    raiz: etree._Element
    raiz_local: str
    tipo: Tipo | None


def ler(dados: bytes, limite_bytes: int = LIMITE_BYTES) -> Lido | Recusa:
    """Parses untrusted bytes. Codes: 243 malformed, 402 not UTF-8, SEP-XML-… for what no cStat names.

    Memory is bounded by a small multiple of `limite_bytes`. A file above the limit is refused without being looked at.
    """
    if len(dados) > limite_bytes:
        return _recusa(_grande(len(dados), limite_bytes))
    inicio = _inicio_da_raiz(dados)
    erro = _codificacao(dados) or (inicio if isinstance(inicio, Erro) else None) or _exagero(dados)
    if erro is not None or isinstance(inicio, Erro):
        return _recusa(erro if erro is not None else malformado("sem elemento raiz", 1))
    return _analisar(dados, inicio)


def _analisar(dados: bytes, inicio: int) -> Lido | Recusa:
    try:
        raiz = etree.fromstring(dados, _analisador())
    except etree.XMLSyntaxError as erro:
        return _recusa(da_sintaxe(erro, dados))
    if raiz.getroottree().docinfo.internalDTD is not None:
        return _recusa(_dtd(None))
    local = etree.QName(raiz).localname
    return Lido(dados, inicio, raiz, local, tipo_de(local))


def tipo_de(nome_local: str) -> Tipo | None:
    """Returns the kind by local name of the root. Returns None when it is not one of ours."""
    return _TIPOS.get(nome_local)


def _analisador() -> etree.XMLParser:
    """Returns a new parser.

    One per document costs 3 µs, and no error log or dictionary is shared between documents or threads.
    """
    return etree.XMLParser(
        encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )


def reler(dados: bytes) -> etree._Element:
    """Parses bytes that this program made itself. Anything but success is a defect and raises."""
    return etree.fromstring(dados, _analisador())


# --- prechecks on the bytes -------------------------------------------------------------------------------------


def _codificacao(dados: bytes) -> Erro | None:
    """Checks that the bytes are UTF-8 (402), before a parser gets to guess."""
    if dados.startswith(_UTF16):
        return _erro_codificacao("UTF-16", 1)
    declaracao = _DECLARACAO.match(dados, 3 if dados.startswith(BOM) else 0)
    achada = _CODIFICACAO.search(declaracao.group()) if declaracao else None
    if achada and achada.group(1).lower() not in (b"utf-8", b"utf8"):
        return _erro_codificacao(achada.group(1).decode("ascii"), 1)
    try:
        dados.decode("utf-8")
    except UnicodeDecodeError as erro:
        return _erro_codificacao(_nao_utf8(dados, erro.start), 1 + dados.count(b"\n", 0, erro.start))
    return None


def _nao_utf8(dados: bytes, onde: int) -> str:
    """Names a byte that is not UTF-8 as the letter that other programs of the country would write with it."""
    byte, perto = dados[onde], dados[max(0, onde - 20) : onde + 20].decode("cp1252", "replace")
    letra = dados[onde : onde + 1].decode("cp1252", "replace")
    lugar = f"na posição {milhar(onde + 1)} há o byte {byte:02X}, que em Windows-1252 é {nomear(letra)}"
    return f"outra ({lugar}: «{mostrar(perto)}»)"


def _inicio_da_raiz(dados: bytes) -> int | Erro:
    """Returns the offset of the root's `<`.

    It walks the prolog in linear time. A DTD or the lack of a root is an error.
    """
    i = 3 if dados.startswith(BOM) else 0
    while True:
        i = _apos_brancos(dados, i)
        if dados.startswith(b"<!--", i):
            fim, passo = dados.find(b"-->", i), 3
        elif dados.startswith(b"<?", i):
            fim, passo = dados.find(b"?>", i), 2
        elif dados.startswith(b"<!", i):
            return _dtd(1 + dados.count(b"\n", 0, i))
        elif _INICIO_MARCA.match(dados, i):
            return i
        else:
            return _nao_xml(dados, i)
        if fim < 0:
            return malformado("o arquivo acaba no meio", 1 + dados.count(b"\n"))
        i = fim + passo


def _apos_brancos(dados: bytes, i: int) -> int:
    m = _BRANCOS_SEGUIDOS.match(dados, i)
    return m.end() if m else i


def _antes_dos_brancos(dados: bytes, fim: int) -> int:
    while fim and dados[fim - 1] in BRANCOS:
        fim -= 1
    return fim


def _exagero(dados: bytes) -> Erro | None:
    """Refuses shapes that cost far more to parse than their bytes. Each is found by a linear scan.

    A file too short to hold so many is not even scanned (8 µs of the 55 that reading 8 kB costs).
    """
    if len(dados) > 5 * LIMITE_DECLARACOES_XMLNS and dados.count(b"xmlns") > LIMITE_DECLARACOES_XMLNS:
        return como_erro("SEP-XML-NAMESPACES")
    if len(dados) > LIMITE_IGUAIS and dados.count(b"=") > LIMITE_IGUAIS:
        return como_erro("SEP-XML-ATRIBUTOS")
    if len(dados) > LIMITE_MARCAS and dados.count(b"<") > LIMITE_MARCAS:
        return como_erro("SEP-XML-MARCAS")
    return None


# --- shape of the text, without a parse -------------------------------------------------------------------------


def _sem_cauda(dados: bytes) -> int:
    """Returns the offset after the last byte that is neither blank nor part of a trailing comment."""
    fim = _antes_dos_brancos(dados, len(dados))
    while dados.endswith(b"-->", 0, fim):
        abre = dados.rfind(b"<!--", 0, fim)
        if abre < 0:
            return fim
        fim = _antes_dos_brancos(dados, abre)
    return fim


def fim_da_raiz(dados: bytes) -> int:
    """Returns the offset after the root's end tag, for bytes that already parsed."""
    return _sem_cauda(dados)


# --- messages ---------------------------------------------------------------------------------------------------


def _recusa(erro: Erro) -> Recusa:
    return Recusa((erro,))


def _grande(tamanho: int, limite: int) -> Erro:
    return Erro(
        "SEP-XML-TAMANHO",
        "SEP",
        f"O arquivo tem {milhar(tamanho)} bytes; o limite é de {milhar(limite)} bytes.",
        "Confira se o arquivo é mesmo um XML fiscal; um CT-e assinado não passa de 512 KB.",
    )


def _dtd(linha: int | None) -> Erro:
    return como_erro("SEP-XML-DTD", linha)


def _nao_xml(dados: bytes, i: int) -> Erro:
    if not dados.strip(BRANCOS):
        return malformado("o arquivo está vazio", None)
    return nao_comeca(dados, i)


def _erro_codificacao(achada: str, linha: int) -> Erro:
    return Erro(
        "402",
        "C05",
        f'A codificação do XML é {achada}. O certo: UTF-8, por exemplo <?xml version="1.0" encoding="UTF-8"?>.',
        "Configure o sistema emissor para gravar o XML em UTF-8.",
        linha,
    )
