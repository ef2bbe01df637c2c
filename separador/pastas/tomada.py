"""Claims complete files: moves them out of the origin into a work folder of ours, durably.

A claimed file is out of sight of everybody else, so that it is not taken twice. It is not yet proven still: a writer
that had it open goes on writing into the moved file. So each claim is looked at again.
"""

import errno
import os
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from separador.nucleo.arquivo_completo import Amostra, Ocupacao, Pronto, conteudo_fechado, decidir, referencia
from separador.nucleo.texto.razao import do_sistema
from separador.pastas.achados import Candidato
from separador.pastas.disco import mover_para_livre, sincronizar_pasta
from separador.pastas.erros import DA_PASTA, FalhaDePasta, classificar, traduzindo
from separador.pastas.exame import Ausente, Especial, Fechado, Vista, olhar
from separador.pastas.lugar import abertos
from separador.pastas.lugar.abertos import Onde
from separador.pastas.posse import plano


@dataclass(frozen=True, slots=True)
class Tomado:
    """A file in our hands: `trabalho/<lote>/<nome>`."""

    lote: str
    nome: bytes


@dataclass(frozen=True, slots=True)
class NaoTomado:
    """A file that stayed where it was, with the reason for the operator."""

    nome: bytes
    motivo: str


@dataclass(frozen=True, slots=True)
class Tomados:
    """The result of claiming a group. `tomados` are still and may be read. `ainda_mudando` are ours too, but their
    writer has not finished: see `AindaMudando`. `sumidos` vanished before the claim. `falha` is set when the folder
    failed half-way."""

    lote: str
    tomados: tuple[Tomado, ...]
    ainda_mudando: tuple[Tomado, ...]
    sumidos: tuple[bytes, ...]
    recusados: tuple[NaoTomado, ...]
    falha: FalhaDePasta | None = None


def tomar(
    origem: Path, candidatos: Sequence[Candidato], trabalho: Path, lote: str, *, agora_s: float, arrendar: bool = True
) -> Tomados:
    """Claims a group of files into the new folder `trabalho/<lote>` (same device as the origin).

    The names are durable in the new folder before their absence is in the old one, so that a power failure finds each
    file in one of the two. One file's failure stops no other. Raises `FalhaDePasta` when nothing could be claimed
    because of the folder. After a claim the failure is a field of the answer, never a reason to forget what was taken.
    """
    pasta = trabalho / lote
    with traduzindo(trabalho):
        os.mkdir(abertos.em(trabalho, os.fsencode(lote)), 0o750)
        try:
            plano.comecar(trabalho, lote)
        except OSError:
            limpar_lote(trabalho, lote)
            raise
        la = abertos.em(pasta, b"")
    sincronizar_pasta(trabalho)
    levados, sumidos, recusados, falha = _levar(origem, candidatos, pasta, la)
    if not levados:
        limpar_lote(trabalho, lote)
        if falha is not None:
            raise falha
    else:
        falha = _firmar(pasta, origem) or falha
    quietos: list[Tomado] = []
    mudando: list[Tomado] = []
    for candidato in levados:
        tomado = Tomado(lote, candidato.nome)
        vista = olhar(la + candidato.nome, agora_s, arrendar=arrendar)
        if isinstance(vista, Especial):  # swapped for something else between the look and the claim
            try:
                recusados.append(NaoTomado(devolver(trabalho, tomado, origem), str(vista)))
            except FalhaDePasta as erro:
                mudando.append(tomado)  # it stays in our hands, where recovery finds it
                falha = falha or erro
        else:
            (quietos if isinstance(vista, Vista) and _parado(candidato, vista) else mudando).append(tomado)
    return Tomados(lote, tuple(quietos), tuple(mudando), tuple(sumidos), tuple(recusados), falha)


def _levar(
    origem: Path, candidatos: Sequence[Candidato], pasta: Path, para: Onde
) -> tuple[list[Candidato], list[bytes], list[NaoTomado], FalhaDePasta | None]:
    levados: list[Candidato] = []
    sumidos: list[bytes] = []
    recusados: list[NaoTomado] = []
    try:
        de = abertos.em(origem, b"")
    except OSError as erro:
        return levados, sumidos, recusados, classificar(erro, origem)
    for candidato in candidatos:
        try:
            os.rename(de + candidato.nome, para + candidato.nome)
        except FileNotFoundError:
            sumidos.append(candidato.nome)
            falha = _sumiu(origem, pasta)
            if falha is not None:
                return levados, sumidos, recusados, falha
        except OSError as erro:
            if erro.errno in DA_PASTA:
                return levados, sumidos, recusados, classificar(erro, origem)
            recusados.append(NaoTomado(candidato.nome, do_sistema(erro.errno or errno.EIO)))
        else:
            levados.append(candidato)
            falha = _levar_marcador(de, candidato, para, origem)
            if falha is not None:
                return levados, sumidos, recusados, falha
    return levados, sumidos, recusados, None


def _sumiu(origem: Path, pasta: Path) -> FalhaDePasta | None:
    """Returns what became of the folders, when a file is not there; None when both are, so that only the file is
    gone."""
    try:
        with traduzindo(origem):
            os.stat(origem)
        ha = abertos.existe(pasta)
    except FalhaDePasta as falha:
        return falha
    return None if ha else classificar(FileNotFoundError(errno.ENOENT, ""), origem)


def _levar_marcador(de: bytes, candidato: Candidato, para: bytes, origem: Path) -> FalhaDePasta | None:
    """Renames the marker after its file, which is ours whatever becomes of the marker. Returns why it stayed. `de` and
    `para` are folders, ending in the slash."""
    if candidato.marcador is None:
        return None
    try:
        os.rename(de + candidato.marcador, para + candidato.marcador)
    except FileNotFoundError:
        return None  # whoever put it took it away
    except OSError as erro:
        return classificar(erro, origem)
    return None


def _firmar(pasta: Path, origem: Path) -> FalhaDePasta | None:
    try:
        sincronizar_pasta(pasta)
        sincronizar_pasta(origem)
    except FalhaDePasta as falha:
        return falha
    return None


def _parado(candidato: Candidato, vista: Vista) -> bool:
    """Says whether the claimed file is the one that was judged complete. ctime is not compared: the rename itself
    changes it."""
    antes, depois = candidato.amostra, vista.amostra
    return (
        vista.ocupacao is not Ocupacao.EM_USO
        and vista.ligacoes == 1
        and depois.inode == antes.inode
        and depois.tamanho == antes.tamanho
        and depois.mtime_ns == antes.mtime_ns
    )


@dataclass(slots=True)
class AindaMudando:
    """Claims whose writer had not finished: they settle in their work folder, by the rule of the origin.

    `trabalho` is where new ones lie. One that an earlier run left may lie in another.
    """

    trabalho: Path
    tempo_quieto_s: float
    arrendar: bool = True
    fechado: Fechado = conteudo_fechado
    _bases: dict[Tomado, Amostra | None] = field(default_factory=dict)
    _onde: dict[Tomado, Path] = field(default_factory=dict)
    _ligados: dict[Tomado, float] = field(default_factory=dict)

    def acolher(self, tomado: Tomado, trabalho: Path | None = None) -> None:
        """Takes a claim in. `trabalho`: its work folder, when it is not the one of new claims."""
        self._bases.setdefault(tomado, None)
        self._onde.setdefault(tomado, trabalho or self.trabalho)

    def de_novo(self) -> "AindaMudando":
        """Returns another one with the same claims, none of them looked at yet."""
        dados = dict.fromkeys(self._bases)
        onde = dict(self._onde)
        return AindaMudando(self.trabalho, self.tempo_quieto_s, self.arrendar, self.fechado, dados, onde)

    def pendentes(self) -> list[Tomado]:
        """Returns the claims that still settle."""
        return list(self._bases)

    def assentando(self) -> bool:
        """Says whether a claim settles by itself. One with a second name waits for somebody to remove that."""
        return len(self._ligados) < len(self._bases)

    def ligados(self, ate_s: float) -> list[Tomado]:
        """Returns the claims that have had a second name since `ate_s` (monotonic) or longer."""
        return [tomado for tomado, desde_s in self._ligados.items() if desde_s <= ate_s]

    def examinar(self, agora_s: float) -> list[tuple[Path, Tomado]]:
        """Returns the claims that are complete now (or gone: reading them will say so), each with its work folder. They
        leave. `agora_s` is monotonic. Raises `FalhaDePasta`: then all stay."""
        with traduzindo(self.trabalho):
            prontos = [tomado for tomado in self._bases if self._assentou(tomado, agora_s)]
        for tomado in prontos:
            del self._bases[tomado]
            self._ligados.pop(tomado, None)
        return [(self._onde.pop(tomado), tomado) for tomado in prontos]

    def _assentou(self, tomado: Tomado, agora_s: float) -> bool:
        try:
            caminho = abertos.em(self._onde[tomado] / tomado.lote, tomado.nome)
        except FileNotFoundError:
            return True
        vista = olhar(caminho, agora_s, arrendar=self.arrendar, fechado=self.fechado)
        if not isinstance(vista, Vista):
            return isinstance(vista, Ausente)
        base = self._bases[tomado]
        decisao = decidir(
            base,
            vista.amostra,
            ocupacao=vista.ocupacao,
            fechado=vista.fechado,
            tempo_quieto_s=self.tempo_quieto_s,
            ligacoes=vista.ligacoes,
        )
        self._bases[tomado] = referencia(base, vista.amostra)
        if vista.ligacoes == 1:
            self._ligados.pop(tomado, None)
        else:
            self._ligados.setdefault(tomado, agora_s)
        return isinstance(decisao, Pronto)


def listar_tomados(trabalho: Path) -> list[Tomado]:
    """Returns every claim under the work folder, for recovery, in order of lote and name.

    Raises `FalhaDePasta` when it cannot be listed: a work folder that is gone is not an empty one.
    """
    tomados: list[Tomado] = []
    with traduzindo(trabalho):
        for lote in _lotes(trabalho):
            aqui = abertos.abrir(trabalho / lote)
            with os.scandir(aqui.base) as entradas:
                nomes = sorted(e.name for e in entradas if e.is_file(follow_symlinks=False))
            tomados += [Tomado(lote, nome) for nome in nomes]
    return tomados


def listar_lotes(trabalho: Path) -> list[str]:
    """Returns every lote folder, empty ones included."""
    with traduzindo(trabalho):
        return _lotes(trabalho)


def _lotes(trabalho: Path) -> list[str]:
    aqui = abertos.abrir(trabalho)
    with os.scandir(aqui.caminho) as entradas:
        return sorted(e.name for e in entradas if e.is_dir(follow_symlinks=False))


def devolver(trabalho: Path, tomado: Tomado, origem: Path) -> bytes:
    """Puts a claim back into its origin without covering anything. Returns the name it got (`~2` when taken).

    Raises `FalhaDePasta`.
    """
    with traduzindo(origem):
        de, para = abertos.em(trabalho / tomado.lote, tomado.nome), abertos.em(origem, b"")
        nome = mover_para_livre(de, para, tomado.nome)
    sincronizar_pasta(origem)
    sincronizar_pasta(trabalho / tomado.lote)
    return nome


def limpar_lote(trabalho: Path, lote: str) -> bool:
    """Removes the folder of a finished group, then its note for a takeover. Does nothing and returns False while
    something is still in it."""
    try:
        os.rmdir(abertos.em(trabalho, os.fsencode(lote)))
    except OSError as erro:
        if erro.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        if erro.errno != errno.ENOENT:
            raise classificar(erro, trabalho) from erro
    abertos.fechar(trabalho / lote)
    plano.esquecer(trabalho, lote)
    return True
