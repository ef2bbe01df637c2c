"""Kills the commands of copies at every system call that changes the disk, and runs them again.

After each death what was there before is still whole; after the second run all is done, and nothing is left over.
"""

import os
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from separador.banco.conexao import abrir
from separador.capacidades.copias.servico import banco as copiado
from separador.capacidades.copias.servico import conferir, destino
from separador.capacidades.copias.servico.arvore import Arvore
from separador.capacidades.copias.servico.restaurar import OBRA
from tests.apoio.instalacao import SENHA, Instalacao
from tests.falhas.quedas_traco import CHAMADAS, Ponto, espalhados, pontos

CENARIOS = ("copia-fazer", "copia-restaurar", "copia-reconstruir")
_PRAZO_S = 600


@dataclass(frozen=True)
class Resultado:
    """One death: where, and what was not right afterwards."""

    ponto: Ponto
    faltas: tuple[str, ...]


class Palco:
    """A folder with an installation, its copies, and the older database where one is needed. `modelo` is how it is
    before the command."""

    def __init__(self, lugar: Path, cenario: str) -> None:
        self.lugar, self.modelo, self.vivo = lugar, lugar / "modelo", lugar / "cena"
        self.cenario = cenario
        self.ambiente = {**os.environ, "SEPARADOR_SENHA": SENHA}
        _povoar(self.modelo, cenario)
        self.repor()
        self.esperado = Counter[object]()

    def repor(self) -> None:
        """Puts everything as it was before the command."""
        shutil.rmtree(self.vivo, ignore_errors=True)
        shutil.copytree(self.modelo, self.vivo, symlinks=True)

    @property
    def argumentos(self) -> list[str]:
        copias = str(self.vivo / "copias")
        return {
            "copia-fazer": ["copia", "fazer", copias, "--para-sempre", "1"],
            "copia-restaurar": ["copia", "restaurar", copias, "--em", str(self.vivo / "volta")],
            "copia-reconstruir": ["copia", "reconstruir"],
        }[self.cenario]

    def comando(self) -> list[str]:
        config = self.vivo / "casa/config/separador.yaml"
        return [sys.executable, "-m", "separador", "--config", str(config), *self.argumentos]

    def rodar(self, ponto: Ponto | None = None, traco: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        """Runs the command: to its end, or until it dies at the point."""
        antes: list[str] = []
        if traco is not None:
            antes = ["strace", "-y", "-o", str(traco), "-e", "trace=" + ",".join(CHAMADAS)]
            if ponto is not None:
                antes += ["-e", f"inject={ponto.chamada}:signal=KILL:when={ponto.vez}"]
        return subprocess.run(
            [*antes, *self.comando()], env=self.ambiente, capture_output=True, timeout=_PRAZO_S, check=False
        )

    def gravar(self) -> list[Ponto]:
        """Runs the command under strace, keeps its result as the expected one, and returns its points."""
        traco = self.lugar / "traco"
        feito = self.rodar(traco=traco)
        assert feito.returncode == 0, feito.stderr.decode()
        self.esperado = self.retrato()
        return pontos(traco, self.vivo)

    def retrato(self) -> Counter[object]:
        """Returns what the command is to leave, without what changes from run to run."""
        return Counter(_RETRATOS[self.cenario](self.vivo))

    def faltas(self) -> Iterator[str]:
        """Yields what is not right after a death: at once, and after the command ran again."""
        if self.cenario == "copia-fazer":
            yield from _copia_inteira(self.vivo / "copias")
        feito = self.rodar()
        terminada = self.cenario == "copia-restaurar" and "não está vazia" in feito.stderr.decode()
        if feito.returncode != 0 and not terminada:
            yield f"a segunda vez terminou com {feito.returncode}: {feito.stderr.decode()[-200:]}"
        agora = self.retrato()
        yield from (f"falta {f}" for f in self.esperado - agora)
        yield from (f"sobra {f}" for f in agora - self.esperado)
        if self.cenario == "copia-fazer":
            yield from _copia_inteira(self.vivo / "copias")


def jogar(palco: Palco, todos: Sequence[Ponto], limite: int | None) -> Iterator[Resultado]:
    """Yields the result of each death, of so many points spread over all."""
    for ponto in espalhados(todos, limite) if limite is not None else todos:
        palco.repor()
        palco.rodar(ponto, palco.lugar / "traco")
        yield Resultado(ponto, tuple(palco.faltas()))


def _povoar(modelo: Path, cenario: str) -> None:
    (modelo / "casa").mkdir(parents=True)
    with Instalacao(modelo / "casa") as casa:
        casa.autorizado(1)
        if cenario == "copia-reconstruir":
            casa.fechar()
            shutil.copy2(casa.dados / "separador.db", modelo / "antigo.db")
            casa.abrir()
        else:
            _copiar(casa, modelo / "copias")
        casa.responder_evento(casa.cancelando(2))
        casa.enviado(3)
        if cenario == "copia-restaurar":
            _copiar(casa, modelo / "copias")
    if cenario == "copia-reconstruir":
        for resto in (modelo / "casa/var").glob("separador.db*"):
            resto.unlink()
        (modelo / "antigo.db").rename(modelo / "casa/var/separador.db")


def _copiar(casa: Instalacao, copias: Path) -> None:
    comando = [sys.executable, "-m", "separador", "--config", str(casa.config), "copia", "fazer", str(copias)]
    subprocess.run(comando, check=True, capture_output=True, timeout=_PRAZO_S)


def _copia_inteira(copias: Path) -> Iterator[str]:
    """The newest finished copy is whole, at any instant."""
    with Arvore(copias) as arvore:
        prova = conferir.conferir(arvore, destino.escolher(arvore, None), None, None, {})
    yield from prova.problemas


def _das_copias(vivo: Path) -> Iterator[object]:
    """How many copies, what they name, what lies in the common folder, and nothing half done beside the database."""
    with Arvore(vivo / "copias") as arvore:
        nomes = destino.nomes(arvore)
        arquivos = {c for n in nomes for c in destino.abrir(arvore, n).arquivos}
    yield from arquivos
    yield ("cópias", len(nomes))
    yield ("pastas", len(list((vivo / "copias/copias").iterdir())))
    yield from (("acervo", p.name) for p in (vivo / "copias/acervo").rglob("*") if p.is_file())
    yield from (("resto", p.name) for p in (vivo / "casa/var").glob(f"{copiado.PROVISORIO}*"))


def _da_volta(vivo: Path) -> Iterator[object]:
    volta = vivo / "volta"
    yield ("obra", (volta / OBRA).exists())
    for p in volta.rglob("*"):
        if p.is_file() and p.suffix in (".xml", ".yaml") and p.name != "instalacao.json":
            yield (str(p.relative_to(volta)), p.read_bytes() if p.suffix == ".xml" else b"")
    with closing(abrir(volta / "var", migrar=False)) as banco:
        yield from _linhas(banco.todas("SELECT chave, situacao FROM documento"))
        yield from _linhas(banco.todas("SELECT acao FROM auditoria"))


def _do_banco(vivo: Path) -> Iterator[object]:
    with closing(abrir(vivo / "casa/var", migrar=False)) as banco:
        yield from _linhas(banco.todas("SELECT chave, situacao, etapa, protocolo, digest FROM documento"))
        yield from _linhas(banco.todas("SELECT documento_id, de, para, causa FROM historico"))
        yield from _linhas(banco.todas("SELECT tipo, nome, estado FROM publicacao"))
        yield from _linhas(banco.todas("SELECT chave, tp_evento, estado FROM evento"))
        yield from _linhas(banco.todas("SELECT pedido, chave, estado FROM tarefa"))


def _linhas(linhas: Sequence[object]) -> Iterator[object]:
    yield from (tuple(linha) for linha in linhas)  # type: ignore[arg-type]


_RETRATOS: dict[str, Callable[[Path], Iterator[object]]] = {
    "copia-fazer": _das_copias,
    "copia-restaurar": _da_volta,
    "copia-reconstruir": _do_banco,
}
