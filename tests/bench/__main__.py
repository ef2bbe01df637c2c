"""Runs `python -m tests.bench [--rapido] [--so NOME ...] [--saida ARQUIVO] [--guardar]`."""

import argparse
import compileall
import os
import shutil
import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import separador
from tests.apoio import partida
from tests.bench import hospedeiro, relatorio
from tests.bench.ensaio import MEDIDAS, Ensaio

RAPIDO = 0.1


def main() -> int:
    """Runs the bench. Returns 0 whatever the figures are: they are for people, and CI does not pass or fail by them."""
    opcoes = _opcoes()
    os.environ[partida.INTEIROS] = "1"  # what is measured is the start of an interpreter, too
    # pip compiles what it installs. Where the machine asks Python to keep no compiled modules, each command would
    # translate its source anew: a third of what is measured.
    os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
    compileall.compile_dir(Path(separador.__file__).parent, quiet=1)
    pasta = hospedeiro.pasta_nova()
    inicio = time.monotonic()
    try:
        ensaio = Ensaio(pasta, RAPIDO if opcoes.rapido else 1.0, lambda texto: _dizer(inicio, texto))
        quadro = {"maquina": hospedeiro.descrever(pasta), "quando": f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"}
        ensaio.medir(opcoes.so or list(MEDIDAS))
    finally:
        # The folders are removed at the end and not before: after so many removals, files are created slowly for a
        # while.
        if not opcoes.guardar:
            shutil.rmtree(pasta)
    dados = ensaio.dados | quadro | {"notas": ensaio.notas, "duracao_s": round(time.monotonic() - inicio, 1)}
    dados["completo"] = not (opcoes.rapido or opcoes.so)
    print(relatorio.tabela(dados))
    saida = opcoes.saida or (relatorio.ARQUIVO if dados["completo"] else None)
    if saida is not None:
        relatorio.gravar(dados, saida)
        print(f"\nGravado em {saida}")
    if opcoes.guardar:
        print(f"Pastas em {pasta}")
    return 0


def _dizer(inicio: float, texto: str) -> None:
    print(f"[{time.monotonic() - inicio:5.0f} s] {texto}", file=sys.stderr, flush=True)


def _opcoes() -> argparse.Namespace:
    p = argparse.ArgumentParser(prog="python -m tests.bench", description="Mede o serviço de fora, em pastas reais.")
    p.add_argument("--rapido", action="store_true", help="um décimo dos arquivos: para ver se anda, não para citar")
    p.add_argument("--so", nargs="+", choices=list(MEDIDAS), metavar="NOME", help=f"só estas: {', '.join(MEDIDAS)}")
    p.add_argument("--saida", type=Path, help="onde gravar o JSON (sem isto, só a medição completa grava bench.json)")
    p.add_argument("--guardar", action="store_true", help="não apaga as pastas ao fim")
    return p.parse_args()


if __name__ == "__main__":
    raise SystemExit(main())
