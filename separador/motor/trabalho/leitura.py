"""What a worker does with a group of claimed files: read, understand, prepare, stage. No database, no decisions.

Runs in a worker process, or in the service process with `trabalhadores: 0`. One document's failure is its own
(confiabilidade.md W11): this is one of the two places that catch broadly.
"""

import hashlib
import os
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from separador.capacidades.cte.arquivos.leitura import _retorno, _valido
from separador.capacidades.ecac.arquivos import leitura as ecac_leitura
from separador.capacidades.ecac.arquivos.guia import GuiasLidas
from separador.capacidades.ecac.arquivos.lidos import ComprovantesLidos
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Segredo, restaurar
from separador.fiscal.consultas import ConsultaLida, e_consulta, ler_consulta
from separador.fiscal.inclusoes import NADA, Inclusoes
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Preparado, Rascunho, SemCertificado, arrematar, iniciar
from separador.fiscal.retornos import ErroTransmissor, Retorno
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.rota import Regra
from separador.pastas import publicacao

LIMITE_XML = 20 * 1024 * 1024
LIMITE_PEDIDO = 8 * 1024 * 1024  # an order for a proof of delivery may bring its picture, or 2,000 keys


@dataclass(frozen=True, slots=True)
class Recursos:
    """What the worker holds between groups: environment ("1"/"2"), one signer per CNPJ, what documents are to get."""

    tp_amb: str
    assinadores: Mapping[str, Assinador]
    inclusoes: Inclusoes = NADA


@dataclass(frozen=True, slots=True)
class RecursosEnviados:
    """The same in a form that goes through a pipe."""

    tp_amb: str
    segredos: Mapping[str, Segredo]
    inclusoes: Inclusoes = NADA

    def montar(self) -> Recursos:
        """Restore the keys."""
        return Recursos(
            self.tp_amb, {c: Assinador(restaurar(s)) for c, s in self.segredos.items()}, inclusoes=self.inclusoes
        )


@dataclass(frozen=True, slots=True)
class ArquivoATratar:
    """One claimed file to be worked on. With `pasta`, what is to be published there is staged as `provisorio`."""

    caminho: bytes
    regra: Regra
    nome: bytes
    pasta: Path | None = None
    provisorio: bytes = b""
    limite: int | None = None


@dataclass(frozen=True, slots=True)
class Copia:
    """A plain file, staged byte by byte."""


@dataclass(frozen=True, slots=True)
class PedidoLido:
    """An order file, not yet judged."""

    dados: bytes


@dataclass(frozen=True, slots=True)
class Incidente:
    """An unexpected error around this one document; the traceback is for `dados/incidentes/` only."""

    tipo: str
    rastro: str


@dataclass(frozen=True, slots=True)
class PastaFalhou:
    """The destination's folder failed: the files of the group wait for it."""

    pasta: Path
    codigo: str
    mensagem: str
    o_que_fazer: str


Conteudo = (
    Preparado
    | Recusa
    | SemCertificado
    | Retorno
    | ErroTransmissor
    | PedidoLido
    | ConsultaLida
    | GuiasLidas
    | ComprovantesLidos
    | Copia
    | Incidente
    | PastaFalhou
)


@dataclass(frozen=True, slots=True)
class Parecer:
    """What a worker found. `dados`: the bytes as read, where they are needed; `saida_sha256`: what was staged."""

    sha256: str
    tamanho: int
    conteudo: Conteudo
    dados: bytes = b""
    saida_sha256: str | None = None
    comprimido: bytes = b""
    retorno_valido: bool = False

    @property
    def assinado(self) -> bytes:
        """Signed bytes of a prepared document, back from `comprimido`: they travel and are kept that way."""
        return zlib.decompress(self.comprimido)


def copiar(arquivo: ArquivoATratar) -> Parecer:
    """A plain file, staged byte by byte."""
    tamanho = os.stat(arquivo.caminho, follow_symlinks=False).st_size
    if arquivo.limite is not None and tamanho > arquivo.limite:
        return Parecer("", tamanho, _grande(tamanho, arquivo.limite))
    if arquivo.pasta is None:
        raise ValueError("mover sem pasta de destino")
    resumo = publicacao.preparar_copia(arquivo.pasta, arquivo.caminho, arquivo.provisorio).hex()
    return Parecer(resumo, tamanho, Copia(), saida_sha256=resumo)


def ler_arquivo(arquivo: ArquivoATratar) -> bytes | Parecer:
    """The whole file, or the refusal of one that is too large."""
    limite = arquivo.limite or (LIMITE_PEDIDO if arquivo.regra is Regra.PEDIDO else LIMITE_XML)
    fd = os.open(arquivo.caminho, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        tamanho = os.fstat(fd).st_size
        if tamanho > limite:
            with os.fdopen(fd, "rb", closefd=False) as aberto:
                resumo = hashlib.file_digest(aberto, "sha256").hexdigest()
            return Parecer(resumo, tamanho, _grande(tamanho, limite))
        partes = []
        while parte := os.read(fd, tamanho + 1):  # at the size just seen, and once more to find the end
            partes.append(parte)
        return b"".join(partes)
    finally:
        os.close(fd)


def _grande(tamanho: int, limite: int) -> Recusa:
    return Recusa(
        (
            Erro(
                "SEP-TAMANHO",
                "SEP",
                f"O arquivo tem {tamanho:,} bytes; o limite desta rota é {limite:,}.".replace(",", "."),
                "Verifique se o arquivo é mesmo deste tipo; o limite é a opção tamanho_maximo_mb da rota.",
            ),
        )
    )


@dataclass(frozen=True, slots=True)
class Comecado:
    """An export that is still to be sealed (`fiscal.preparo.selar`) and finished (`arrematado`)."""

    sha256: str
    tamanho: int
    rascunho: Rascunho


def arrematado(c: Comecado) -> Parecer:
    """What came of it. A prepared document still has its signed bytes with it (`lacrar`)."""
    return Parecer(c.sha256, c.tamanho, arrematar(c.rascunho))


def entender(arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> Parecer | Comecado:
    """What the bytes are, by the route's rule."""
    sha256 = hashlib.sha256(dados).hexdigest()
    if arquivo.regra in ecac_leitura.DO_ECAC:
        return Parecer(sha256, len(dados), ecac_leitura.ler(arquivo.regra, dados))
    if arquivo.regra is Regra.PEDIDO:
        return Parecer(sha256, len(dados), PedidoLido(dados))
    if arquivo.regra is Regra.CTE_RETORNO:
        retorno = _retorno(arquivo, dados)
        return Parecer(sha256, len(dados), retorno, dados, retorno_valido=_valido(retorno, dados))
    if arquivo.regra is Regra.CTE_CONSULTA:
        return Parecer(sha256, len(dados), ler_consulta(dados, contexto.tp_amb))
    conteudo = iniciar(dados, contexto)
    if isinstance(conteudo, Rascunho):
        return Comecado(sha256, len(dados), conteudo)
    if arquivo.regra is Regra.CTE_ENVIO and e_consulta(conteudo):  # by its root, never by its name (NOM-01)
        return Parecer(sha256, len(dados), ler_consulta(dados, contexto.tp_amb))
    return Parecer(sha256, len(dados), conteudo)


def lacrar(parecer: Parecer, pasta: Path | None) -> tuple[Parecer, bytes]:
    """A prepared document as it travels and is kept, and the file to stage in `pasta` (b"" when there is none)."""
    conteudo = parecer.conteudo
    if not isinstance(conteudo, Preparado):
        return parecer, b""
    comprimido, leve = zlib.compress(conteudo.assinado, 1), conteudo.sem_bytes()
    if pasta is None:
        return Parecer(parecer.sha256, parecer.tamanho, leve, comprimido=comprimido), b""
    saida = com_declaracao(conteudo.assinado)
    resumo = hashlib.sha256(saida).hexdigest()
    return Parecer(parecer.sha256, parecer.tamanho, leve, saida_sha256=resumo, comprimido=comprimido), saida
