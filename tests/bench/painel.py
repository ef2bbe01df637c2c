"""Measures the panel beside a working service: CPU of its pages, memory, ten open tabs, what they cost the service."""

import http.client
import re
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from tests.bench import latencia, processos
from tests.bench.planta import Planta

ABAS = 10
PERGUNTA_S = 2.0
EMAIL, SENHA = "ana@x.com", "cavalo bateria grampo"
PAGINAS = ("/", "/cte", "/auditoria", "/usuarios")
_CODIGO = re.compile(r"(?:[A-Z2-9]{4}-){7}[A-Z2-9]{4}")


@dataclass
class _Painel:
    """The process, in a group of its own, and the cookie of one person."""

    processo: "subprocess.Popen[str]"
    porta: int
    biscoito: str = ""

    def pedir(self, caminho: str, *, corpo: str | None = None, versao: str = "") -> tuple[int, str, str]:
        """Asks once. Returns status, ETag and cookie."""
        with self.conexao() as conexao:
            return self.por(conexao, caminho, corpo=corpo, versao=versao)

    @contextmanager
    def conexao(self) -> Iterator[http.client.HTTPConnection]:
        """Yields a connection; a browser keeps it from one question to the next."""
        with closing(http.client.HTTPConnection("127.0.0.1", self.porta, timeout=30)) as aberta:
            yield aberta

    def por(
        self, conexao: http.client.HTTPConnection, caminho: str, *, corpo: str | None = None, versao: str = ""
    ) -> tuple[int, str, str]:
        """Asks by this connection."""
        cabecalhos = {"Sec-Fetch-Site": "same-origin", "Cookie": self.biscoito, "If-None-Match": versao}
        conexao.request("POST" if corpo is not None else "GET", caminho, corpo, cabecalhos)
        veio = conexao.getresponse()
        veio.read()
        return veio.status, veio.headers.get("ETag", ""), veio.headers.get("Set-Cookie", "").partition(";")[0]


@contextmanager
def ligado(planta: Planta) -> Iterator[_Painel]:
    """Yields the panel of a running installation, with a person logged in."""
    m = planta.maquina
    m.exigir("usuario", "incluir", EMAIL, "--nome", "Ana", "--nivel", "administrador")
    codigo = _CODIGO.search(m.exigir("usuario", "recuperar", EMAIL).stdout)
    assert codigo is not None
    m.exigir("usuario", "definir-senha", "--senha-stdin", entrada=f"{codigo.group()}\n{SENHA}\n")
    processo = subprocess.Popen(
        [*m.comando, "painel", "--escuta", "127.0.0.1:0"],
        env=m.env, stdout=subprocess.PIPE, text=True, start_new_session=True,
    )  # fmt: skip
    try:
        assert processo.stdout is not None
        painel = _Painel(processo, int(processo.stdout.readline().rpartition(":")[2]))
        estado, _, painel.biscoito = painel.pedir("/entrar", corpo=urlencode({"email": EMAIL, "senha": SENHA}))
        assert estado == 303, estado
        yield painel
    finally:
        processo.terminate()
        processo.wait(20)


def medir(planta: Planta, escala: float) -> dict[str, Any]:
    """Returns the figures: ratios to `/saude`, memory before and after 1,000 pages, CPU and latency with tabs open."""
    vezes = max(20, int(200 * escala))
    sem = latencia.percentis(latencia.medir(planta, vezes))
    with ligado(planta) as painel:
        saude_s = _cpu_de(painel, "/saude", vezes)
        vivo_s = _cpu_de(painel, "/vivo", vezes)
        paginas_s = sum(_cpu_de(painel, p, vezes) for p in PAGINAS) / len(PAGINAS)
        antes_mb = processos.pss_mb(painel.processo.pid)
        for n in range(max(40, int(1000 * escala))):
            painel.pedir(PAGINAS[n % len(PAGINAS)])
        depois_mb = processos.pss_mb(painel.processo.pid)
        with _abas(painel):
            time.sleep(PERGUNTA_S)
            inicio, gasto = time.monotonic(), processos.cpu_s(painel.processo.pid)
            time.sleep(max(6.0, 30 * escala))
            ocioso = (processos.cpu_s(painel.processo.pid) - gasto) / (time.monotonic() - inicio) * 100
            com = latencia.percentis(latencia.medir(planta, vezes))
    return {
        "painel_vivo_razao": round(vivo_s / saude_s, 2),
        "painel_pagina_razao": round(paginas_s / saude_s, 2),
        "painel_mb": round(depois_mb, 1),
        "painel_crescimento_pct": round((depois_mb / antes_mb - 1) * 100, 1),
        "painel_ocioso_pct": round(ocioso, 2),
        "painel_latencia_razao": round(com["p99"] / sem["p99"], 2),
        "notas": {"saude_ms": round(saude_s * 1000, 3), "latencia_sem": sem, "latencia_com": com, "abas": ABAS},
    }


def _cpu_de(painel: _Painel, caminho: str, vezes: int) -> float:
    """Returns the seconds of CPU of one answer."""
    painel.pedir(caminho)
    antes = processos.cpu_s(painel.processo.pid)
    for _ in range(vezes):
        painel.pedir(caminho)
    return (processos.cpu_s(painel.processo.pid) - antes) / vezes


@contextmanager
def _abas(painel: _Painel) -> Iterator[None]:
    """Keeps tabs open that ask as the script of a page does."""
    fim = threading.Event()

    def perguntar() -> None:
        versao = ""
        with painel.conexao() as conexao:
            while not fim.wait(PERGUNTA_S):
                _, nova, _ = painel.por(conexao, "/vivo", versao=versao)
                if nova and nova != versao:
                    versao = nova
                    painel.por(conexao, "/")

    fios = [threading.Thread(target=perguntar) for _ in range(ABAS)]
    for fio in fios:
        fio.start()
    try:
        yield
    finally:
        fim.set()
        for fio in fios:
            fio.join()
