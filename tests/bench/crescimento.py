"""Measures an installation of years: what each daily command, the start and the intake cost beside an empty one."""

import os
import resource
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

from separador.banco import assinados
from separador.banco.conexao import ARQUIVO, abrir
from separador.demonstracao import exportacoes
from tests.apoio.banco_de_anos import encher
from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmProcesso
from tests.bench import repouso, vazao
from tests.bench.planta import Planta

DOCUMENTOS = 5_000_000
VEZES = 5
ENTRADA = 1000
PELA_REDE = 20_000
PRAZO_S = 120.0
COMANDOS = {
    "ajuda": ("--ajuda",),
    "situacao": ("situacao",),
    "falhas": ("falhas",),
    "listar": ("cte", "listar"),
    "listar_tomador": ("cte", "listar", "--tomador", "20000000000107"),
    "listar_sem_indice": ("cte", "listar", "--cstat", "999"),
    "estatisticas": ("estatisticas",),
    "verificar": ("verificar",),
}
_DE_UM = {"ver": ("cte", "ver"), "rastrear": ("rastrear",), "localizar": ("localizar",)}


def cpu_ms(planta: Planta, argumentos: tuple[str, ...], vezes: int = VEZES) -> float:
    """Returns the median of the CPU of a command, interpreter included."""
    medidas = []
    for _ in range(vezes):
        antes = resource.getrusage(resource.RUSAGE_CHILDREN)
        feito = subprocess.run(
            [*planta.maquina.comando, *argumentos], env=planta.maquina.env, capture_output=True, text=True, check=False
        )
        depois = resource.getrusage(resource.RUSAGE_CHILDREN)
        if feito.returncode not in (0, 1):
            raise AssertionError(f"{' '.join(argumentos)}: saiu com {feito.returncode}\n{feito.stderr}")
        medidas.append(1000 * (depois.ru_utime + depois.ru_stime - antes.ru_utime - antes.ru_stime))
    return round(median(medidas), 1)


def comandos(planta: Planta) -> dict[str, float]:
    """Returns the CPU of every daily command, in milliseconds."""
    with closing(sqlite3.connect(planta.maquina.dados / ARQUIVO)) as c:
        linha = c.execute("SELECT chave FROM documento WHERE id = (SELECT max(id) / 2 FROM documento)").fetchone()
    de_um = {nome: (*comando, linha[0]) for nome, comando in _DE_UM.items()} if linha is not None else {}
    return {nome: cpu_ms(planta, argumentos) for nome, argumentos in (COMANDOS | de_um).items()}


def medir(planta: Planta, quantos: int, entrada: int) -> dict[str, Any]:
    """Measures the installation empty, fills it, and measures it again. The service is stopped at the end."""
    medido: dict[str, Any] = {}
    for quando in ("vazio", "cheio"):
        if quando == "cheio":
            planta.parar()
            encher(planta.maquina.dados, quantos)
            os.sync()  # gigabytes that the kernel has yet to write would hold up each flush of the service
            medido["banco_mb"] = round(os.path.getsize(planta.maquina.dados / ARQUIVO) / 2**20)
        planta.partir()
        medido[f"comandos_{quando}"] = comandos(planta)
        medido[f"partida_{quando}"] = repouso.partida(planta, VEZES)
        medido[f"entrada_{quando}"] = vazao.entrada(planta, entrada, 3).resumo()
    planta.parar()
    return medido


def tamanho(pasta: Path, quantos: int) -> dict[str, float]:
    """Returns the bytes of database that a CT-e sent by network takes: as it is written, and once the idle service has
    made the signed bytes small (here at once, and not twelve in two seconds)."""
    sefaz = SefazEmProcesso(pasta / "sefaz", atraso_ms=0)
    with sefaz:
        config = {"em_voo": 32, "simulador": sefaz.endereco, "ca": str(sefaz.ca)}
        with Maquina(pasta / "instalacao", trabalhadores=2, ambiente="simulado", sefaz=config, tempo_leitura=10) as m:
            m.executar()
            for n in range(1, quantos + 1):
                e = exportacoes.cte(n, agora=datetime.now(UTC))
                m.soltar(1, e.nome, e.dados)
            m.esperar(lambda: _publicados(m) == quantos, PRAZO_S + quantos / 10)
            m.parar()
            antes = bytes_por_documento(m.dados)
            with closing(abrir(m.dados)) as banco:
                while assinados.compactar(banco, 1000):
                    pass
            return {"antes": antes, "arrumado": bytes_por_documento(m.dados)}


def _publicados(m: Maquina) -> int:
    with closing(sqlite3.connect(f"file:{m.dados / ARQUIVO}?mode=ro", uri=True)) as c:
        sql = "SELECT count(*) FROM publicacao WHERE tipo = 'retorno' AND estado = 'publicada'"
        return int(c.execute(sql).fetchone()[0])


def bytes_por_documento(dados: Path) -> float:
    """Returns the bytes in use of a database, for each of its documents."""
    with closing(sqlite3.connect(dados / ARQUIVO)) as c:
        paginas, livres, de_cada = (
            int(c.execute(f"PRAGMA {nome}").fetchone()[0]) for nome in ("page_count", "freelist_count", "page_size")
        )
        documentos = int(c.execute("SELECT count(*) FROM documento").fetchone()[0])
    return round((paginas - livres) * de_cada / max(documentos, 1), 1)
