"""Shows where the time of one document goes: `python -m tests.bench.perfil`.

The service runs in this process (`trabalhadores: 0` unless asked otherwise) over CT-e that lie in the inbox. By default
the phases of the path are timed, each without those inside it, on the wall clock and on the CPU. The difference is
waiting for the disk. With `--funcoes` the same runs under cProfile, which shows every function but makes small ones
look dearer than they are.
"""

import argparse
import contextlib
import cProfile
import functools
import importlib
import os
import pstats
import shutil
import signal
import sqlite3
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from separador.motor import principal
from separador.motor.ciclo import Ciclo
from tests.bench.hospedeiro import pasta_nova, rsa_por_s
from tests.bench.planta import Planta

FASES: tuple[tuple[str, str], ...] = (
    ("tomar: olhar de novo depois de tomar", "separador.pastas.tomada:olhar"),
    ("tomar: mover para o trabalho", "separador.pastas.tomada:_levar"),
    ("tomar: fsync das pastas", "separador.pastas.tomada:sincronizar_pasta"),
    ("tomar: o resto", "separador.motor.entrada.despacho:Despacho.tomar"),
    ("achar: olhar o arquivo na entrada", "separador.pastas.varredura:olhar"),
    ("achar: o resto da varredura", "separador.pastas.varredura:Varredura.examinar"),
    ("achar: conferir pastas", "separador.motor.entrada.origem:conferir"),
    ("preparar: ler o arquivo", "separador.motor.trabalho.etapas:ler_arquivo"),
    ("preparar: interpretar o XML", "separador.fiscal.preparo:ler"),
    ("preparar: forma", "separador.fiscal.preparo:verificar_forma"),
    ("preparar: ler grupos e resumir", "separador.fiscal.preparo:_examinar"),
    ("preparar: normalizar", "separador.fiscal.preparo:limpar"),
    ("preparar: canonizar e resumir (digest)", "separador.fiscal.assinatura:digerir"),
    ("preparar: RSA", "separador.fiscal.assinatura:Assinador.assinar_texto"),
    ("preparar: montar a assinatura", "separador.motor.trabalho.etapas:selar"),
    ("preparar: XSD", "separador.fiscal.preparo:_pelo_esquema"),
    ("preparar: digest de novo (normalizado)", "separador.fiscal.preparo:digerir"),
    ("preparar: o resto", "separador.motor.trabalho.etapas:encenar"),
    ("encenar: gravar o provisório", "separador.pastas.publicacao:preparar"),
    ("encenar: fsync dos arquivos", "separador.pastas.publicacao:descarregar"),
    ("encenar: fsync da pasta", "separador.motor.trabalho.etapas:sincronizar_pasta"),
    ("encenar: o resto do grupo", "separador.motor.trabalho.trabalhador_local:trabalhar"),
    ("decidir: documento, transições, arquivo", "separador.motor.desfecho.conclusao:_decidir"),
    ("decidir: publicações e saídas próprias", "separador.motor.desfecho.saidas:Remessa.encenar"),
    ("decidir: abrir o grupo", "separador.motor.desfecho.transacao:_abrir"),
    ("banco: COMMIT", "tests.bench.perfil:Conexao.confirmar"),
    ("publicar: renomear", "separador.motor.desfecho.saidas:publicar"),
    ("publicar: fsync das pastas", "separador.motor.desfecho.saidas:firmar"),
    ("publicar: segunda transação", "separador.motor.desfecho.entrega:_confirmar"),
    ("publicar: pendências", "separador.motor.desfecho.entrega:publicar_pendentes"),
    ("arquivar: mover", "separador.motor.desfecho.arquivamento:arquivar"),
    ("arquivar: fsync da pasta", "separador.motor.desfecho.arquivamento:sincronizar_pasta"),
    ("arquivar: o resto", "separador.motor.desfecho.arquivamento:arquivar_terminados"),
    ("concluir: log", "separador.motor.log.log:_Saidas._escrever"),
    ("concluir: o resto", "separador.motor.entrada.despacho:Despacho.colher"),
)
"""Maps each phase to its function, at the place where its caller looks it up. A function that does not exist any more
is reported, and only its line is missing."""


class Conexao(sqlite3.Connection):
    """A connection that tells its COMMIT from its other statements."""

    def execute(self, sql: str, /, *valores: Any) -> sqlite3.Cursor:
        """Does as sqlite3's."""
        return self.confirmar() if sql == "COMMIT" else super().execute(sql, *valores)

    def confirmar(self) -> sqlite3.Cursor:
        """Executes COMMIT."""
        return super().execute("COMMIT")


@dataclass(slots=True)
class Conta:
    """The time of one phase, without the phases inside it."""

    parede_ns: int = 0
    cpu_ns: int = 0
    vezes: int = 0


@dataclass(slots=True)
class Cronometro:
    """The exclusive times of nested phases, of one thread."""

    contas: dict[str, Conta] = field(default_factory=dict)
    _pilha: list[list[int]] = field(default_factory=list)

    def embrulhar(self, fase: str, funcao: Callable[..., Any]) -> Callable[..., Any]:
        """Returns the function, timed."""
        conta = self.contas.setdefault(fase, Conta())
        pilha = self._pilha

        @functools.wraps(funcao)
        def medida(*args: Any, **opcoes: Any) -> Any:
            dentro = [0, 0]
            pilha.append(dentro)
            parede, cpu = time.perf_counter_ns(), time.thread_time_ns()
            try:
                return funcao(*args, **opcoes)
            finally:
                cpu, parede = time.thread_time_ns() - cpu, time.perf_counter_ns() - parede
                pilha.pop()
                conta.parede_ns += parede - dentro[0]
                conta.cpu_ns += cpu - dentro[1]
                conta.vezes += 1
                if pilha:
                    pilha[-1][0] += parede
                    pilha[-1][1] += cpu

        return medida

    def instalar(self) -> list[str]:
        """Wraps every phase. Returns the phases whose function does not exist any more."""
        sqlite3.connect = functools.partial(sqlite3.connect, factory=Conexao)
        ausentes = []
        for fase, onde in FASES:
            modulo, _, caminho = onde.partition(":")
            alvo: Any = importlib.import_module(modulo)
            *donos, nome = caminho.split(".")
            for dono in donos:
                alvo = getattr(alvo, dono, None)
            if alvo is None or not hasattr(alvo, nome):
                ausentes.append(f"{fase} ({onde})")
            else:
                setattr(alvo, nome, self.embrulhar(fase, getattr(alvo, nome)))
        return ausentes

    def zerar(self) -> None:
        """Sets every time to zero: what came before is not counted."""
        for conta in self.contas.values():
            conta.parede_ns = conta.cpu_ns = conta.vezes = 0


def main() -> int:
    """Prints the breakdown."""
    opcoes = _opcoes()
    pasta = pasta_nova()
    try:
        planta = Planta(pasta / "perfil", trabalhadores=opcoes.trabalhadores)
        os.environ.update({k: v for k, v in planta.maquina.env.items() if k.startswith("SEPARADOR")})
        cronometro, perfil = Cronometro(), cProfile.Profile()
        if not opcoes.funcoes:
            for ausente in cronometro.instalar():
                print(f"(sem a função da fase: {ausente})")
        limite = rsa_por_s()
        medido = _rodar(planta, opcoes, cronometro, perfil)
        if opcoes.funcoes:
            pstats.Stats(perfil).sort_stats("tottime" if opcoes.proprio else "cumulative").print_stats(
                "separador|built-in|method", opcoes.linhas
            )
        else:
            print(_tabela(cronometro, medido, opcoes.documentos, (limite + rsa_por_s()) / 2))
    finally:
        shutil.rmtree(pasta)
    return 0


def _rodar(planta: Planta, opcoes: argparse.Namespace, cronometro: Cronometro, perfil: cProfile.Profile) -> Conta:
    """Runs the service over the documents, or over their returns. Returns wall time and CPU of the loop alone."""
    _soltar(planta, 1, planta.gerar(opcoes.documentos))
    if opcoes.retornos:
        _servir(planta, Conta(), None)
        _soltar(planta, 2, planta.responder(opcoes.documentos))
    cronometro.zerar()
    medido = Conta()
    _servir(planta, medido, perfil if opcoes.funcoes else None)
    return medido


def _soltar(planta: Planta, rota: int, arquivos: list[Any]) -> None:
    for arquivo in arquivos:
        (planta.maquina.origem(rota) / os.fsdecode(arquivo.nome)).write_bytes(arquivo.dados)
    os.sync()


def _servir(planta: Planta, medido: Conta, perfil: cProfile.Profile | None) -> None:
    def viver(ciclo: Ciclo) -> int:
        parede, cpu = time.perf_counter_ns(), time.thread_time_ns()
        if perfil is not None:
            perfil.enable()
        try:
            return principal._ate_acabar(ciclo)
        finally:
            if perfil is not None:
                perfil.disable()
            medido.parede_ns, medido.cpu_ns = time.perf_counter_ns() - parede, time.thread_time_ns() - cpu

    antes = {s: signal.getsignal(s) for s in (signal.SIGTERM, signal.SIGINT)}
    with _calado(planta.maquina.pasta / "perfil.log"):
        codigo = principal._com_servico(planta.maquina.config, viver)
    for sinal, dono in antes.items():
        signal.signal(sinal, dono)
    if codigo != principal.FEITO:
        raise AssertionError(f"o serviço saiu com {codigo}")


@contextlib.contextmanager
def _calado(arquivo: Path) -> Generator[None, None, None]:
    """Sends the service's own output to a file."""
    with arquivo.open("a", encoding="utf-8") as saida, contextlib.redirect_stdout(saida):
        yield


def _tabela(cronometro: Cronometro, medido: Conta, documentos: int, limite: float) -> str:
    def us(ns: int) -> str:
        return f"{ns / 1000 / documentos:10.1f}"

    contas = {f: c for f, c in cronometro.contas.items() if c.vezes}
    linhas = [
        f"{documentos} arquivos; processo do serviço; µs por arquivo",
        f"{'':44}{'parede':>10}{'CPU':>10}{'vezes':>8}",
    ]
    grupos: dict[str, Conta] = {}
    for fase, conta in contas.items():
        linhas.append(f"{fase:44}{us(conta.parede_ns)}{us(conta.cpu_ns)}{conta.vezes:8}")
        grupo = grupos.setdefault(fase.partition(":")[0], Conta())
        grupo.parede_ns += conta.parede_ns
        grupo.cpu_ns += conta.cpu_ns
    linhas.append("")
    linhas += [f"{nome:44}{us(g.parede_ns)}{us(g.cpu_ns)}" for nome, g in grupos.items()]
    fora = Conta(
        medido.parede_ns - sum(g.parede_ns for g in grupos.values()),
        medido.cpu_ns - sum(g.cpu_ns for g in grupos.values()),
    )
    linhas += [f"{'fora das fases (espera, laço)':44}{us(fora.parede_ns)}{us(fora.cpu_ns)}"]
    linhas += [f"{'tudo':44}{us(medido.parede_ns)}{us(medido.cpu_ns)}", ""]
    docs_s, docs_cpu_s = documentos / medido.parede_ns * 1e9, documentos / medido.cpu_ns * 1e9
    linhas.append(f"{docs_s:.0f} documentos/s; RSA {limite:.0f}/s; razão {docs_s / limite:.3f}")
    linhas.append(f"se o disco não fizesse esperar: {docs_cpu_s:.0f} documentos/s")
    return "\n".join(linhas)


def _opcoes() -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="python -m tests.bench.perfil", description="Onde vai o tempo de um documento.")
    p.add_argument("--documentos", type=int, default=2000)
    p.add_argument("--trabalhadores", type=int, default=0, help="com mais que 0 só o processo do serviço é medido")
    p.add_argument("--retornos", action="store_true", help="mede a aplicação dos retornos, não a entrada")
    p.add_argument("--funcoes", action="store_true", help="cProfile: todas as funções, por tempo acumulado")
    p.add_argument("--proprio", action="store_true", help="com --funcoes: pelo tempo próprio")
    p.add_argument("--linhas", type=int, default=60)
    return p.parse_args()


if __name__ == "__main__":
    # The module is called by its full name, so that the phases wrapped here are those of the objects in use.
    raise SystemExit(importlib.import_module("tests.bench.perfil").main())
