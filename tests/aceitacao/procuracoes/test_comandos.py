"""Tests accesses and registries by command."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import yaml

from separador.cofre import chave_mestra
from tests.aceitacao.linha_de_comando import ADMIN, CNPJ, CPF, OUTRO, SENHA, Cli

SEGREDO, CODIGO = "Sefaz#Mato-Grosso-9431", "codigo-834512"
LOGIN = ("ACESSO SEFAZ-MT", "--escritorio", "11.222.333/0001-81", "--esfera", "estadual", "--tipo", "login",
         "--login", "joao")  # fmt: skip
HOJE = datetime.now(UTC)


@pytest.fixture
def escritorio(cli: Cli) -> Cli:
    if not chave_mestra.caminho(cli.dados).exists():
        chave_mestra.criar_arquivo(cli.dados, chave_mestra.gerar())
    cli.exigir("procuracao", "escritorio", "11.222.333/0001-81", "--nome", "Modelo")
    return cli


def um(cli: Cli, nome: str = "ACESSO SEFAZ-MT", codigo: int = 0) -> dict[str, object]:
    lido: dict[str, object] = json.loads(cli.exigir("procuracao", "ver", nome, "--json", codigo=codigo))
    return lido


@pytest.mark.requisito("PROC-01", "PROC-02", "PROC-03")
def test_a_vida_de_um_acesso(escritorio: Cli) -> None:
    cli = escritorio
    saida = cli.exigir("procuracao", "incluir", *LOGIN, "--cliente", "11.444.777/0001-61", "--cliente", CPF,
                       "--senha-stdin", entrada=f"{SEGREDO}\n")  # fmt: skip
    assert "Acesso ACESSO SEFAZ-MT incluído." in saida
    assert "Vale até " in saida  # three months, as SEFAZ-MT has it
    visto = um(cli)
    assert (visto["validade_meses"], visto["clientes"], visto["recusa"]) == (3, [OUTRO, CPF], None)
    assert visto["senha_em"] == str(visto["senha_em"])
    velha = (HOJE - timedelta(days=120)).strftime("%d/%m/%Y")
    cli.exigir("procuracao", "senha", "acesso sefaz-mt", "--trocada-em", velha, "--senha-stdin", entrada="outra\n")
    assert "venceu em" in str(um(cli, codigo=1)["recusa"])
    assert "não: O acesso ACESSO SEFAZ-MT" in cli.exigir("procuracao", "listar")
    cli.exigir("uma-vez", codigo=1)
    assert "O acesso ACESSO SEFAZ-MT (escritório 11222333000181) venceu em" in cli.exigir("falhas", codigo=1)
    cli.exigir("procuracao", "senha", "ACESSO SEFAZ-MT", "--senha-stdin", entrada=f"{SEGREDO}\n")
    cli.exigir("uma-vez")
    assert cli.exigir("falhas") == "Nenhuma falha.\n"
    cli.exigir("procuracao", "alterar", "ACESSO SEFAZ-MT", "--novo-nome", "SEFAZ MT", "--sem-clientes",
               "--validade-dias", "60")  # fmt: skip
    assert (um(cli, "SEFAZ MT")["clientes"], um(cli, "SEFAZ MT")["validade_dias"]) == ([], 60)
    cli.exigir("procuracao", "desativar", "SEFAZ MT")
    assert "desativado" in str(um(cli, "SEFAZ MT", codigo=1)["recusa"])
    cli.exigir("procuracao", "ativar", "SEFAZ MT")
    assert um(cli, "SEFAZ MT")["recusa"] is None
    for arquivo in (p for p in cli.pasta.rglob("*") if p.is_file()):
        assert SEGREDO.encode() not in arquivo.read_bytes(), arquivo


@pytest.mark.requisito("PROC-01")
def test_codigo_de_acesso_e_certificado(escritorio: Cli) -> None:
    cli = escritorio
    comum = ("--escritorio", CNPJ, "--esfera", "federal")
    cli.exigir("procuracao", "incluir", "SIMPLES", *comum, "--tipo", "código de acesso", "--titular", "529.982.247-25",
               "--senha-stdin", entrada=f"{CODIGO}\n{SEGREDO}\n")  # fmt: skip
    assert um(cli, "simples")["recusa"] is None
    cli.exigir("procuracao", "incluir", "e-CAC", *comum, "--tipo", "certificado", "--certificado", "matriz")
    assert "certificado matriz, que não está instalado" in str(um(cli, "e-CAC", codigo=1)["recusa"])
    recusa = cli.exigir("procuracao", "senha", "e-CAC", "--senha-stdin", entrada="x\n", codigo=1)
    assert "não tem senha própria" in recusa


@pytest.mark.requisito("PROC-01")
@pytest.mark.parametrize(("argumentos", "codigo", "trecho"), [
    (("A", "--escritorio", "123", "--esfera", "federal", "--tipo", "login", "--login", "j"), 1, "não confere"),
    (("A", "--escritorio", OUTRO, "--esfera", "federal", "--tipo", "login", "--login", "j"), 1, "Não há escritório"),
    (("A", "--escritorio", CNPJ, "--esfera", "federal", "--tipo", "login"), 1, "Falta o login"),
    (("A", "--escritorio", CNPJ, "--esfera", "federal", "--tipo", "token"), 2, "os tipos são"),
    (("A", "--escritorio", CNPJ, "--esfera", "lunar", "--tipo", "login"), 2, "lunar"),
    ((*LOGIN, "--valida-ate", "31/02/2027"), 2, "não é uma data"),
])  # fmt: skip
def test_inclusao_recusada(escritorio: Cli, argumentos: tuple[str, ...], codigo: int, trecho: str) -> None:
    assert trecho in escritorio.exigir("procuracao", "incluir", *argumentos, codigo=codigo)
    assert escritorio.exigir("procuracao", "listar") == "Nenhum acesso cadastrado.\n"


@pytest.mark.requisito("PROC-02")
@pytest.mark.parametrize("estrago", ["perdida", "outra", "frouxa"])
def test_sem_a_chave_mestra_certa_nada_se_guarda(escritorio: Cli, estrago: str) -> None:
    cli = escritorio
    cli.exigir("procuracao", "incluir", *LOGIN, "--senha-stdin", entrada=f"{SEGREDO}\n")
    arquivo = chave_mestra.caminho(cli.dados)
    guardada = arquivo.read_bytes()
    if estrago == "perdida":
        arquivo.unlink()
    elif estrago == "outra":
        arquivo.write_text(chave_mestra.escrever(chave_mestra.gerar()) + "\n")
    else:
        arquivo.chmod(0o644)
    antes = um(cli)
    outro = ("OUTRO", *LOGIN[1:])
    saida = cli.exigir("procuracao", "incluir", *outro, "--senha-stdin", entrada="x\n", codigo=1)
    assert "chave mestra" in saida
    assert "Nada foi mudado." in saida
    cli.exigir("procuracao", "senha", LOGIN[0], "--senha-stdin", entrada="x\n", codigo=1)
    assert um(cli) == antes
    assert len(json.loads(cli.exigir("procuracao", "listar", "--json"))) == 1
    arquivo.write_bytes(guardada)
    arquivo.chmod(0o600)
    cli.exigir("procuracao", "senha", LOGIN[0], "--senha-stdin", entrada="nova\n")


@pytest.mark.requisito("PROC-02")
def test_a_senha_de_quem_da_o_comando_vem_antes_do_segredo(escritorio: Cli) -> None:
    cli = escritorio
    cli.povoar()
    entrada = f"{SENHA}\n{SEGREDO}\n"
    cli.exigir("procuracao", "incluir", *LOGIN, "--usuario", ADMIN, "--senha-stdin", entrada=entrada)
    assert um(cli)["recusa"] is None
    assert f"{ADMIN} · procuração incluída · ACESSO SEFAZ-MT ({CNPJ})" in cli.exigir("auditoria")


@pytest.mark.requisito("PROC-01", "PROC-02", "PROC-04")
def test_exportar_e_importar_sem_segredos(escritorio: Cli, tmp_path: Path) -> None:
    cli = escritorio
    cli.exigir("procuracao", "incluir", *LOGIN, "--senha-stdin", entrada=f"{SEGREDO}\n")
    cli.povoar()
    arquivo = tmp_path / "cadastros.yaml"
    assert "1 escritórios, 3 usuários, 1 procurações, sem segredos" in cli.exigir("cadastro", "exportar", str(arquivo))
    assert arquivo.stat().st_mode & 0o777 == 0o600
    texto = arquivo.read_text(encoding="utf-8")
    assert texto == cli.exigir("cadastro", "exportar")
    for segredo in (SEGREDO, SENHA, "argon2"):
        assert segredo not in texto
    (tmp_path / "outra").mkdir()
    outra = Cli(tmp_path / "outra")
    outra.configurar()
    assert "em ordem" in outra.exigir("cadastro", "importar", str(arquivo), "--conferir")
    saida = outra.exigir("cadastro", "importar", str(arquivo))
    assert "1 escritórios, 3 usuários, 1 procurações" in saida
    assert "Falta a senha de: ACESSO SEFAZ-MT" in saida
    assert outra.exigir("cadastro", "exportar") == texto


@pytest.mark.parametrize(("conteudo", "trecho"), [
    ("usuarios: [{email: a@x.com, nome: A, nivel: operador, senha: abc}]", "segredos não viajam"),
    ("usuarios: [{email: a@x.com, nome: A, nivel: operador}]", "primeiro usuário deve ser administrador"),
    ("usuarioss: []", 'você quis dizer "usuarios"'),
    ("a: [", "não é YAML válido"),
])  # fmt: skip
def test_arquivo_ruim_nao_muda_nada(cli: Cli, tmp_path: Path, conteudo: str, trecho: str) -> None:
    arquivo = tmp_path / "ruim.yaml"
    arquivo.write_text(conteudo, encoding="utf-8")
    saida = cli.exigir("cadastro", "importar", str(arquivo), codigo=1)
    assert trecho in saida
    assert "Nada foi mudado." in saida
    assert "não existe" in cli.exigir("cadastro", "importar", str(tmp_path / "nenhum.yaml"), codigo=1)
    assert yaml.safe_load(cli.exigir("cadastro", "exportar")) in (
        {}, {"versao": 1, "escritorios": [], "usuarios": [], "procuracoes": []},
    )  # fmt: skip
