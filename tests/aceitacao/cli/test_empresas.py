"""Companies are kept by command: the file keeps its comments, and what would not be valid changes nothing."""

from pathlib import Path

import pytest

from tests.apoio.maquina import Maquina

pytestmark = pytest.mark.requisito("USO-08")
NOVA = "99887766000105"


@pytest.fixture
def m(tmp_path: Path) -> Maquina:
    maquina = Maquina(tmp_path)
    maquina.config.write_text(f"# um comentário\n{maquina.config.read_text('utf-8')}", "utf-8")
    return maquina


def empresas(m: Maquina) -> dict[str, dict[str, object]]:
    return {str(e["cnpj"]): e for e in m.json("empresas")}


def test_uma_empresa_entra_e_muda_por_comando(m: Maquina) -> None:
    antes = empresas(m)
    m.exigir("empresas", "incluir", "99.887.766/0001-05", "--nome", "OUTRA LTDA", "--uf", "PR", "--papel", "cliente")
    depois = empresas(m)
    assert set(depois) - set(antes) == {NOVA}
    assert (depois[NOVA]["nome"], depois[NOVA]["uf"], depois[NOVA]["papel"]) == ("OUTRA LTDA", "PR", "cliente")
    m.exigir("empresas", "alterar", NOVA, "--nome", "OUTRA S.A.", "--retirar", "papel")
    assert (empresas(m)[NOVA]["nome"], empresas(m)[NOVA]["papel"]) == ("OUTRA S.A.", None)
    assert m.config.read_text("utf-8").startswith("# um comentário\n")
    assert "OUTRA S.A." in m.exigir("empresas").stdout


def test_o_que_nao_valeria_nao_muda_nada(m: Maquina) -> None:
    m.exigir("empresas", "incluir", NOVA, "--nome", "OUTRA", "--uf", "PR")
    antes = m.config.read_bytes()
    for argumentos, dito in (
        (("incluir", NOVA, "--nome", "X", "--uf", "PR"), "já está na configuração"),
        (("alterar", "11111111000191", "--uf", "SP"), "não há empresa"),
    ):
        assert dito in m.exigir("empresas", *argumentos, codigo=1).stderr, argumentos
    assert m.config.read_bytes() == antes
    m.exigir("empresas", "alterar", NOVA, codigo=2)
    for argumentos, dito in (
        (("incluir", "99887766000106", "--nome", "X", "--uf", "PR"), "'CNPJ': '99887766000106' não é um CNPJ."),
        (("incluir", "11444777000161", "--nome", "X", "--uf", "XX"), "'--uf': 'XX' não é a sigla de um estado."),
        (("alterar", NOVA, "--uf", "XX"), "'--uf': 'XX' não é a sigla de um estado."),
    ):
        erro = m.exigir("empresas", *argumentos, codigo=2).stderr
        assert dito in erro, argumentos
        assert "linha" not in erro
    assert m.config.read_bytes() == antes


def test_um_logotipo_que_nao_ha_e_dito_na_hora(m: Maquina) -> None:
    m.exigir("empresas", "incluir", NOVA, "--nome", "OUTRA", "--uf", "PR")
    aviso = m.exigir("empresas", "alterar", NOVA, "--logo", "/nao/ha.png").stderr
    assert "Atenção: /nao/ha.png não existe" in aviso
    assert m.exigir("empresas", "alterar", NOVA, "--nome", "OUTRA S.A.").stderr == ""


def test_o_uso_do_ecac_se_configura_por_comando(m: Maquina) -> None:
    m.exigir("empresas", "incluir", NOVA, "--nome", "OUTRA", "--uf", "PR")
    opcoes = ("--utiliza", "--inicio", "2026-01-01", "--acesso", "código de acesso", "--procurador", "11222333000181")
    m.exigir("ecac", "empresas", "configurar", NOVA, *opcoes)
    dito = next(e for e in m.json("ecac", "empresas") if e["cnpj"] == NOVA)
    assert (dito["utiliza"], dito["inicio"], dito["procurador"]) == (True, "2026-01-01", "11222333000181")
    m.exigir("ecac", "empresas", "configurar", NOVA, "--nao-utiliza")
    assert NOVA not in {e["cnpj"] for e in m.json("ecac", "empresas")}
