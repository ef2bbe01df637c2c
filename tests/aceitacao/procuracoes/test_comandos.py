"""Tests accesses and registries by command."""

import json
import sqlite3
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

from separador.capacidades.certificados.leitura.token import AssinanteDoToken
from separador.cli.base import terminal
from separador.cofre import chave_mestra
from tests.aceitacao.linha_de_comando import ADMIN, CNPJ, CPF, OUTRO, SENHA, Cli
from tests.apoio.autoridade import SENHA as SENHA_DO_PFX
from tests.apoio.autoridade import emitir

SEGREDO, CODIGO = "Sefaz#Mato-Grosso-9431", "codigo-834512"
LOGIN = ("ACESSO SEFAZ-MT", "--escritorio", "11.222.333/0001-81", "--esfera", "estadual", "--tipo", "login",
         "--login", "joao", "--orgao", "sefaz mt")  # fmt: skip
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


@pytest.mark.requisito("PROC-01", "PROC-08")
def test_codigo_de_acesso_e_certificado(escritorio: Cli) -> None:
    cli = escritorio
    comum = ("--escritorio", CNPJ, "--esfera", "federal")
    cli.exigir("procuracao", "incluir", "SIMPLES", *comum, "--tipo", "código de acesso", "--titular", "529.982.247-25",
               "--senha-stdin", entrada=f"{CODIGO}\n{SEGREDO}\n")  # fmt: skip
    assert um(cli, "simples")["recusa"] is None
    certificado = ("procuracao", "incluir", "e-CAC", *comum, "--tipo", "certificado")
    desconhecido = cli.exigir(*certificado, "--certificado", "matriz", codigo=1)
    assert f"A empresa {CNPJ} não tem certificado com o apelido matriz (não há nenhum)" in desconhecido
    pfx = cli.pasta / "escritorio.pfx"
    pfx.write_bytes(emitir(CNPJ, de=HOJE - timedelta(days=1), dias=90).pfx())
    assert "Nada foi mudado" in cli.exigir(*certificado, "--pfx", str(pfx), "--senha-stdin", entrada="x\n", codigo=1)
    assert "Vale até " in cli.exigir(*certificado, "--pfx", str(pfx), "--senha-stdin", entrada=f"{SENHA_DO_PFX}\n")
    assert um(cli, "e-CAC")["certificado"] == "e-CAC"
    outro = ("procuracao", "alterar", "e-CAC", "--certificado", "matriz")
    assert "(os que há: e-CAC)" in cli.exigir(*outro, codigo=1)
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


@pytest.mark.requisito("PROC-08")
def test_o_prazo_vem_do_orgao_e_nao_do_nome(escritorio: Cli) -> None:
    comum = ("--escritorio", CNPJ, "--esfera", "estadual", "--tipo", "login", "--login", "j")
    assert "diga o órgão" in escritorio.exigir("procuracao", "incluir", "ACESSO SEFAZ-MT", *comum)
    escritorio.exigir("procuracao", "incluir", "MT CLIENTE X", *comum, "--orgao", "SEFAZ-MT")
    visto = um(escritorio, "MT CLIENTE X", codigo=1)
    assert (visto["orgao"], visto["validade_meses"]) == ("SEFAZ-MT", 3)
    assert "orgao: SEFAZ-MT" in escritorio.exigir("cadastro", "exportar")


@pytest.mark.requisito("PROC-06")
def test_de_um_login_diz_quem_guarda_e_que_nao_se_entra_no_portal(escritorio: Cli) -> None:
    escritorio.exigir("procuracao", "incluir", *LOGIN, "--senha-stdin", entrada=f"{SEGREDO}\n")
    texto = escritorio.exigir("procuracao", "ver", LOGIN[0])
    assert f"quem guarda: Modelo ({CNPJ})" in texto
    assert "senha guardada por: so:" in texto
    assert "não entra sozinho no portal" in texto
    assert "vencimento: " in texto
    assert SEGREDO not in texto
    assert "não entra sozinho no portal" in escritorio.exigir("procuracao", "incluir", "--ajuda").replace("\n", " ")


@pytest.mark.requisito("PROC-07")
def test_excluir_leva_a_senha_e_fica_na_auditoria(escritorio: Cli) -> None:
    escritorio.exigir("procuracao", "incluir", *LOGIN, "--senha-stdin", entrada=f"{SEGREDO}\n")
    assert "excluído" in escritorio.exigir("procuracao", "excluir", LOGIN[0])
    assert escritorio.exigir("procuracao", "listar") == "Nenhum acesso cadastrado.\n"
    assert f"procuração excluída · ACESSO SEFAZ-MT ({CNPJ})" in escritorio.exigir("auditoria")
    assert "Não há acesso" in escritorio.exigir("procuracao", "excluir", LOGIN[0], codigo=1)
    escritorio.exigir(
        "procuracao", "incluir", *LOGIN, "--senha-stdin", entrada=f"{SEGREDO}\n"
    )  # the secret is gone, too


@pytest.mark.requisito("PROC-08")
def test_um_usuario_pode_nascer_inativo(cli: Cli) -> None:
    novo = ("usuario", "incluir", "rui@x.com", "--nome", "Rui", "--inativo")
    assert "primeiro usuário deve ser administrador" in cli.exigir(*novo, "--nivel", "administrador", codigo=1)
    cli.povoar()
    como = ("--usuario", ADMIN, "--senha-stdin")
    assert "inativo" in cli.exigir(*novo, "--nivel", "operador", *como, entrada=f"{SENHA}\n")
    rui = next(u for u in json.loads(cli.exigir("usuario", "listar", "--json")) if u["email"] == "rui@x.com")
    assert rui["ativo"] is False


@pytest.mark.requisito("PROC-05", "PROC-08")
def test_quem_e_desativado_enquanto_o_comando_espera_a_senha_nao_grava(
    escritorio: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli = escritorio
    cli.exigir("procuracao", "incluir", *LOGIN, "--senha-stdin", entrada=f"{SEGREDO}\n")
    cli.povoar()
    outro = ("usuario", "incluir", "eva@x.com", "--nome", "Eva", "--nivel", "administrador")
    cli.exigir(*outro, "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n")
    cli.definir("eva@x.com")
    pedir = terminal.pedir_senha

    def desativar_antes(texto: str, **opcoes: Any) -> str:
        if texto == "Senha do acesso":
            cli.exigir("usuario", "desativar", ADMIN, "--usuario", "eva@x.com", "--senha-stdin", entrada=f"{SENHA}\n")
            return "nova"
        return pedir(texto, **opcoes)

    monkeypatch.setattr(terminal, "pedir_senha", desativar_antes)
    antes = um(cli)
    dito = cli.exigir("procuracao", "senha", LOGIN[0], "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n",
                      codigo=1)  # fmt: skip
    assert f"O usuário {ADMIN} foi desativado" in dito
    assert um(cli) == antes


@pytest.mark.requisito("PROC-05")
def test_com_a_configuracao_errada_nao_se_diz_que_nao_ha_usuarios(escritorio: Cli) -> None:
    escritorio.povoar()
    escritorio.config.write_text("rotas: [", encoding="utf-8")
    dito = escritorio.exigir("procuracao", "desativar", "X", "--usuario", ADMIN, codigo=2)
    assert "Ainda não há usuários" not in dito
    assert "A configuração tem erro" in dito
    assert f"Corrija o arquivo {escritorio.config} em um editor" in dito
    sem_usuario = escritorio.exigir("procuracao", "desativar", "X", codigo=2)
    assert sem_usuario.strip() in dito  # the same errors, with or without a user


@pytest.mark.requisito("PROC-08")
@pytest.mark.parametrize("dito", ["SEFAZ-MT", "sefaz mt", "SEFAZMT", "sefazmt", " Sefaz / MT "])
def test_o_orgao_dito_depois_tambem_da_o_prazo(escritorio: Cli, dito: str) -> None:
    comum = ("--escritorio", CNPJ, "--esfera", "estadual", "--tipo", "login", "--login", "j")
    sem = escritorio.exigir("procuracao", "incluir", "MT CLIENTE X", *comum, "--orgao", "SEFAZ-SP")
    assert "(--orgao SEFAZ-MT)" in sem
    assert "SEFAZ-UF" not in sem
    escritorio.exigir("procuracao", "alterar", "MT CLIENTE X", "--orgao", dito)
    visto = um(escritorio, "MT CLIENTE X", codigo=1)
    assert (visto["orgao"], visto["validade_meses"]) == ("SEFAZ-MT", 3)
    escritorio.exigir("procuracao", "alterar", "MT CLIENTE X", "--sem-validade")
    assert um(escritorio, "MT CLIENTE X", codigo=1)["validade_meses"] is None


@pytest.mark.requisito("PROC-08")
def test_o_pfx_de_outro_titular_nunca_entra_em_silencio(escritorio: Cli) -> None:
    pfx = escritorio.pasta / "alheio.pfx"
    pfx.write_bytes(emitir(OUTRO, nome="ALHEIO", de=HOJE - timedelta(days=1), dias=90).pfx())
    incluir = ("procuracao", "incluir", "e-CAC", "--escritorio", CNPJ, "--esfera", "federal", "--tipo", "certificado",
               "--pfx", str(pfx), "--senha-stdin")  # fmt: skip
    recusado = escritorio.exigir(*incluir, entrada=f"{SENHA_DO_PFX}\n", codigo=1)
    assert "Certificado de ALHEIO" in recusado
    assert f"O certificado não é de {CNPJ}" in recusado
    assert json.loads(escritorio.exigir("procuracao", "listar", "--json")) == []
    assert json.loads(escritorio.exigir("certificado", "listar", "--json")) == []
    assert "ALHEIO" in escritorio.exigir(*incluir, "--de-outro-titular", entrada=f"{SENHA_DO_PFX}\n")
    segundo = tuple("SEGUNDO" if x == "e-CAC" else x for x in incluir)
    repetido = escritorio.exigir(*segundo, "--de-outro-titular", entrada=f"{SENHA_DO_PFX}\n", codigo=1)
    assert '--certificado "e-CAC", sem --pfx' in repetido
    assert "certificado padrao" not in repetido
    sem_pfx = tuple(x for x in segundo if x not in ("--pfx", str(pfx), "--senha-stdin"))
    escritorio.exigir(*sem_pfx, "--certificado", "e-CAC")


def _desativar_ao_pedir(cli: Cli, monkeypatch: pytest.MonkeyPatch, qual: str) -> None:
    """Makes the administrator lose the account while the command waits for that secret."""
    cli.povoar()
    outro = ("usuario", "incluir", "eva@x.com", "--nome", "Eva", "--nivel", "administrador")
    cli.exigir(*outro, "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n")
    cli.definir("eva@x.com")
    pedir = terminal.pedir_senha

    def desativar_antes(texto: str, **opcoes: Any) -> str:
        if not texto.startswith(qual):
            return pedir(texto, **opcoes)
        cli.exigir("usuario", "desativar", ADMIN, "--usuario", "eva@x.com", "--senha-stdin", entrada=f"{SENHA}\n")
        return "1234"

    monkeypatch.setattr(terminal, "pedir_senha", desativar_antes)


def _com_a3(cli: Cli) -> None:
    secao = {"contratante": CNPJ, "chave_consumidor": {"cofre": "c"}, "segredo_consumidor": {"cofre": "s"}}
    uso = {"utiliza": True, "acesso": "certificado A3", "inicio": "2026-01-01"}
    cli.configurar(ecac=secao, empresas=[{"cnpj": OUTRO, "nome": "DO TOKEN", "uf": "SP", "ecac": uso}])
    pfx = cli.pasta / "token.pfx"
    pfx.write_bytes(emitir(OUTRO, de=HOJE - timedelta(days=1), dias=90).pfx())
    cli.exigir("certificado", "instalar", str(pfx), "--apelido", "token", "--empresa", OUTRO, "--senha-stdin",
               entrada=f"{SENHA_DO_PFX}\n")  # fmt: skip
    referencia = json.dumps({"modulo": "/nao/ha.so", "rotulo": "t", "serie": "1", "id": "01"})
    with sqlite3.connect(cli.dados / "separador.db") as banco:
        banco.execute("UPDATE certificado SET tipo = 'A3', segredo_id = NULL, token = ?", (referencia,))


@pytest.mark.requisito("PROC-05", "PROC-08")
@pytest.mark.parametrize("comando", [("ecac", "importar", "--a3"), ("certificado", "pin", "token")])
def test_quem_e_desativado_enquanto_o_pin_espera_nada_assina(
    escritorio: Cli, monkeypatch: pytest.MonkeyPatch, comando: tuple[str, ...]
) -> None:
    cli = escritorio
    usados: list[object] = []
    _com_a3(cli)
    _desativar_ao_pedir(cli, monkeypatch, "PIN do token")
    monkeypatch.setattr(AssinanteDoToken, "__init__", lambda _, *a: usados.append(a))
    monkeypatch.setattr("separador.cli.base.soquete.entrega.entregar", lambda *a: usados.append(a))
    dito = cli.exigir(*comando, "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n", codigo=1)
    assert f"O usuário {ADMIN} foi desativado" in dito
    assert usados == []
