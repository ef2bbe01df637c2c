"""What a text finds among the loads: the load itself, and the CT-e of an NF-e, by its key or the beginning of it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from separador.banco.conexao import Banco, abrir
from separador.capacidades.ecac.banco import achados as da_receita
from separador.capacidades.emissao.banco import achados

NFE = "35261111222333000181550010000000071123456783"
CTE = "35261111222333000181570010000000011123939499"
pytestmark = pytest.mark.requisito("USO-04")


@pytest.fixture
def banco(tmp_path: Path) -> Iterator[Banco]:
    aberto = abrir(tmp_path)
    with aberto.transacao():
        c = aberto.conn
        c.execute(
            "INSERT INTO carga (id, carga, situacao, arquivo_id, recebida_em, conteudo)"
            " VALUES (1, 'C-77', 'gerada', 1, '2026-11-30T10:00:00.000Z', x'')"
        )
        c.execute(
            "INSERT INTO carga_documento (carga_id, ordem, campo, chave, emitente, ambiente, modelo, serie, numero,"
            " xml, resumo, registro) VALUES (1, 0, '', ?, '11222333000181', '2', '57', 1, 1, x'', '{}', '{}')",
            (CTE,),
        )
        c.execute("INSERT INTO carga_nota (carga_id, ordem, chave) VALUES (1, 0, ?)", (NFE,))
        c.execute(
            "INSERT INTO ecac_guia (id, contribuinte, tipo, numero, estado, origem, causa, causa_quem, criada_em,"
            " atualizada_em) VALUES (5, '11222333000181', 'darf', '00012345678901234', 'aberta', 'comando', 'registro',"
            " 'x', '2026-11-30', '2026-11-30')"
        )
    yield aberto
    aberto.close()


@pytest.mark.parametrize("texto", [NFE, NFE[:20], NFE[:43]])
def test_uma_nfe_leva_ao_seu_cte(banco: Banco, texto: str) -> None:
    (achado,) = achados.localizar(banco.conn, texto, 10)
    assert (achado.titulo, achado.detalhe, achado.chave) == (f"NF-e {NFE}", "da carga C-77", CTE)
    assert (achado.ver, achado.caminho) == ("carga ver C-77", "/cargas/C-77")


@pytest.mark.parametrize("texto", [NFE[:19], NFE[:20] + "9", "7", "", "%", "C-7"])
def test_o_que_nao_e_nada_nao_acha_nada(banco: Banco, texto: str) -> None:
    assert achados.localizar(banco.conn, texto, 10) == []


def test_uma_carga_se_acha_pelo_seu_nome(banco: Banco) -> None:
    assert [(a.por, a.ver) for a in achados.localizar(banco.conn, "C-77", 10)] == [("carga", "carga ver C-77")]


@pytest.mark.parametrize(
    ("texto", "achou"), [("12345678901234", True), ("00.012.345.678901234", True), ("1234", False)]
)
def test_uma_guia_se_acha_pelo_numero_como_se_digita(banco: Banco, texto: str, achou: bool) -> None:
    assert [a.ver for a in da_receita.localizar(banco.conn, texto, 10)] == ["ecac guias ver 5"] * achou
