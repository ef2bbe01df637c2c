"""Tests the empty registries that `init` writes: read as empty, with every field named."""

from pathlib import Path

import pytest

from separador.configuracao.emissao import modelos
from separador.configuracao.emissao.cadastros import ler_cadastros
from separador.fiscal.emissao.formato.cadastros import ARQUIVOS


@pytest.mark.requisito("CAD-04")
def test_os_modelos_sao_cadastros_vazios(tmp_path: Path) -> None:
    faltam = modelos.faltam(tmp_path)
    assert [f.stem for f in faltam] == list(ARQUIVOS)
    for arquivo in faltam:
        modelos.escrever(arquivo)
    lidos = ler_cadastros(tmp_path)
    assert lidos.erros == ()
    assert lidos.cadastros is not None
    assert all(lidos.cadastros.todos(chave) == () for chaves in ARQUIVOS.values() for chave in chaves)
    assert modelos.faltam(tmp_path) == []


def test_cada_campo_esta_no_comentario() -> None:
    for nome, chaves in ARQUIVOS.items():
        texto = modelos.modelo(nome)
        for grupo in chaves.values():
            assert all(f" {c.nome} " in texto for c in grupo.campos), nome
    assert "codigo_municipio" in modelos.modelo("empresas"), "os campos do endereço também"


def test_o_que_ja_existe_fica(tmp_path: Path) -> None:
    (tmp_path / "empresas.yaml").write_text("empresas: []\n")
    assert "empresas" not in [f.stem for f in modelos.faltam(tmp_path)]
