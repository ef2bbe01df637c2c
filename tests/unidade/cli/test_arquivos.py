"""A file that a command writes for a person appears whole, or not at all."""

import os
from pathlib import Path

import pytest

from separador.cli.base.arquivos import gravando


@pytest.mark.requisito("USO-05")
def test_um_arquivo_que_surgiu_enquanto_se_gravava_fica(tmp_path: Path) -> None:
    alvo = tmp_path / "mes.zip"

    def gravar() -> None:
        with gravando(alvo, novo=True) as saida:
            saida.write(b"nosso")
            alvo.write_bytes(b"de outro")

    with pytest.raises(FileExistsError):
        gravar()
    assert alvo.read_bytes() == b"de outro"
    assert os.listdir(tmp_path) == ["mes.zip"]


@pytest.mark.requisito("USO-05")
def test_o_arquivo_novo_aparece_inteiro(tmp_path: Path) -> None:
    alvo = tmp_path / "mes.zip"
    with gravando(alvo, novo=True) as saida:
        saida.write(b"nosso")
        assert not alvo.exists()
    assert alvo.read_bytes() == b"nosso"
    with gravando(alvo) as saida:
        saida.write(b"outra vez")
    assert alvo.read_bytes() == b"outra vez"
    assert os.listdir(tmp_path) == ["mes.zip"]


@pytest.mark.requisito("USO-05")
def test_um_erro_a_meio_nao_deixa_nada(tmp_path: Path) -> None:
    def gravar() -> None:
        with gravando(tmp_path / "mes.zip") as saida:
            saida.write(b"meio")
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        gravar()
    assert os.listdir(tmp_path) == []
