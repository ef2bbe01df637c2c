"""Tests `separador simulador serpro` as people run it."""

import json
from pathlib import Path

import pytest
import yaml
from click.testing import CliRunner, Result

from separador.programa import grupo
from separador.simulador.cli import serpro as simulador_serpro
from separador.simulador.serpro.cenario import de_objeto
from tests.apoio.serpro_local import SerproEmProcesso
from tests.integracao.simulador.test_serpro import YAML

pytestmark = pytest.mark.requisito("ECAC-04")


def serpro(*argumentos: str) -> Result:
    return CliRunner().invoke(grupo, ["simulador", "serpro", *argumentos])


def test_no_ar_paga_mostra_e_termina(tmp_path: Path) -> None:
    cenario = tmp_path / "cenario.yaml"
    cenario.write_text(YAML, encoding="utf-8")
    with SerproEmProcesso(tmp_path / "s", cenario) as local:
        assert local.endereco.startswith("https://127.0.0.1:")
        assert local.ca.is_file()
        pago = serpro("--pasta", str(local.pasta), "--pagar", "07.16.26157.0000002-7")
        assert (pago.exit_code, pago.stdout) == (0, "O documento 07162615700000027 foi pago hoje.\n")
        de_novo = serpro("--pasta", str(local.pasta), "--pagar", "7162615700000027")
        assert (de_novo.exit_code, "já foi pago" in de_novo.stderr) == (1, True)
        assert local.chamadas() == []
    mostrado = serpro("--razao", str(tmp_path / "s"))
    assert (mostrado.exit_code, mostrado.stdout) == (0, "0 chamadas, 0 cobradas\n")
    em_json = serpro("--razao", str(tmp_path / "s"), "--json")
    assert json.loads(em_json.stdout) == []


@pytest.mark.parametrize(
    ("argumentos", "codigo", "texto"),
    [
        (["--cenario", "nao-ha.yaml"], 2, "não pode ser usado"),
        (["--cenario", "torto.yaml"], 2, "não pode ser usado"),
        (["--cenario", "falha.yaml", "--porta", "0"], 2, "falha desconhecida: inventada"),
        (["--massa", "1,2"], 2, "três números"),
        (["--massa", "5,2,1"], 2, "três números"),
        (["--massa", "1,2,1", "--cenario", "torto.yaml"], 2, "não os dois"),
        (["--razao", "vazia"], 1, "Não há razão"),
        (["--pasta", "vazia", "--pagar", "1"], 1, "Não há memória"),
    ],
)
def test_o_que_nao_da(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, argumentos: list[str], codigo: int, texto: str
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "torto.yaml").write_text("a: [", encoding="utf-8")
    (tmp_path / "falha.yaml").write_text("falhas: [{faz: inventada}]", encoding="utf-8")
    feito = serpro(*argumentos)
    assert (feito.exit_code, texto in feito.stderr) == (codigo, True), feito.output


def test_a_ajuda_do_cenario_e_um_cenario() -> None:
    texto = simulador_serpro._EXEMPLO.partition("opcional):\n")[2].partition("Quem escolhe")[0]
    lido = de_objeto(yaml.safe_load(texto))
    assert (len(lido.documentos), len(lido.falhas)) == (1, 3)
    ajuda = serpro("--ajuda-cenario")
    assert (ajuda.exit_code, "silencio" in ajuda.stdout) == (0, True)
