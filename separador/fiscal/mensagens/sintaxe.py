"""Says in Portuguese why bytes are no XML: what was found, where, near what."""

import re
from typing import NamedTuple

from lxml import etree

from separador.nucleo.erro import Erro
from separador.nucleo.falha import como_erro
from separador.nucleo.texto.letras import mostrar, nomear

_T = etree.ErrorTypes
_AO_REDOR = 25
_GERE = "Gere o arquivo de novo no sistema emissor."

_MOTIVOS = (
    (re.compile(r"Excessive depth"), "SEP-XML-PROFUNDO"),
    (re.compile(r"huge|[Ll]imit|Resource|too long|Maximum"), "SEP-XML-LIMITE"),
)


class _Forma(NamedTuple):
    """`motivo` may use what `nomes` finds in libxml2's words: tags and attributes of the document, never its prose."""

    motivo: str
    o_que_fazer: str = _GERE
    nomes: re.Pattern[str] | None = None


_E_COMERCIAL = _Forma(
    "há um & solto; o certo é &amp;", "No sistema emissor, grave & como &amp; e gere o arquivo de novo."
)
_CONTROLE = _Forma(
    "há um caractere de controle, que o XML não aceita",
    "Apague o caractere no sistema emissor e gere o arquivo de novo.",
)
_REFERENCIA = _Forma("há uma referência &#…; de um caractere que o XML não aceita; o certo é, por exemplo, &#225;")
_NOME = _Forma(
    "há um < que não começa uma tag; no texto, o certo é &lt;",
    "No sistema emissor, grave < como &lt; e gere o arquivo de novo.",
)
_ASPAS = _Forma('falta fechar aspas, ou o atributo não está entre aspas; o certo é, por exemplo, versao="4.00"')
_ACABA = _Forma("o arquivo acaba no meio", "Grave o arquivo inteiro de novo: copie com outro nome e renomeie no fim.")
_COMENTARIO = _Forma("o comentário <!-- não foi fechado com --> ou tem -- dentro", "Gere o arquivo sem comentários.")
_DECLARACAO = _Forma(
    'a declaração não está certa; o certo é <?xml version="1.0" encoding="UTF-8"?>', "Corrija a declaração."
)

_FORMAS: dict[int, _Forma] = {
    _T.ERR_TAG_NAME_MISMATCH: _Forma(
        "a tag <{0}> é fechada como </{1}>; o certo é </{0}>", _GERE, re.compile(r"mismatch: (\S+) .*and (\S+)$")
    ),
    _T.ERR_TAG_NOT_FINISHED: _ACABA,
    _T.ERR_GT_REQUIRED: _Forma("falta o > que fecha a tag; o certo é, por exemplo, </CTe>"),
    _T.ERR_LTSLASH_REQUIRED: _ACABA,
    _T.ERR_DOCUMENT_END: _Forma("há conteúdo depois do fim do elemento raiz", "Grave um documento só em cada arquivo."),
    _T.ERR_UNDECLARED_ENTITY: _Forma(
        "entidade &{0}; desconhecida; o certo é a própria letra", _GERE, re.compile(r"Entity '([^']+)'")
    ),
    _T.WAR_UNDECLARED_ENTITY: _Forma(
        "entidade &{0}; desconhecida; o certo é a própria letra", _GERE, re.compile(r"Entity '([^']+)'")
    ),
    _T.ERR_ENTITYREF_NO_NAME: _E_COMERCIAL,
    _T.ERR_ENTITYREF_SEMICOL_MISSING: _E_COMERCIAL,
    _T.ERR_ATTRIBUTE_REDEFINED: _Forma(
        "o atributo {0} aparece duas vezes", "Deixe só um.", re.compile(r"Attribute (\S+) redefined")
    ),
    _T.NS_ERR_UNDEFINED_NAMESPACE: _Forma(
        "o prefixo {0} não foi declarado", "Gere o XML sem prefixos.", re.compile(r"[Nn]amespace prefix (\S+)")
    ),
    _T.ERR_INVALID_CHAR: _CONTROLE,
    _T.ERR_INVALID_CHARREF: _REFERENCIA,
    _T.ERR_INVALID_DEC_CHARREF: _REFERENCIA,
    _T.ERR_INVALID_HEX_CHARREF: _REFERENCIA,
    _T.ERR_ATTRIBUTE_NOT_STARTED: _ASPAS,
    _T.ERR_ATTRIBUTE_NOT_FINISHED: _ASPAS,
    _T.ERR_ATTRIBUTE_WITHOUT_VALUE: _ASPAS,
    _T.ERR_LT_IN_ATTRIBUTE: _ASPAS,
    _T.ERR_NAME_REQUIRED: _NOME,
    _T.ERR_MISPLACED_CDATA_END: _Forma("há ]]> no texto; o certo é ]]&gt;"),
    _T.ERR_CDATA_NOT_FINISHED: _Forma("o trecho <![CDATA[ não foi fechado com ]]>"),
    _T.ERR_COMMENT_NOT_FINISHED: _COMENTARIO,
    _T.ERR_HYPHEN_IN_COMMENT: _COMENTARIO,
    _T.ERR_PI_NOT_FINISHED: _Forma("a instrução <? não foi fechada com ?>", "Gere o arquivo sem instruções <? … ?>."),
    _T.ERR_VERSION_MISSING: _DECLARACAO,
    _T.ERR_UNKNOWN_VERSION: _DECLARACAO,
    _T.ERR_XMLDECL_NOT_FINISHED: _DECLARACAO,
    _T.ERR_DOCUMENT_EMPTY: _Forma("o arquivo não começa como XML; o certo é começar com <"),
}
_PELO_TEXTO = (("EntityRef", _E_COMERCIAL), ("CharRef", _REFERENCIA))
"""What shares its code with another mistake."""
_OUTRA = _Forma("há um erro de sintaxe; o certo é <tag>valor</tag>")


def da_sintaxe(erro: etree.XMLSyntaxError, dados: bytes) -> Erro:
    """Returns what the parser refused. Its own words are English: they only give names of tags."""
    texto = erro.msg or ""
    for padrao, codigo in _MOTIVOS:
        if padrao.search(texto):
            return como_erro(codigo, erro.lineno)
    linha, coluna = erro.position
    codigo_da_libxml2 = int(getattr(erro, "code", 0))
    if codigo_da_libxml2 == _T.ERR_RESERVED_XML_NAME:
        return _declaracao_fora_do_lugar(dados)
    forma = next((f for trecho, f in _PELO_TEXTO if trecho in texto), None) or _FORMAS.get(codigo_da_libxml2, _OUTRA)
    achado = forma.nomes.search(texto.split(", line")[0]) if forma.nomes else None
    motivo = forma.motivo.format(*achado.groups()) if achado else forma.motivo.replace("{0}", "…").replace("{1}", "…")
    return malformado(f"{motivo}{_perto(dados, linha, coluna)}", linha, forma.o_que_fazer)


def malformado(motivo: str, linha: int | None, o_que_fazer: str = _GERE) -> Erro:
    """Returns the error of bytes that are no XML (243)."""
    return Erro("243", "B02", f"XML mal formado: {motivo}.", o_que_fazer, linha)


def nao_comeca(dados: bytes, onde: int) -> Erro:
    """Returns the error of a file whose first letter is no <."""
    inicio = dados[onde : onde + 80].decode("utf-8", "replace")
    if not inicio:
        return malformado("o arquivo acaba antes da primeira tag; o certo é começar com <", 1)
    motivo = f"o arquivo não começa como XML: começa com {nomear(inicio[0])}, em «{mostrar(inicio[:40])}»"
    return malformado(f"{motivo}; o certo é começar com <", 1 + dados.count(b"\n", 0, onde))


def _declaracao_fora_do_lugar(dados: bytes) -> Erro:
    onde = dados.find(b"<?xml")
    antes = dados[:onde].decode("utf-8", "replace").lstrip("\ufeff")
    if onde > 0 and antes and not antes.strip():
        motivo = f"antes da declaração <?xml … ?> há {nomear(antes[0])}; o certo é a declaração ser o início do arquivo"
        return malformado(motivo, 1, "Apague o que vem antes da declaração e gere o arquivo de novo.")
    segunda = dados.find(b"<?xml", onde + 1) if onde <= 0 or not antes else onde
    motivo = "há uma declaração <?xml … ?> no meio do arquivo; o certo é um documento só em cada arquivo"
    linha = 1 + dados.count(b"\n", 0, max(segunda, 0))
    return malformado(motivo, linha, "Grave um documento em cada arquivo, com a declaração só no início.")


def _perto(dados: bytes, linha: int, coluna: int) -> str:
    """Returns the part of the file around a place, as the parser counts it."""
    inicio = 0
    for _ in range(linha - 1):
        inicio = dados.find(b"\n", inicio) + 1
    de = max(inicio, inicio + coluna - 1 - _AO_REDOR)
    pedaco = dados[de : de + 2 * _AO_REDOR].decode("utf-8", "ignore").strip()
    return f", perto de «{mostrar(pedaco)}»" if pedaco else ""
