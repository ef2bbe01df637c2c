"""Tests users through the database: registered, locked out, recovered, deactivated."""

import sqlite3
from datetime import timedelta
from pathlib import Path

import pytest

from separador.acesso.banco import auditoria
from separador.acesso.banco import usuarios as tabela
from separador.acesso.dominio import Direito, Nivel
from separador.acesso.servico import autorizacao, usuarios
from separador.acesso.servico.autorizacao import Autor
from separador.acesso.servico.usuarios import Codigo, Mudanca
from separador.banco.conexao import Banco
from separador.nucleo.negativa import Negativa
from tests.integracao.usuarios import AGORA, SENHA, SENHAS, com_senha

ADMIN, OPERADOR, CONSULTA = "administrador@x.com", "operador@x.com", "consulta@x.com"


def incluir(banco: Banco, email: str, nivel: Nivel = Nivel.ADMINISTRADOR, **mais: str) -> str | Negativa:
    nome, escritorio = mais.get("nome", "Ana"), mais.get("escritorio")
    return usuarios.incluir(banco, email, nome, nivel, escritorio, quem="so:teste", agora=AGORA)


def codigo_de(feito: object) -> str:
    assert isinstance(feito, Negativa), feito
    return feito.codigo


def autenticar(banco: Banco, email: str, senha: str = SENHA, *, depois_s: float = 0) -> Autor | Negativa:
    return autorizacao.autenticar(banco, SENHAS, email, senha, AGORA + timedelta(seconds=depois_s))


def emitir(banco: Banco, email: str, *, depois_s: float = 0) -> Codigo:
    feito = usuarios.emitir_codigo(banco, email, quem="so:teste", agora=AGORA + timedelta(seconds=depois_s))
    assert isinstance(feito, Codigo), feito
    return feito


def acoes(banco: Banco) -> list[tuple[str, str, str]]:
    return [(r["quem"], r["acao"], r["resultado"]) for r in reversed(auditoria.listar(banco))]


# --- registry --------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-04")
def test_criado_sem_senha_e_so_entra_depois_de_defini_la(banco: Banco) -> None:
    assert incluir(banco, "Ana@X.com") == "ana@x.com"
    linha = tabela.por_email(banco, "ana@x.com")
    assert linha is not None
    assert linha["senha"] is None
    for tentativa in ("", "None", SENHA):
        assert autenticar(banco, "ana@x.com", tentativa) == autorizacao.NAO_CONFERE
    codigo = emitir(banco, "ana@x.com", depois_s=4000)
    assert codigo.primeira
    assert codigo.codigo not in "".join(map(str, banco.execute("SELECT * FROM usuario_codigo").fetchall()[0]))
    depois = AGORA + timedelta(seconds=4001)
    assert usuarios.definir_senha(banco, SENHAS, codigo.codigo, SENHA, depois) == "ana@x.com"
    assert autenticar(banco, " ANA@x.com", depois_s=4002) == Autor("ana@x.com", Nivel.ADMINISTRADOR, com_senha=True)


@pytest.mark.requisito("PROC-04")
@pytest.mark.parametrize(("email", "nivel", "mais", "esperado"), [
    ("isto não é", Nivel.ADMINISTRADOR, {}, "SEP-USUARIO-EMAIL"),
    ("a@x.com", Nivel.OPERADOR, {}, "SEP-USUARIO-PRIMEIRO"),
    ("a@x.com", Nivel.ADMINISTRADOR, {"nome": "  "}, "SEP-USUARIO-NOME"),
    ("a@x.com", Nivel.ADMINISTRADOR, {"nome": "a\nb"}, "SEP-USUARIO-NOME"),
    ("a@x.com", Nivel.ADMINISTRADOR, {"escritorio": "11222333000181"}, "SEP-ESCRITORIO"),
])  # fmt: skip
def test_inclusao_recusada_nao_muda_nada(
    banco: Banco, email: str, nivel: Nivel, mais: dict[str, str], esperado: str
) -> None:
    assert codigo_de(incluir(banco, email, nivel, **mais)) == esperado
    assert not tabela.ha_usuarios(banco)
    assert acoes(banco) == []


@pytest.mark.requisito("PROC-04")
def test_o_mesmo_email_uma_vez_so(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    assert codigo_de(incluir(banco, "OPERADOR@x.com")) == "SEP-USUARIO-REPETIDO"
    with pytest.raises(sqlite3.IntegrityError):
        banco.execute("INSERT OR REPLACE INTO usuario (email, nome, nivel, criado_em, alterado_em)"
                      " VALUES ('operador@x.com', 'x', 'administrador', '', '')")  # fmt: skip
    with pytest.raises(sqlite3.IntegrityError):
        banco.execute("DELETE FROM usuario")


@pytest.mark.requisito("PROC-04")
def test_o_ultimo_administrador_fica(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    def mudar(email: str, **m: object) -> Negativa | None:
        return usuarios.alterar(banco, email, Mudanca(**m), quem=ADMIN, agora=AGORA)  # type: ignore[arg-type]

    assert codigo_de(mudar(ADMIN, ativo=False)) == "SEP-USUARIO-ULTIMO"
    assert codigo_de(mudar(ADMIN, nivel=Nivel.OPERADOR)) == "SEP-USUARIO-ULTIMO"
    assert mudar(OPERADOR, nivel=Nivel.ADMINISTRADOR) is None
    assert mudar(ADMIN, ativo=False) is None
    assert codigo_de(mudar("ninguem@x.com", ativo=False)) == "SEP-USUARIO-DESCONHECIDO"
    assert codigo_de(mudar(OPERADOR, nome="")) == "SEP-USUARIO-NOME"


# --- one-time codes --------------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-04")
def test_o_codigo_vale_uma_vez_e_por_um_tempo(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    def definir(codigo: str, senha: str = "outra frase comprida", *, depois_s: float = 0) -> str | Negativa:
        return usuarios.definir_senha(banco, SENHAS, codigo, senha, AGORA + timedelta(seconds=depois_s))

    primeiro = emitir(banco, OPERADOR)
    assert not primeiro.primeira
    assert primeiro.expira_em == AGORA + timedelta(hours=1)
    assert codigo_de(definir(primeiro.codigo, "curta")) == "SEP-SENHA-FRACA"  # and the code is still good
    segundo = emitir(banco, OPERADOR)
    assert codigo_de(definir(primeiro.codigo)) == "SEP-CODIGO"  # a newer one was made
    assert definir(segundo.codigo.lower().replace("-", " ")) == OPERADOR
    assert codigo_de(definir(segundo.codigo)) == "SEP-CODIGO"
    assert codigo_de(definir("AAAA-BBBB")) == "SEP-CODIGO"
    tarde = emitir(banco, OPERADOR)
    assert codigo_de(definir(tarde.codigo, depois_s=3600)) == "SEP-CODIGO"
    assert isinstance(autenticar(banco, OPERADOR, "outra frase comprida"), Autor)
    assert autenticar(banco, OPERADOR, SENHA) == autorizacao.NAO_CONFERE
    with pytest.raises(sqlite3.IntegrityError):
        banco.execute("UPDATE usuario_codigo SET usado_em = NULL")


@pytest.mark.requisito("PROC-04")
def test_desativado_nao_entra_nem_recupera(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    codigo = emitir(banco, OPERADOR)
    autor = autenticar(banco, OPERADOR)
    assert isinstance(autor, Autor)
    ficha = autorizacao.entrar(banco, autor, 1000, AGORA)
    assert usuarios.alterar(banco, OPERADOR, Mudanca(ativo=False), quem=ADMIN, agora=AGORA) is None
    assert codigo_de(autenticar(banco, OPERADOR)) == "SEP-ACESSO-INATIVO"
    assert autenticar(banco, OPERADOR, "senha errada") == autorizacao.NAO_CONFERE
    assert codigo_de(usuarios.emitir_codigo(banco, OPERADOR, quem=ADMIN, agora=AGORA)) == "SEP-ACESSO-INATIVO"
    assert isinstance(usuarios.definir_senha(banco, SENHAS, codigo.codigo, "outra frase comprida", AGORA), Negativa)
    assert codigo_de(autorizacao.da_sessao(banco, ficha, 1000, AGORA)) == "SEP-ACESSO-SESSAO"
    assert usuarios.alterar(banco, OPERADOR, Mudanca(ativo=True), quem=ADMIN, agora=AGORA) is None
    assert isinstance(autenticar(banco, OPERADOR, depois_s=7200), Autor)
    assert (
        codigo_de(autorizacao.da_sessao(banco, ficha, 1000, AGORA)) == "SEP-ACESSO-SESSAO"
    )  # old sessions stay closed


# --- lock-out --------------------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-04")
def test_a_espera_cresce_e_sobrevive_ao_reinicio(
    banco: Banco, um_de_cada_nivel: dict[Nivel, str], tmp_path: Path
) -> None:
    from separador.banco.conexao import abrir

    for _ in range(3):
        assert autenticar(banco, OPERADOR, "errada") == autorizacao.NAO_CONFERE
    bloqueado = autenticar(banco, OPERADOR)  # the right one does not help
    assert codigo_de(bloqueado) == "SEP-ACESSO-BLOQUEADO"
    assert "30 s" in str(bloqueado)
    outro = abrir(tmp_path)
    assert codigo_de(autenticar(outro, OPERADOR, depois_s=29)) == "SEP-ACESSO-BLOQUEADO"
    outro.close()
    assert autenticar(banco, OPERADOR, "errada", depois_s=31) == autorizacao.NAO_CONFERE
    assert codigo_de(autenticar(banco, OPERADOR, depois_s=31 + 59)) == "SEP-ACESSO-BLOQUEADO"
    assert isinstance(autenticar(banco, OPERADOR, depois_s=31 + 61), Autor)
    # The count begins again.
    assert autenticar(banco, OPERADOR, "errada", depois_s=100) == autorizacao.NAO_CONFERE
    assert isinstance(autenticar(banco, OPERADOR, depois_s=101), Autor)


@pytest.mark.requisito("PROC-04")
def test_recuperar_a_senha_acaba_com_o_bloqueio(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    for _ in range(3):
        autenticar(banco, OPERADOR, "errada")
    codigo = emitir(banco, OPERADOR)
    assert usuarios.definir_senha(banco, SENHAS, codigo.codigo, "outra frase comprida", AGORA) == OPERADOR
    assert isinstance(autenticar(banco, OPERADOR, "outra frase comprida"), Autor)


def test_usuario_que_nao_existe_tem_a_mesma_resposta(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    for email in ("ninguem@x.com", "isto não é e-mail", ""):
        for _ in range(5):
            assert autenticar(banco, email, "errada") == autorizacao.NAO_CONFERE


def test_uma_senha_no_lugar_do_email_nao_fica_registrada(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    autenticar(banco, "minha senha secreta", "ana@x.com")
    assert "secreta" not in str([tuple(r) for r in auditoria.listar(banco)])


# --- sessions and rights ---------------------------------------------------------------------------------------------


@pytest.mark.requisito("PROC-04")
def test_sessao_de_oito_horas_da_mesma_conta(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    autor = autenticar(banco, OPERADOR)
    assert isinstance(autor, Autor)
    ficha = autorizacao.entrar(banco, autor, 1000, AGORA)
    assert ficha not in str([tuple(r) for r in banco.todas("SELECT * FROM usuario_sessao")])
    quase = AGORA + timedelta(hours=8, seconds=-1)
    assert autorizacao.da_sessao(banco, ficha, 1000, quase) == Autor(OPERADOR, Nivel.OPERADOR)
    for ruim, conta, quando in (
        (ficha, 1001, AGORA), (ficha, 1000, AGORA + timedelta(hours=8)), (ficha[:-1], 1000, AGORA), ("", 1000, AGORA),
    ):  # fmt: skip
        assert codigo_de(autorizacao.da_sessao(banco, ruim, conta, quando)) == "SEP-ACESSO-SESSAO"
    autorizacao.sair(banco, ficha, "so:teste", AGORA)
    autorizacao.sair(banco, ficha, "so:teste", AGORA)
    assert codigo_de(autorizacao.da_sessao(banco, ficha, 1000, AGORA)) == "SEP-ACESSO-SESSAO"


@pytest.mark.requisito("PROC-04")
def test_senha_nova_encerra_as_sessoes_da_antiga(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    autor = autenticar(banco, OPERADOR)
    assert isinstance(autor, Autor)
    ficha = autorizacao.entrar(banco, autor, 1000, AGORA)
    usuarios.definir_senha(banco, SENHAS, emitir(banco, OPERADOR).codigo, "outra frase comprida", AGORA)
    assert codigo_de(autorizacao.da_sessao(banco, ficha, 1000, AGORA)) == "SEP-ACESSO-SESSAO"


@pytest.mark.requisito("PROC-05")
def test_o_que_o_nivel_nao_pode_e_recusado_e_registrado(banco: Banco, um_de_cada_nivel: dict[Nivel, str]) -> None:
    for nivel, direito, pode in (
        (Nivel.CONSULTA, Direito.OPERAR, False), (Nivel.OPERADOR, Direito.OPERAR, True),
        (Nivel.OPERADOR, Direito.ADMINISTRAR, False), (Nivel.ADMINISTRADOR, Direito.ADMINISTRAR, True),
    ):  # fmt: skip
        antes = len(auditoria.listar(banco, recusados=True))
        feito = autorizacao.autorizar(banco, Autor(um_de_cada_nivel[nivel], nivel), direito, "cte enviar", AGORA)
        assert (feito is None) is pode
        assert len(auditoria.listar(banco, recusados=True)) == antes + (not pode)
    assert autorizacao.autorizar(banco, Autor("so:root"), Direito.ADMINISTRAR, "init", AGORA) is None


@pytest.mark.requisito("PROC-05")
def test_tudo_fica_na_auditoria(banco: Banco, tmp_path: Path) -> None:
    auditoria.selar(banco, tmp_path)
    com_senha(banco, ADMIN, Nivel.ADMINISTRADOR)
    autor = autenticar(banco, ADMIN)
    assert isinstance(autor, Autor)
    autorizacao.sair(banco, autorizacao.entrar(banco, autor, 0, AGORA), "so:teste", AGORA)
    autenticar(banco, ADMIN, "errada")
    usuarios.alterar(banco, ADMIN, Mudanca(nome="Ana Maria"), quem=ADMIN, agora=AGORA)
    assert acoes(banco) == [
        ("so:teste", "usuário incluído", "feito"),
        ("so:teste", "código de senha emitido", "feito"),
        (ADMIN, "senha definida", "feito"),
        (ADMIN, "entrada", "feito"),
        (ADMIN, "saída", "feito"),
        (ADMIN, "entrada", "recusado"),
        (ADMIN, "usuário alterado", "feito"),
    ]
    auditoria.selar(banco, tmp_path)
    assert auditoria.conferir(banco, tmp_path) == (7, [])


@pytest.mark.requisito("PROC-04")
def test_nenhuma_senha_nem_codigo_no_arquivo_do_banco(
    banco: Banco, um_de_cada_nivel: dict[Nivel, str], tmp_path: Path
) -> None:
    codigo = emitir(banco, OPERADOR).codigo
    banco.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    tudo = b"".join(p.read_bytes() for p in tmp_path.iterdir() if p.is_file())
    for segredo in (SENHA, codigo, codigo.replace("-", "")):
        assert segredo.encode() not in tudo
