"""Tests a file that may be read but not moved: a sticky folder, an immutable file, a security rule of the system."""

import errno
import os

import pytest

from tests.apoio.instalacao import Instalacao


@pytest.mark.requisito("SEP-03")
def test_arquivo_que_nao_sai_da_pasta_e_mostrado_e_avisado_uma_so_vez(
    instalacao: Instalacao, monkeypatch: pytest.MonkeyPatch
) -> None:
    tentativas = []
    mover = os.rename

    def preso(de: bytes, para: bytes) -> None:
        if os.path.basename(de) == b"preso.txt":
            tentativas.append(de)
            raise PermissionError(errno.EPERM, "Operation not permitted")
        mover(de, para)

    monkeypatch.setattr(os, "rename", preso)
    instalacao.por(4, "preso.txt", b"x")
    instalacao.soltar(4, "livre.txt", b"y")
    assert instalacao.nomes(instalacao.destino(4)) == ["livre.txt"]
    for _ in range(30):
        instalacao.passar(30)
    assert instalacao.falha("SEP-INTOMAVEL")["arquivo"] == "preso.txt"
    assert len([x for x in instalacao.diario.linhas if x.get("acao") == "não tomado"]) == 1

    monkeypatch.setattr(os, "rename", mover)
    instalacao.passar(15)
    instalacao.passar(2)
    assert instalacao.nomes(instalacao.destino(4)) == ["livre.txt", "preso.txt"]
    assert instalacao.falhas() == []
    assert len(tentativas) > 2
