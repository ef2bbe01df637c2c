"""A company is changed in the file, and every comment stands where it stood: above what it speaks of."""

import difflib
from pathlib import Path
from typing import Any

import pytest

from separador.configuracao.edicao import Editada, alterar_empresa

pytestmark = pytest.mark.requisito("PAINEL-01", "ECAC-01")
UMA, OUTRA = "11222333000181", "11444777000161"
ARQUIVO = """\
# quem mantém
dados: var
tempo_leitura: 10
ecac: {contratante: "11222333000181", chave_consumidor: {env: A}, segredo_consumidor: {env: A}}
empresas:
  # a primeira
  - cnpj: "11222333000181"   # a matriz
    nome:   ALFA
    uf: SP            # estado

  # a segunda
  - cnpj: "11444777000161"
    nome: BETA
    uf: MT
    ecac:
      utiliza: true
      procurador: "11222333000181"     # fulano
      # desde quando
      inicio: 2026-01-01
      servicos:
        - e-CAC
        - desacordo
      # onde
      implantacao: nuvem
    # o que ela é
    papel: cliente
# fim das empresas

# ROTAS
rotas: []
"""


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    alvo = tmp_path / "config" / "separador.yaml"
    alvo.write_text(ARQUIVO)
    return alvo


@pytest.mark.parametrize(
    ("cnpj", "ecac", "saem", "entram"),
    [
        (UMA, {"utiliza": False}, [], ["    ecac:", "      utiliza: false"]),
        (OUTRA, {"acesso": "certificado A1"}, [], ["      acesso: certificado A1"]),
        (OUTRA, {"procurador": None}, ['      procurador: "11222333000181"     # fulano'], []),
        (OUTRA, {"implantacao": None}, ["      implantacao: nuvem"], []),
        (
            OUTRA,
            {"servicos": ["e-CAC"]},
            ["      servicos:", "        - e-CAC", "        - desacordo"],
            ["      servicos: [e-CAC]"],
        ),
    ],
)
def test_so_mudam_as_linhas_da_mudanca(
    arquivo: Path, cnpj: str, ecac: dict[str, Any], saem: list[str], entram: list[str]
) -> None:
    assert isinstance(alterar_empresa(arquivo, cnpj, {"ecac": ecac}), Editada)
    depois = arquivo.read_text()
    linhas = list(difflib.unified_diff(ARQUIVO.splitlines(), depois.splitlines(), n=0, lineterm=""))[2:]
    assert [x[1:] for x in linhas if x.startswith("-")] == saem
    assert [x[1:] for x in linhas if x.startswith("+")] == entram
    assert depois.endswith("# fim das empresas\n\n# ROTAS\nrotas: []\n")


def test_o_que_outro_editor_mudou_nao_se_grava_e_nada_se_anota(arquivo: Path) -> None:
    def nunca(_rota: int | None) -> Any:
        raise AssertionError("nada é gravado")

    feito = alterar_empresa(arquivo, UMA, {"ecac": {"utiliza": False}}, "outro resumo", nunca)
    assert "mudado por outro editor" in str(getattr(feito, "erros", ()))
    feito = alterar_empresa(arquivo, UMA, {"ecac": {"utiliza": True}}, None, nunca)
    assert 'falta a chave "inicio"' in str(getattr(feito, "erros", ()))
    assert arquivo.read_text() == ARQUIVO
