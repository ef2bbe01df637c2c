"""Reads what the national distribution answers: retDistDFeInt and the documents inside it (NT 2015.002).

Everything here comes from outside. Each document is unpacked within a bound. A document that cannot be read is a value
that says why, with its bytes as they came; it never stops the others.
"""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass
from typing import Literal

from lxml import etree

from separador.fiscal.leitura_de_respostas import abrir
from separador.nucleo.chave import FORMATO_CHAVE
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.nome_de_saida import Nome, evento_processado, processado
from separador.nucleo.tipo import DOCUMENTOS, FAMILIAS, Tipo

LIMITE_DOCUMENTO = 2 * 1024 * 1024
"""The bytes that one document may have unpacked: four times what a signed CT-e may have (rule 214)."""
_GZIP = 16 + zlib.MAX_WBITS
_NSU = re.compile(r"[0-9]{1,15}")
_FORA_DE_NOME = re.compile(r"[^A-Za-z0-9._-]+")
_PROCESSADOS = frozenset(f.processado for f in FAMILIAS.values())


@dataclass(frozen=True, slots=True)
class Pacote:
    """One docZip.

    `conteudo` is the XML. Where it could not be unpacked, it is the docZip's text as it came, and `defeito` says why.
    """

    nsu: int
    esquema: str
    conteudo: bytes
    defeito: str | None = None


@dataclass(frozen=True, slots=True)
class Lote:
    """One answer. `ult_nsu` and `max_nsu` are None where the answer has none."""

    tp_amb: str
    cstat: str
    motivo: str
    ult_nsu: int | None
    max_nsu: int | None
    pacotes: tuple[Pacote, ...]


@dataclass(frozen=True, slots=True)
class Classificado:
    """The kind of a document, by its root and not by its @schema.

    `mes`: AAAA-MM of the key, None when there is no key. `pedir_de_novo`: it came damaged, and another copy may be
    good.
    """

    especie: Literal["documento", "evento", "outro"]
    nome: Nome
    chave: str | None = None
    mes: str | None = None
    tp_evento: str | None = None
    n_seq: int | None = None
    defeito: str | None = None
    pedir_de_novo: bool = False


def interpretar_lote(dados: bytes) -> Lote | Recusa:
    """Reads an answer. Refused when it is not XML, not a retDistDFeInt, or a docZip has no usable NSU."""
    aberta = abrir(dados)
    if isinstance(aberta, Recusa):
        return aberta
    lido = aberta.lido
    raiz = next((e for e in lido.raiz.iter("{*}retDistDFeInt")), None)
    cstat = _texto(raiz, "cStat")
    if raiz is None or not re.fullmatch(r"[0-9]{3,4}", cstat):
        return Recusa((_nao_e_lote(lido.raiz_local),))
    zips = list(raiz.iterfind("{*}loteDistDFeInt/{*}docZip"))
    if not all(_NSU.fullmatch(z.get("NSU", "")) for z in zips):
        return Recusa((_nao_e_lote("docZip sem NSU"),))
    return Lote(
        _texto(raiz, "tpAmb"),
        cstat,
        _texto(raiz, "xMotivo"),
        _numero(_texto(raiz, "ultNSU")),
        _numero(_texto(raiz, "maxNSU")),
        tuple(_abrir(z) for z in zips),
    )


def _texto(pai: etree._Element | None, nome: str) -> str:
    return (pai.findtext(f"{{*}}{nome}") or "").strip() if pai is not None else ""


def _numero(texto: str) -> int | None:
    return int(texto) if _NSU.fullmatch(texto) else None


def _abrir(doc_zip: etree._Element) -> Pacote:
    nsu, esquema = int(doc_zip.get("NSU", "")), doc_zip.get("schema", "")
    texto = (doc_zip.text or "").encode()
    aberto = descompactar(texto)
    if isinstance(aberto, str):
        return Pacote(nsu, esquema, texto, aberto)
    return Pacote(nsu, esquema, aberto)


def descompactar(texto: bytes) -> bytes | str:
    """Unpacks base64(gzip(xml)) into xml, within `LIMITE_DOCUMENTO`. Else returns the reason in Portuguese."""
    try:
        comprimido = base64.b64decode(b"".join(texto.split()), validate=True)
        d = zlib.decompressobj(_GZIP)
        aberto = d.decompress(comprimido, LIMITE_DOCUMENTO + 1)
    except binascii.Error:
        return "o conteúdo não é base64"
    except zlib.error:
        return "o conteúdo não é gzip, ou está corrompido"
    if len(aberto) > LIMITE_DOCUMENTO:
        return f"o documento descompactado passa de {LIMITE_DOCUMENTO // 1024} kB"
    return aberto if d.eof else "o conteúdo gzip está incompleto"


def classificar(p: Pacote) -> Classificado:
    """Returns name and month of a document. An unknown one keeps its number and schema in the name, and says why."""
    if p.defeito is not None:
        return _bruto(p, b".bruto", p.defeito, pedir_de_novo=True)
    aberta = abrir(p.conteudo, LIMITE_DOCUMENTO)
    if isinstance(aberta, Recusa):
        return _bruto(p, b".xml", aberta.erros[0].mensagem, pedir_de_novo=True)
    lido = aberta.lido
    if lido.tipo in _PROCESSADOS:
        return _documento(p, lido.raiz)
    if lido.tipo is Tipo.PROC_EVENTO:
        return _evento(p, lido.raiz)
    return _bruto(p, b".xml", f"o elemento raiz <{lido.raiz_local}> não é de documento nem de evento conhecido")


def _documento(p: Pacote, raiz: etree._Element) -> Classificado:
    inf = next((e.find("{*}infCte") for e in raiz if isinstance(e.tag, str) and _local(e) in DOCUMENTOS), None)
    do_documento = (inf.get("Id") or "")[3:] if inf is not None else ""
    chave = raiz.findtext("{*}protCTe/{*}infProt/{*}chCTe") or do_documento
    if not FORMATO_CHAVE.fullmatch(chave) or (do_documento and do_documento != chave):
        return _bruto(p, b".xml", "o documento não diz, ou contradiz, a sua chave")
    return Classificado("documento", processado(chave), chave, _mes(chave))


def _evento(p: Pacote, raiz: etree._Element) -> Classificado:
    inf = raiz.find("{*}eventoCTe/{*}infEvento")
    if inf is None:
        inf = raiz.find("{*}retEventoCTe/{*}infEvento")
    chave, tipo, seq = _texto(inf, "chCTe"), _texto(inf, "tpEvento"), _texto(inf, "nSeqEvento")
    if not FORMATO_CHAVE.fullmatch(chave) or not re.fullmatch(r"[0-9]{6}", tipo) or not re.fullmatch("[0-9]{1,3}", seq):
        return _bruto(p, b".xml", "o evento não diz a chave, o tipo ou a sequência")
    n_seq = int(seq)
    return Classificado("evento", evento_processado(chave, tipo, n_seq), chave, _mes(chave), tipo, n_seq)


def _local(elemento: etree._Element) -> str:
    return str(etree.QName(elemento).localname)


def _mes(chave: str) -> str:
    return f"20{chave[2:4]}-{chave[4:6]}"


def _bruto(p: Pacote, extensao: bytes, defeito: str, *, pedir_de_novo: bool = False) -> Classificado:
    esquema = _FORA_DE_NOME.sub("_", p.esquema).removesuffix(".xsd")[:60].strip("._-") or "sem-esquema"
    return Classificado(
        "outro", Nome(f"{p.nsu:015d}-{esquema}".encode(), extensao), defeito=defeito, pedir_de_novo=pedir_de_novo
    )


def _nao_e_lote(achado: str) -> Erro:
    return Erro(
        "SEP-DIST-ILEGIVEL",
        "SEP",
        f"A resposta da distribuição não é um retDistDFeInt legível ({achado}).",
        "Nada a fazer: o mesmo NSU é pedido de novo na próxima hora. Se repetir, envie o detalhe a quem mantém o "
        "separador.",
        tag="retDistDFeInt",
    )
