"""Tests that the second reversal asks for user and password, with the service running."""

import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.aceitacao.cenario import MOTIVO, Cenario, montar
from tests.aceitacao.linha_de_comando import CODIGO, SENHA

ANA, BIA = "ana@x.com", "bia@x.com"
COM_SENHA = ("--senha-stdin",)


@pytest.fixture
def cenario(tmp_path: Path) -> Iterator[Cenario]:
    c = montar(tmp_path)
    c.maquina.env["XDG_STATE_HOME"] = str(tmp_path / "estado")
    c.maquina.env.pop("SUDO_USER", None)
    with c.maquina:
        yield c


def definir(c: Cenario, email: str) -> None:
    codigo = CODIGO.search(c.maquina.exigir("usuario", "recuperar", email).stdout)
    assert codigo is not None
    c.maquina.exigir("usuario", "definir-senha", *COM_SENHA, entrada=f"{codigo.group()}\n{SENHA}\n")


@pytest.mark.requisito("CTE-09", "PROC-04", "PROC-05", "CTE-13")
def test_cada_novo_estorno_pede_usuario_e_senha_mesmo_com_sessao(cenario: Cenario) -> None:
    m, chave = cenario.maquina, cenario.autorizado
    m.exigir("usuario", "incluir", ANA, "--nome", "Ana", "--nivel", "administrador")
    definir(cenario, ANA)
    de_ana = ("--usuario", ANA, *COM_SENHA)
    m.exigir("usuario", "incluir", BIA, "--nome", "Bia", "--nivel", "consulta", *de_ana, entrada=f"{SENHA}\n")
    definir(cenario, BIA)
    m.exigir("entrar", *de_ana, entrada=f"{SENHA}\n")
    m.executar()

    m.exigir("cte", "cancelar", chave, "--motivo", MOTIVO)
    m.exigir("cte", "estornar", chave)  # the first one needs nothing more than the session
    m.exigir("cte", "cancelar", chave, "--motivo", MOTIVO)
    sem = m.exigir("cte", "estornar", chave, codigo=1)
    assert "cada novo estorno pede usuário e senha" in sem.stderr
    errada = m.exigir("cte", "estornar", chave, *de_ana, entrada="errada\n", codigo=1)
    assert "Usuário ou senha não conferem" in errada.stderr
    consulta = m.exigir("cte", "estornar", chave, "--usuario", BIA, *COM_SENHA, entrada=f"{SENHA}\n", codigo=1)
    assert "nível consulta" in consulta.stderr
    assert m.json("cte", "ver", chave)["situacao"] == "AGUARDANDO RETORNO DE CANCELAMENTO"
    assert "foi retirado antes" in m.exigir("cte", "estornar", chave, *de_ana, entrada=f"{SENHA}\n").stdout

    documento = m.json("cte", "ver", chave)
    assert documento["situacao"] == "AUTORIZADO PELA SEFAZ"
    assert [h["quem"] for h in documento["historico"]][-4:] == [ANA] * 4
    trilha = [(r["quem"], r["acao"], r["resultado"]) for r in reversed(m.json("auditoria", "listar"))]
    assert trilha[-7:] == [
        (ANA, "pedido cancelar", "feito"),
        (ANA, "pedido estornar", "feito"),
        (ANA, "pedido cancelar", "feito"),
        (ANA, "cte estornar", "recusado"),
        (ANA, "entrada", "recusado"),
        (BIA, "cte estornar", "recusado"),
        (ANA, "pedido estornar", "feito"),
    ]
    assert "A auditoria confere" in m.exigir("auditoria", "conferir").stdout
    assert m.parar() == 0
    nada_vazou(cenario)


def nada_vazou(c: Cenario) -> None:
    """Checks that neither password nor code is in data, log, configuration or session."""
    segredo = re.compile(os.fsencode(SENHA) + rb"|(?:[A-Z2-9]{4}-){7}[A-Z2-9]{4}")
    arquivos = [p for p in c.maquina.pasta.rglob("*") if p.is_file()]
    assert any(p.name == "separador.db" for p in arquivos)
    assert [p for p in arquivos if segredo.search(p.read_bytes())] == []
