"""Signed bytes kept small: every byte is found again, and a database written anew is the old one."""

import os
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from separador.banco import assinados, compactacao, tamanho
from separador.banco.conexao import ARQUIVO, Banco, abrir
from separador.capacidades.cte.banco import documentos, leitura
from separador.capacidades.cte.banco.documentos import NovoDocumento
from separador.demonstracao import exportacoes

AGORA = datetime(2026, 11, 20, 15, 0, tzinfo=UTC)
QUANDO = "2026-11-20T15:00:00.000Z"


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    with closing(abrir(tmp_path)) as aberto:
        yield aberto


def guardar(banco: Banco, n: int, dados: bytes, emitente: str = "11222333000181") -> int:
    novo = NovoDocumento(
        chave=f"{n:044d}", tipo="CTe", modelo="57", serie="1", numero=str(n), emitente=emitente, tp_amb="2",
        digest=f"d{n}", carga=None, rota_id=1, base=b"x", arquivo_id=n,
    )  # fmt: skip
    return documentos.inserir(banco, novo, zlib.compress(dados, 1), QUANDO, "teste")


def com_certificado(n: int) -> bytes:
    """A document as it is once signed: what no compression takes away, the certificate, is the same in all."""
    certificado = b"".join(b"%08x" % (i * 2654435761 % 2**32) for i in range(300))
    return exportacoes.cte(n, agora=AGORA).dados + certificado


@pytest.mark.requisito("DES-07")
def test_cada_byte_volta_e_fica_um_quarto(banco: Banco) -> None:
    originais = {guardar(banco, n, com_certificado(n)): com_certificado(n) for n in range(1, 21)}
    antes = banco.execute("SELECT sum(length(dados)) FROM assinado").fetchone()[0]
    assert [assinados.compactar(banco, 15) for _ in range(3)] == [15, 5, 0]
    depois = banco.execute("SELECT sum(length(dados)) FROM assinado").fetchone()[0]
    assert depois < antes / 4
    for documento_id, dados in originais.items():
        assert documentos.assinado(banco, documento_id, f"d{documento_id}") == dados
        assert leitura.assinado(banco.conn, documento_id, f"d{documento_id}") == dados
    assert banco.execute("SELECT count(*) FROM dicionario").fetchone()[0] == 1


@pytest.mark.requisito("DES-07")
def test_o_que_nao_se_parece_ganha_outro_dicionario_e_cada_emitente_tem_o_seu(banco: Banco) -> None:
    um, outro, de_outro = com_certificado(1), os.urandom(3000), com_certificado(3)
    ids = [guardar(banco, 1, um), guardar(banco, 2, outro), guardar(banco, 3, de_outro, "99888777000166")]
    assinados.compactar(banco, 100)
    lidos = [documentos.assinado(banco, i, f"d{i}") for i in ids]
    assert lidos == [um, outro, de_outro]
    assert banco.execute("SELECT count(*) FROM dicionario").fetchone()[0] == 3


@pytest.mark.requisito("DES-07")
def test_o_que_nao_se_le_fica_como_esta(banco: Banco) -> None:
    i = guardar(banco, 1, b"<CTe/>")
    banco.execute("UPDATE assinado SET dados = x'00'")
    assert assinados.compactar(banco, 10) == 1
    assert banco.uma("SELECT dados, dicionario FROM assinado")["dicionario"] is None  # type: ignore[index]
    with pytest.raises(zlib.error):
        documentos.assinado(banco, i, "d1")


@pytest.mark.requisito("DES-07")
def test_um_dicionario_nao_muda_nem_se_apaga(banco: Banco) -> None:
    guardar(banco, 1, b"<CTe/>" * 50)
    assinados.compactar(banco, 10)
    for sql in ("DELETE FROM dicionario", "UPDATE dicionario SET dados = x'00'"):
        with pytest.raises(sqlite3.IntegrityError):
            banco.execute(sql)


@pytest.mark.requisito("DES-07")
def test_o_banco_reescrito_e_o_mesmo_e_menor(tmp_path: Path) -> None:
    with closing(abrir(tmp_path)) as banco:
        with banco.transacao():
            for n in range(1, 301):
                guardar(banco, n, com_certificado(n))
        while assinados.compactar(banco, 100):
            pass
    antes, depois = compactacao.compactar(tmp_path)
    assert depois < antes / 2
    assert [p.name for p in tmp_path.iterdir()] == [ARQUIVO]
    with closing(abrir(tmp_path)) as banco:
        assert documentos.assinado(banco, 300, "d300") == com_certificado(300)
        todo, livre = tamanho.total(banco.conn)
        assert livre < todo / 10


@pytest.mark.requisito("DES-07")
def test_o_que_nao_confere_nao_troca_nada(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(abrir(tmp_path)) as banco:
        guardar(banco, 1, com_certificado(1))
    antes = (tmp_path / ARQUIVO).read_bytes()
    conferir = compactacao._conferir

    def com_uma_linha_a_menos(velho: sqlite3.Connection, arquivo: Path) -> None:
        with closing(sqlite3.connect(arquivo)) as novo:
            novo.execute("DELETE FROM assinado")
            novo.commit()
        conferir(velho, arquivo)

    monkeypatch.setattr(compactacao, "_conferir", com_uma_linha_a_menos)
    with pytest.raises(compactacao.NaoConfereError, match="assinado"):
        compactacao.compactar(tmp_path)
    assert (tmp_path / ARQUIVO).read_bytes() == antes
    assert [p.name for p in tmp_path.iterdir()] == [ARQUIVO]


@pytest.mark.requisito("DES-07")
def test_em_quantos_dias_o_disco_enche(banco: Banco) -> None:
    for i in range(1, 101):
        banco.execute(
            "INSERT INTO arquivo (id, lote, nome, trabalho, rota_id, regra, tomado_em, etapa, tamanho)"
            " VALUES (?, 'l', ?, 't', 1, 'mover', ?, 'concluido', 500)",
            (i, f"a{i}".encode(), f"2026-{1 + (i - 1) // 10:02d}-01T00:00:00.000Z"),
        )
    cresce = tamanho.crescimento(banco.conn, "2026-09-01T00:00:00.000Z")
    assert (cresce.arquivos, cresce.ao_lado) == (20, 1000.0)
    assert tamanho.por_mes(banco.conn, ["2026-01-01T00:00:00.000Z", "2026-02-01T00:00:00.000Z"]) == [10, 90]
    por_dia = 20 * (cresce.no_banco + 1000) / 30
    assert cresce.dias_ate_encher(int(por_dia * 7) + 1, 30) == 7
    assert tamanho.crescimento(banco.conn, "2027").dias_ate_encher(10**9, 30) is None
