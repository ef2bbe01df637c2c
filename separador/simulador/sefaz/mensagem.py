"""Unpacks and reads one message as SEFAZ's program receives it, and finds the document it is about."""

import base64
import binascii
import re
import zlib
from dataclasses import dataclass, replace
from datetime import datetime

from separador.fiscal.leitura import Lido, fim_da_raiz, ler
from separador.fiscal.nomes import INF_CTE, INF_EVENTO, LIMITE_ASSINADO_BYTES, ds, q
from separador.nucleo.chave import FORMATO_CHAVE, partes
from separador.nucleo.erro import Recusa
from separador.simulador.sefaz.contrato import Autorizador, Contrato, Grupo

_LIMITE_BYTES = 8 * 1024 * 1024
_CHAVE_NO_TEXTO = re.compile(rb"(?:Id=[\"']CTe|<chCTe>)([0-9A-Z]{44})")


@dataclass(frozen=True, slots=True)
class Chamador:
    """The holder of the certificate that opened the connection."""

    cnpj: str | None
    cpf: str | None

    @property
    def quem(self) -> str:
        """Returns CNPJ, or CPF, or ""."""
        return self.cnpj or self.cpf or ""


@dataclass(frozen=True, slots=True)
class Mensagem:
    """One message. `lido` is None when `erro` gives the reason: (cStat, detail).

    `chave` and the other fields are "" or 0 where there is none. `dados`: the payload's root element alone, as it was
    sent, without what stands before it. `gzip`: the same compressed, when it came so.
    """

    contrato: Contrato
    autorizador: Autorizador
    chamador: Chamador
    quando: datetime
    dados: bytes
    lido: Lido | None
    erro: tuple[str, str] | None
    chave: str = ""
    tp_evento: str = ""
    n_seq: int = 0
    digest: str = ""
    gzip: bytes = b""

    @property
    def numero(self) -> int:
        """Returns nCT in the key; 0 when there is no key."""
        return int(partes(self.chave).numero) if self.chave else 0

    @property
    def serie(self) -> int:
        """Returns the series in the key; -1 when there is no key."""
        return int(partes(self.chave).serie) if self.chave else -1

    @property
    def natural(self) -> str:
        """Returns issuer, model, series and number, which no two authorised keys share."""
        return natural(self.chave)

    @property
    def uf(self) -> str:
        """Returns cUF of the answer."""
        return self.chave[:2] or "35"

    def texto(self, *caminho: str) -> str:
        """Returns the text under the root, by names in the CT-e namespace."""
        return (self.lido.raiz.findtext("/".join(q(n) for n in caminho)) or "") if self.lido is not None else ""


def natural(chave: str) -> str:
    """Returns CNPJ, model, series and number of any key."""
    return chave[6:34]


def montar(
    recado: bytes, contrato: Contrato, autorizador: Autorizador, chamador: Chamador, quando: datetime
) -> Mensagem:
    """Builds the message. Never raises: a message that cannot be read has an `erro`."""
    gzip, dados, erro = _descompactar(recado) if contrato.compactado else (b"", recado, None)
    lido = ler(dados) if erro is None else None
    if isinstance(lido, Recusa):
        achado = lido.erros[0]
        cstat = achado.codigo if achado.codigo.isdigit() else "243"
        lido, erro = None, (cstat, achado.mensagem)
    if lido is None:
        achada = _CHAVE_NO_TEXTO.search(dados)
        chave = achada.group(1).decode() if achada else ""
        return Mensagem(contrato, autorizador, chamador, quando, dados, None, erro, _chave(chave))
    return _identificar(Mensagem(contrato, autorizador, chamador, quando, dados, lido, None, gzip=gzip), lido)


def _descompactar(recado: bytes) -> tuple[bytes, bytes, tuple[str, str] | None]:
    """Unpacks base64 of gzip, as reception receives it. Returns the gzip, its content and the error.

    The size is limited, so that a decompression bomb is a message too big.
    """
    try:
        gzip = base64.b64decode(recado.strip(), validate=True)
        fluxo = zlib.decompressobj(16 + zlib.MAX_WBITS)
        dados = fluxo.decompress(gzip, _LIMITE_BYTES)
    except (binascii.Error, ValueError, zlib.error):
        return b"", b"", ("244", "")
    if len(dados) > LIMITE_ASSINADO_BYTES:
        return b"", b"", ("214", "")
    return (gzip, dados, None) if fluxo.eof else (b"", b"", ("244", ""))


def _identificar(m: Mensagem, lido: Lido) -> Mensagem:
    raiz = lido.raiz
    chave, tp_evento, n_seq = "", "", ""
    if m.contrato.grupo is Grupo.RECEPCAO:
        inf = raiz.find(INF_CTE)
        chave = (inf.get("Id") or "")[3:] if inf is not None else ""
    elif m.contrato.grupo is Grupo.EVENTO:
        inf = raiz.find(INF_EVENTO)
        textos = [(inf.findtext(q(n)) or "") if inf is not None else "" for n in ("chCTe", "tpEvento", "nSeqEvento")]
        chave, tp_evento, n_seq = textos
    elif m.contrato.grupo is Grupo.CONSULTA:
        chave = raiz.findtext(q("chCTe")) or ""
    digest = next((d.text or "" for d in raiz.iter(ds("DigestValue"))), "")
    sequencia = int(n_seq) if n_seq.isascii() and n_seq.isdigit() and len(n_seq) < 9 else 0
    dados = lido.dados[lido.inicio : fim_da_raiz(lido.dados)]
    return replace(
        m, dados=dados, gzip=m.gzip if len(dados) == len(lido.dados) else b"",
        chave=_chave(chave), tp_evento=tp_evento[:6], n_seq=sequencia, digest=digest,
    )  # fmt: skip


def _chave(texto: str) -> str:
    return texto if FORMATO_CHAVE.fullmatch(texto) else ""
