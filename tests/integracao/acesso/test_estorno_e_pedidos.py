"""Tests that a further reversal needs a user's password, and that a recorded order needs the right of its author."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from separador.acesso.banco import auditoria
from separador.acesso.dominio import Nivel
from separador.acesso.servico import usuarios
from separador.acesso.servico.usuarios import Mudanca
from separador.banco import falhas
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import abrir, texto_de
from tests.apoio.instalacao import MOTIVO, Instalacao
from tests.integracao.usuarios import com_senha

ADMIN, OPERADOR, CONSULTA = "administrador@x.com", "operador@x.com", "consulta@x.com"


@pytest.fixture
def instalacao(tmp_path: Path) -> Iterator[Instalacao]:
    with Instalacao(tmp_path) as c:
        yield c


def cadastrar(instalacao: Instalacao) -> None:
    for nivel in Nivel:
        com_senha(instalacao.banco, f"{nivel.value}@x.com", nivel, agora=instalacao.agora)


def ordenar(
    instalacao: Instalacao, acao: str, chave: str, quem: str, *, confirmada_por: str | None = None
) -> sqlite3.Row:
    motivo = MOTIVO if acao == "cancelar" else None
    with closing(abrir(instalacao.dados, migrar=False)) as outro:
        numero = tabela_de_pedidos.registrar(outro, acao, chave, motivo, quem, texto_de(instalacao.agora))
        if confirmada_por is not None:
            tabela_de_pedidos.confirmar(outro, numero, confirmada_por)
    instalacao.rodar()
    linha = tabela_de_pedidos.por_id(instalacao.banco, numero)
    assert linha is not None
    return linha


def estornado_uma_vez(instalacao: Instalacao, quem: str) -> str:
    """Makes a document whose cancellation was reversed once and ordered again."""
    chave = instalacao.autorizado(7).chave
    for acao in ("cancelar", "estornar", "cancelar"):
        feito = ordenar(instalacao, acao, chave, quem)
        assert feito["estado"] == "feita", feito["mensagem"]
    return chave


@pytest.mark.requisito("CTE-09")
def test_sem_usuarios_o_segundo_estorno_e_recusado_como_antes(instalacao: Instalacao) -> None:
    chave = estornado_uma_vez(instalacao, "so:ana")
    feito = ordenar(instalacao, "estornar", chave, "so:ana")
    assert (feito["estado"], feito["codigo"]) == ("recusada", "SEP-ESTORNO-REPETIDO")
    assert "ainda não há usuários" in feito["mensagem"]


@pytest.mark.requisito("CTE-09")
def test_com_a_senha_de_quem_tem_o_direito_cada_novo_estorno_e_feito(instalacao: Instalacao) -> None:
    cadastrar(instalacao)
    chave = estornado_uma_vez(instalacao, OPERADOR)
    sem_senha = ordenar(instalacao, "estornar", chave, OPERADOR)
    assert (sem_senha["estado"], sem_senha["codigo"]) == ("recusada", "SEP-ESTORNO-USUARIO")
    assert instalacao.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert ordenar(instalacao, "estornar", chave, OPERADOR, confirmada_por=OPERADOR)["estado"] == "feita"
    assert instalacao.situacao(chave) == "AUTORIZADO PELA SEFAZ"
    assert instalacao.historico(chave)[-1]["quem"] == OPERADOR
    # the third reversal needs it as the second did
    assert ordenar(instalacao, "cancelar", chave, OPERADOR)["estado"] == "feita"
    assert ordenar(instalacao, "estornar", chave, ADMIN)["codigo"] == "SEP-ESTORNO-USUARIO"
    assert ordenar(instalacao, "estornar", chave, ADMIN, confirmada_por=ADMIN)["estado"] == "feita"


@pytest.mark.requisito("CTE-09")
def test_por_arquivo_o_segundo_estorno_nunca(instalacao: Instalacao) -> None:
    cadastrar(instalacao)
    chave = estornado_uma_vez(instalacao, OPERADOR)
    feito = instalacao.pedir("estornar", chave)
    assert feito["codigo"] == "SEP-ESTORNO-REPETIDO"
    assert "separador cte estornar" in feito["mensagem"]
    assert instalacao.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


@pytest.mark.requisito("CTE-09", "PROC-05")
@pytest.mark.parametrize("quem", [CONSULTA, "ninguem@x.com", "so:root"])
def test_a_confirmacao_de_quem_nao_pode_nao_vale(instalacao: Instalacao, quem: str) -> None:
    cadastrar(instalacao)
    chave = estornado_uma_vez(instalacao, OPERADOR)
    assert ordenar(instalacao, "estornar", chave, OPERADOR, confirmada_por=quem)["codigo"] == "SEP-ESTORNO-USUARIO"
    assert instalacao.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


@pytest.mark.requisito("CTE-09", "PROC-04")
def test_desativado_entre_a_ordem_e_o_servico(instalacao: Instalacao) -> None:
    cadastrar(instalacao)
    chave = estornado_uma_vez(instalacao, OPERADOR)
    usuarios.alterar(instalacao.banco, OPERADOR, Mudanca(ativo=False), quem=ADMIN, agora=instalacao.agora)
    feito = ordenar(instalacao, "estornar", chave, OPERADOR, confirmada_por=OPERADOR)
    assert (feito["estado"], feito["codigo"]) == ("recusada", "SEP-ACESSO-NIVEL")
    assert instalacao.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


@pytest.mark.requisito("PROC-05")
@pytest.mark.parametrize("quem", [CONSULTA, "so:root", "ninguem@x.com"])
def test_ordem_registrada_por_quem_nao_pode_e_recusada_e_anotada(instalacao: Instalacao, quem: str) -> None:
    cadastrar(instalacao)
    chave = instalacao.autorizado(8).chave
    feito = ordenar(instalacao, "cancelar", chave, quem)
    assert (feito["estado"], feito["codigo"]) == ("recusada", "SEP-ACESSO-NIVEL")
    assert instalacao.situacao(chave) == "AUTORIZADO PELA SEFAZ"
    ultima = auditoria.listar(instalacao.banco)[0]
    assert (ultima["quem"], ultima["acao"], ultima["alvo"], ultima["resultado"]) == (
        quem, "pedido cancelar", chave, "recusado",
    )  # fmt: skip
    assert ordenar(instalacao, "cancelar", chave, OPERADOR)["estado"] == "feita"


@pytest.mark.requisito("PROC-05")
def test_o_servico_sela_a_auditoria(instalacao: Instalacao) -> None:
    cadastrar(instalacao)
    instalacao.passar(31)
    assert auditoria.ler_selo(instalacao.dados) is not None
    quantas, problemas = auditoria.conferir(instalacao.banco, instalacao.dados)
    assert (quantas > 0, problemas) == (True, [])


@pytest.mark.requisito("PROC-05", "SEP-05", "PAINEL-01")
def test_a_ordem_recusada_de_quem_saiu_esta_entre_as_falhas_ate_ser_dada_de_novo(instalacao: Instalacao) -> None:
    cadastrar(instalacao)
    chave = instalacao.autorizado(8).chave
    usuarios.alterar(instalacao.banco, OPERADOR, Mudanca(ativo=False), quem=ADMIN, agora=instalacao.agora)
    feito = ordenar(instalacao, "cancelar", chave, OPERADOR)
    (falha,) = falhas.abertas(instalacao.banco)
    assert (falha["codigo"], falha["chave"]) == ("SEP-ORDEM-NAO-CUMPRIDA", chave)
    assert f"Ordem nº {feito['id']} (cancelar), de {OPERADOR}" in falha["motivo"]
    ordenar(instalacao, "cancelar", chave, OPERADOR)  # again by who may not: still one line, about the newest
    (falha,) = falhas.abertas(instalacao.banco)
    assert f"Ordem nº {feito['id'] + 1} " in falha["motivo"]
    assert ordenar(instalacao, "cancelar", chave, ADMIN)["estado"] == "feita"
    assert falhas.abertas(instalacao.banco) == []


@pytest.mark.requisito("SEP-05", "BORDA-19")
def test_uma_recusa_de_que_ninguem_espera_a_resposta_esta_entre_as_falhas(instalacao: Instalacao) -> None:
    chave = instalacao.autorizado(8).chave
    assert ordenar(instalacao, "estornar", chave, "so:ana")["estado"] == "recusada"
    assert falhas.abertas(instalacao.banco) == []  # who gave it now reads the answer
    with closing(abrir(instalacao.dados, migrar=False)) as outro:
        numero = tabela_de_pedidos.registrar(outro, "estornar", chave, None, "so:ana", texto_de(instalacao.agora))
    instalacao.passar(120)
    feita = tabela_de_pedidos.por_id(instalacao.banco, numero)
    assert feita is not None
    (falha,) = falhas.abertas(instalacao.banco)
    assert feita["mensagem"] in falha["motivo"]
