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
from separador.banco import pedidos as tabela_de_pedidos
from separador.banco.conexao import abrir, texto_de
from tests.apoio.casa_de_teste import MOTIVO, CasaDeTeste
from tests.integracao.usuarios import com_senha

ADMIN, OPERADOR, CONSULTA = "administrador@x.com", "operador@x.com", "consulta@x.com"


@pytest.fixture
def casa(tmp_path: Path) -> Iterator[CasaDeTeste]:
    with CasaDeTeste(tmp_path) as c:
        yield c


def cadastrar(casa: CasaDeTeste) -> None:
    for nivel in Nivel:
        com_senha(casa.banco, f"{nivel.value}@x.com", nivel, agora=casa.agora)


def ordenar(casa: CasaDeTeste, acao: str, chave: str, quem: str, *, confirmada_por: str | None = None) -> sqlite3.Row:
    motivo = MOTIVO if acao == "cancelar" else None
    with closing(abrir(casa.dados, migrar=False)) as outro:
        numero = tabela_de_pedidos.registrar(outro, acao, chave, motivo, quem, texto_de(casa.agora))
        if confirmada_por is not None:
            tabela_de_pedidos.confirmar(outro, numero, confirmada_por)
    casa.rodar()
    linha = tabela_de_pedidos.por_id(casa.banco, numero)
    assert linha is not None
    return linha


def estornado_uma_vez(casa: CasaDeTeste, quem: str) -> str:
    """Makes a document whose cancellation was reversed once and ordered again."""
    chave = casa.autorizado(7).chave
    for acao in ("cancelar", "estornar", "cancelar"):
        feito = ordenar(casa, acao, chave, quem)
        assert feito["estado"] == "feita", feito["mensagem"]
    return chave


@pytest.mark.requisito("CTE-09")
def test_sem_usuarios_o_segundo_estorno_e_recusado_como_antes(casa: CasaDeTeste) -> None:
    chave = estornado_uma_vez(casa, "so:ana")
    feito = ordenar(casa, "estornar", chave, "so:ana")
    assert (feito["estado"], feito["codigo"]) == ("recusada", "SEP-ESTORNO-REPETIDO")
    assert "ainda não há usuários" in feito["mensagem"]


@pytest.mark.requisito("CTE-09")
def test_com_a_senha_de_quem_tem_o_direito_cada_novo_estorno_e_feito(casa: CasaDeTeste) -> None:
    cadastrar(casa)
    chave = estornado_uma_vez(casa, OPERADOR)
    sem_senha = ordenar(casa, "estornar", chave, OPERADOR)
    assert (sem_senha["estado"], sem_senha["codigo"]) == ("recusada", "SEP-ESTORNO-USUARIO")
    assert casa.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert ordenar(casa, "estornar", chave, OPERADOR, confirmada_por=OPERADOR)["estado"] == "feita"
    assert casa.situacao(chave) == "AUTORIZADO PELA SEFAZ"
    assert casa.historico(chave)[-1]["quem"] == OPERADOR
    # the third reversal needs it as the second did
    assert ordenar(casa, "cancelar", chave, OPERADOR)["estado"] == "feita"
    assert ordenar(casa, "estornar", chave, ADMIN)["codigo"] == "SEP-ESTORNO-USUARIO"
    assert ordenar(casa, "estornar", chave, ADMIN, confirmada_por=ADMIN)["estado"] == "feita"


@pytest.mark.requisito("CTE-09")
def test_por_arquivo_o_segundo_estorno_nunca(casa: CasaDeTeste) -> None:
    cadastrar(casa)
    chave = estornado_uma_vez(casa, OPERADOR)
    feito = casa.pedir("estornar", chave)
    assert feito["codigo"] == "SEP-ESTORNO-REPETIDO"
    assert "separador cte estornar" in feito["mensagem"]
    assert casa.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


@pytest.mark.requisito("CTE-09", "PROC-05")
@pytest.mark.parametrize("quem", [CONSULTA, "ninguem@x.com", "so:root"])
def test_a_confirmacao_de_quem_nao_pode_nao_vale(casa: CasaDeTeste, quem: str) -> None:
    cadastrar(casa)
    chave = estornado_uma_vez(casa, OPERADOR)
    assert ordenar(casa, "estornar", chave, OPERADOR, confirmada_por=quem)["codigo"] == "SEP-ESTORNO-USUARIO"
    assert casa.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


@pytest.mark.requisito("CTE-09", "PROC-04")
def test_desativado_entre_a_ordem_e_o_servico(casa: CasaDeTeste) -> None:
    cadastrar(casa)
    chave = estornado_uma_vez(casa, OPERADOR)
    usuarios.alterar(casa.banco, OPERADOR, Mudanca(ativo=False), quem=ADMIN, agora=casa.agora)
    feito = ordenar(casa, "estornar", chave, OPERADOR, confirmada_por=OPERADOR)
    assert (feito["estado"], feito["codigo"]) == ("recusada", "SEP-ACESSO-NIVEL")
    assert casa.situacao(chave) == "AGUARDANDO RETORNO DE CANCELAMENTO"


@pytest.mark.requisito("PROC-05")
@pytest.mark.parametrize("quem", [CONSULTA, "so:root", "ninguem@x.com"])
def test_ordem_registrada_por_quem_nao_pode_e_recusada_e_anotada(casa: CasaDeTeste, quem: str) -> None:
    cadastrar(casa)
    chave = casa.autorizado(8).chave
    feito = ordenar(casa, "cancelar", chave, quem)
    assert (feito["estado"], feito["codigo"]) == ("recusada", "SEP-ACESSO-NIVEL")
    assert casa.situacao(chave) == "AUTORIZADO PELA SEFAZ"
    ultima = auditoria.listar(casa.banco)[0]
    assert (ultima["quem"], ultima["acao"], ultima["alvo"], ultima["resultado"]) == (
        quem, "pedido cancelar", chave, "recusado",
    )  # fmt: skip
    assert ordenar(casa, "cancelar", chave, OPERADOR)["estado"] == "feita"


@pytest.mark.requisito("PROC-05")
def test_o_servico_sela_a_auditoria(casa: CasaDeTeste) -> None:
    cadastrar(casa)
    casa.passar(31)
    assert auditoria.ler_selo(casa.dados) is not None
    quantas, problemas = auditoria.conferir(casa.banco, casa.dados)
    assert (quantas > 0, problemas) == (True, [])
