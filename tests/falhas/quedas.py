"""Runs the kill test: the process group dies at every system call that changes the disk, and is started again.

    python -m tests.falhas.quedas [--cenarios cte,retorno] [--trabalhadores 0,1] [--pontos N] [--processos N]

A run that nobody interrupts is recorded under strace. Each point of the recording is a run that dies there. Afterwards
the installation must be in the state of the uninterrupted run: nothing lost, nothing doubled, nothing half done. When a
file was visible at the death, the same death is tried once more with a consumer that had taken the file already.
"""

import argparse
import os
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from dataclasses import dataclass, field
from multiprocessing import get_context
from pathlib import Path

from tests.falhas import copias_mortas, dois_donos
from tests.falhas import quedas_execucao as execucao
from tests.falhas.quedas_cenario import CENARIOS, Cenario, Modelo, modelar, trocar
from tests.falhas.quedas_lugar import pasta_rapida
from tests.falhas.quedas_oraculo import Retrato, diferencas, fotografar, sem_sorteio, tirar_visiveis
from tests.falhas.quedas_sefaz import ESPERAS, adiantar
from tests.falhas.quedas_traco import Ponto, espalhados, estranhos, morto_em, pontos

RECAIDAS = ("cte", "evento", "retorno", "pedido", "carga")
"""Are the scenarios in which the recovery is killed too."""
DOIS_DONOS = tuple(f"dono-{c}-{d}" for c in dois_donos.CENARIOS for d in ("mesmo", "outro"))
"""Are the scenarios of `dois_donos`, with the shared folders on the device of the data and on another."""
COPIAS = copias_mortas.CENARIOS
"""Are the commands of copies, which no service runs."""
SO_SEM_TRABALHADOR = ("retorno-evento", "estorno", "um-de-cada", "rede", "rede-cancelamento", *DOIS_DONOS, *COPIAS)
"""Are the scenarios in which a worker changes nothing. With `--trabalhadores 1` alone they run too."""


@dataclass(frozen=True)
class Tarefa:
    """One scenario with one number of workers. `limite` is the number of points (None: all); for `recaidas` see
    `Banca.recaidas`."""

    cenario: str
    trabalhadores: int
    limite: int | None = None
    recaidas: int = 0
    trabalhador: bool = True


@dataclass
class Placar:
    """The result of one part of a task. `conferidos` counts final states compared; `ruins` explains each bad one."""

    cenario: str
    trabalhadores: int
    parte: str
    pontos: int = 0
    conferidos: int = 0
    deslocados: int = 0
    perdidos: int = 0
    ruins: list[str] = field(default_factory=list)
    chamadas: Counter[str] = field(default_factory=Counter)


def cumprir(tarefa: Tarefa, base: Path) -> list[Placar]:
    """Runs every point of one scenario. Returns one score per part. Its folder stays only when something was bad."""
    execucao.aquecer()
    lugar = base / f"{tarefa.cenario}-{tarefa.trabalhadores}"
    lugar.mkdir(parents=True)
    if tarefa.cenario in DOIS_DONOS:
        return [_dono_parado(tarefa, lugar)]
    if tarefa.cenario in COPIAS:
        return [_comando_de_copia(tarefa, lugar)]
    banca = Banca(CENARIOS[tarefa.cenario], tarefa, modelar(CENARIOS[tarefa.cenario], lugar, tarefa.trabalhadores))
    try:
        placares = [banca.principal()]
        if tarefa.recaidas:
            placares.append(banca.recaidas())
        if tarefa.trabalhadores and tarefa.trabalhador:
            placares += banca.trabalhador()
    finally:
        if banca.modelo.sefaz is not None:
            banca.modelo.sefaz.desligar()
    if not any(p.ruins for p in placares):
        shutil.rmtree(lugar)
    return placares


class Banca:
    """One prepared scenario: its uninterrupted end, its points, and the runs that die."""

    def __init__(self, cenario: Cenario, tarefa: Tarefa, modelo: Modelo) -> None:
        self.cenario, self.tarefa, self.modelo = cenario, tarefa, modelo
        self.instalacao = modelo.instalacao
        self.lugar = modelo.copia.parent
        self.traco = self.lugar / "traco"
        self.morta = self.lugar / "morta"
        self.esperado, self.pontos = self._gravar()
        self.aceitos = (self.esperado, *([self._na_outra_ordem()] if cenario.em_qualquer_ordem else []))

    def _gravar(self) -> tuple[Retrato, list[Ponto]]:
        self.modelo.repor()
        execucao.correr(self.instalacao, self.traco)
        esperado = self._retrato()
        _exigir_limpo(esperado)
        achados = pontos(self.traco, self.instalacao)
        dono = int(self.traco.read_text("utf-8", "replace").split(maxsplit=1)[0])
        if self.tarefa.trabalhadores == 0 and estranhos(self.traco, self.instalacao, dono):
            raise AssertionError(f"outra thread muda o disco: {estranhos(self.traco, self.instalacao, dono)[:3]}")
        if not self.cenario.desde_a_partida:
            achados = achados[_primeira_tomada(achados) :]
        return esperado, achados

    def _na_outra_ordem(self) -> Retrato:
        """Returns the end of a run that takes the last file first."""
        self.modelo.repor(com_entradas=False)
        for entrada in reversed(self.modelo.entradas):
            self.modelo.soltar([entrada])
            execucao.correr(self.instalacao, self.traco)
        return self._retrato()

    def _retrato(self, tomados: Path | None = None) -> Retrato:
        """Returns the facts of folders and database, and what the commands say."""
        nomes = [nome for _, nome, _ in self.modelo.entradas]
        ditos = execucao.publico(self.instalacao, nomes)
        retrato = self._foto(tomados) + (sem_sorteio(ditos) if self.cenario.emite else ditos)
        return retrato if self.modelo.sefaz is None else retrato + self.modelo.sefaz.fatos()

    def _foto(self, tomados: Path | None = None) -> Retrato:
        return fotografar(self.instalacao, tomados, emite=self.cenario.emite)

    def _assentado(self) -> bool:
        """Says whether the running service has nothing more to do, as far as folders and database tell."""
        publicos = ("cte listar", "falhas", "situacao", "rastrear")
        esperado = Counter({f: n for f, n in self.esperado.items() if f[0] not in publicos})
        return not diferencas(esperado, self._foto())

    def _placar(self, parte: str) -> Placar:
        return Placar(self.cenario.nome, self.tarefa.trabalhadores, parte)

    def principal(self) -> Placar:
        """Kills the service process at each of its points."""
        placar = self._placar("serviço")
        for ponto in self._escolhidos(self.pontos):
            self.modelo.repor()
            execucao.correr(self.instalacao, self.traco, ponto)
            self._julgar(placar, ponto)
        return placar

    def recaidas(self) -> Placar:
        """Kills, after some deaths, the run that recovers as well, at a spread of its own points."""
        placar = self._placar("retomada")
        for primeiro in espalhados(self.pontos[_primeira_tomada(self.pontos) :], self.tarefa.recaidas):
            self.modelo.repor()
            execucao.correr(self.instalacao, self.traco, primeiro)
            primeira_morte = self.lugar / "primeira-morte"
            trocar(self.instalacao, primeira_morte)
            execucao.correr(self.instalacao, self.traco)
            for ponto in espalhados(pontos(self.traco, self.instalacao), self.tarefa.recaidas):
                trocar(primeira_morte, self.instalacao)
                execucao.correr(self.instalacao, self.traco, ponto)
                self._julgar(placar, ponto, f"depois de morrer em {primeiro.onde}: ")
        return placar

    def trabalhador(self) -> list[Placar]:
        """Kills the worker at each of its points: with its whole group, and alone while the service goes on."""
        em_grupo, sozinho = self._placar("trabalhador, grupo"), self._placar("trabalhador só")
        for ponto in self._pontos_do_trabalhador():
            with self._servico(ponto) as servico:
                servico.esperar_trabalhador(10)
            self._julgar(em_grupo, ponto)
            with self._servico(ponto) as servico:
                servico.esperar_trabalhador(10)
                self._assentar(30)
                servico.parar()
            self._contar(sozinho, ponto)
            self._comparar(sozinho, ponto.onde, self._retrato())
        return [em_grupo, sozinho]

    def _pontos_do_trabalhador(self) -> list[Ponto]:
        with self._servico(None) as servico:
            self._assentar(30)
            servico.parar()
            trabalhador = servico.trabalhador
        faltou = diferencas(self.esperado, self._retrato())
        if faltou:
            raise AssertionError(f"{self.cenario.nome}: o serviço não chegou ao estado de uma-vez: {faltou}")
        return pontos(self.traco, self.instalacao, pid=trabalhador)

    def _servico(self, ponto: Ponto | None) -> execucao.ServicoComTrabalhador:
        self.modelo.repor(com_entradas=False)
        self.traco.unlink(missing_ok=True)
        servico = execucao.ServicoComTrabalhador(self.instalacao, self.traco, ponto)
        self.modelo.soltar()
        return servico

    def _assentar(self, prazo_s: float) -> None:
        """Waits until the running service is where it must be. If it never is, the comparison will say so."""
        limite_s = time.monotonic() + prazo_s
        while time.monotonic() < limite_s and not self._assentado():
            time.sleep(0.05)

    def _escolhidos(self, achados: Sequence[Ponto]) -> list[Ponto]:
        limite = self.tarefa.limite
        return espalhados(achados, limite) if limite is not None else list(achados)

    def _contar(self, placar: Placar, ponto: Ponto) -> None:
        placar.pontos += 1
        placar.chamadas[ponto.chamada] += 1
        onde = morto_em(self.traco, self.instalacao)
        placar.perdidos += onde is None
        placar.deslocados += onde is not None and onde != ponto.onde

    def _julgar(self, placar: Placar, ponto: Ponto, antes: str = "") -> None:
        """Starts again and compares. Then it does so from the same death with the published files taken away."""
        self._contar(placar, ponto)
        tomados = self.lugar / "tomados"
        shutil.rmtree(tomados, ignore_errors=True)
        leva = self.cenario.nome != "estorno" and _ha_visiveis(self.instalacao)  # called back only while it is there
        sefaz = self.modelo.sefaz
        na_morte = sefaz.copiar() if sefaz is not None else None
        if leva:
            trocar(self.instalacao, self.morta)
        self._retomar(placar, antes + ponto.onde, None)
        if leva:
            trocar(self.morta, self.instalacao)
            if sefaz is not None:
                sefaz.repor(na_morte)
            tirar_visiveis(self.instalacao, tomados)
            self._retomar(placar, antes + ponto.onde + " (e o consumidor levou)", tomados)

    def _retomar(self, placar: Placar, onde: str, tomados: Path | None) -> None:
        codigo = execucao.retomar(self.instalacao)
        for _ in range(ESPERAS):
            if self.modelo.sefaz is None or codigo not in (0, 1) or not adiantar(self.instalacao):
                break
            codigo = execucao.retomar(self.instalacao)
        if codigo not in (0, 1):
            fim = (self.instalacao / "servico.log").read_text("utf-8", "replace")[-600:]
            placar.ruins.append(f"{onde}: a retomada saiu com {codigo}: {fim}")
            return
        self._comparar(placar, onde, self._retrato(tomados))

    def _comparar(self, placar: Placar, onde: str, achado: Retrato) -> None:
        placar.conferidos += 1
        achadas = min((diferencas(e, achado) for e in self.aceitos), key=len)
        if achadas:
            placar.ruins.append(f"{onde}: " + "; ".join(achadas))


def _primeira_tomada(achados: Sequence[Ponto]) -> int:
    """Returns the point where the path of the file begins: the work folder of its group (its lote) is made."""
    return next((i for i, p in enumerate(achados) if p.chamada == "mkdir" and "/trabalho/" in p.onde), 0)


def _ha_visiveis(instalacao: Path) -> bool:
    return any(
        a.is_file() and not a.name.startswith(".") for p in (instalacao / "outbox").iterdir() for a in p.iterdir()
    )


def _exigir_limpo(retrato: Retrato) -> None:
    sujeira = [f for f in retrato if f[0] in ("resto", "incidente")]
    if sujeira:
        raise AssertionError(f"a corrida sem queda já deixa restos: {sujeira}")


def _dono_parado(tarefa: Tarefa, lugar: Path) -> Placar:
    """Stops the owner of the folders at each point, and lets another installation take them over. `perdidos` counts the
    points that ended with a file in quarantine, each with its line in the failures view."""
    _, cenario, disco = tarefa.cenario.split("-")
    p = Placar(tarefa.cenario, tarefa.trabalhadores, "o dono, parado")
    with tempfile.TemporaryDirectory(prefix="quedas-dono-") as outro:
        comum = Path(outro) / "comum" if disco == "outro" else lugar / "comum"
        palco = dois_donos.Palco(lugar / "dados", comum, dois_donos.CENARIOS[cenario]())
        for r in dois_donos.jogar(palco, palco.gravar(), tarefa.limite):
            p.pontos += 1
            p.conferidos += 1
            p.perdidos += bool(r.quarentena)
            p.chamadas[r.ponto.chamada] += 1
            p.ruins += [f"{r.ponto.chamada} {r.ponto.vez} {r.ponto.onde}: {falta}" for falta in r.faltas]
    if not p.ruins:
        shutil.rmtree(lugar)
    return p


def _comando_de_copia(tarefa: Tarefa, lugar: Path) -> Placar:
    """Kills a command of copies at each point, and runs it again."""
    p = Placar(tarefa.cenario, tarefa.trabalhadores, "o comando")
    palco = copias_mortas.Palco(lugar, tarefa.cenario)
    for r in copias_mortas.jogar(palco, palco.gravar(), tarefa.limite):
        p.pontos += 1
        p.conferidos += 1
        p.chamadas[r.ponto.chamada] += 1
        p.ruins += [f"{r.ponto.chamada} {r.ponto.vez} {r.ponto.onde}: {falta}" for falta in r.faltas]
    if not p.ruins:
        shutil.rmtree(lugar)
    return p


# --- the whole -------------------------------------------------------------------------------------------------------


def correr_tudo(tarefas: Sequence[Tarefa], base: Path, processos: int, dizer: Callable[[str], None]) -> list[Placar]:
    """Runs every task, on so many processes. Returns the scores in the order in which they end."""
    placares: list[Placar] = []
    with ProcessPoolExecutor(processos, mp_context=get_context("spawn"), max_tasks_per_child=1) as fila:
        futuros = {fila.submit(cumprir, t, base): t for t in tarefas}
        for futuro in as_completed(futuros):
            for placar in futuro.result():
                placares.append(placar)
                dizer(linha(placar))
                for ruim in placar.ruins:
                    dizer(f"    RUIM {ruim}")
    return placares


def linha(p: Placar) -> str:
    """Returns one row of the table."""
    return (
        f"{p.cenario:<15} {p.trabalhadores:>5} {p.parte:<18} {p.pontos:>6} {p.conferidos:>10} "
        f"{p.deslocados:>10} {p.perdidos:>12} {len(p.ruins):>6}"
    )


CABECALHO = (
    f"{'cenário':<15} {'trab.':>5} {'quem morre':<18} {'pontos':>6} {'conferidos':>10} "
    f"{'deslocados':>10} {'sem queda':>12} {'ruins':>6}"
)


def todas(cenarios: Iterable[str], trabalhadores: Iterable[int], limite: int | None, recaidas: int) -> list[Tarefa]:
    """Returns the tasks. A scenario in which workers change nothing runs once."""
    numeros = list(trabalhadores)
    return [
        Tarefa(c, n, limite, recaidas if n == 0 and c in RECAIDAS else 0)
        for c in cenarios
        for n in numeros
        if not (n and 0 in numeros and c in SO_SEM_TRABALHADOR)
    ]  # fmt: skip


def _argumentos() -> argparse.Namespace:
    a = argparse.ArgumentParser(description="Mata o serviço em cada chamada que muda o disco e confere a retomada.")
    a.add_argument(
        "--cenarios", default=",".join((*DOIS_DONOS, *COPIAS, *CENARIOS)), help="nomes separados por vírgula"
    )
    a.add_argument("--trabalhadores", default="0,1")
    a.add_argument("--pontos", type=int, default=None, help="quantos pontos por cenário (padrão: todos)")
    a.add_argument("--recaidas", type=int, default=6, help="quedas durante a retomada: N mortes x N pontos")
    a.add_argument("--base", default=pasta_rapida(), help="onde fazer as instalações")
    a.add_argument("--processos", type=int, default=2 * len(os.sched_getaffinity(0)), help="ao mesmo tempo")
    return a.parse_args()


def main() -> int:
    """Runs the command line. Returns 0 when every point ended well."""
    args = _argumentos()
    if shutil.which("strace") is None:
        print("falta o programa strace (pacote Debian strace)", file=sys.stderr)
        return 2
    inicio_s = time.monotonic()
    execucao.compilar()
    base = Path(tempfile.mkdtemp(prefix="quedas-", dir=args.base))
    numeros = [int(n) for n in args.trabalhadores.split(",")]
    print(CABECALHO, flush=True)
    tarefas = todas(args.cenarios.split(","), numeros, args.pontos, args.recaidas)
    placares = correr_tudo(tarefas, base, args.processos, lambda texto: print(texto, flush=True))
    ruins = sum(len(p.ruins) for p in placares)
    perdidos, total = sum(p.perdidos for p in placares), sum(p.pontos for p in placares)
    por_chamada = sum((p.chamadas for p in placares), Counter[str]())
    print("\npor chamada: " + ", ".join(f"{c} {n}" for c, n in por_chamada.most_common()))
    print(
        f"{total} pontos, {sum(p.conferidos for p in placares)} estados conferidos, {perdidos} sem queda, "
        f"{ruins} ruins, {time.monotonic() - inicio_s:.0f} s"
    )
    if ruins:
        print(f"as instalações ruins ficaram em {base}")
        return 1
    shutil.rmtree(base, ignore_errors=True)
    # A point that is never reached tests nothing. A few shift from run to run; many mean that the recording is stale.
    return 1 if perdidos * 20 > total else 0


if __name__ == "__main__":
    sys.exit(main())
