"""What `separador verificar` says of issuing: registries, the electronic model, rates that end soon."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner, Result

from separador.capacidades.emissao.cli.verificacoes import emissao
from separador.cli.base.constatacao import AVISO, CERTO, ERRO, Exame
from separador.configuracao import Conferida, Invalida, interpretar
from separador.configuracao.emissao.cadastros import ler_cadastros
from separador.programa import grupo
from tests.apoio.emissao import EMISSAO, ROTAS_COM_CARGA, cadastros, empresa, gravar_cadastros

NOVEMBRO = datetime(2026, 11, 1, tzinfo=UTC)


def _exame(pasta: Path, agora: datetime = NOVEMBRO, **opcoes: Any) -> Exame:
    tudo = {"raiz": str(pasta), "rotas": list(ROTAS_COM_CARGA), "emissao": EMISSAO} | opcoes
    lida = interpretar(yaml.safe_dump(tudo).encode(), pasta / "config" / "separador.yaml", nucleos=1)
    assert isinstance(lida, Conferida), lida
    return Exame(lida.configuracao, None, {}, agora, False)


def test_config_conferir_diz_o_mesmo(tmp_path: Path) -> None:
    """The command itself, on a file: registries counted, what is missing told, exit 1 when something is wrong."""
    arquivo = tmp_path / "config" / "separador.yaml"
    gravar_cadastros(tmp_path / "config" / "cadastros")
    tudo = {"raiz": str(tmp_path), "rotas": list(ROTAS_COM_CARGA), "emissao": EMISSAO}
    arquivo.write_text(yaml.safe_dump(tudo, allow_unicode=True), encoding="utf-8")

    def conferir() -> Result:
        return CliRunner().invoke(grupo, ["--config", str(arquivo), "config", "conferir"])

    assert (conferir().exit_code, "Cadastros: 17 registros" in conferir().output) == (0, True), conferir().output
    arquivo.write_text(yaml.safe_dump(tudo | {"emissao": {}}, allow_unicode=True), encoding="utf-8")
    assert conferir().exit_code == 1
    assert "não é ELETRÔNICO" in conferir().output


def _estados(exame: Exame) -> list[str]:
    return [c.estado for c in emissao(exame)]


def test_tudo_em_ordem(tmp_path: Path) -> None:
    gravar_cadastros(tmp_path / "config" / "cadastros")
    assert _estados(_exame(tmp_path)) == [CERTO]


def test_sem_rota_de_carga_nada_se_diz(tmp_path: Path) -> None:
    assert _estados(_exame(tmp_path, rotas=[])) == []


@pytest.mark.requisito("CAD-05")
def test_o_que_falta_se_diz(tmp_path: Path) -> None:
    gravar_cadastros(tmp_path / "config" / "cadastros", cadastros(empresas=[{"cnpj": empresa()["cnpj"]}]))
    assert _estados(_exame(tmp_path, emissao={})) == [AVISO, ERRO]


def test_uma_empresa_que_nao_emite_nao_precisa_do_que_se_emite_com(tmp_path: Path) -> None:
    outra = {"cnpj": "33444555000181", "transportadora": "não"}
    gravar_cadastros(tmp_path / "config" / "cadastros", cadastros(empresas=[empresa(), outra]))
    assert _estados(_exame(tmp_path)) == [CERTO]


@pytest.mark.parametrize(("posicoes", "estados"), [(60, [CERTO]), (61, [ERRO])])
def test_a_rua_do_emitente_tem_sessenta_posicoes(tmp_path: Path, posicoes: int, estados: list[str]) -> None:
    endereco = empresa()["endereco"] | {"logradouro": "R" * posicoes}
    gravar_cadastros(tmp_path / "config" / "cadastros", cadastros(empresas=[empresa(endereco=endereco)]))
    assert _estados(_exame(tmp_path))[:1] == estados


def test_um_cadastro_com_erro(tmp_path: Path) -> None:
    gravar_cadastros(tmp_path / "config" / "cadastros", {"empresas": [empresa(cnpj="1")]})
    (achado,) = emissao(_exame(tmp_path))
    assert achado.estado == ERRO
    assert "empresas.yaml, linha 2" in achado.mensagem


@pytest.mark.parametrize(
    ("arquivo", "texto", "dito"),
    [
        ("entidades", "entidades: {codigo: REM-SP}", "entidades deve ser uma lista"),
        ("servicos", "servicos: FRETE", "servicos deve ser uma lista"),
        (
            "operacoes",
            "negociacoes: [{codigo: A, parcelas: [{dias: 30, percentual: 50}, {dias: 60, percentual: 49.99}]}]",
            "somam 99.99, e não 100",
        ),
    ],
)
def test_um_cadastro_que_nao_e_o_que_parece(tmp_path: Path, arquivo: str, texto: str, dito: str) -> None:
    """Taken for an empty registry, it would be put in force in the place of the former."""
    (tmp_path / f"{arquivo}.yaml").write_text(texto, encoding="utf-8")
    lidos = ler_cadastros(tmp_path)
    assert lidos.cadastros is None
    (erro,) = lidos.erros
    assert (erro.codigo, erro.linha) == ("SEP-CADASTRO", 1)
    assert dito in erro.mensagem


def test_um_modelo_de_texto_com_campos_que_ha(tmp_path: Path) -> None:
    modelo = "{veiculo.placa} {tomador} {lacres} {impostos.cfop} {valor_averbacao}"
    par = {"xcampo": "A", "xtexto": modelo}
    lida = interpretar(yaml.safe_dump({"emissao": {"consulta_inf_adicional": [par]}}).encode(), tmp_path / "s.yaml")
    assert isinstance(lida, Conferida), lida


@pytest.mark.parametrize(("dia", "estados"), [(15, [CERTO]), (16, [CERTO, AVISO])])
def test_quarenta_e_cinco_dias_antes_do_fim_das_aliquotas(tmp_path: Path, dia: int, estados: list[str]) -> None:
    gravar_cadastros(tmp_path / "config" / "cadastros")
    sem = EMISSAO | {"aliquotas_ibscbs": []}
    assert _estados(_exame(tmp_path, datetime(2026, 11, dia, tzinfo=UTC), emissao=sem)) == estados


@pytest.mark.parametrize(
    ("errada", "dito"),
    [
        ({"cfop_estadual": "9"}, "emissao.cfop_estadual"),
        ({"tipo_emisao": "normal"}, 'você quis dizer "tipo_emissao"'),
        ({"imprimir_em_obs": ["tudo"]}, "«tudo» não existe"),
        ({"consulta_inf_adicional": [{"xcampo": "A", "xtexto": "{observaçao}"}]}, "não há o campo {observaçao}"),
        ({"consulta_inf_adicional": [{"xcampo": "A", "xtexto": "{veiculo.cor}"}]}, "não há o campo {veiculo.cor}"),
        ({"consulta_inf_adicional": [{"xcampo": "A", "xtexto": "X {notas}"}]}, "não há o campo {notas}"),
    ],
)
def test_a_chave_errada_e_erro_da_configuracao(tmp_path: Path, errada: dict[str, Any], dito: str) -> None:
    texto = yaml.safe_dump({"emissao": errada}, allow_unicode=True).encode()
    lida = interpretar(texto, tmp_path / "separador.yaml", nucleos=1)
    assert isinstance(lida, Invalida)
    (erro,) = lida.erros
    assert dito in str(erro)
    assert erro.linha is not None
