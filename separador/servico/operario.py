"""What a worker does with a group of claimed files: read, understand, prepare, stage. No database, no decisions.

Runs in a worker process, or in the service process with `trabalhadores: 0`. One document's failure is its own
(confiabilidade.md W11): this is one of the two places that catch broadly.
"""

import hashlib
import os
import traceback
import zlib
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from pathlib import Path

from separador.dominio.erro import Erro, Recusa
from separador.dominio.rota import Regra
from separador.dominio.tipo import FAMILIAS, Tipo
from separador.fiscal import esquema
from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Segredo, fora_da_validade, restaurar
from separador.fiscal.consultas import ConsultaLida, e_consulta, ler_consulta
from separador.fiscal.inclusoes import NADA, Inclusoes
from separador.fiscal.leitura import Lido, ler
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Preparado, SemCertificado, preparar
from separador.fiscal.retornos import ErroTransmissor, Retorno, interpretar, interpretar_err
from separador.fiscal.verificacao import verificar
from separador.pastas import publicacao
from separador.pastas.disco import PROPRIA, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, PastaSumiu
from separador.pastas.gravacao import apagar

LIMITE_XML = 20 * 1024 * 1024
LIMITE_PEDIDO = 8 * 1024 * 1024  # an order for a proof of delivery may bring its picture, or 2,000 keys


@dataclass(frozen=True, slots=True)
class Bancada:
    """What the worker holds between groups: environment ("1"/"2"), one signer per CNPJ, what documents are to get."""

    tp_amb: str
    assinadores: Mapping[str, Assinador]
    inclusoes: Inclusoes = NADA


@dataclass(frozen=True, slots=True)
class Equipamento:
    """The same in a form that goes through a pipe."""

    tp_amb: str
    segredos: Mapping[str, Segredo]
    inclusoes: Inclusoes = NADA

    def montar(self) -> Bancada:
        """Restore the keys."""
        return Bancada(
            self.tp_amb, {c: Assinador(restaurar(s)) for c, s in self.segredos.items()}, inclusoes=self.inclusoes
        )


@dataclass(frozen=True, slots=True)
class Encargo:
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


def trabalhar(bancada: Bancada, agora: datetime, encargos: Sequence[Encargo]) -> list[Parecer]:
    """Work on a group; one answer per file, in order. What was staged is durable when this returns."""
    validos = {
        cnpj: a
        for cnpj, a in bancada.assinadores.items()
        # Documents wait for a certificate that is in force; they are not rejected (CERT-05).
        if fora_da_validade(a.certificado.identidade, agora) is None
    }
    contexto = ContextoPreparo(bancada.tp_amb, agora, validos, bancada.inclusoes)
    pareceres = [_um(e, contexto) for e in encargos]
    return _firmar(encargos, pareceres)


def _um(encargo: Encargo, contexto: ContextoPreparo) -> Parecer:
    try:
        if encargo.regra is Regra.MOVER:
            return _copiar(encargo)
        dados = _ler(encargo)
        if isinstance(dados, Parecer):
            return dados
        return _entender(encargo, dados, contexto)
    except FalhaDePasta as falha:
        return Parecer("", 0, PastaFalhou(falha.pasta, falha.codigo, falha.mensagem, falha.o_que_fazer))
    except Exception as erro:  # noqa: BLE001 - around one document (W11)
        lote = Path(os.fsdecode(os.path.dirname(encargo.caminho)))
        if isinstance(erro, FileNotFoundError) and not lote.is_dir():
            # The disk of the work folder went away, not the file: it waits for it, and is no culprit of anything.
            sumiu = PastaSumiu(lote.parent, erro)
            return Parecer("", 0, PastaFalhou(sumiu.pasta, sumiu.codigo, sumiu.mensagem, sumiu.o_que_fazer))
        return Parecer("", 0, Incidente(type(erro).__name__, traceback.format_exc()))


def _copiar(encargo: Encargo) -> Parecer:
    tamanho = os.stat(encargo.caminho, follow_symlinks=False).st_size
    if encargo.limite is not None and tamanho > encargo.limite:
        return Parecer("", tamanho, _grande(tamanho, encargo.limite))
    if encargo.pasta is None:
        raise ValueError("mover sem pasta de destino")
    resumo = publicacao.preparar_copia(encargo.pasta, encargo.caminho, encargo.provisorio).hex()
    return Parecer(resumo, tamanho, Copia(), saida_sha256=resumo)


def _ler(encargo: Encargo) -> bytes | Parecer:
    limite = encargo.limite or (LIMITE_PEDIDO if encargo.regra is Regra.PEDIDO else LIMITE_XML)
    fd = os.open(encargo.caminho, os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    with os.fdopen(fd, "rb") as aberto:
        tamanho = os.fstat(fd).st_size
        if tamanho > limite:
            resumo = hashlib.file_digest(aberto, "sha256").hexdigest()
            return Parecer(resumo, tamanho, _grande(tamanho, limite))
        return aberto.read()


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


def _entender(encargo: Encargo, dados: bytes, contexto: ContextoPreparo) -> Parecer:
    sha256 = hashlib.sha256(dados).hexdigest()
    if encargo.regra is Regra.PEDIDO:
        return Parecer(sha256, len(dados), PedidoLido(dados))
    if encargo.regra is Regra.CTE_RETORNO:
        retorno = _retorno(encargo, dados)
        return Parecer(sha256, len(dados), retorno, dados, retorno_valido=_valido(retorno, dados))
    if encargo.regra is Regra.CTE_CONSULTA:
        return Parecer(sha256, len(dados), ler_consulta(dados, contexto.tp_amb))
    conteudo = preparar(dados, contexto)
    if encargo.regra is Regra.CTE_ENVIO and e_consulta(conteudo):  # by its root, never by its name (NOM-01)
        return Parecer(sha256, len(dados), ler_consulta(dados, contexto.tp_amb))
    if not isinstance(conteudo, Preparado):
        return Parecer(sha256, len(dados), conteudo)
    comprimido = zlib.compress(conteudo.assinado, 1)
    leve = replace(conteudo, assinado=b"")
    if encargo.pasta is None:
        return Parecer(sha256, len(dados), leve, comprimido=comprimido)
    saida = com_declaracao(conteudo.assinado)
    publicacao.preparar(encargo.pasta, saida, encargo.provisorio)
    resumo = hashlib.sha256(saida).hexdigest()
    return Parecer(sha256, len(dados), leve, saida_sha256=resumo, comprimido=comprimido)


def _retorno(encargo: Encargo, dados: bytes) -> Retorno | ErroTransmissor | Recusa:
    if encargo.nome.lower().endswith(b".err"):
        return interpretar_err(dados)
    retorno = interpretar(dados)
    if isinstance(retorno, Recusa):
        return retorno
    return _conferir_embutidos(retorno)


def entender_resposta(dados: bytes) -> Parecer:
    """What an answer says that came over the network: read and checked like one that came in a file."""
    retorno = interpretar(dados)
    conteudo = retorno if isinstance(retorno, Recusa) else _conferir_embutidos(retorno)
    inteiro = com_declaracao(dados)
    resumo = hashlib.sha256(inteiro).hexdigest()
    return Parecer(resumo, len(inteiro), conteudo, inteiro, retorno_valido=_valido(conteudo, dados))


_COM_ESQUEMA = frozenset({*(f.retorno for f in FAMILIAS.values()), Tipo.RET_EVENTO})


def _valido(retorno: Retorno | ErroTransmissor | Recusa, dados: bytes) -> bool:
    """Whether the official schema takes the answer as it came (here, so that the service need not ask)."""
    if not isinstance(retorno, Retorno) or retorno.tipo not in _COM_ESQUEMA:
        return False
    lido = ler(dados)
    return isinstance(lido, Lido) and lido.tipo is retorno.tipo and not esquema.validar(lido.raiz, lido.tipo)


def _conferir_embutidos(retorno: Retorno) -> Retorno | Recusa:
    """The signature of a document that comes inside an answer is verified before anything is believed (CTE-14)."""
    for resposta in retorno.respostas:
        if resposta.documento is None:
            continue
        lido = ler(resposta.documento)
        achado = verificar(resposta.documento) if not isinstance(lido, Recusa) else lido
        if isinstance(achado, Recusa):
            return Recusa(achado.erros, resposta.chave)
    return retorno


def _firmar(encargos: Sequence[Encargo], pareceres: list[Parecer]) -> list[Parecer]:
    """Make durable what the group staged, one folder at a time. A folder that fails takes back all its files."""
    por_pasta: dict[Path, list[int]] = {}
    for i, (encargo, parecer) in enumerate(zip(encargos, pareceres, strict=True)):
        if parecer.saida_sha256 is not None and encargo.pasta is not None:
            por_pasta.setdefault(encargo.pasta, []).append(i)
    for pasta, indices in por_pasta.items():
        try:
            caminhos = [publicacao.caminho_provisorio(pasta, encargos[i].provisorio) for i in indices]
            publicacao.descarregar(pasta, caminhos, fios=_fios())
            sincronizar_pasta(pasta / PROPRIA)
        except FalhaDePasta as falha:
            falhou = PastaFalhou(falha.pasta, falha.codigo, falha.mensagem, falha.o_que_fazer)
            for i in indices:
                apagar(publicacao.caminho_provisorio(pasta, encargos[i].provisorio))
                pareceres[i] = Parecer(pareceres[i].sha256, pareceres[i].tamanho, falhou)
    return pareceres


@cache
def _fios() -> ThreadPoolExecutor:
    """Threads that only wait for the disk; made in the process that works, never before a fork."""
    return ThreadPoolExecutor(8, thread_name_prefix="descarga")


def aquecer() -> None:
    """Load the schemas: once in the fork server, so that every worker is born with them."""
    esquema.precarregar()
