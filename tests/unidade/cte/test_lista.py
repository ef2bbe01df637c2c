"""The list of documents on a database of years: each page is led by one index, in order, whole, and counted."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing

import pytest

from separador.capacidades.cte.banco import lista
from separador.capacidades.cte.banco.lista import Filtro, Ponto
from tests.apoio.banco_de_anos import ABERTOS, POR_CARGA, encher

QUANTOS = 30_000
PASSOS = 20_000
TOMADOR = "20000000000107"


@pytest.fixture(scope="module")
def banco(tmp_path_factory: pytest.TempPathFactory) -> Iterator[sqlite3.Connection]:
    arquivo = encher(tmp_path_factory.mktemp("anos"), QUANTOS)
    with closing(sqlite3.connect(f"file:{arquivo}?mode=ro", uri=True)) as c:
        c.row_factory = sqlite3.Row
        yield c


class _Passos:
    """Counts the steps of SQLite's machine, ten at a time."""

    def __init__(self, c: sqlite3.Connection) -> None:
        self.c, self.dezenas = c, 0

    def __enter__(self) -> "_Passos":
        self.c.set_progress_handler(self._mais, 10)
        return self

    def __exit__(self, *_: object) -> None:
        self.c.set_progress_handler(None, 0)

    def _mais(self) -> int:
        self.dezenas += 1
        return 0

    @property
    def dados(self) -> int:
        return self.dezenas * 10


@pytest.mark.requisito("USO-04", "DES-06")
@pytest.mark.parametrize(
    ("filtro", "achados"),
    [
        (Filtro(), 50),
        (Filtro(situacao="REJEITADO PELA SEFAZ"), 50),
        (Filtro(situacao="AUTORIZADO PELA SEFAZ"), 50),
        (Filtro(numero="15"), 1),
        (Filtro(numero="15", serie="2"), 0),
        (Filtro(carga="C100"), POR_CARGA),
        (Filtro(tomador=TOMADOR), QUANTOS // 2_000),
        (Filtro(de="2021-01-03T00:00:00.000Z", ate="2021-01-04T00:00:00.000Z"), 50),
        (Filtro(ate="2021-01-03T00:00:00.000Z"), 50),
    ],
)
def test_uma_pagina_e_a_seguinte_custam_pouco(banco: sqlite3.Connection, filtro: Filtro, achados: int) -> None:
    with _Passos(banco) as passos:
        primeira = lista.pagina(banco, filtro, 50)
    assert (len(primeira.linhas), primeira.incompleta) == (achados, False)
    assert 0 < passos.dados <= PASSOS
    if primeira.proxima is not None:
        with _Passos(banco) as passos:
            segunda = lista.pagina(banco, filtro, 50, primeira.proxima)
        assert passos.dados <= PASSOS
        assert not {d["id"] for d in primeira.linhas} & {d["id"] for d in segunda.linhas}


@pytest.mark.requisito("USO-04")
@pytest.mark.parametrize("filtro", [Filtro(), Filtro(situacao="CANCELADO"), Filtro(emitente="10000000000101")])
def test_as_paginas_juntas_sao_a_lista_inteira_em_ordem(banco: sqlite3.Connection, filtro: Filtro) -> None:
    juntas: list[int] = []
    depois: Ponto | None = None
    while True:
        pagina = lista.pagina(banco, filtro, 2_000, depois)
        juntas += [d["id"] for d in pagina.linhas]
        depois = pagina.proxima
        if depois is None:
            break
    inteira = [d["id"] for d in lista.todos(banco, filtro)]
    assert juntas == inteira
    assert inteira == sorted(inteira, reverse=True)
    assert len(inteira) == lista_contada(banco, filtro)


def lista_contada(banco: sqlite3.Connection, filtro: Filtro) -> int:
    sql = "SELECT count(*) FROM documento WHERE (?1 IS NULL OR situacao = ?1) AND (?2 IS NULL OR emitente = ?2)"
    return int(banco.execute(sql, (filtro.situacao, filtro.emitente)).fetchone()[0])


@pytest.mark.requisito("USO-04")
def test_o_que_nenhum_indice_serve_e_procurado_de_janela_em_janela(banco: sqlite3.Connection) -> None:
    primeira = lista.pagina(banco, Filtro(cstat="999"), 50)
    assert (primeira.linhas, primeira.incompleta) == ([], True)
    assert primeira.proxima is not None
    assert primeira.proxima.id == QUANTOS - lista.JANELA + 1
    ultima = lista.pagina(banco, Filtro(cstat="999"), 50, primeira.proxima)
    assert (ultima.linhas, ultima.proxima, ultima.incompleta) == ([], None, False)


@pytest.mark.requisito("USO-04")
def test_somas_exatas_ate_dez_mil_e_so_ate_la(banco: sqlite3.Connection) -> None:
    rejeitados = lista.somar(banco, Filtro(situacao="REJEITADO PELA SEFAZ"))
    esperado = banco.execute(
        "SELECT count(*), sum(valor) FROM documento WHERE situacao = 'REJEITADO PELA SEFAZ'"
    ).fetchone()
    assert rejeitados.completos
    assert rejeitados.por_situacao == {"REJEITADO PELA SEFAZ": (esperado[0], esperado[1])}
    todos = lista.somar(banco, Filtro())
    assert (todos.documentos, todos.completos) == (lista.EXATO + 1, False)
    da_janela = lista.somar(banco, Filtro(cstat="539"))
    assert (da_janela.documentos, da_janela.completos) == (lista.JANELA // 100, False)
    assert lista.somar(banco, Filtro(numero=str(QUANTOS))).por_situacao.keys() == {"AGUARDANDO RETORNO"}
    assert lista.somar(banco, Filtro(situacao="AGUARDANDO RETORNO")).documentos == ABERTOS


@pytest.mark.requisito("USO-04")
def test_o_que_muda_durante_a_leitura_de_tudo_nao_se_perde(banco: sqlite3.Connection) -> None:
    """All of it is read at one instant: a document that changes meanwhile is neither missing nor there twice."""
    leitura = lista.todos(banco, Filtro())
    primeiro = next(leitura)["id"]
    arquivo = banco.execute("PRAGMA database_list").fetchone()["file"]
    with closing(sqlite3.connect(arquivo)) as outra:
        outra.execute("UPDATE documento SET atualizado_em = '2099-01-01T00:00:00.000Z' WHERE id = 7")
        outra.commit()
        ids = [primeiro, *(d["id"] for d in leitura)]
        outra.execute("UPDATE documento SET atualizado_em = criado_em WHERE id = 7")
        outra.commit()
    assert len(ids) == len(set(ids)) == QUANTOS


@pytest.mark.requisito("USO-04")
def test_um_banco_de_antes_das_colunas_ainda_se_lista() -> None:
    with closing(sqlite3.connect(":memory:")) as c:
        c.row_factory = sqlite3.Row
        c.execute(f"CREATE TABLE documento ({', '.join(lista.CAMPOS)})")
        c.execute("INSERT INTO documento (id, chave, situacao, atualizado_em) VALUES (1, 'k', 'CANCELADO', '2026')")
        assert not lista.em_dia(c)
        assert not lista.ha_por_ler(c)
        (linha,) = lista.pagina(c, Filtro(), 50).linhas
        assert (linha["chave"], linha["emitido_em"], linha["valor"]) == ("k", None, None)
        assert lista.somar(c, Filtro()).por_situacao == {"CANCELADO": (1, 0)}


@pytest.mark.requisito("USO-04")
def test_uma_lista_se_le_com_o_banco_preso_por_quem_escreve(banco: sqlite3.Connection) -> None:
    arquivo = banco.execute("PRAGMA database_list").fetchone()["file"]
    with closing(sqlite3.connect(arquivo, isolation_level=None)) as quem_importa:
        quem_importa.execute("BEGIN IMMEDIATE")
        quem_importa.execute("UPDATE documento SET motivo = 'x' WHERE id = 1")
        assert len(lista.pagina(banco, Filtro(), 50).linhas) == 50
        quem_importa.execute("ROLLBACK")
