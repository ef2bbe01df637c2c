"""Decides whether a file is complete, from samples, a lease and the end of its content.

It is pure: the caller looks at the disk. A modification time proves nothing: `cp -p` copies it from the source. So the
change time and the inode are sampled too, and time is counted between our own looks on the monotonic clock.
"""

import json
import re
from dataclasses import dataclass
from enum import StrEnum

FATOR_ABERTO = 5.0
"""A file whose content is known to be unfinished waits so many quiet times, and is then taken as it is."""


class Ocupacao(StrEnum):
    """The kernel's answer about writers, asked with a read lease (`fcntl` `F_SETLEASE`)."""

    LIVRE = "livre"
    EM_USO = "em uso"
    DESCONHECIDO = "desconhecido"


class Motivo(StrEnum):
    """The reasons why a file waits. The value is the text for the operator."""

    VAZIO = "arquivo vazio: aguardando o conteúdo"
    EM_USO = "arquivo aberto por outro programa: ainda está sendo gravado"
    LIGADO = "arquivo com um segundo nome (link): aguardando ficar só com este"
    MUDANDO = "arquivo recente: aguardando parar de mudar"
    INACABADO = "conteúdo incompleto: o documento ainda não foi fechado"
    ILEGIVEL = "arquivo não pode ser lido"
    INTOMAVEL = "arquivo não pode ser retirado da pasta"
    TEMPORARIO = "nome temporário: quem grava ainda não terminou"
    SEM_REGRA = "nenhuma rota desta pasta aceita este nome"
    SEM_MARCADOR = "aguardando o arquivo marcador"
    MARCADOR_SO = "arquivo marcador sem o documento dele"


@dataclass(frozen=True, slots=True)
class Amostra:
    """One look at a file: size in bytes, times in ns since the epoch, inode, and the instant (monotonic seconds)."""

    tamanho: int
    mtime_ns: int
    ctime_ns: int
    inode: int
    visto_em_s: float

    def mesma(self, outra: "Amostra") -> bool:
        """Says whether nothing that a write changes differs.

        Times are compared in nanoseconds: in whole seconds a second change would be missed.
        """
        return (
            self.mtime_ns == outra.mtime_ns
            and self.tamanho == outra.tamanho
            and self.ctime_ns == outra.ctime_ns
            and self.inode == outra.inode
        )


@dataclass(frozen=True, slots=True)
class Pronto:
    """The file may be claimed."""


@dataclass(frozen=True, slots=True)
class Esperar:
    """The file is not ready. Look again at `ate_s` (monotonic seconds)."""

    ate_s: float
    motivo: Motivo


PRONTO = Pronto()


def referencia(anterior: Amostra | None, nova: Amostra) -> Amostra:
    """Returns the sample from which the quiet time counts: the first one since the file last changed."""
    if anterior is not None and anterior.mesma(nova) and anterior.visto_em_s <= nova.visto_em_s:
        return anterior
    return nova


def decidir(
    anterior: Amostra | None,
    nova: Amostra,
    *,
    ocupacao: Ocupacao,
    fechado: bool | None,
    tempo_quieto_s: float,
    tempo_aberto_s: float | None = None,
    prometido: bool = False,
    ligacoes: int = 1,
) -> Pronto | Esperar:
    """Judges a file afresh.

    `anterior` is the `referencia` kept from earlier looks (None at the first). `fechado` says whether the XML root or
    the JSON value is closed (None: the content does not tell). `prometido` says that the producer left its marker.
    `tempo_aberto_s` replaces the quiet time for content known to be unfinished (default `FATOR_ABERTO` quiet times). A
    file that is empty, has an open writer or a second name (`ligacoes`) is never ready: by its other name it can be
    changed while we read it.
    """
    proximo_s = nova.visto_em_s + tempo_quieto_s
    if nova.tamanho == 0:
        return Esperar(proximo_s, Motivo.VAZIO)
    if ocupacao is Ocupacao.EM_USO:
        return Esperar(proximo_s, Motivo.EM_USO)
    if ligacoes != 1:
        return Esperar(proximo_s, Motivo.LIGADO)
    if prometido or (ocupacao is Ocupacao.LIVRE and fechado):
        return PRONTO
    if fechado is False:
        prazo_s = tempo_aberto_s if tempo_aberto_s is not None else tempo_quieto_s * FATOR_ABERTO
        return _quieto(anterior, nova, prazo_s, Motivo.INACABADO)
    return _quieto(anterior, nova, tempo_quieto_s, Motivo.MUDANDO)


def _quieto(anterior: Amostra | None, nova: Amostra, prazo_s: float, motivo: Motivo) -> Pronto | Esperar:
    ate_s = referencia(anterior, nova).visto_em_s + prazo_s
    return PRONTO if nova.visto_em_s >= ate_s else Esperar(ate_s, motivo)


_ABRE_RAIZ = re.compile(rb"(?>\s*(?:<\?.*?\?>|<!--.*?-->))*+\s*<([A-Za-z_][\w.:-]*)", re.DOTALL)
"""The group is atomic: what was read as a comment is never read again as a longer one.

Without that, sixty comments would take for ever.
"""
_BOM8 = b"\xef\xbb\xbf"


def conteudo_fechado(dados: bytes) -> bool | None:
    """Says whether the XML root or the JSON value in these bytes is closed.

    Returns None where the content does not tell. `dados` is the whole file, or its beginning and end joined when it is
    large. The answer only decides when to look; the parser decides whether the document is good.
    """
    corpo = dados.removeprefix(_BOM8).lstrip()
    if corpo[:1] == b"<":
        return _xml_fechado(corpo)
    if corpo[:1] in (b"{", b"["):
        return _json_fechado(corpo)
    return None


def _xml_fechado(corpo: bytes) -> bool | None:
    raiz = _ABRE_RAIZ.match(corpo)
    if raiz is None:
        return None if corpo[:2] == b"<!" else False
    nome = raiz[1]
    fim = _sem_rabo(corpo)
    if re.search(rb"</" + re.escape(nome) + rb"\s*>\Z", fim[-len(nome) - 64 :]):
        if corpo.find(b"<" + nome, raiz.end()) == -1:
            return True
        return corpo.count(b"</" + nome) >= len(re.findall(rb"<" + re.escape(nome) + rb"(?=[\s>/])", corpo))
    return fim.endswith(b"/>") and corpo.find(b"<", raiz.end()) in (-1, len(fim))


def _sem_rabo(corpo: bytes) -> bytes:
    """Returns the bytes without what may follow a root: blanks, comments, processing instructions."""
    fim = corpo.rstrip()
    while fim.endswith((b"-->", b"?>")):
        inicio = fim.rfind(b"<!--" if fim.endswith(b"-->") else b"<?")
        if inicio <= 0:
            break
        fim = fim[:inicio].rstrip()
    return fim


def _json_fechado(corpo: bytes) -> bool | None:
    try:
        json.loads(corpo)
    except RecursionError:
        return None
    except ValueError:  # also bytes that are not UTF-8: they may be unfinished
        return False
    return True
