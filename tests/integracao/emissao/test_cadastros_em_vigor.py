"""Tests the registries while the service runs: taken up when they change, never half, the former ones in force."""

from collections.abc import Callable
from pathlib import Path

from tests.apoio.emissao import ROTA_DA_CARGA, cadastros, carga, em_yaml, gravar_cadastros
from tests.apoio.instalacao_em_rede import InstalacaoEmRede


def _pasta(i: InstalacaoEmRede) -> Path:
    return i.pasta / "config" / "cadastros"


def _resultado(i: InstalacaoEmRede, nome: str) -> str:
    i.soltar(ROTA_DA_CARGA, f"{nome}-carga.yaml", em_yaml(carga(i.agora, nome, primeira=ord(nome))))
    return str(i.json(ROTA_DA_CARGA, f"{nome}-ret.json")["resultado"])


def test_um_registro_novo_vale_sem_reiniciar(fazer: Callable[..., InstalacaoEmRede]) -> None:
    todos = cadastros()
    sem = [r for r in todos["entidades"] if r["codigo"] != "DEST-RJ"]
    i = fazer(todos | {"entidades": sem})
    assert _resultado(i, "A") == "recusada"
    gravar_cadastros(_pasta(i), todos)
    i.passar(1)
    assert _resultado(i, "B") == "gerada"


def test_com_um_arquivo_errado_valem_os_anteriores(instalacao: InstalacaoEmRede) -> None:
    (_pasta(instalacao) / "entidades.yaml").write_text("entidades: [{codigo: X, nme: Y}]\n", encoding="utf-8")
    instalacao.passar(1)
    falha = instalacao.falha("SEP-CADASTRO")
    assert "linha 1" in falha["motivo"]
    assert "nme" in falha["motivo"]
    assert _resultado(instalacao, "A") == "gerada"
    gravar_cadastros(_pasta(instalacao))
    instalacao.passar(1)
    assert instalacao.falhas() == []


def test_sem_cadastros_desde_o_inicio_a_carga_espera(fazer: Callable[..., InstalacaoEmRede]) -> None:
    i = fazer({"empresas": [{"cnpj": "1"}]})
    i.soltar(ROTA_DA_CARGA, "A-carga.yaml", em_yaml(carga(i.agora, "A")))
    assert set(i.falhas()) == {"SEP-CADASTRO"}
    assert i.nomes(ROTA_DA_CARGA) == []
    gravar_cadastros(_pasta(i))
    i.passar(1)
    i.passar(601)
    assert i.desfecho("A-carga.yaml") == "entregue", i.falhas()
