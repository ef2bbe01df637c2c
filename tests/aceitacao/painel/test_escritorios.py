"""The pages of offices and accesses say what `separador procuracao` says, and never a secret."""

import re
from datetime import UTC, datetime
from html import unescape

import pytest

from separador.capacidades.procuracoes.dominio import Acesso, Esfera, TipoAcesso
from separador.capacidades.procuracoes.servico import procuracoes
from separador.pedidos.escrita import escrevendo
from tests.aceitacao.painel.conftest import Navegador, Painel
from tests.aceitacao.painel.test_movimento import tabela

pytestmark = pytest.mark.requisito("PAINEL-01", "PAINEL-02", "PROC-01", "PROC-03")
ESCRITORIO, CLIENTE = "11222333000181", "11444777000161"


@pytest.fixture(scope="module")
def com_acesso(painel: Painel) -> str:
    """Registers an office with one access, and returns the path of its accesses."""
    agora = datetime.now(UTC)
    a = Acesso(
        ESCRITORIO, "ACESSO <i>", Esfera.ESTADUAL, TipoAcesso.LOGIN, "joao", orgao="SEFAZ-MT", clientes=(CLIENTE,)
    )
    with escrevendo(painel.cenario.maquina.dados) as banco:
        assert procuracoes.gravar_escritorio(banco, ESCRITORIO, "Modelo <b>", quem="teste", agora=agora) is None
        assert isinstance(procuracoes.incluir(banco, a, quem="teste", agora=agora), int)
    return f"/escritorios/{ESCRITORIO}/certificados"


def test_os_acessos_com_a_validade_e_se_podem_ser_usados(painel: Painel, consulta: Navegador, com_acesso: str) -> None:
    linhas = tabela(consulta.abrir("/escritorios").texto, "Escritorios")
    assert linhas[0] == ["CNPJ", "Nome", "Acessos", "CERTIFICADOS"]
    assert linhas[1][:3] == [ESCRITORIO, "Modelo &lt;b&gt;", "1"]
    visto = consulta.abrir(com_acesso)
    assert visto.estado == 200
    linhas = tabela(visto.texto, "Procurações")
    assert linhas[0] == ["Nome", "ESFERA", "Tipo de acesso", "Clientes", "Validade", "Situação"]
    assert linhas[1][1:4] == ["estadual", "login", "1"]
    (dito,) = painel.cenario.maquina.json("procuracao", "listar")
    assert unescape(re.sub("<[^>]*>", "", linhas[1][5])) == f"✗ {dito['recusa']}"


def test_um_acesso_diz_quem_o_guarda_e_quem_o_usa(consulta: Navegador, com_acesso: str) -> None:
    numero = re.search(rf'href="{com_acesso}/(\d+)"', consulta.abrir(com_acesso).texto)
    assert numero is not None
    visto = consulta.abrir(f"{com_acesso}/{numero[1]}")
    assert visto.estado == 200
    assert "<h1><bdi>ACESSO &lt;i&gt;</bdi></h1>" in visto.texto
    assert "por guardar" in visto.texto
    assert "Ninguém usa este acesso." in visto.texto
    assert tabela(visto.texto, "Clientes")[1][0] == CLIENTE


@pytest.mark.parametrize("fim", ["/999", "/abc", "/" + "9" * 30])
def test_o_que_nao_ha_e_dito(consulta: Navegador, com_acesso: str, fim: str) -> None:
    assert consulta.abrir(com_acesso + fim).estado == 404
    assert consulta.abrir(f"/escritorios/{CLIENTE}/certificados").estado == 404
