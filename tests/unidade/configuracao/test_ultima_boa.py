"""Tests which copy of the configuration is believed, and where it is looked for."""

import os
from pathlib import Path

import pytest

from separador.configuracao import Configuracao, carregar, ultima_boa

pytestmark = pytest.mark.requisito("BORDA-21")
BOM = "raiz: ..\ndados: {dados}\nambiente: homologacao\nrotas: []\n"


@pytest.fixture
def arquivo(tmp_path: Path) -> Path:
    (tmp_path / "config").mkdir()
    return tmp_path / "config" / "separador.yaml"


def boa(arquivo: Path, dados: str = "var", texto: str = BOM) -> Configuracao:
    arquivo.write_text(texto.format(dados=dados), encoding="utf-8")
    lida = carregar(arquivo)
    assert isinstance(lida, Configuracao)
    lida.dados.mkdir(exist_ok=True, parents=True)
    assert ultima_boa.guardar(lida, lida.dados)
    return lida


def achadas(arquivo: Path) -> list[Configuracao]:
    return list(ultima_boa.procurar(arquivo, processos=arquivo.parent / "nenhum"))


@pytest.mark.parametrize("dados", ["var", "outra pasta", "nao-a-usual"])
@pytest.mark.parametrize("erro", ["rotas: [", "chave: errada", "\tx", "dados: [", "\x00"])
def test_com_um_erro_no_arquivo_vale_a_ultima_boa(arquivo: Path, dados: str, erro: str) -> None:
    lida = boa(arquivo, dados)
    arquivo.write_text(arquivo.read_text(encoding="utf-8") + erro, encoding="utf-8")
    assert achadas(arquivo) == [lida]


@pytest.mark.parametrize(
    "linha", ["dados: 'var de x'", 'dados: "var de x"', "dados: var de x # aqui", "dados:  var de x  "]
)
def test_a_pasta_de_dados_como_o_texto_a_escreve(arquivo: Path, linha: str) -> None:
    lida = boa(arquivo, "", f"raiz: ..\n{linha}\nrotas: []\n".replace("{", "{{"))
    arquivo.write_text(f"raiz: ..\n{linha}\nrotas: [", encoding="utf-8")
    assert achadas(arquivo) == [lida]


def test_o_marcador_de_utf8_nao_estraga_a_copia(arquivo: Path) -> None:
    lida = boa(arquivo, texto="\ufeff" + BOM)
    arquivo.write_text("rotas: [", encoding="utf-8")
    assert achadas(arquivo) == [lida]


def test_a_copia_de_outro_arquivo_nao_vale(arquivo: Path) -> None:
    boa(arquivo)
    outro = arquivo.with_name("outro.yaml")
    outro.write_text("rotas: [", encoding="utf-8")
    assert achadas(outro) == []


@pytest.mark.parametrize("estrago", ["", "rotas: [", "\xff"])
def test_uma_copia_estragada_nao_vale(arquivo: Path, estrago: str) -> None:
    lida = boa(arquivo)
    copia = lida.dados / ultima_boa.ARQUIVO
    cabeca = copia.read_text(encoding="utf-8").splitlines(keepends=True)[0]
    copia.write_text(cabeca + estrago if estrago else "", encoding="latin-1")
    arquivo.write_text("rotas: [", encoding="utf-8")
    assert achadas(arquivo) == []


def test_um_erro_nao_e_guardado_por_cima_da_boa(arquivo: Path) -> None:
    lida = boa(arquivo)
    antes = (lida.dados / ultima_boa.ARQUIVO).read_bytes()
    arquivo.write_text("rotas: [", encoding="utf-8")
    assert not ultima_boa.guardar(lida, lida.dados)
    assert (lida.dados / ultima_boa.ARQUIVO).read_bytes() == antes


def test_pasta_que_nao_aceita_a_copia_so_fica_sem_ela(arquivo: Path) -> None:
    lida = boa(arquivo)
    (lida.dados / ultima_boa.ARQUIVO).unlink()
    (lida.dados / ultima_boa.ARQUIVO).mkdir()
    assert not ultima_boa.guardar(lida, lida.dados)


def test_a_pasta_de_dados_e_a_do_servico_mesmo_que_o_arquivo_diga_outra(arquivo: Path) -> None:
    lida = boa(arquivo)
    arquivo.write_text(BOM.format(dados="nova"), encoding="utf-8")
    assert ultima_boa.guardar(lida, lida.dados)  # as the service does after a change that waits for a restart
    arquivo.write_text("rotas: [", encoding="utf-8")
    assert [c.dados for c in achadas(arquivo)] == [lida.dados]


def test_o_servico_que_roda_diz_onde_estao_os_dados(arquivo: Path, tmp_path: Path) -> None:
    lida = boa(arquivo, "longe/daqui")
    (lida.dados / ultima_boa.TRAVA).touch()
    arquivo.write_text("isto: [", encoding="utf-8")
    assert achadas(arquivo) == []
    fds = tmp_path / "proc" / "77" / "fd"
    fds.mkdir(parents=True)
    (fds / "3").symlink_to(lida.dados / ultima_boa.TRAVA)
    assert list(ultima_boa.procurar(arquivo, processos=tmp_path / "proc")) == [lida]


@pytest.mark.skipif(os.geteuid() != 0, reason="só root dá uma pasta a outro usuário")
def test_a_pasta_de_outra_conta_nao_e_acreditada(arquivo: Path, tmp_path: Path) -> None:
    lida = boa(arquivo, "longe/daqui")
    arquivo.write_text("isto: [", encoding="utf-8")
    fds = tmp_path / "proc" / "77" / "fd"
    fds.mkdir(parents=True)
    (fds / "3").symlink_to(lida.dados / ultima_boa.TRAVA)
    os.chown(lida.dados, 12345, 12345)
    assert list(ultima_boa.procurar(arquivo, processos=tmp_path / "proc")) == []
