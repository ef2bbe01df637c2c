"""Reads, understands and prepares one claimed file, without database and without decisions.

It runs in a worker process, or in the service process with `trabalhadores: 0`.
"""

import hashlib
import os
import stat
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path

from separador.fiscal.assinatura import Assinador
from separador.fiscal.certificado import Segredo, fora_da_validade, restaurar
from separador.fiscal.inclusoes import NADA, Inclusoes
from separador.fiscal.nomes import com_declaracao
from separador.fiscal.preparo import ContextoPreparo, Preparado, Rascunho, arrematar
from separador.motor.trabalho.andamento import nada
from separador.motor.trabalho.parecer import ArquivoATratar, ComDados, Comecado, Copia, Inquieto, Parecer
from separador.nucleo import capacidade
from separador.nucleo.erro import Erro, Recusa
from separador.pastas import publicacao
from separador.pastas.lugar import abertos


@dataclass(frozen=True, slots=True)
class Recursos:
    """The things a worker keeps between groups: environment ("1"/"2"), a signer per CNPJ, what documents are to get.

    `equipamento`: what capabilities give to their own readers, by name. `aos_poucos`: as in `ContextoPreparo`.
    """

    tp_amb: str
    assinadores: Mapping[str, Assinador]
    inclusoes: Inclusoes = NADA
    equipamento: Mapping[str, object] = field(default_factory=dict)
    aos_poucos: bool = False


class Assinadores(Mapping[str, Assinador]):
    """Signers by CNPJ. A key is restored when it first signs."""

    def __init__(self, segredos: Mapping[str, Segredo]) -> None:
        self.segredos = segredos
        self._prontos: dict[str, Assinador] = {}

    def __getitem__(self, cnpj: str) -> Assinador:
        """Returns the signer of a company."""
        if cnpj not in self._prontos:
            self._prontos[cnpj] = Assinador(restaurar(self.segredos[cnpj]))
        return self._prontos[cnpj]

    def __iter__(self) -> Iterator[str]:
        """Yields the companies."""
        return iter(self.segredos)

    def __len__(self) -> int:
        """Returns how many there are."""
        return len(self.segredos)

    def __contains__(self, cnpj: object) -> bool:
        """Says whether a company has one, without restoring it."""
        return cnpj in self.segredos


class EmVigor(Mapping[str, Assinador]):
    """The signers that are in force. A company whose certificate is not has none (`get`): only a look at it tells, so
    that of thousands of keys only those are restored that are asked for."""

    def __init__(self, assinadores: Mapping[str, Assinador], agora: datetime) -> None:
        self._assinadores = assinadores
        self._agora = agora

    def __getitem__(self, cnpj: str) -> Assinador:
        """Returns the signer of a company."""
        assinador = self._assinadores[cnpj]
        if fora_da_validade(assinador.certificado.identidade, self._agora) is not None:
            raise KeyError(cnpj)
        return assinador

    def __iter__(self) -> Iterator[str]:
        """Yields the companies, in force or not."""
        return iter(self._assinadores)

    def __len__(self) -> int:
        """Returns how many there are, in force or not."""
        return len(self._assinadores)


@dataclass(frozen=True, slots=True)
class RecursosEnviados:
    """The same as `Recursos`, in a form that goes through a pipe."""

    tp_amb: str
    segredos: Mapping[str, Segredo]
    inclusoes: Inclusoes = NADA
    equipamento: Mapping[str, object] = field(default_factory=dict)

    sem: tuple[str, ...] | None = None
    """Companies that are gone since the message before; None: the message has everything."""

    def montar(self, antes: Recursos | None = None) -> Recursos:
        """Returns what the worker works with from now on. `antes`: what it worked with."""
        segredos = dict(self.segredos)
        if self.sem is not None and antes is not None and isinstance(antes.assinadores, Assinadores):
            segredos = {c: s for c, s in antes.assinadores.segredos.items() if c not in self.sem} | segredos
        return Recursos(self.tp_amb, Assinadores(segredos), self.inclusoes, self.equipamento)

    def desde(self, antes: "RecursosEnviados") -> "RecursosEnviados":
        """Returns the message for a worker that has `antes`: of thousands of keys it gets those that changed."""
        novos = {c: s for c, s in self.segredos.items() if antes.segredos.get(c) != s}
        return replace(self, segredos=novos, sem=tuple(c for c in antes.segredos if c not in self.segredos))


_BLOCO = 1024 * 1024


def copiar(arquivo: ArquivoATratar, vivo: Callable[[], None] = nada) -> Parecer:
    """Stages a plain file byte by byte, and says so as it goes. Refuses one that is too large."""
    with _tomado(arquivo) as (fd, dono):
        tamanho = dono.st_size
        if not _so_nosso(dono):
            return Parecer("", tamanho, Inquieto())
        if arquivo.limite is not None and tamanho > arquivo.limite:
            return Parecer("", tamanho, _grande(tamanho, arquivo.limite))
        if arquivo.pasta is None:
            raise ValueError("mover sem pasta de destino")
        resumo = publicacao.preparar_copia(arquivo.pasta, fd, dono, arquivo.provisorio, vivo).hex()
    return Parecer(resumo, tamanho, Copia(), saida_sha256=resumo)


@contextmanager
def _tomado(arquivo: ArquivoATratar) -> Iterator[tuple[int, os.stat_result]]:
    """Opens the claim. It is judged and read by this one descriptor."""
    fd = os.open(abertos.onde(arquivo.caminho), os.O_RDONLY | os.O_NOFOLLOW | os.O_CLOEXEC | os.O_NONBLOCK)
    try:
        yield fd, os.fstat(fd)
    finally:
        os.close(fd)


def _so_nosso(dono: os.stat_result) -> bool:
    """Says whether it is a regular file with one name: through another name it could be changed while it is read."""
    return stat.S_ISREG(dono.st_mode) and dono.st_nlink == 1


def ler_arquivo(arquivo: ArquivoATratar, vivo: Callable[[], None] = nada) -> bytes | Parecer:
    """Returns the whole file, or the refusal of one that is too large. Says so as it goes."""
    limite = arquivo.limite or capacidade.regra(arquivo.regra).limite or capacidade.LIMITE_BYTES
    with _tomado(arquivo) as (fd, dono):
        tamanho = dono.st_size
        if not _so_nosso(dono):
            return Parecer("", tamanho, Inquieto())
        if tamanho > limite:
            resumo = hashlib.sha256()
            while parte := os.read(fd, _BLOCO):
                resumo.update(parte)
                vivo()
            return Parecer(resumo.hexdigest(), tamanho, _grande(tamanho, limite))
        partes = []
        # First the size just seen, then once more to find the end; a large file in blocks, since its disk may be slow.
        while parte := os.read(fd, min(tamanho + 1, _BLOCO)):
            partes.append(parte)
            vivo()
        return b"".join(partes)


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


def arrematado(c: Comecado) -> Parecer:
    """Returns the result of an export. A prepared document still has its signed bytes with it (`lacrar`)."""
    return Parecer(c.sha256, c.tamanho, arrematar(c.rascunho))


def entender(arquivo: ArquivoATratar, dados: bytes, contexto: ContextoPreparo) -> Parecer | Comecado:
    """Returns what the bytes are, by the reader of the route's rule. Raises LookupError when the rule has none."""
    referencia = capacidade.regra(arquivo.regra).ler
    if referencia is None:
        raise LookupError(f"a regra {arquivo.regra} não lê arquivos")
    sha256 = hashlib.sha256(dados).hexdigest()
    conteudo = capacidade.resolver(referencia)(arquivo, dados, contexto)
    if isinstance(conteudo, Rascunho):
        return Comecado(sha256, len(dados), conteudo)
    if isinstance(conteudo, ComDados):
        return Parecer(sha256, len(dados), conteudo.conteudo, dados, retorno_valido=conteudo.valido)
    return Parecer(sha256, len(dados), conteudo)


def lacrar(parecer: Parecer, pasta: Path | None) -> tuple[Parecer, bytes]:
    """Returns a prepared document as it travels and is kept, and the file to stage in `pasta` (b"": there is none)."""
    conteudo = parecer.conteudo
    if not isinstance(conteudo, Preparado):
        return parecer, b""
    comprimido, leve = zlib.compress(conteudo.assinado, 1), conteudo.sem_bytes()
    if pasta is None:
        return Parecer(parecer.sha256, parecer.tamanho, leve, comprimido=comprimido), b""
    saida = com_declaracao(conteudo.assinado)
    resumo = hashlib.sha256(saida).hexdigest()
    return Parecer(parecer.sha256, parecer.tamanho, leve, saida_sha256=resumo, comprimido=comprimido), saida
