"""Tests that every command asks for the right it needs, in whatever way it is given."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing

import click
import pytest

from separador.acesso.dominio import Direito
from separador.banco import conexao
from separador.capacidades.procuracoes.cli.campos import Data
from separador.cli.base import autorizacao, chamada
from separador.pedidos import acoes
from separador.programa import grupo
from tests.aceitacao.linha_de_comando import ADMIN, CNPJ, CONSULTA, OPERADOR, SENHA, Cli

CHAVE = "35260712ABC34501DE35570010000001231123456784"


def comandos(atual: click.Group, caminho: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    contexto = click.Context(atual)
    for nome in atual.list_commands(contexto):
        comando = atual.get_command(contexto, nome)
        assert comando is not None
        if isinstance(comando, click.Group):
            if comando.invoke_without_command:
                yield (*caminho, nome), comando
            yield from comandos(comando, (*caminho, nome))
        else:
            yield (*caminho, nome), comando


TODOS = {" ".join(caminho): comando for caminho, comando in comandos(grupo)}
QUE_MUDAM = sorted(n for n in TODOS if acoes.direito_de(n) in (Direito.OPERAR, Direito.ADMINISTRAR))


def qualquer(parametro: click.Parameter, arquivo: str) -> str:
    """Returns a value that click takes. The command must not get far enough to use it."""
    if isinstance(parametro.type, click.Choice):
        return str(parametro.type.choices[0])
    if isinstance(parametro.type, Data):
        return "01/01/2026"
    if isinstance(parametro.type, click.Path):
        return arquivo
    nome = (parametro.metavar or "").strip(".")
    return {"CHAVE": CHAVE, "CNPJ": CNPJ, "UF": "SP"}.get(nome, "1")


def argumentos(nome: str, arquivo: str) -> list[str]:
    dados = nome.split()
    for p in TODOS[nome].params:
        if isinstance(p, click.Argument):
            dados.append(qualquer(p, arquivo))
        elif p.required:
            dados += [p.opts[0], qualquer(p, arquivo)]
    return dados


@pytest.mark.requisito("PROC-05", "SEP-04")
def test_a_tabela_dos_direitos_so_tem_comandos_que_existem_e_o_resto_e_do_administrador() -> None:
    assert set(acoes.direitos()) <= set(TODOS), set(acoes.direitos()) - set(TODOS)
    administrar = {n for n in TODOS if acoes.direito_de(n) is Direito.ADMINISTRAR}
    assert {
        *("iniciar", "parar", "reiniciar", "uma-vez", "init", "rotas incluir", "config definir", "usuario incluir"),
        *("certificado instalar", "cofre girar-chave", "procuracao senha", "cadastro importar"),
    } <= administrar
    assert acoes.direito_de("comando que ainda não existe") is Direito.ADMINISTRAR
    for nome in QUE_MUDAM:
        assert hasattr(TODOS[nome].callback, "vigiado"), nome
        assert "--usuario" in {o for p in TODOS[nome].params for o in p.opts}, nome


@pytest.fixture(scope="module")
def arquivo(tmp_path_factory: pytest.TempPathFactory) -> str:
    caminho = tmp_path_factory.mktemp("entrada") / "x.yaml"
    caminho.write_text("versao: 1\n")
    return str(caminho)


@pytest.mark.requisito("PROC-05", "SEP-04")
def test_sem_dizer_quem_e_nada_muda(cli: Cli, arquivo: str) -> None:
    cli.povoar()
    config, antes = cli.config.read_bytes(), len(json.loads(cli.exigir("auditoria", "listar", "--json")))
    recusados = [n for n in QUE_MUDAM if n != "uma-vez"]
    for nome in recusados:
        assert "Há usuários cadastrados: diga quem é" in cli.exigir(*argumentos(nome, arquivo), codigo=1), nome
    linhas = json.loads(cli.exigir("auditoria", "listar", "--json"))
    assert [r["acao"] for r in reversed(linhas)][antes:] == recusados
    assert {r["resultado"] for r in linhas[: len(recusados)]} == {"recusado"}
    assert all(r["quem"].startswith("so:") for r in linhas[: len(recusados)])
    assert cli.config.read_bytes() == config


@pytest.mark.requisito("PROC-05", "SEP-04")
@pytest.mark.parametrize(("email", "direitos"), [
    (CONSULTA, (Direito.OPERAR, Direito.ADMINISTRAR)), (OPERADOR, (Direito.ADMINISTRAR,)),
])  # fmt: skip
def test_o_que_o_nivel_nao_pode_e_recusado_e_anotado(
    cli: Cli, arquivo: str, email: str, direitos: tuple[Direito, ...]
) -> None:
    cli.povoar()
    cli.entrar(email)
    recusados = [n for n in QUE_MUDAM if acoes.direito_de(n) in direitos]
    config = cli.config.read_bytes()
    for nome in recusados:
        saida = cli.exigir(*argumentos(nome, arquivo), codigo=1)
        assert f"{email} tem nível" in saida, nome
        assert "Nada foi mudado." in saida
    linhas = json.loads(cli.exigir("auditoria", "listar", "--quem", email, "--recusados", "--json"))
    assert [r["acao"] for r in reversed(linhas)] == recusados
    assert cli.config.read_bytes() == config


@pytest.mark.requisito("PROC-05")
def test_o_operador_da_ordens_e_le(cli: Cli, arquivo: str) -> None:
    cli.povoar()
    cli.entrar(OPERADOR)
    for nome in ("cte enviar", "cte cancelar", "cte estornar"):
        mais = ["--motivo", "VALOR DIGITADO ERRADO"] if nome == "cte cancelar" else []
        assert "Não há documento com a chave" in cli.exigir(*argumentos(nome, arquivo), *mais, codigo=1)
    # Anybody may ask SEFAZ about any key. With the service stopped the order waits.
    assert "A ordem ficou registrada" in cli.exigir(*argumentos("cte consultar", arquivo), codigo=3)


@pytest.mark.requisito("PROC-05")
@pytest.mark.parametrize("quem", [None, CONSULTA])
def test_quem_so_consulta_le_tudo(cli: Cli, quem: str | None) -> None:
    cli.povoar()
    if quem is not None:
        cli.entrar(quem)
    for nome in ("situacao", "falhas", "rotas listar", "cte listar", "usuario listar", "procuracao listar", "auditoria",
                 "auditoria conferir", "cadastro exportar", "config conferir", "certificado listar"):  # fmt: skip
        cli.exigir(*nome.split())


@pytest.mark.requisito("ECAC-11", "PROC-05")
def test_localizar_guia_so_le_ate_que_se_pergunte_a_receita(cli: Cli) -> None:
    cli.povoar()
    cli.entrar(CONSULTA)
    localizar = ("ecac", "guias", "localizar", "--empresa", CNPJ)
    assert "Nenhuma guia registrada" in cli.exigir(*localizar)
    assert f"{CONSULTA} tem nível" in cli.exigir(*localizar, "--receita", "2026", codigo=1)


@pytest.mark.requisito("PROC-05")
def test_o_administrador_pode(cli: Cli) -> None:
    cli.povoar()
    cli.exigir("rotas", "desativar", "1", "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n")
    cli.entrar(ADMIN)
    cli.exigir("rotas", "ativar", "1")
    linhas = json.loads(cli.exigir("auditoria", "listar", "--quem", ADMIN, "--json"))
    comandos_dados = [(r["acao"], r["alvo"], r["detalhe"]) for r in reversed(linhas) if r["acao"] == "comando"]
    assert comandos_dados == [("comando", "rotas desativar", "1"), ("comando", "rotas ativar", "1")]


@pytest.mark.requisito("BORDA-20")
def test_a_auditoria_diz_o_que_aconteceu_e_nao_o_que_se_tentou(cli: Cli) -> None:
    cli.povoar()
    cli.entrar(ADMIN)
    cli.exigir("rotas", "desativar", "99", codigo=1)
    (cli.pasta / "nada.pfx").write_bytes(b"isto nao e um certificado")
    cli.configurar(empresas=[{"cnpj": CNPJ, "nome": "E", "uf": "SP"}])
    instalar = ("certificado", "instalar", str(cli.pasta / "nada.pfx"), "--apelido", "x", "--senha-stdin")
    cli.exigir(*instalar, entrada="senha\n", codigo=1)
    cli.exigir("rotas", "desativar", "1")
    linhas = json.loads(cli.exigir("auditoria", "listar", "--quem", ADMIN, "--json"))
    ditas = [(r["alvo"], r["resultado"], r["detalhe"]) for r in reversed(linhas) if r["acao"] == "comando"]
    assert [(alvo, resultado) for alvo, resultado, _ in ditas] == [
        ("rotas desativar", "recusado"), ("certificado instalar", "recusado"), ("rotas desativar", "feito"),
    ]  # fmt: skip
    assert ditas[0][2] == "99 (código de saída 1)"


@pytest.mark.requisito("BORDA-20")
def test_o_que_nao_se_pode_registrar_nao_e_feito(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conexao, "ESPERA_S", 0.2)
    cli.povoar()
    cli.entrar(ADMIN)
    with closing(sqlite3.connect(cli.dados / "separador.db", isolation_level=None)) as banco:
        banco.execute("BEGIN IMMEDIATE")
        dito = cli.exigir("rotas", "desativar", "1", codigo=1)
        banco.execute("ROLLBACK")
    assert "nada foi mudado" in dito


@pytest.mark.requisito("PROC-05")
def test_a_opcao_vale_mais_que_a_sessao(cli: Cli) -> None:
    cli.povoar()
    cli.entrar(ADMIN)
    saida = cli.exigir(
        "rotas", "desativar", "1", "--usuario", CONSULTA, "--senha-stdin", entrada=f"{SENHA}\n", codigo=1
    )
    assert f"{CONSULTA} tem nível consulta" in saida


@pytest.mark.requisito("PROC-05")
def test_sem_usuarios_a_conta_do_sistema_age_e_fica_anotada(cli: Cli) -> None:
    cli.exigir("usuario", "listar")
    cli.exigir("procuracao", "escritorio", "11.222.333/0001-81", "--nome", "Modelo")
    cli.exigir("rotas", "desativar", "1")
    linhas = json.loads(cli.exigir("auditoria", "listar", "--json"))
    assert [(r["quem"], r["acao"]) for r in reversed(linhas)] == [
        (chamada.conta(), "escritório gravado"), (chamada.conta(), "comando"),
    ]  # fmt: skip
    saida = cli.exigir("rotas", "ativar", "1", "--usuario", ADMIN, "--senha-stdin", entrada="x\n", codigo=1)
    assert "Ainda não há usuários" in saida


def test_a_ajuda_nao_pergunta_quem_e(cli: Cli) -> None:
    cli.povoar()
    for nome in QUE_MUDAM:
        cli.exigir(*nome.split(), "--ajuda")


@pytest.mark.requisito("SEP-04")
def test_uma_vez_por_temporizador_pode_o_dono_dos_dados(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.povoar()
    cli.exigir("uma-vez")
    monkeypatch.setattr(autorizacao, "dono_dos_dados", lambda _dados: False)
    assert "diga quem é" in cli.exigir("uma-vez", codigo=1)
