"""Holds one installation under measurement: it drops thousands of files at once and knows when all are through."""

import os
import socket
import sqlite3
import time
import uuid
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from separador.demonstracao import exportacoes, retornos
from separador.demonstracao.exportacoes import Exportacao
from separador.nucleo.situacao import Situacao
from tests.apoio.maquina import ROTAS, Maquina

PROPRIA = ".separador"
VARREDURA_S = 0.005
"""Is the interval between looks whether everything went through: the resolution of the throughput figures."""


class Planta:
    """A `Maquina` with production's values: `tempo_leitura` 10 s, default quiet time, the five usual routes."""

    def __init__(self, pasta: Path, *, trabalhadores: int, tempo_leitura: int = 10, **opcoes: Any) -> None:
        # No run had this name before. By the hash of the name ext4 chooses where on the disk the folder goes (see
        # hospedeiro.pasta_nova).
        pasta = pasta.with_name(f"{pasta.name}-{uuid.uuid4().hex[:8]}")
        self.maquina = Maquina(pasta, trabalhadores=trabalhadores, tempo_leitura=tempo_leitura, **opcoes)
        self.feitos = 0
        self._preparo = pasta / "preparo"
        self._preparo.mkdir()
        self._proximo = 1
        self._respondidos: set[str] = set()

    # --- the service ---------------------------------------------------------------------------------------------

    @property
    def grupo(self) -> int:
        """Returns the process group of the service."""
        assert self.maquina.servico is not None
        return self.maquina.servico.pid

    def partir(self, *, env: dict[str, str] | None = None) -> float:
        """Starts the service. Returns the milliseconds until it says READY=1 to its supervisor (sd_notify)."""
        nome = f"@separador-bench-{os.getpid()}-{time.monotonic_ns()}"
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as ouvido:
            ouvido.bind("\0" + nome[1:])
            ouvido.settimeout(30)
            inicio = time.perf_counter()
            self.maquina.executar(pronto=False, env={"NOTIFY_SOCKET": nome} | (env or {}))
            while b"READY=1" not in ouvido.recv(4096):
                continue
            return (time.perf_counter() - inicio) * 1000

    def parar(self) -> None:
        """Stops it, if it runs."""
        if self.maquina.servico is not None:
            self.maquina.parar()

    def vinte_rotas(self) -> None:
        """Adds fifteen routes, each with folders of its own. The service must be stopped."""
        modelo = ROTAS[3]
        self.maquina.rotas += [
            modelo | {"id": 5 + n, "origem": f"inbox/extra{n}", "destino": f"outbox/extra{n}"} for n in range(1, 16)
        ]
        self.maquina.gravar_config()
        self.maquina.exigir("init")

    # --- files ---------------------------------------------------------------------------------------------------

    def gerar(self, quantos: int) -> list[Exportacao]:
        """Returns so many new CT-e of 8 kB, no number twice."""
        agora, de = datetime.now(UTC), self._proximo
        self._proximo += quantos
        return [exportacoes.cte(n, agora=agora) for n in range(de, de + quantos)]

    def passar(self, rota: int, arquivos: Iterable[Exportacao], *, ao_olhar: Callable[[], None] | None = None) -> float:
        """Puts files in an origin of the running service, all at once. Returns the seconds from the first to the last
        archived.

        The files are written beforehand in a folder beside the origin and renamed in. So the service is timed, and not
        the program that exports.
        """
        lista = list(arquivos)
        for arquivo in lista:
            (self._preparo / os.fsdecode(arquivo.nome)).write_bytes(arquivo.dados)
        os.sync()
        origem = self.maquina.origem(rota)
        inicio = time.perf_counter()
        for arquivo in lista:
            nome = os.fsdecode(arquivo.nome)
            os.rename(self._preparo / nome, origem / nome)
        self._esperar_vazio(origem, 60 + len(lista) / 50, ao_olhar)
        passou_s = time.perf_counter() - inicio
        self.feitos += len(lista)
        return passou_s

    def _esperar_vazio(self, origem: Path, prazo_s: float, ao_olhar: Callable[[], None] | None) -> None:
        """Waits until everything is through. A group's work folder goes when its last original is in the archive. The
        origin is looked at first."""
        (trabalho,) = (origem / PROPRIA).glob("*/trabalho")
        limite = time.monotonic() + prazo_s
        while _ha(origem) or _ha(trabalho):
            if time.monotonic() > limite:
                raise AssertionError(f"o serviço não terminou em {prazo_s:.0f} s\n{self.maquina.fim_do_log(10)}")
            if ao_olhar is not None:
                ao_olhar()
            time.sleep(VARREDURA_S)

    def responder(self, quantos: int) -> list[Exportacao]:
        """Returns authorisations for signed documents of the outbox that were not answered yet."""
        agora, saida = datetime.now(UTC), self.maquina.destino(1)
        nomes = sorted(n for n in self.maquina.saida(1) if n not in self._respondidos)[:quantos]
        if len(nomes) < quantos:
            raise AssertionError(f"só há {len(nomes)} documentos sem resposta; pediram {quantos}")
        self._respondidos.update(nomes)
        return [retornos.autorizado((saida / n).read_bytes(), n.encode(), agora=agora) for n in nomes]

    # --- what came of it -----------------------------------------------------------------------------------------

    def conferir(self, *, documentos: int, autorizados: int = 0) -> None:
        """Demands that outbox, archive and database hold all that went in. A figure without the work counts for
        nothing."""
        with sqlite3.connect(f"file:{self.maquina.dados / 'separador.db'}?mode=ro", uri=True) as banco:
            contado: dict[str, Any] = dict(
                banco.execute("SELECT situacao, count(*) FROM documento GROUP BY 1").fetchall()
            )
            abertos = banco.execute("SELECT count(*) FROM arquivo WHERE desfecho IS NULL").fetchone()[0]
        achado = {
            "documentos no banco": sum(contado.values()),
            "autorizados": sum(n for s, n in contado.items() if s == Situacao.AUTORIZADO),
            "sem desfecho": abertos,
            "assinados na saída": len(self.maquina.saida(1)),
            "processados na saída": sum(n.endswith("-procCTe.xml") for n in self.maquina.saida(2)),
            "arquivados": self._arquivados(),
        }
        esperado = {
            "documentos no banco": documentos,
            "autorizados": autorizados,
            "sem desfecho": 0,
            "assinados na saída": documentos,
            "processados na saída": autorizados,
            "arquivados": documentos + autorizados,
        }
        if achado != esperado:
            raise AssertionError(f"esperado {esperado}, achado {achado}")

    def _arquivados(self) -> int:
        dias = (self.maquina.dados / "arquivo").glob("[0-9]*/[0-9]*/[0-9]*")
        return sum(len(os.listdir(dia)) for dia in dias)


def _ha(pasta: Path) -> bool:
    """Says whether a folder holds anything but our corner. It stops at the first name, because it shares the cores with
    the service."""
    with os.scandir(pasta) as entradas:
        return any(e.name != PROPRIA for e in entradas)
