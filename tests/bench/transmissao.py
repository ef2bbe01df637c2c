"""Measures the transmission against the local SEFAZ, which runs in another process and answers after 300 ms.

    python -m tests.bench.transmissao [--rapido] [--em-voo 8 32 64]

`transmissao_docs_s`: documents authorised and published per second, between the first and the last tenth of a full
queue. `transmissao_ideal`: the same as a share of the ideal (calls in flight / 0.3 s). `sobrecarga_ms`: time from the
beginning of a document's call until its return is visible in the outbox, less the 300 ms and less the processor time
that the local SEFAZ itself spends on a call. (It runs on the same cores; its cost is reported separately.) Memory: the
service's, after a tenth and at the end.
"""

import argparse
import json
import os
import sqlite3
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from separador.demonstracao import exportacoes
from tests.apoio.maquina import Maquina
from tests.apoio.sefaz_local import SefazEmProcesso
from tests.bench import processos

ATRASO_MS = 300
EM_VOO = (8, 32, 64)
POR_VAGA = 24
"""Is the number of documents for each call in flight. With so many, the middle of the run is steady."""
PRAZO_S = 300.0


def medir(pasta: Path, em_voo: int, quantos: int) -> dict[str, Any]:
    """Sends one full queue, with so many calls in flight. The documents are signed and queued before SEFAZ is there."""
    sefaz = SefazEmProcesso(pasta / "sefaz", atraso_ms=ATRASO_MS)
    with sefaz:
        endereco, ca = sefaz.endereco, sefaz.ca
    config = {"em_voo": em_voo, "simulador": endereco, "ca": str(ca)}
    with Maquina(pasta / "instalacao", trabalhadores=2, ambiente="simulado", sefaz=config, tempo_leitura=10) as m:
        m.executar()
        for n in range(1, quantos + 1):
            e = exportacoes.cte(n, agora=datetime.now(UTC))
            m.soltar(1, e.nome, e.dados)
        _ate(m, "SELECT count(*) FROM transmissao", quantos)
        with sefaz:
            return _transmitir(m, sefaz, em_voo, quantos)


def _transmitir(m: Maquina, sefaz: SefazEmProcesso, em_voo: int, quantos: int) -> dict[str, Any]:
    assert m.servico is not None
    cpu_sefaz, cpu = processos.cpu_s(sefaz.pid), processos.cpu_s(m.servico.pid)
    _ate(m, "SELECT count(*) FROM documento WHERE situacao = 'AUTORIZADO PELA SEFAZ'", quantos // 10)
    pss = processos.pss_mb(m.servico.pid)
    _ate(m, "SELECT count(*) FROM documento WHERE situacao = 'AUTORIZADO PELA SEFAZ'", quantos)
    _ate(m, "SELECT count(*) FROM publicacao WHERE tipo = 'retorno' AND estado = 'publicada'", quantos)
    gasto_sefaz, gasto = processos.cpu_s(sefaz.pid) - cpu_sefaz, processos.cpu_s(m.servico.pid) - cpu
    visiveis = _visiveis(m)
    ordenados = sorted(visivel for _, visivel, _ in visiveis)
    primeiro, ultimo = ordenados[len(ordenados) // 10], ordenados[-len(ordenados) // 10]
    docs_s = len(ordenados) * 0.8 / (ultimo - primeiro)
    simulador_ms = 1000 * gasto_sefaz / quantos
    sobrecargas = sorted((v - r) * 1000 + c - ATRASO_MS - simulador_ms for r, v, c in visiveis)
    return {
        "em_voo": em_voo,
        "documentos": quantos,
        "docs_s": round(docs_s, 1),
        "parte_do_ideal": round(docs_s / (em_voo * 1000 / ATRASO_MS), 3),
        "sobrecarga_ms_p50": round(_percentil(sobrecargas, 0.50), 1),
        "sobrecarga_ms_p99": round(_percentil(sobrecargas, 0.99), 1),
        "chamada_ms_p50": round(_percentil(sorted(c for _, _, c in visiveis), 0.50), 1),
        "cpu_ms_por_documento": round(1000 * gasto / quantos, 2),
        "cpu_ms_do_simulador": round(simulador_ms, 2),
        "pss_mb_no_comeco": round(pss, 1),
        "pss_mb_no_fim": round(processos.pss_mb(m.servico.pid), 1),
    }


def _visiveis(m: Maquina) -> list[tuple[float, float, float]]:
    """Returns (time of the answer, time when the return is visible, call in ms) of each document; times in seconds of
    the wall clock."""
    sql = (
        "SELECT t.respondida_em, t.duracao_ms, p.pasta, p.nome FROM transmissao t JOIN publicacao p"
        " ON p.documento_id = t.documento_id AND p.tipo = 'retorno' WHERE t.alvo = 'documento' AND t.tentativas = 1"
    )
    achados = []
    with closing(_banco(m)) as banco:
        for respondida_em, duracao_ms, pasta, nome in banco.execute(sql):
            visivel = os.stat(os.path.join(os.fsencode(pasta), bytes(nome))).st_ctime
            achados.append((datetime.fromisoformat(respondida_em).timestamp(), visivel, float(duracao_ms)))
    return achados


def _banco(m: Maquina) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{m.dados / 'separador.db'}?mode=ro", uri=True)


def _ate(m: Maquina, sql: str, quantos: int) -> None:
    def ja() -> bool:
        with closing(_banco(m)) as banco:
            return bool(banco.execute(sql).fetchone()[0] >= quantos)

    limite_s = time.monotonic() + PRAZO_S
    while not ja():
        if time.monotonic() > limite_s:
            raise AssertionError(f"{sql}: não chegou a {quantos} em {PRAZO_S:.0f} s\n{m.fim_do_log(10)}")
        time.sleep(0.1)


def _percentil(ordenados: Sequence[float], parte: float) -> float:
    return ordenados[min(len(ordenados) - 1, int(len(ordenados) * parte))]


def correr(pasta: Path, em_voo: Sequence[int], por_vaga: int, dizer: Callable[[str], None]) -> dict[str, Any]:
    """Measures with every number of calls in flight. Returns the keys of bench.json, and all figures under
    `transmissao`."""
    feitos = []
    for vagas in em_voo:
        dizer(f"transmissão com {vagas} em voo …")
        feitos.append(medir(pasta / f"voo{vagas}", vagas, vagas * por_vaga))
    dados: dict[str, Any] = {"transmissao": feitos}
    for f in feitos:
        dados[f"transmissao_docs_s_{f['em_voo']}"] = f["docs_s"]
        dados[f"transmissao_ideal_{f['em_voo']}"] = f["parte_do_ideal"]
    meio = next((f for f in feitos if f["em_voo"] == 32), feitos[-1])
    return dados | {
        "sobrecarga_ms_p50": meio["sobrecarga_ms_p50"],
        "sobrecarga_ms_p99": meio["sobrecarga_ms_p99"],
        "transmissao_cpu_ms": meio["cpu_ms_por_documento"],
        "transmissao_cpu_simulador_ms": meio["cpu_ms_do_simulador"],
    }


def main() -> int:
    """Prints the figures as JSON."""
    p = argparse.ArgumentParser(prog="python -m tests.bench.transmissao", description="Mede a transmissão pela rede.")
    p.add_argument("--rapido", action="store_true", help="poucos documentos: para ver se anda, não para citar")
    p.add_argument("--em-voo", nargs="+", type=int, default=EM_VOO)
    opcoes = p.parse_args()
    with tempfile.TemporaryDirectory(prefix="separador-transmissao-") as pasta:
        dados = correr(
            Path(pasta), opcoes.em_voo, 10 if opcoes.rapido else POR_VAGA, lambda t: print(t, file=sys.stderr)
        )
    print(json.dumps(dados, indent=2))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
