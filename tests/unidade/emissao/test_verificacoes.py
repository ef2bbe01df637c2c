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


def test_um_cadastro_com_erro(tmp_path: Path) -> None:
    gravar_cadastros(tmp_path / "config" / "cadastros", {"empresas": [empresa(cnpj="1")]})
    (achado,) = emissao(_exame(tmp_path))
    assert achado.estado == ERRO
    assert "empresas.yaml, linha 2" in achado.mensagem


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
    ],
)
def test_a_chave_errada_e_erro_da_configuracao(tmp_path: Path, errada: dict[str, Any], dito: str) -> None:
    texto = yaml.safe_dump({"emissao": errada}, allow_unicode=True).encode()
    lida = interpretar(texto, tmp_path / "separador.yaml", nucleos=1)
    assert isinstance(lida, Invalida)
    (erro,) = lida.erros
    assert dito in str(erro)
    assert erro.linha is not None
