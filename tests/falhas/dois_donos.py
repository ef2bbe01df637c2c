"""Freezes an installation at one disk call, lets another take its folders over, thaws it, and counts the files.

    python -m tests.falhas.dois_donos DADOS COMUM CENARIO [PONTOS]

A run that nobody interrupts is recorded under strace, as in the kill test. Each point of the recording is a run that is
stopped (SIGSTOP) there. The other installation then takes over and works until nothing moves; then the first goes on.

`mover` moves plain files without worker processes; `cte` signs documents with one worker, which is not stopped: what it
stages after the takeover is one of the late acts.
"""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from unittest import mock

import yaml
from click.testing import CliRunner

from separador.banco.conexao import abrir
from separador.demonstracao import exportacoes
from separador.demonstracao.certificado import gerar_pfx
from separador.demonstracao.empresas import EMITENTE
from separador.pastas import faixas
from separador.programa import grupo
from tests.apoio.certificados import chave_rsa
from tests.apoio.maquina import SENHA
from tests.falhas import quedas_execucao as execucao
from tests.falhas.quedas_traco import Ponto, espalhados, pontos, strace


@dataclass(frozen=True)
class Cenario:
    """The rule of the route, the number of workers, and the files that come in by the name that they go out with."""

    regra: str
    trabalhadores: int
    arquivos: dict[str, tuple[str, bytes]]


def _movidos() -> dict[str, tuple[str, bytes]]:
    return {f"f{n}.txt": (f"f{n}.txt", f"conteudo {n}\n".encode()) for n in range(4)}


def _documentos() -> dict[str, tuple[str, bytes]]:
    feitos = [exportacoes.cte(n, agora=datetime.now(UTC)) for n in range(1, 4)]
    return {f"{d.chave}-cte.xml": (f"pedido-{n}-cte.xml", d.dados) for n, d in enumerate(feitos)}


CENARIOS = {
    "mover": lambda: Cenario("mover", 0, _movidos()),
    "cte": lambda: Cenario("cte-envio", 1, _documentos()),
}


@dataclass
class Resultado:
    """What one point ended in: names visible in the destination, names in quarantine, the faults found."""

    ponto: Ponto | None
    visiveis: Counter[str] = field(default_factory=Counter)
    quarentena: list[str] = field(default_factory=list)
    faltas: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Palco:
    """Two installations on the folders of one route. `comum` may be on another device than their data."""

    lugar: Path
    comum: Path
    cenario: Cenario

    def montar(self) -> None:
        """Makes both anew. The first owns the folders and has files to take."""
        for pasta in (self.lugar, self.comum):
            subprocess.run(["rm", "-rf", str(pasta)], check=True)
        for nome in ("a", "b"):
            config = self.lugar / nome / "config" / "separador.yaml"
            config.parent.mkdir(parents=True)
            rota = {
                "id": 1, "ativo": True, "regra": self.cenario.regra, "arquivo": [".txt", "-cte.xml"],
                "origem": str(self.comum / "entrada"), "destino": str(self.comum / "saida"),
            }  # fmt: skip
            (config.parent / "c.pfx").write_bytes(gerar_pfx(SENHA, agora=datetime.now(UTC), chave=chave_rsa()))
            certificado = {"arquivo": "config/c.pfx", "senha": {"env": "SEPARADOR_SENHA"}}
            empresa = {"cnpj": EMITENTE.cnpj, "nome": "T", "uf": "SP", "certificado": certificado}
            opcoes = {"raiz": "..", "dados": "var", "ambiente": "homologacao", "reserva_disco_mb": 0,
                      "trabalhadores": self.cenario.trabalhadores if nome == "a" else 0,
                      "tempo_leitura": 1, "tempo_quieto": 0.1, "empresas": [empresa], "rotas": [rota]}  # fmt: skip
            config.write_text(yaml.safe_dump(opcoes), encoding="utf-8")
        self.comando("a", "init")
        execucao.retomar(self.lugar / "a")
        for nome, dados in self.cenario.arquivos.values():
            (self.comum / "entrada" / nome).write_bytes(dados)

    def comando(self, nome: str, *argumentos: str) -> int:
        """Runs a command of one installation in this process. Returns its exit code."""
        config = str(self.lugar / nome / "config" / "separador.yaml")
        return CliRunner().invoke(grupo, ["--config", config, *argumentos]).exit_code

    def gravar(self) -> list[Ponto]:
        """Returns the points of a run that nobody interrupts, below the folders of the route and in the data."""
        self.montar()
        traco = self.lugar / "traco"
        with _sem_faixas():
            execucao.correr(self.lugar / "a", traco)
        achados = pontos(traco, self.lugar / "a") + pontos(traco, self.comum)
        return sorted({(p.chamada, p.vez): p for p in achados}.values(), key=lambda p: (p.chamada, p.vez))

    def congelar(self, ponto: Ponto) -> Resultado:
        """Plays one point. Returns what it ended in."""
        self.montar()
        resultado = Resultado(ponto)
        espera, partida = os.pipe()
        with _sem_faixas():
            filho = execucao._uma_vez(self.lugar / "a", espera)
        os.close(espera)
        comando = strace(self.lugar / "traco", ponto, pid=filho)
        comando = [c.replace("signal=KILL", "signal=STOP") for c in comando]
        vigia = subprocess.Popen(comando, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            execucao._esperar(lambda: execucao.vigiado(filho))
            os.write(partida, b"!")
            _esperar_parada(filho, self.lugar / "traco")
            if self.comando("b", "init", "--rota", "1", "--assumir") != 0:
                resultado.faltas.append("não foi possível assumir")
            execucao.retomar(self.lugar / "b")
            os.kill(filho, signal.SIGCONT)
            execucao._esperar_morte(filho, execucao.PRAZO_S)
        except TimeoutError as erro:
            resultado.faltas.append(str(erro))
        finally:
            os.close(partida)
            execucao.matar_grupo(filho)
            os.waitpid(filho, 0)
            vigia.wait(10)
        execucao.retomar(self.lugar / "a")
        execucao.retomar(self.lugar / "b")
        self._contar(resultado)
        return resultado

    def _contar(self, r: Resultado) -> None:
        """Every file is visible once, or in quarantine with a line in the failures view; nothing is left half done."""
        saida = self.comum / "saida"
        r.visiveis = Counter(re.sub(r"~\d+", "", p.name) for p in saida.iterdir() if p.is_file())
        guardados = [p for n in ("a", "b") for p in (self.lugar / n / "var" / "quarentena").glob("*")]
        r.quarentena = sorted(p.name.removeprefix("tomada_") for p in guardados)
        with closing(abrir(self.lugar / "b" / "var", migrar=False)) as banco:
            ditos = {f["arquivo"] for f in banco.todas("SELECT arquivo FROM falha WHERE codigo = 'SEP-TOMADA'")}
        for saiu, (nome, _) in self.cenario.arquivos.items():
            vezes = r.visiveis[saiu] + r.quarentena.count(nome)
            if vezes != 1:
                r.faltas.append(
                    f"{nome}: {r.visiveis[saiu]} vezes no destino, {r.quarentena.count(nome)} em quarentena"
                )
            if nome in r.quarentena and nome not in ditos:
                r.faltas.append(f"{nome}: em quarentena sem estar nas falhas")
        r.faltas += [f"ficou na origem: {p.name}" for p in (self.comum / "entrada").iterdir() if p.is_file()]
        cantos = [*self.comum.glob("*/.separador/*/trabalho/*/*"), *self.comum.glob("*/.separador/*/*.e*")]
        r.faltas += [f"resto: {p.relative_to(self.comum)}" for p in cantos]


@contextmanager
def _sem_faixas() -> Iterator[None]:
    """Starts a service that does every call in its first thread, where strace counts them: a lane changes who makes a
    call on another device, not the order of the calls."""
    faixas.usar(None)
    with mock.patch.object(faixas, "usar"):
        yield


def _esperar_parada(pid: int, traco: Path) -> None:
    """Waits until strace has seen the process stop. The state of the process does not tell: under strace it is stopped
    for an instant at each call. One that ended before its point has nothing left to freeze."""
    limite_s = time.monotonic() + execucao.PRAZO_S
    while time.monotonic() < limite_s:
        if traco.exists() and "stopped by SIGSTOP" in traco.read_text("utf-8", "replace"):
            return
        if "State:\tZ" in Path(f"/proc/{pid}/status").read_text("utf-8"):
            return
        time.sleep(0.01)
    raise TimeoutError("o processo não parou")


def jogar(palco: Palco, todos: Sequence[Ponto], quantos: int | None) -> Iterator[Resultado]:
    """Plays the points, one after the other: all of them, or so many spread over all."""
    for ponto in todos if quantos is None else espalhados(todos, quantos):
        yield palco.congelar(ponto)


def principal(dados: Path, comum: Path, cenario: str, quantos: int | None) -> int:
    """Plays the points, and prints one line of JSON for each and a last line for all. Returns 1 when there is a
    fault."""
    execucao.aquecer()
    palco = Palco(dados, comum, CENARIOS[cenario]())
    todos = palco.gravar()
    resultados = []
    for r in jogar(palco, todos, quantos):
        resultados.append(r)
        print(json.dumps([f"{r.ponto.chamada} {r.ponto.vez}", r.ponto.onde, r.faltas, r.quarentena]), flush=True)
    faltas = sum(bool(r.faltas) for r in resultados)
    em_quarentena = sum(bool(r.quarentena) for r in resultados)
    fim = {"gravados": len(todos), "pontos": len(resultados), "faltas": faltas, "em_quarentena": em_quarentena}
    print(json.dumps(fim))
    return int(bool(faltas))


if __name__ == "__main__":
    quantos = int(sys.argv[4]) if len(sys.argv) > 4 else None
    raise SystemExit(principal(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3], quantos))
