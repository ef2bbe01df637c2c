"""Tests the other program: it takes what was signed, answers by plan, and drops files in both ways."""

import threading
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.demonstracao.eventos import cancelamento
from separador.demonstracao.exportacoes import Exportacao, cte
from tests.apoio.transmissor import Transmissor, autoriza_tudo, por_chave, rejeita, silencio, soltar

AGORA = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


@pytest.fixture
def pastas(tmp_path: Path) -> tuple[Path, Path, Path]:
    saida, retorno = tmp_path / "sefaz", tmp_path / "retorno"
    saida.mkdir()
    retorno.mkdir()
    return saida, retorno, tmp_path / "guarda"


def test_passo_tira_e_responde(pastas: tuple[Path, Path, Path]) -> None:
    saida, retorno, guarda = pastas
    boa = cte(1, agora=AGORA)
    evento = cancelamento(boa.chave, "135260000000001", agora=AGORA)
    pergunta = f"<consSitCTe><tpAmb>2</tpAmb><chCTe>{boa.chave}</chCTe></consSitCTe>".encode()
    soltar(saida, boa.nome, boa.dados)
    soltar(saida, evento.nome, evento.dados)
    soltar(saida, f"{boa.chave}-ped-sit.xml".encode(), pergunta)
    (saida / ".separador").mkdir()
    t = Transmissor(saida, retorno, guarda, relogio=lambda: AGORA)
    assert t.passo() == 3
    assert t.passo() == 0
    assert [p.name for p in saida.iterdir()] == [".separador"]
    assert sorted(p.name for p in retorno.iterdir()) == [
        f"{boa.chave}-pro-rec.xml", f"{boa.chave}-sit.xml", f"{boa.chave}_110111_001-eve.xml",
    ]  # fmt: skip
    assert {n for n, _ in t.tomados} == {boa.nome, evento.nome, f"{boa.chave}-ped-sit.xml".encode()}


def test_plano_por_chave(pastas: tuple[Path, Path, Path]) -> None:
    saida, retorno, guarda = pastas
    boas = [cte(n, agora=AGORA) for n in (1, 2, 3)]
    for boa in boas:
        soltar(saida, boa.nome, boa.dados)
    plano = {boas[0].chave: rejeita("215"), boas[1].chave: silencio}
    t = Transmissor(saida, retorno, guarda, veredito=por_chave(plano), relogio=lambda: AGORA)
    t.passo_ate(3)
    feitos = {p.name: p.read_bytes() for p in retorno.iterdir()}
    assert len(feitos) == 2
    assert b"<cStat>215</cStat>" in feitos[f"{boas[0].chave}-pro-rec.xml"]
    assert b"<cStat>100</cStat>" in feitos[f"{boas[2].chave}-pro-rec.xml"]
    assert rejeita("220")(b"x", cancelamento(boas[0].chave, "1" * 15, agora=AGORA).dados, AGORA)[0].nome == b"x-eve.xml"


def test_fio_atende_sozinho_e_conta_o_erro(pastas: tuple[Path, Path, Path]) -> None:
    saida, retorno, guarda = pastas
    atendido = threading.Event()

    def veredito(nome: bytes, dados: bytes, agora: datetime) -> list[Exportacao]:
        atendido.set()
        return autoriza_tudo(nome, dados, agora)

    boa = cte(1, agora=AGORA)
    with Transmissor(saida, retorno, guarda, veredito=veredito) as t:
        soltar(saida, boa.nome, boa.dados)
        assert atendido.wait(30)
    assert len(t.soltos) == 1
    ruim = Transmissor(saida, retorno, guarda)
    soltar(saida, b"x.xml", b"nada")
    with pytest.raises(ValueError, match="chave"):
        ruim.passo()


@pytest.mark.parametrize("modo", ["atomico", "rude"])
def test_soltar_escreve_tudo_e_so_o_nome_final(tmp_path: Path, modo: str) -> None:
    nome = b"nota_\xe7\xe3o.txt"
    soltar(tmp_path, nome, b"conteudo", modo=modo, pausa_s=0)  # type: ignore[arg-type]
    (unico,) = tmp_path.iterdir()
    assert unico.read_bytes() == b"conteudo"


def test_passo_ate_desiste(pastas: tuple[Path, Path, Path]) -> None:
    with pytest.raises(TimeoutError):
        Transmissor(*pastas).passo_ate(1, prazo_s=0)
