"""Runs the commands of docs/copias.md, in their order, on an installation of the test."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.apoio.instalacao import Instalacao
from tests.apoio.pagina_de_instalacao import blocos
from tests.integracao.copias.conftest import Rodar

PAGINA = Path(__file__).resolve().parents[3] / "docs" / "copias.md"
_DA_MAQUINA = ("install", "systemctl", "apt-get")
"""What only the machine of the administrator has: `tests/integracao/systemd` looks at the units."""


def comandos() -> list[str]:
    """Every line of shell of the page."""
    linhas = [linha for b in blocos(PAGINA) if b.linguagem == "sh" for linha in b.texto.splitlines()]
    return [linha.strip().removeprefix("sudo ").removeprefix("-u separador ") for linha in linhas if linha]


def test_a_pagina_tem_os_comandos_do_grupo() -> None:
    ditos = {m for c in comandos() for m in re.findall(r"^separador copia (\w+)", c)}
    assert ditos == {"fazer", "conferir", "ensaio", "restaurar", "reconstruir"}


@pytest.mark.requisito("OPS-08", "OPS-09", "OPS-10", "OPS-11")
def test_cada_comando_da_pagina_anda(instalacao: Instalacao, rodar: Rodar, tmp_path: Path) -> None:
    instalacao.autorizado(1)
    lugares = {
        "/var/backups/separador": str(tmp_path / "copias"),
        "/srv/restaurada/dados": str(tmp_path / "restaurada" / "var"),
        "/srv/restaurada": str(tmp_path / "restaurada"),
        "/var/lib/separador": str(instalacao.dados),
    }
    andaram = []
    depois: str | None = None
    so_se_falhou = False
    for escrito in comandos():
        comando = escrito.removesuffix(" ||")
        for antes, agora in lugares.items():
            comando = comando.replace(antes, agora)
        palavras = re.findall(r'"([^"]*)"|(\S+)', comando)
        programa, *resto = [a or b for a, b in palavras]
        if programa in _DA_MAQUINA or programa == "restic" or so_se_falhou:
            so_se_falhou = False
            continue
        so_se_falhou = escrito.endswith(" ||")
        if programa == "separador" and resto == ["parar"]:
            depois = instalacao.autorizado(2).chave  # after the copy: the older database does not know it
            instalacao.fechar()
        elif programa == "separador" and resto == ["iniciar"]:
            instalacao.abrir()
        elif programa == "separador":
            rodar(*resto)  # `auditoria conferir` finds nothing wrong: restoring has sealed it
        else:
            subprocess.run([programa, *resto], check=True)
        andaram.append(programa)
    assert andaram.count("separador") == 8
    assert depois is not None
    assert instalacao.situacao(depois) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.falhas() == []


@pytest.mark.longo
@pytest.mark.requisito("OPS-08")
def test_o_restic_leva_a_pasta_e_a_traz_de_volta(
    instalacao: Instalacao, destino: Path, rodar: Rodar, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if shutil.which("restic") is None:
        pytest.skip("sem o programa restic (pacote Debian restic) a cópia para longe NÃO foi testada")
    monkeypatch.setenv("RESTIC_PASSWORD", "frase do repositorio")
    monkeypatch.setenv("HOME", str(tmp_path))
    for n in (1, 2):
        instalacao.autorizado(n)
        rodar("copia", "fazer", destino)
        for comando in (c for c in comandos() if c.startswith("restic")):
            pronto = comando.replace("/var/backups/longe", str(tmp_path / "longe"))
            palavras = pronto.replace("/var/backups/separador", str(destino)).split()
            if palavras[-1] != "init" or n == 1:
                subprocess.run(palavras, check=True)
    volta = ["restic", "-r", str(tmp_path / "longe"), "restore", "latest", "--target", str(tmp_path / "volta")]
    subprocess.run(volta, check=True)
    rodar("copia", "conferir", tmp_path / "volta" / destino.relative_to("/"))
