"""Tests registries written to YAML and read again, without secrets, all or nothing."""

from pathlib import Path

import pytest
import yaml

from separador.acesso.banco import usuarios as tabela
from separador.acesso.dominio import Nivel
from separador.banco.conexao import Banco, abrir
from separador.capacidades.procuracoes.servico import cadastro
from separador.capacidades.procuracoes.servico.cadastro import Contagem, Lido
from separador.configuracao.tipos import ErroConfig
from tests.integracao.usuarios import AGORA, com_senha

BOM = """
versao: 1
escritorios:
- {cnpj: 11.222.333/0001-81, nome: Escritório Modelo}
usuarios:
- {email: bia@x.com, nome: Bia, nivel: operador, escritorio: 11222333000181}
- {email: ana@x.com, nome: Ana, nivel: administrador}
- {email: leo@x.com, nome: Leo, nivel: consulta, ativo: não}
procuracoes:
- {escritorio: 11222333000181, nome: ACESSO SEFAZ-MT, esfera: estadual, tipo: login, login: joao,
   clientes: [11444777000161]}
- {escritorio: 11222333000181, nome: e-CAC, esfera: federal, tipo: certificado, certificado: matriz,
   valida_ate: 2027-01-31}
- {escritorio: 11222333000181, nome: SIMPLES, esfera: federal, tipo: código de acesso, titular: 529.982.247-25}
"""
ARQ = Path("cadastros.yaml")


def ler(texto: str) -> Lido:
    lido = cadastro.ler(texto.encode(), ARQ)
    assert isinstance(lido, Lido), [str(e) for e in lido]
    return lido


def importar(banco: Banco, texto: str) -> Contagem | ErroConfig:
    return cadastro.importar(banco, ler(texto), quem="so:teste", agora=AGORA)


@pytest.mark.requisito("PROC-01", "PROC-04")
def test_ida_e_volta(banco: Banco, tmp_path: Path) -> None:
    feito = importar(banco, BOM)
    assert feito == Contagem(1, 3, 3, ["ACESSO SEFAZ-MT", "SIMPLES"])
    fora = yaml.safe_dump(cadastro.exportar(banco), allow_unicode=True)
    (tmp_path / "outra").mkdir()
    outro = abrir(tmp_path / "outra")
    assert isinstance(importar(outro, fora), Contagem)
    assert cadastro.exportar(outro) == cadastro.exportar(banco)
    assert isinstance(importar(outro, fora), Contagem)  # a second import changes nothing
    assert cadastro.exportar(outro) == cadastro.exportar(banco)
    outro.close()


@pytest.mark.requisito("PROC-02", "PROC-04")
def test_sem_segredos_e_quem_ja_tem_senha_fica_com_ela(banco: Banco) -> None:
    com_senha(banco, "ana@x.com", Nivel.ADMINISTRADOR)
    antes = tabela.por_email(banco, "ana@x.com")
    assert isinstance(importar(banco, BOM), Contagem)
    depois = tabela.por_email(banco, "ana@x.com")
    assert antes is not None
    assert depois is not None
    assert antes["senha"] == depois["senha"]
    fora = yaml.safe_dump(cadastro.exportar(banco), allow_unicode=True)
    assert "argon2" not in fora
    assert "senha" not in fora


@pytest.mark.parametrize(("texto", "trecho"), [
    ("", "vazio"),
    ("- a\n", "chave: valor"),
    ("a: [", "YAML"),
    ("versao: 2\n", "versão 1"),
    ("usuario: []\n", 'você quis dizer "usuarios"'),
    ("usuarios: 3\n", "lista"),
    ("usuarios:\n- {email: x, nome: A, nivel: operador}\n", "linha 2: usuarios[1].email"),
    ("usuarios:\n- {email: a@x.com, nome: A, nivel: chefe}\n", "chefe"),
    ("usuarios:\n- {email: a@x.com, nome: A}\n", 'falta a chave "nivel"'),
    ("usuarios:\n- {email: a@x.com, nome: A, nivel: operador, senha: abc}\n", "segredos não viajam"),
    ("usuarios:\n- {email: a@x.com, nome: A, nivel: operador}\n- {email: A@x.com, nome: B, nivel: operador}\n",
     "a@x.com já está na linha 2"),
    ("procuracoes:\n- {escritorio: 1, nome: A, esfera: estadual, tipo: login, login: j}\n", "não confere"),
    ("procuracoes:\n- {escritorio: 11222333000181, nome: A, esfera: lunar, tipo: login, login: j}\n", "lunar"),
    ("procuracoes:\n- {escritorio: 11222333000181, nome: A, esfera: federal, tipo: token, login: j}\n", "os tipos são"),
    ("procuracoes:\n- {escritorio: 11222333000181, nome: A, esfera: federal, tipo: login}\n", "Falta o login"),
    (("procuracoes:\n- {escritorio: 11222333000181, nome: A, esfera: federal, tipo: login, login: j,"
     " valida_ate: ontem}\n"), "AAAA-MM-DD"),
    (("procuracoes:\n- {escritorio: 11222333000181, nome: A, esfera: federal, tipo: codigo, titular: 52998224725,"
     " codigo: 123}\n"), "segredos não viajam"),
    ("a: &x 1\nb: *x\n", "apelidos"),
])  # fmt: skip
def test_arquivo_ruim_diz_onde(texto: str, trecho: str) -> None:
    erros = cadastro.ler(texto.encode(), ARQ)
    assert isinstance(erros, list)
    assert any(trecho in str(e) for e in erros), [str(e) for e in erros]
    assert not any("abc" in str(e) for e in erros)


def test_todos_os_erros_de_uma_vez() -> None:
    erros = cadastro.ler(b"x: 1\nusuarios:\n- {email: a, nome: A, nivel: z}\n- {nome: B}\n", ARQ)
    assert isinstance(erros, list)
    assert [e.linha for e in erros] == [1, 3, 3, 4, 4]


@pytest.mark.requisito("PROC-04")
@pytest.mark.parametrize(("texto", "trecho"), [
    ("usuarios:\n- {email: a@x.com, nome: A, nivel: operador}\n", "primeiro usuário deve ser administrador"),
    ("usuarios:\n- {email: a@x.com, nome: A, nivel: administrador, ativo: false}\n", "último administrador"),
    ("usuarios:\n- {email: a@x.com, nome: A, nivel: administrador, escritorio: 11444777000161}\n", "Não há escritório"),
    ("escritorios:\n- {cnpj: 11222333000181, nome: M}\n- {cnpj: 123, nome: X}\n", "não confere"),
    (("escritorios:\n- {cnpj: 11222333000181, nome: M}\nprocuracoes:\n"
     "- {escritorio: 11444777000161, nome: A, esfera: federal, tipo: login, login: j}\n"), "Não há escritório"),
])  # fmt: skip
def test_o_que_nao_cabe_desfaz_tudo(banco: Banco, texto: str, trecho: str) -> None:
    feito = importar(banco, texto)
    assert isinstance(feito, ErroConfig)
    assert trecho in feito.mensagem
    assert cadastro.exportar(banco) == {"versao": 1, "escritorios": [], "usuarios": [], "procuracoes": []}
    assert banco.uma("SELECT 1 FROM auditoria") is None


def test_o_tipo_de_um_acesso_nao_muda(banco: Banco) -> None:
    importar(banco, BOM)
    antes = cadastro.exportar(banco)
    feito = importar(banco, "procuracoes:\n- {escritorio: 11222333000181, nome: e-cac, esfera: federal, tipo: login,"
                            " login: j}\n")  # fmt: skip
    assert isinstance(feito, ErroConfig)
    assert "não muda" in feito.mensagem
    assert cadastro.exportar(banco) == antes
