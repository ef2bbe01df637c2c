"""Makes the databases of `bancos/` anew: for each commit, its own program fills an installation (`encher.py`).

    python -m tests.versoes.fazer [NAME ...]

It needs git with the history of the repository, and this environment's libraries. Each commit is checked out into a
temporary worktree, which comes before this tree on the path. What comes out is SQL text, the seal of the audit trail in
its first line. A commit that brings a migration is added here when its issue is done, with the date of that day; texts
that are there are left as they are, for a new run would have other keys and times.
"""

import os
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

AQUI = Path(__file__).resolve().parent
BANCOS = AQUI / "bancos"
RAIZ = AQUI.parents[1]
ONDE = Path("/srv/separador-amostra")
"""The folder that the databases name: that of no machine."""
SELO = "-- auditoria.selo: "
VERSOES = {
    "antes": "feba515",
    "m0008": "b7d510c",
    "m0009": "83fe8f0",
    "m0010": "afcd4e8",
    "m0011": "5aee785",
    "m0012": "daa2dcd",
    "m0013": "56f9fb8",
    "m0014": "18b8ca6",
    "m0015": "dfb5110",
}
"""Name → commit: before the redesign, the redesign, and the last commit with each migration as its newest."""


def fazer(nome: str, commit: str) -> Path:
    """Returns the SQL text of the database that the program of a commit made."""
    with tempfile.TemporaryDirectory(prefix="separador-versoes-") as pasta:
        arvore = Path(pasta) / "arvore"
        git = ["git", "-C", str(RAIZ), "worktree"]
        subprocess.run([*git, "add", "--detach", "-f", str(arvore), commit], check=True, capture_output=True)
        try:
            (arvore / "tests" / "versoes").mkdir(exist_ok=True)
            for arquivo in ("__init__.py", "encher.py"):
                shutil.copy(AQUI / arquivo, arvore / "tests" / "versoes")
            shutil.rmtree(ONDE, ignore_errors=True)
            ambiente = {**os.environ, "PYTHONPATH": str(arvore), "USER": "separador", "LOGNAME": "separador"}
            subprocess.run(
                [sys.executable, "-m", "tests.versoes.encher", str(ONDE)], cwd=arvore, env=ambiente, check=True
            )
            return escrever(nome, ONDE / "var")
        finally:
            subprocess.run([*git, "remove", "--force", str(arvore)], check=True, capture_output=True)
            shutil.rmtree(ONDE, ignore_errors=True)


def escrever(nome: str, dados: Path) -> Path:
    texto = BANCOS / f"{nome}.sql"
    with closing(sqlite3.connect(dados / "separador.db")) as c:
        linhas = "\n".join(c.iterdump())
    selo = (dados / "auditoria.selo").read_text("ascii").strip()
    texto.write_text(f"{SELO}{selo}\n{linhas}\n", encoding="utf-8")
    return texto


if __name__ == "__main__":
    for pedido in sys.argv[1:] or VERSOES:
        print(fazer(pedido, VERSOES[pedido]))
