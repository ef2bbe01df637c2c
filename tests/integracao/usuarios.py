"""Makes a new database with cheap password hashes and users ready to log in."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.acesso.dominio import Nivel
from separador.acesso.senhas import Custo, Senhas
from separador.acesso.servico import usuarios
from separador.banco.conexao import Banco, abrir

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
QUANDO = "2026-11-20T15:00:00.000Z"
SENHA = "cavalo bateria grampo"
SENHAS = Senhas(Custo(1, 64, 1))


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    aberto = abrir(tmp_path)
    yield aberto
    aberto.close()


def com_senha(banco: Banco, email: str, nivel: Nivel, *, agora: datetime = AGORA, senha: str = SENHA) -> str:
    """Registers a user who has defined the password."""
    feito = usuarios.incluir(banco, email, email.partition("@")[0].title(), nivel, None, quem="so:teste", agora=agora)
    assert isinstance(feito, str), feito
    codigo = usuarios.emitir_codigo(banco, email, quem="so:teste", agora=agora)
    assert isinstance(codigo, usuarios.Codigo), codigo
    assert usuarios.definir_senha(banco, SENHAS, codigo.codigo, senha, agora) == feito
    return feito


@pytest.fixture
def um_de_cada_nivel(banco: Banco) -> dict[Nivel, str]:
    """Registers one user of each level."""
    return {n: com_senha(banco, f"{n.value}@x.com", n) for n in Nivel}
