"""The export of a month is of one instant: what is authorised while it is being written is in no part of it."""

import os
import zipfile
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from separador.capacidades.cte.cli import exportar
from separador.programa import grupo
from tests.apoio.instalacao import Instalacao


def _exportado(i: Instalacao, saida: Path) -> tuple[list[str], str]:
    """Returns the documents of the archive and its index."""
    mes = f"{i.agora:%Y-%m}"
    feito = CliRunner().invoke(
        grupo, ["--config", os.fspath(i.config), "cte", "exportar", "--mes", mes, os.fspath(saida)]
    )
    assert feito.exit_code == 0, feito.output
    with zipfile.ZipFile(saida) as pacote:
        nomes = [Path(n).name for n in pacote.namelist() if n.startswith("documentos/")]
        return nomes, pacote.read("indice.csv").decode("utf-8-sig")


@pytest.mark.requisito("USO-05")
def test_o_que_e_autorizado_durante_a_exportacao_fica_para_a_proxima(
    instalacao: Instalacao, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    primeiro = instalacao.autorizado(1)
    segundo = instalacao.enviado(2)
    original = exportar._escrever

    def enquanto_isso(*args: Any, **opcoes: Any) -> tuple[int, int, int]:
        monkeypatch.setattr(exportar, "_escrever", original)
        instalacao.autorizar(segundo)
        assert instalacao.situacao(segundo.chave) == "AUTORIZADO PELA SEFAZ"
        return original(*args, **opcoes)

    monkeypatch.setattr(exportar, "_escrever", enquanto_isso)
    nomes, indice = _exportado(instalacao, tmp_path / "a.zip")
    assert [primeiro.chave in n for n in nomes] == [True]
    assert primeiro.chave in indice
    assert segundo.chave not in indice
    nomes, indice = _exportado(instalacao, tmp_path / "b.zip")
    assert len(nomes) == 2
    assert segundo.chave in indice
