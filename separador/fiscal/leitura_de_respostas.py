"""Reads answers as widely as is safe: what decides is ASCII, so a foreign byte elsewhere must not make one unreadable.

An answer that the strict reader takes is left alone. Of any other one the wrapping is taken off (gzip, MIME parts,
blanks and NULs around it), its text is decoded, and what XML does not allow inside a text is written so that it is seen
and not believed: `&null;` becomes six letters, a control character a question mark. Nothing is ever closed, completed
or moved, so an answer that stops in the middle stays unreadable. Limits and the ban of DTDs are those of `leitura`.
"""

import codecs
import html
import re
import zlib
from dataclasses import dataclass
from html.entities import name2codepoint

from lxml import etree

from separador.fiscal.leitura import BOM, LIMITE_BYTES, Lido, ler
from separador.nucleo.erro import Recusa

_REPARAVEIS = frozenset({"243", "402"})
"""Malformed, or not UTF-8. Every other refusal is a limit, and stands."""
_COMPRIMIDO = re.compile(rb"\x1f\x8b|\x78[\x01\x5e\x9c\xda]")
_FRONTEIRA = re.compile(rb"[ \t\r\n]*--([^\r\n]{1,100})\r?\n")
_FIM_DOS_CABECALHOS = re.compile(rb"\r?\n\r?\n")
_DECLARACAO = re.compile(r"<\?xml[ \t\r\n][^>]{0,200}?\?>")
_CODIFICACAO = re.compile(r"""encoding[ \t\r\n]*=[ \t\r\n]*["']([A-Za-z0-9._-]{1,40})["']""")
_ENTORNO = "\0 \t\r\n\x1a\ufeff"
_ALTOS = bytes(range(128, 256))
_ALTOS_DEMAIS = 100_000
"""With more foreign bytes than this a file is decoded as a whole: looking at each costs a microsecond."""
_FAMILIA_LATINA = frozenset({"iso8859-1", "cp1252"})

_CONTROLES = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF, *range(0xD800, 0xE000)), "?")
_SEM_MARCAS = re.compile(r"<!\[CDATA\[|<!--|<\?")
_FECHA = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_E_COMERCIAL = re.compile(r"&(#[0-9]{1,7};|#x[0-9A-Fa-f]{1,6};|[A-Za-z_][A-Za-z0-9_.-]{0,40};)?")
_REFERENCIAS = 100_000
_DO_XML = frozenset({"amp;", "lt;", "gt;", "quot;", "apos;"})

_PAGINA = re.compile(r"<(?:!doctype\s+html|html)[\s>]", re.IGNORECASE)
_TITULO = re.compile(r"<(title|h1)[^<>]{0,200}>([^<]{1,2000})", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Aberta:
    """An answer that can be read. `lido.dados` are its bytes in UTF-8; `notas` say what was odd (Portuguese)."""

    lido: Lido
    notas: tuple[str, ...] = ()


def abrir(bruto: bytes, limite_bytes: int = LIMITE_BYTES) -> Aberta | Recusa:
    """Reads the bytes of an answer as they came. Refused with the codes of `leitura.ler`."""
    direto = ler(bruto, limite_bytes)
    if isinstance(direto, Lido):
        return Aberta(direto)
    if not _reparavel(direto):
        return direto
    notas: list[str] = []
    aberto = desembalar(bruto, limite_bytes, notas)
    if aberto is None:
        return direto
    texto = _aparar(_decodificar(aberto, notas), notas)
    lido = ler(texto.encode("utf-8", "replace"), limite_bytes)
    if isinstance(lido, Recusa) and _reparavel(lido):
        reparado = _reparar(texto, notas)
        lido = ler(reparado.encode("utf-8", "replace"), limite_bytes)
    return Aberta(lido, tuple(dict.fromkeys(notas))) if isinstance(lido, Lido) else lido


def _reparavel(recusa: Recusa) -> bool:
    return all(e.codigo in _REPARAVEIS for e in recusa.erros)


def embutido(raiz: etree._Element) -> bytes | None:
    """Returns the first text inside that is itself a document (`&lt;retCTe…`, or the same in CDATA)."""
    for elemento in raiz.iter(etree.Element):
        texto = (elemento.text or "").strip()
        if texto.startswith("<") and texto.endswith(">"):
            return texto.encode()
    return None


def pagina(bruto: bytes) -> str | None:
    """Returns the title of a page of HTML, empty when it has none. None: the bytes are no such page."""
    aberto = desembalar(bruto, LIMITE_BYTES, [])
    texto = _decodificar((aberto if aberto is not None else bruto)[:65536], [])
    if _PAGINA.search(texto[:2048]) is None:
        return None
    achado = _TITULO.search(texto)
    titulo = " ".join(html.unescape(achado.group(2)).split()) if achado is not None else ""
    return "".join(c for c in titulo if c.isprintable())[:80]


# --- the wrapping -----------------------------------------------------------------------------------------------


def desembalar(bruto: bytes, limite_bytes: int, notas: list[str]) -> bytes | None:
    """Takes off compression and MIME parts. None: the compressed bytes are damaged, incomplete or too many."""
    dados = bruto
    if _COMPRIMIDO.match(dados):
        descompressor = zlib.decompressobj(32 + zlib.MAX_WBITS)  # gzip or zlib, by its own header
        try:
            dados = descompressor.decompress(dados, limite_bytes + 1)
        except zlib.error:
            return None
        if not descompressor.eof or len(dados) > limite_bytes:
            return None
        notas.append("veio comprimida")
    fronteira = _FRONTEIRA.match(dados)
    return _primeira_parte(dados, fronteira.group(1).rstrip(), notas) if fronteira is not None else dados


def _primeira_parte(dados: bytes, fronteira: bytes, notas: list[str]) -> bytes:
    """Returns the first part of a MIME body that begins like XML; the whole body when there is none."""
    for parte in dados.split(b"--" + fronteira, _PARTES)[1:]:
        achado = _FIM_DOS_CABECALHOS.search(parte)
        corpo = parte[achado.end() :] if achado is not None else parte
        if corpo.lstrip(b" \t\r\n\0").removeprefix(BOM).startswith(b"<"):
            notas.append("veio em partes MIME (multipart)")
            return corpo
    return dados


_PARTES = 20


def _decodificar(dados: bytes, notas: list[str]) -> str:
    utf16 = next((n for inicio, n in _UTF16 if dados.startswith(inicio)), None)
    if utf16 is not None:
        notas.append("veio em UTF-16")
        return dados.decode(utf16, "replace")
    dados = dados.removeprefix(BOM)
    declarada = _declarada(dados)
    try:
        texto = dados.decode("utf-8")
    except UnicodeDecodeError:
        return _de_um_byte(dados, declarada, notas)
    if declarada not in (None, "utf-8", "ascii"):
        notas.append(f"declara {declarada}, mas está em UTF-8")
    return texto


_UTF16 = ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))


def _declarada(dados: bytes) -> str | None:
    """Returns Python's name of the encoding in the XML declaration; None for none, or one that nobody knows."""
    inicio = dados[:400].decode("latin-1").lstrip(_ENTORNO)
    declaracao = _DECLARACAO.match(inicio)
    achada = _CODIFICACAO.search(declaracao.group()) if declaracao is not None else None
    try:
        return codecs.lookup(achada.group(1)).name if achada is not None else None
    except LookupError:
        return None


def _de_um_byte(dados: bytes, declarada: str | None, notas: list[str]) -> str:
    """Decodes what is not UTF-8: as declared, else each foreign byte by itself, so that the UTF-8 around it stays."""
    if declarada in _FAMILIA_LATINA or declarada == "iso8859-15":
        notas.append(f"veio em {declarada}")
        return _latino(dados) if declarada in _FAMILIA_LATINA else dados.decode(declarada)
    notas.append("tem bytes fora do UTF-8, lidos como Windows-1252")
    if len(dados) - len(dados.translate(None, _ALTOS)) > _ALTOS_DEMAIS:
        return _latino(dados)
    return dados.decode("utf-8", _ESTRANHOS)


def _latino(dados: bytes) -> str:
    """Decodes Windows-1252, of which ISO-8859-1 is a part; the five bytes that it leaves open as ISO-8859-1."""
    try:
        return dados.decode("cp1252")
    except UnicodeDecodeError:
        return dados.decode("latin-1")


_ESTRANHOS = "separador-estranhos"


def _um_estranho(erro: UnicodeError) -> tuple[str, int]:
    if not isinstance(erro, UnicodeDecodeError):
        raise erro
    return _latino(erro.object[erro.start : erro.end]), erro.end


codecs.register_error(_ESTRANHOS, _um_estranho)


def _aparar(texto: str, notas: list[str]) -> str:
    """Drops what stands around the document, and the declaration, which may name another encoding."""
    aparado = texto.strip(_ENTORNO)
    antes, _, depois = texto.partition(aparado) if aparado else (texto, "", "")
    if antes.strip("\ufeff") or "\0" in depois or "\x1a" in depois:
        notas.append("tem brancos ou bytes nulos em volta do XML")
    declaracao = _DECLARACAO.match(aparado)
    return aparado[declaracao.end() :] if declaracao is not None else aparado


# --- what XML does not allow in a text --------------------------------------------------------------------------


def _reparar(texto: str, notas: list[str]) -> str:
    """Writes entities that nobody declared, loose `&` and control characters as text. Marks are never touched."""
    limpo = texto.translate(_CONTROLES)
    if limpo != texto:
        notas.append("tem caracteres de controle")
    if limpo.count("&") > _REFERENCIAS:
        return limpo  # no answer has so many: looking at each costs a microsecond
    partes: list[str] = []
    inicio = 0
    while (abre := _SEM_MARCAS.search(limpo, inicio)) is not None:
        fecha = _FECHA[abre.group()]
        fim = limpo.find(fecha, abre.end())
        if fim < 0:
            break  # it stops in the middle, and is not read anyway
        partes += (_sem_entidades(limpo[inicio : abre.start()], notas), limpo[abre.start() : fim + len(fecha)])
        inicio = fim + len(fecha)
    return "".join((*partes, _sem_entidades(limpo[inicio:], notas)))


def _sem_entidades(trecho: str, notas: list[str]) -> str:
    def trocar(achado: re.Match[str]) -> str:
        nome = achado.group(1)
        if nome is None:
            _notar(notas, "tem um & solto")
            return "&amp;"
        if nome in _DO_XML or (nome.startswith("#") and _permitido(nome)):
            return achado.group()
        _notar(notas, f"usa a entidade desconhecida &{nome}")
        ponto = name2codepoint.get(nome[:-1], 0)
        return chr(ponto) if ponto > 127 else f"&amp;{nome}"

    return _E_COMERCIAL.sub(trocar, trecho)


_NOTAS = 20


def _notar(notas: list[str], nota: str) -> None:
    if len(notas) < _NOTAS and nota not in notas:
        notas.append(nota)


def _permitido(referencia: str) -> bool:
    """Says whether a reference like `#233;` or `#xE9;` names a character that XML allows."""
    corpo = referencia[1:-1]
    ponto = int(corpo[1:], 16) if corpo.startswith("x") else int(corpo)
    return ponto in (9, 10, 13) or (32 <= ponto <= 0x10FFFF and ponto not in _CONTROLES)
