"""What is done in idle time: old documents get the columns of lists, signed bytes become small; nobody waits for it."""

import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.cte.banco import documentos
from separador.capacidades.cte.banco.documentos import NovoDocumento
from separador.capacidades.cte.servico import arrumacao
from separador.capacidades.cte.servico.arrumacao import OCIOSO_S, Arrumacao
from separador.demonstracao import exportacoes

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    with closing(abrir(tmp_path)) as aberto:
        for n, dados in ((1, exportacoes.cte(1, agora=AGORA).dados), (2, b"<nada/>"), (3, b"")):
            novo = NovoDocumento(
                chave=f"{n:044d}", tipo="CTe", modelo="57", serie="1", numero=str(n), emitente="11222333000181",
                tp_amb="2", digest=f"d{n}", carga=None, rota_id=1, base=b"x", arquivo_id=n,
            )  # fmt: skip
            documentos.inserir(aberto, novo, zlib.compress(dados), "2026-11-20T15:00:00.000Z", "teste")
        aberto.execute("UPDATE documento SET emitido_em = NULL")
        aberto.execute("UPDATE assinado SET dados = x'00' WHERE documento_id = 3")
        yield aberto


def parte(banco: Banco) -> Arrumacao:
    contexto: Any = SimpleNamespace(banco=banco)
    servico: Any = None
    return Arrumacao(contexto, servico)


def colunas(banco: Banco) -> list[tuple[object, ...]]:
    return [tuple(r) for r in banco.todas("SELECT emitido_em, tomador, fim, valor FROM documento ORDER BY id")]


@pytest.mark.requisito("USO-04")
def test_so_depois_de_um_tempo_sem_que_nada_se_escreva(banco: Banco) -> None:
    p = parte(banco)
    assert p.passo(0.0) is False
    assert p.passo(OCIOSO_S / 2) is False
    assert colunas(banco)[0] == (None, None, None, None)
    banco.execute("UPDATE documento SET motivo = 'x' WHERE id = 1")
    p.passo(OCIOSO_S)
    p.passo(OCIOSO_S * 1.9)
    assert colunas(banco)[0][0] is None
    p.passo(OCIOSO_S * 2)
    assert colunas(banco)[0] == ("2026-11-20T15:00:00.000Z", "12ABC34501DE35", "NITEROI/RJ", 57919)
    assert [c[0] for c in colunas(banco)[1:]] == ["", ""]  # what cannot be read is not read again


@pytest.mark.requisito("USO-04", "DES-07")
def test_aos_poucos_e_depois_os_xml(banco: Banco, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(arrumacao, "LIDOS", 2)
    p = parte(banco)
    p.passo(0.0)
    vezes = 0
    while not p._em_dia:
        assert p.passo(OCIOSO_S * (1 + vezes)) is False
        vezes += 1
    assert vezes == 4  # two groups of documents, one of bytes, and one look that finds nothing
    assert None not in [c[0] for c in colunas(banco)]
    assert banco.execute("SELECT count(*) FROM assinado WHERE dicionario IS NOT NULL").fetchone()[0] == 2
    assert documentos.assinado(banco, 1, "d1") == exportacoes.cte(1, agora=AGORA).dados
    escrito = banco.conn.total_changes
    p.passo(OCIOSO_S * 10)
    assert banco.conn.total_changes == escrito


@pytest.mark.requisito("USO-04")
def test_uma_correcao_que_chegou_antes_fica(banco: Banco) -> None:
    banco.execute("UPDATE documento SET emitido_em = '2026-11-21T00:00:00.000Z' WHERE id = 1")
    p = parte(banco)
    p.passo(0.0)
    p.passo(OCIOSO_S)
    assert colunas(banco)[0] == ("2026-11-21T00:00:00.000Z", None, None, None)
