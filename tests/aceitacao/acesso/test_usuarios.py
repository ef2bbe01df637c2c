"""Tests users by command: first password, recovery, session, deactivation. Every refusal is a sentence."""

import json
import os
import sqlite3
from contextlib import closing
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from separador.cli.base import autorizacao, terminal
from separador.cli.base.comum import Opcoes
from separador.correio import envio
from tests.aceitacao.linha_de_comando import ADMIN, CODIGO, CONSULTA, OPERADOR, SENHA, Cli


@pytest.mark.requisito("PROC-04")
def test_do_primeiro_usuario_a_primeira_senha(cli: Cli) -> None:
    assert "vale a conta do sistema" in cli.exigir("usuario", "listar")
    assert "primeiro usuário deve ser administrador" in cli.exigir(
        "usuario", "incluir", ADMIN, "--nome", "Ana", "--nivel", "operador", codigo=1
    )
    saida = cli.exigir("usuario", "incluir", ADMIN.upper(), "--nome", "Ana", "--nivel", "administrador")
    assert f"separador usuario recuperar {ADMIN}" in saida
    assert "não conferem" in cli.exigir("entrar", "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n", codigo=1)
    texto = cli.exigir("usuario", "recuperar", ADMIN)
    assert "definir a primeira senha" in texto
    assert "Vale uma vez, até" in texto
    cli.definir(ADMIN)
    cli.entrar(ADMIN)
    lista = json.loads(cli.exigir("usuario", "listar", "--json"))
    assert [(u["email"], u["nivel"], u["ativo"], u["tem_senha"]) for u in lista] == [
        (ADMIN, "administrador", True, True)
    ]


@pytest.mark.requisito("PROC-04")
def test_so_o_administrador_cadastra(cli: Cli) -> None:
    cli.povoar()
    for email in (OPERADOR, CONSULTA):
        cli.entrar(email)
        for comando in (("incluir", "novo@x.com", "--nome", "N", "--nivel", "consulta"), ("desativar", ADMIN),
                        ("alterar", email, "--nivel", "administrador"), ("ativar", email)):  # fmt: skip
            assert "tem nível" in cli.exigir("usuario", *comando, codigo=1)
    cli.entrar(ADMIN)
    cli.exigir("usuario", "alterar", OPERADOR, "--nivel", "consulta")
    assert "último administrador" in cli.exigir("usuario", "desativar", ADMIN, codigo=1)
    assert "Não há usuário" in cli.exigir("usuario", "ativar", "x@y.com", codigo=1)
    assert "Diga o que alterar" in cli.exigir("usuario", "alterar", ADMIN, codigo=2)


@pytest.mark.requisito("PROC-04")
@pytest.mark.parametrize(("entrada", "codigo", "trecho"), [
    ("AAAA-BBBB\ncavalo bateria grampo\n", 1, "Este código não existe"),
    ("", 2, "não veio nada na entrada padrão"),
    ("AAAA\n", 2, "não veio nada na entrada padrão"),
])  # fmt: skip
def test_codigo_ruim(cli: Cli, entrada: str, codigo: int, trecho: str) -> None:
    cli.povoar()
    assert trecho in cli.exigir("usuario", "definir-senha", "--senha-stdin", entrada=entrada, codigo=codigo)


@pytest.mark.requisito("PROC-04")
def test_codigo_usado_e_codigo_trocado(cli: Cli) -> None:
    cli.povoar()
    primeiro, segundo = cli.codigo(OPERADOR), cli.codigo(OPERADOR)
    for codigo, esperado, trecho in ((primeiro, 1, "já foi usado"), (segundo, 0, "definida"), (segundo, 1, "já foi")):
        entrada = f"{codigo}\noutra frase comprida\n"
        saida = cli.exigir("usuario", "definir-senha", "--senha-stdin", entrada=entrada, codigo=esperado)
        assert trecho in saida
    cli.entrar(OPERADOR, "outra frase comprida")


@pytest.mark.requisito("PROC-04")
def test_sem_terminal_e_sem_opcao_nada_e_perguntado(cli: Cli) -> None:
    cli.povoar()
    assert "--senha-stdin" in cli.exigir("entrar", "--usuario", ADMIN, codigo=2)
    assert "--senha-stdin" in cli.exigir("rotas", "ativar", "1", "--usuario", ADMIN, codigo=2)


@pytest.mark.requisito("PROC-04")
def test_senhas_erradas_bloqueiam_com_aviso(cli: Cli) -> None:
    cli.povoar()
    for _ in range(3):
        cli.exigir("entrar", "--usuario", OPERADOR, "--senha-stdin", entrada="errada\n", codigo=1)
    saida = cli.exigir("entrar", "--usuario", OPERADOR, "--senha-stdin", entrada=f"{SENHA}\n", codigo=1)
    assert "Senhas erradas demais: espere" in saida
    cli.definir(OPERADOR, "outra frase comprida")
    cli.entrar(OPERADOR, "outra frase comprida")


@pytest.mark.requisito("PROC-04")
def test_a_sessao_e_um_arquivo_so_da_conta_e_acaba(cli: Cli) -> None:
    cli.povoar()
    cli.entrar(ADMIN)
    arquivo = next((cli.pasta / "estado" / "separador").iterdir())
    assert arquivo.stat().st_mode & 0o777 == 0o600
    cli.exigir("rotas", "ativar", "1")
    arquivo.chmod(0o644)
    assert "não é só seu" in cli.exigir("rotas", "ativar", "1", codigo=1)
    arquivo.chmod(0o600)
    copia = arquivo.read_bytes()
    assert "encerrada" in cli.exigir("sair")
    assert not arquivo.exists()
    assert "Não havia" in cli.exigir("sair")
    arquivo.write_bytes(copia)
    arquivo.chmod(0o600)
    assert "terminou ou não vale mais" in cli.exigir("rotas", "ativar", "1", codigo=1)


@pytest.mark.requisito("PROC-04")
def test_desativado_sai_na_hora(cli: Cli) -> None:
    cli.povoar()
    cli.entrar(OPERADOR)
    mais = ("--usuario", ADMIN, "--senha-stdin")
    cli.exigir("usuario", "desativar", OPERADOR, *mais, entrada=f"{SENHA}\n")
    assert "terminou ou não vale mais" in cli.exigir("cte", "enviar", "3" * 44, codigo=1)
    assert "desativado" in cli.exigir("entrar", "--usuario", OPERADOR, "--senha-stdin", entrada=f"{SENHA}\n", codigo=1)
    assert "desativado" in cli.exigir("cte", "enviar", "3" * 44, "--usuario", OPERADOR, "--senha-stdin",
                                      entrada=f"{SENHA}\n", codigo=1)  # fmt: skip


@pytest.mark.requisito("PROC-04", "PROC-05")
def test_o_codigo_na_tela_so_para_quem_ja_poderia_tudo(cli: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cli.povoar()
    cli.entrar(CONSULTA)
    saida = cli.exigir("usuario", "recuperar", ADMIN, codigo=1)
    assert CODIGO.search(saida) is None
    assert "só para um administrador" in saida
    cli.entrar(ADMIN)
    assert CODIGO.search(cli.exigir("usuario", "recuperar", CONSULTA))
    cli.exigir("sair")
    assert CODIGO.search(cli.exigir("usuario", "recuperar", ADMIN))  # the owner of the data, who lost the password
    monkeypatch.setattr(autorizacao, "dono_dos_dados", lambda _dados: False)
    assert CODIGO.search(cli.exigir("usuario", "recuperar", ADMIN, codigo=1)) is None
    recusas = json.loads(cli.exigir("auditoria", "listar", "--recusados", "--json"))
    assert [r["acao"] for r in recusas] == ["usuario recuperar", "usuario recuperar"]


@pytest.fixture
def com_smtp(cli: Cli) -> Cli:
    cli.povoar()
    cli.configurar(smtp={"servidor": "smtp.x.com", "de": "separador@x.com"})
    return cli


@pytest.mark.requisito("PROC-04")
def test_com_servidor_o_codigo_vai_por_email_e_nao_aparece(com_smtp: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    cartas: list[tuple[str, str]] = []
    monkeypatch.setattr(envio, "enviar_email", lambda _s, para, _a, texto, **_: cartas.append((para[0], texto)))
    saida = com_smtp.exigir("usuario", "recuperar", OPERADOR)
    assert CODIGO.search(saida) is None
    assert [para for para, _ in cartas] == [OPERADOR]
    codigo = CODIGO.search(cartas[0][1])
    assert codigo is not None
    entrada = f"{codigo.group()}\noutra frase comprida\n"
    com_smtp.exigir("usuario", "definir-senha", "--senha-stdin", entrada=entrada)
    assert com_smtp.exigir("usuario", "recuperar", "ninguem@x.com") == saida  # the caller learns nothing
    assert len(cartas) == 1


@pytest.mark.requisito("PROC-04")
def test_email_que_nao_sai_e_dito(com_smtp: Cli, monkeypatch: pytest.MonkeyPatch) -> None:
    def falhar(*_: object, **__: object) -> None:
        raise envio.CorreioError("o servidor de e-mail não oferece STARTTLS; sem cifra nada é enviado")

    monkeypatch.setattr(envio, "enviar_email", falhar)
    saida = com_smtp.exigir("usuario", "recuperar", OPERADOR, codigo=1)
    assert "não pôde ser enviado: o servidor de e-mail não oferece STARTTLS" in saida
    assert CODIGO.search(saida) is None


@pytest.mark.requisito("PROC-05")
def test_a_auditoria_pela_linha_de_comando(cli: Cli) -> None:
    cli.povoar()
    cli.entrar(ADMIN)
    assert "A auditoria confere" in cli.exigir("auditoria", "conferir")
    assert f"{ADMIN} · entrada" in cli.exigir("auditoria")
    assert "não há o que selar" in cli.exigir("auditoria", "selar", "--motivo", "x", codigo=1)
    with closing(sqlite3.connect(cli.dados / "separador.db")) as banco:
        banco.execute("DROP TRIGGER auditoria_nao_muda")
        banco.execute("UPDATE auditoria SET quem = 'outro' WHERE id = 2")
        banco.commit()
    saida = cli.exigir("auditoria", "conferir", codigo=1)
    assert "A linha 2 (" in saida
    assert "foi alterada" in saida
    assert "A proteção auditoria_nao_muda foi tirada" in saida
    assert "NÃO confere" in saida


@pytest.mark.requisito("PROC-05")
def test_banco_restaurado_de_copia_antiga(cli: Cli) -> None:
    cli.povoar()
    banco, copia = cli.dados / "separador.db", cli.pasta / "copia.db"
    with closing(sqlite3.connect(banco)) as origem, closing(sqlite3.connect(copia)) as destino:
        origem.backup(destino)
    cli.exigir("entrar", "--usuario", ADMIN, "--senha-stdin", entrada=f"{SENHA}\n")
    for sobra in ("separador.db-wal", "separador.db-shm"):
        (cli.dados / sobra).unlink(missing_ok=True)
    Path(copia).replace(banco)
    assert "restaurado de uma cópia mais antiga" in cli.exigir("auditoria", "conferir", codigo=1)
    mais = ("--usuario", ADMIN, "--senha-stdin")
    motivo = ("--motivo", "disco trocado, cópia de ontem")
    cli.exigir("auditoria", "selar", *motivo, *mais, entrada=f"{SENHA}\n")
    assert "A auditoria confere" in cli.exigir("auditoria", "conferir")
    assert "disco trocado" in cli.exigir("auditoria")


@pytest.mark.requisito("PROC-04")
def test_nenhum_segredo_nos_arquivos(cli: Cli) -> None:
    cli.povoar()
    codigo = cli.codigo(OPERADOR)
    cli.entrar(ADMIN)
    arquivos = [p for p in cli.pasta.rglob("*") if p.is_file()]
    assert len(arquivos) > 3
    tudo = b"".join(p.read_bytes() for p in arquivos)
    for segredo in (SENHA, codigo, codigo.replace("-", "")):
        assert os.fsencode(segredo) not in tudo


@pytest.mark.requisito("PROC-04", "CTE-09")
def test_em_um_terminal_e_perguntado_e_a_sessao_nao_basta_para_confirmar(
    cli: Cli, monkeypatch: pytest.MonkeyPatch
) -> None:
    cli.povoar()
    monkeypatch.setattr(terminal, "ha", lambda: True)
    saida = cli.exigir("entrar", entrada=f"{OPERADOR}\n{SENHA}\n")
    assert SENHA not in saida
    ditos: list[str] = []

    @click.command()
    def confirmar() -> None:
        contexto = Opcoes(cli.config)
        contexto.autor = autorizacao.da_sessao(cli.dados)
        ditos.append(autorizacao.confirmar(contexto, cli.dados, "cte estornar", "pede usuário e senha"))

    def rodar(entrada: str) -> Result:
        return CliRunner().invoke(confirmar, [], input=entrada)

    assert rodar(f"\n{SENHA}\n").exit_code == 0  # the session's user is proposed, the password is not
    assert rodar(f"{ADMIN}\n{SENHA}\n").exit_code == 0
    assert ditos == [OPERADOR, ADMIN]
    assert "tem nível consulta" in rodar(f"{CONSULTA}\n{SENHA}\n").output
    assert "não conferem" in rodar(f"{ADMIN}\nerrada\n").output
    assert rodar("").exit_code == 1
    assert ditos == [OPERADOR, ADMIN]


@pytest.mark.requisito("PROC-04", "PAINEL-01")
def test_sessoes_sao_vistas_e_encerradas_por_comando(cli: Cli) -> None:
    cli.povoar()
    assert "Nenhuma sessão aberta" in cli.exigir("usuario", "sessoes")
    cli.entrar(ADMIN)
    abertas = json.loads(cli.exigir("usuario", "sessoes", "--json"))
    assert [(s["email"], s["onde"]) for s in abertas] == [(ADMIN, "comandos")]
    assert "Nenhuma sessão aberta" in cli.exigir("usuario", "sessoes", OPERADOR)
    como = ("--usuario", ADMIN, "--senha-stdin")
    assert "1 sessão encerrada" in cli.exigir("usuario", "encerrar-sessoes", ADMIN, *como, entrada=f"{SENHA}\n")
    assert "Nenhuma sessão aberta" in cli.exigir("usuario", "sessoes")
    assert "Não há usuário" in cli.exigir(
        "usuario", "encerrar-sessoes", "x@y.com", *como, entrada=f"{SENHA}\n", codigo=1
    )


@pytest.mark.requisito("PROC-04", "PAINEL-01")
def test_quem_sabe_a_senha_a_troca(cli: Cli) -> None:
    cli.povoar()
    cli.entrar(OPERADOR)
    nova = "outra frase comprida"
    trocar = ("usuario", "trocar-senha", OPERADOR, "--senha-stdin")
    assert "não conferem" in cli.exigir(*trocar, entrada=f"errada\n{nova}\n", codigo=1)
    assert "Nada foi mudado" in cli.exigir(*trocar, entrada=f"{SENHA}\ncurta\n", codigo=1)
    assert f"Senha de {OPERADOR} trocada" in cli.exigir(*trocar, entrada=f"{SENHA}\n{nova}\n")
    assert "Nenhuma sessão aberta" in cli.exigir("usuario", "sessoes", OPERADOR)
    cli.exigir("entrar", "--usuario", OPERADOR, "--senha-stdin", entrada=f"{SENHA}\n", codigo=1)
    cli.entrar(OPERADOR, nova)


@pytest.mark.requisito("PROC-04", "PAINEL-01")
def test_o_codigo_vem_com_o_link_do_painel(cli: Cli) -> None:
    cli.povoar()
    assert "/senha/definir" not in cli.exigir("usuario", "recuperar", ADMIN)
    cli.configurar(painel={"url": "https://painel.exemplo"})
    texto = cli.exigir("usuario", "recuperar", ADMIN)
    codigo = CODIGO.search(texto)
    assert codigo is not None
    assert f"https://painel.exemplo/senha/definir#codigo={codigo.group()}" in texto
