"""Fills an installation of the program on the path: documents in all seven situações, events, a guide, users.

`fazer.py` runs it inside a checkout of an earlier version, so it uses only what every version has: the command line,
the folders, and the helpers of the tests by the names that they always had. Its argument is the folder to make it in.
"""

import re
import sys
from datetime import UTC, datetime
from pathlib import Path

from separador.demonstracao import exportacoes as ex
from tests.apoio.maquina import ROTAS, Maquina
from tests.apoio.transmissor import Transmissor, autoriza_tudo, rejeita, silencio

SENHA = "senha-da-amostra-1"
ADMINISTRADOR, CONSULTA = "chefe@transportes.example", "leitura@transportes.example"
MOTIVO = "cancelamento pedido pela amostra"
GUIA = "empresa;tipo;vencimento;valor;receita;periodo\n{cnpj};DARF;20/11/2026;1234,56;2089;10/2026\n"


def encher(pasta: Path) -> None:
    """Makes it. The state of each document is that of its number: see `SITUACOES` of the test."""
    manual = {**ROTAS[0], "arquivo": ["-cte.xml"], "id": 6, "origem": "inbox/manual", "envio": "manual"}
    m = Maquina(pasta, rotas=(*ROTAS, manual), reserva_disco_mb=0)
    passo(m, m.transmissor(silencio), {2: exportar(m, 1, 2)})
    exportar(m, 6, 1)
    passo(m, m.transmissor(rejeita("215")), {4: exportar(m, 1, 4)})
    chaves = {n: exportar(m, 1, n) for n in (3, 5, 6, 7)}
    passo(m, m.transmissor(autoriza_tudo), chaves)
    for numero, veredito in ((5, silencio), (6, autoriza_tudo), (7, rejeita("220"))):
        m.cli("cte", "cancelar", chaves[numero], "--motivo", MOTIVO, "--sim")
        passo(m, m.transmissor(veredito), {})
    guias = pasta / "guias.csv"
    guias.write_text(GUIA.format(cnpj=chaves[3][6:20]), encoding="utf-8")
    m.exigir("ecac", "guias", "importar", str(guias))
    m.soltar(4, "solto.txt", b"um arquivo qualquer")
    m.uma_vez()
    pessoas(m)
    m.exigir("auditoria", "conferir")


def exportar(m: Maquina, rota: int, numero: int) -> str:
    e = ex.cte(numero, agora=datetime.now(UTC), variante="uma-nota")
    m.soltar(rota, e.nome, e.dados)
    achada = re.search(rb'Id="CTe(\w{44})"', e.dados)
    assert achada is not None
    return achada[1].decode()


def passo(m: Maquina, transmissor: Transmissor, _chaves: dict[int, str]) -> None:
    """Lets the service hand on, the other program answer, and the service take the answers."""
    m.uma_vez()
    transmissor.passo()
    m.uma_vez()


def pessoas(m: Maquina) -> None:
    m.exigir("usuario", "incluir", ADMINISTRADOR, "--nome", "Chefe", "--nivel", "administrador")
    codigo = re.search(
        r"[A-Z0-9-]{8,}", m.exigir("usuario", "recuperar", ADMINISTRADOR).stdout.replace(ADMINISTRADOR, "")
    )
    assert codigo is not None
    m.exigir("usuario", "definir-senha", "--senha-stdin", entrada=f"{codigo[0]}\n{SENHA}\n")
    quem = ("--usuario", ADMINISTRADOR, "--senha-stdin")
    m.exigir("usuario", "incluir", CONSULTA, "--nome", "Leitura", "--nivel", "consulta", *quem, entrada=f"{SENHA}\n")


if __name__ == "__main__":
    encher(Path(sys.argv[1]))
