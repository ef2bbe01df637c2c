"""Runs every command of the page of updates, on an installation that was just updated: docs/atualizar.md."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from separador.banco.conexao import ARQUIVO
from tests.apoio import banco_anterior
from tests.apoio.banco_anterior import migracoes
from tests.apoio.documentacao import DOCS
from tests.apoio.maquina import Maquina
from tests.apoio.pagina_de_instalacao import blocos

PAGINA = DOCS / "atualizar.md"
ROTA = [{"id": 1, "ativo": True, "regra": "mover", "origem": "e", "destino": "s", "arquivo": ".txt"}]


def rodar(m: Maquina, texto: str) -> subprocess.CompletedProcess[str]:
    """Runs a block of shell, in which `separador` is this program with the configuration of the installation."""
    comandos = m.pasta / "bin"
    comandos.mkdir(exist_ok=True)
    separador = comandos / "separador"
    separador.write_text(f'#!/bin/sh\nexec "{sys.executable}" -m separador "$@"\n', encoding="utf-8")
    separador.chmod(0o755)
    ambiente = m.env | {"PATH": f"{comandos}:{os.environ['PATH']}", "SEPARADOR_CONFIG": str(m.config)}
    return subprocess.run(
        ["sh", "-e", "-c", texto], env=ambiente, cwd=m.pasta, capture_output=True, text=True, check=False
    )


@pytest.mark.requisito("OPS-02")
def test_cada_comando_da_pagina(tmp_path: Path) -> None:
    m = Maquina(tmp_path, rotas=ROTA, com_certificado=False, reserva_disco_mb=0)
    banco_anterior.fazer(m.dados, "m0016_versoes")
    m.exigir("uma-vez")
    m.soltar(1, "nota.txt", b"n")
    m.uma_vez()
    achados = [b for b in blocos(PAGINA) if b.linguagem == "sh"]
    assert len(achados) == 3
    assert not [b for b in achados if b.fora]
    antes, ver, aceitar = (b.texto for b in achados)
    feito = rodar(m, antes)
    assert feito.returncode == 0, feito.stdout + feito.stderr
    feito = rodar(m, ver)
    assert feito.returncode == 1, feito.stdout + feito.stderr
    assert "nota.txt" in feito.stdout
    feito = rodar(m, aceitar)
    assert feito.returncode == 0, feito.stdout + feito.stderr
    assert migracoes(m.dados / ARQUIVO)[-1] == "m0015_painel"
    assert (m.dados / f"{ARQUIVO}.antes-de-voltar").exists()
