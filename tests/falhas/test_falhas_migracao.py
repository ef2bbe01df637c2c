"""Kills the program at every call that changes the disk while it copies the database, migrates it, or goes back."""

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from separador import __version__
from separador.banco.conexao import ARQUIVO, abrir
from separador.banco.migracoes.conjunto import nomes_das_migracoes
from separador.banco.versoes import copia, volta
from tests.apoio import banco_anterior
from tests.apoio.banco_anterior import migracoes
from tests.falhas.morte import MORTO, Contador, em_filho
from tests.falhas.quedas_traco import CHAMADAS, Ponto, espalhados, pontos

pytestmark = [pytest.mark.requisito("OPS-02"), pytest.mark.usefixtures("banco_das_migracoes")]
COPIA = f"{ARQUIVO}.antes-de-{__version__}"
TODAS = list(nomes_das_migracoes())
ANTES = TODAS[: TODAS.index("m0016_versoes")]
LINHAS = 200
DO_DIA = 10
"""Kills of the everyday run: spread over all; `longo` makes every one."""
ABRIR = (
    "import sys; from pathlib import Path; from separador.banco.conexao import abrir; abrir(Path(sys.argv[1])).close()"
)
VOLTAR = (
    "import sys; from pathlib import Path; from separador.banco.versoes import copia, volta; d = Path(sys.argv[1]);"
    " volta.voltar(d, copia.copias(d)[0], lambda agora, antes: None)"
)


def preparar(dados: Path) -> None:
    banco_anterior.fazer(dados, "m0016_versoes")
    with closing(sqlite3.connect(dados / ARQUIVO)) as c:
        c.executemany("INSERT INTO pasta VALUES (?, ?)", [(f"p{n}", "m" * 900) for n in range(LINHAS)])
        c.commit()


def conferir(dados: Path) -> list[str]:
    """Demands that the database, and each copy that has its name, is whole. Returns its migrations."""
    for arquivo in (dados / ARQUIVO, *(c.arquivo for c in copia.copias(dados))):
        with closing(sqlite3.connect(arquivo)) as c:
            assert c.execute("PRAGMA integrity_check").fetchone() == ("ok",), arquivo
            assert c.execute("SELECT count(*) FROM pasta").fetchone() == (LINHAS,), arquivo
    return migracoes(dados / ARQUIVO)


def terminar(dados: Path) -> None:
    """The next run finishes, and leaves nothing half made."""
    abrir(dados).close()
    assert conferir(dados) == TODAS
    assert migracoes(dados / COPIA) == ANTES
    restos = {p.name for p in dados.iterdir()} - {ARQUIVO, f"{ARQUIVO}-wal", f"{ARQUIVO}-shm", COPIA, volta.DEIXADO}
    assert restos == set()


def test_morto_em_cada_chamada_da_copia_e_da_migracao(tmp_path: Path) -> None:
    numero = 0
    while True:
        numero += 1
        dados = tmp_path / str(numero)
        preparar(dados)

        def vida(contador: Contador, dados: Path = dados, numero: int = numero) -> None:
            contador.armar(numero)
            abrir(dados).close()

        codigo, _ = em_filho(vida, tmp_path / "recado")
        visto = conferir(dados)
        assert visto in (ANTES, TODAS)
        if visto == TODAS:
            assert (dados / COPIA).exists()  # never migrated without the copy
        terminar(dados)
        if codigo != MORTO:
            break
    assert numero >= 6


def test_morto_em_cada_chamada_da_volta(tmp_path: Path) -> None:
    numero = 0
    while True:
        numero += 1
        dados = tmp_path / str(numero)
        preparar(dados)
        abrir(dados).close()

        def vida(contador: Contador, dados: Path = dados, numero: int = numero) -> None:
            contador.armar(numero)
            volta.voltar(dados, copia.copias(dados)[0], lambda _agora, _antes: None)

        codigo, _ = em_filho(vida, tmp_path / "recado")
        assert conferir(dados) in (ANTES, TODAS)
        volta.voltar(dados, copia.copias(dados)[0], lambda _agora, _antes: None)
        assert conferir(dados) == ANTES
        terminar(dados)
        if codigo != MORTO:
            break
    assert numero >= 6


def sob_strace(programa: str, dados: Path, saida: Path, ponto: Ponto | None = None) -> int:
    """Runs a program under strace, which kills it on entering the point. Returns how it ended."""
    injetar = ["-e", f"inject={ponto.chamada}:signal=KILL:when={ponto.vez}"] if ponto is not None else []
    comando = ["strace", "-y", "-o", str(saida), "-e", "trace=" + ",".join(CHAMADAS), *injetar]
    ambiente = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    feito = subprocess.run(
        [*comando, sys.executable, "-c", programa, str(dados)], check=False, capture_output=True, env=ambiente
    )
    return feito.returncode


@pytest.mark.parametrize("o_que", ["migrar", "voltar"])
@pytest.mark.parametrize(
    "quantos", [pytest.param(DO_DIA, id="do-dia"), pytest.param(None, id="todas", marks=pytest.mark.longo)]
)
def test_morto_em_chamadas_do_sistema(tmp_path: Path, o_que: str, quantos: int | None) -> None:
    programa = ABRIR if o_que == "migrar" else VOLTAR

    def novo(nome: str) -> Path:
        dados = tmp_path / nome
        preparar(dados)
        if o_que == "voltar":
            abrir(dados).close()
        return dados

    inteiro = novo("inteiro")
    assert sob_strace(programa, inteiro, tmp_path / "traco") == 0
    achados = pontos(tmp_path / "traco", inteiro, pid=0)
    assert len(achados) >= 15, achados
    for n, ponto in enumerate(espalhados(achados, quantos) if quantos is not None else achados):
        dados = novo(f"vez-{n}")
        assert sob_strace(programa, dados, tmp_path / "traco", ponto) != 0, ponto
        assert conferir(dados) in (ANTES, TODAS), ponto
        if o_que == "voltar":
            volta.voltar(dados, copia.copias(dados)[0], lambda _agora, _antes: None)
            assert conferir(dados) == ANTES, ponto
        terminar(dados)
