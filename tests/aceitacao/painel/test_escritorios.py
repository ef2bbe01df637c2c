"""The pages of offices and accesses say what `separador procuracao` says, and never a secret."""

import re
from collections.abc import Iterator
from html import unescape

import pytest

from separador.cofre import chave_mestra
from tests.aceitacao.linha_de_comando import ADMIN
from tests.aceitacao.painel.conftest import CLIENTE, ESCRITORIO, Navegador, Painel
from tests.aceitacao.painel.test_movimento import tabela
from tests.apoio.maquina import Maquina

pytestmark = pytest.mark.requisito("PAINEL-01", "PAINEL-02", "PROC-01", "PROC-03")


@pytest.fixture(scope="module")
def com_acesso() -> str:
    """Returns the path of the accesses of the office that is registered."""
    return f"/escritorios/{ESCRITORIO}/certificados"


def test_os_acessos_com_a_validade_e_se_podem_ser_usados(painel: Painel, consulta: Navegador, com_acesso: str) -> None:
    linhas = tabela(consulta.abrir("/escritorios").texto, "Escritórios")
    assert linhas[0] == ["CNPJ", "Nome", "Acessos", "CERTIFICADOS"]
    assert [re.sub("<[^>]*>", "", x) for x in linhas[1][:3]] == [ESCRITORIO, "Modelo &lt;b&gt;", "1"]
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


CAMPOS = {
    "tipo": "login",
    "esfera": "estadual",
    "nome": "ACESSO NOVO",
    "login": "joao",
    "senha": "Sefaz#Mato-Grosso-9431",
    "orgao": "sefaz mt",
    "clientes": f"{CLIENTE}\n",
    "ativo": "1",
}


@pytest.fixture
def servico(painel: Painel) -> Iterator[Maquina]:
    m = painel.cenario.maquina
    if not chave_mestra.caminho(m.dados).exists():
        chave_mestra.criar_arquivo(m.dados, chave_mestra.gerar())
    m.executar()
    yield m
    assert m.parar() == 0


@pytest.mark.requisito("PROC-02", "PROC-04")
def test_a_vida_de_um_acesso_pelo_painel(servico: Maquina, admin: Navegador, com_acesso: str) -> None:
    """Registered with its secret, changed, deleted; the secret is in the vault, and on no page, in no order, no log."""
    novo = f"{com_acesso}/novo"
    assert "<h1>Nova procuração</h1>" in admin.abrir(novo).texto
    assert admin.enviar(novo, CAMPOS).para == com_acesso
    feito = servico.json("procuracao", "ver", "ACESSO NOVO")
    assert (feito["tem_senha"], feito["validade_meses"], feito["clientes"]) == (True, 3, [CLIENTE])
    assert (feito["senha_por"], feito["recusa"]) == (ADMIN, None)
    repetido = admin.enviar(novo, CAMPOS)
    assert repetido.estado == 422
    assert "já tem um acesso chamado" in repetido.texto
    assert CAMPOS["senha"] not in repetido.texto
    assert admin.enviar(novo, CAMPOS | {"nome": "OUTRO", "titular": CLIENTE}).estado == 422
    numero = re.search(rf'href="{com_acesso}/(\d+)"><bdi>ACESSO NOVO', admin.abrir(com_acesso).texto)
    assert numero is not None
    um = f"{com_acesso}/{numero[1]}"
    assert CAMPOS["senha"] not in admin.abrir(um).texto
    mudado = {n: x for n, x in CAMPOS.items() if n not in ("senha", "ativo", "clientes")} | {"meses": "5"}
    assert admin.enviar(um, mudado).estado == 303
    feito = servico.json("procuracao", "ver", "ACESSO NOVO")
    assert (feito["validade_meses"], feito["clientes"], feito["ativo"], feito["tem_senha"]) == (5, [], False, True)
    assert "<h1>Excluir acesso</h1>" in admin.abrir(f"{um}/excluir").texto
    assert admin.enviar(f"{um}/excluir", {}).para == com_acesso
    assert admin.abrir(um).estado == 404
    trilha = [x for x in servico.json("auditoria", "listar") if x["quem"] == ADMIN]
    assert {"procuracao incluir", "procuracao alterar", "procuracao excluir"} <= {x["alvo"] for x in trilha}
    for arquivo in servico.dados.rglob("*"):
        if arquivo.is_file():
            assert CAMPOS["senha"].encode() not in arquivo.read_bytes(), arquivo


def test_sem_servico_nada_se_guarda_e_se_diz_o_que_fazer(
    painel: Painel, admin: Navegador, operador: Navegador, com_acesso: str
) -> None:
    visto = admin.enviar(f"{com_acesso}/novo", CAMPOS | {"nome": "SEM SERVIÇO"})
    assert visto.estado == 409
    assert "Ligue o serviço" in visto.texto
    assert 'value="SEM SERVIÇO"' in visto.texto
    assert CAMPOS["senha"] not in visto.texto
    assert "SEM SERVIÇO" not in [a["nome"] for a in painel.cenario.maquina.json("procuracao", "listar")]
    assert operador.enviar(f"{com_acesso}/novo", CAMPOS).estado == 403
    assert "NOVO</a>" not in operador.abrir(com_acesso).texto
