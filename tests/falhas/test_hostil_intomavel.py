"""Tests a file that may be read but not moved: a sticky folder, an immutable file, a security rule of the system."""

import errno
from pathlib import Path

import pytest

from separador.pastas import tomada
from separador.pastas.achados import Candidato
from tests.apoio.instalacao import Instalacao


@pytest.mark.requisito("SEP-03")
def test_arquivo_que_nao_sai_da_pasta_e_mostrado_e_avisado_uma_so_vez(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    tentativas = []
    mover = tomada._mover

    def preso(origem: Path, candidato: Candidato, pasta: Path) -> None:
        if candidato.nome == b"preso.txt":
            tentativas.append(candidato.nome)
            raise PermissionError(errno.EPERM, "Operation not permitted")
        mover(origem, candidato, pasta)

    monkeypatch.setattr(tomada, "_mover", preso)
    instalacao.por(4, "preso.txt", b"x")
    instalacao.soltar(4, "livre.txt", b"y")
    assert instalacao.nomes(instalacao.destino(4)) == ["livre.txt"]
    for _ in range(30):
        instalacao.passar(30)
    assert instalacao.falha("SEP-INTOMAVEL")["arquivo"] == "preso.txt"
    assert len([x for x in instalacao.diario.linhas if x.get("acao") == "não tomado"]) == 1

    monkeypatch.setattr(tomada, "_mover", mover)
    instalacao.passar(15)
    instalacao.passar(2)
    assert instalacao.nomes(instalacao.destino(4)) == ["livre.txt", "preso.txt"]
    assert instalacao.falhas() == []
    assert len(tentativas) > 2
