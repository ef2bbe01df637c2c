"""The page of the day in pictures says what `separador estatisticas` says, each chart with its table."""

import re
from datetime import UTC, datetime, timedelta

import pytest

from tests.aceitacao.painel.conftest import Navegador, Painel

pytestmark = pytest.mark.requisito("PAINEL-01", "PAINEL-02")
GRAFICOS = ("Documentos por {}", "Tempo até a autorização", "Recusas mais comuns", "Guias baixadas por {}")


def tabela(texto: str, titulo: str) -> list[list[str]]:
    """Returns the cells of the table with this caption."""
    achada = re.search(rf"<caption>{re.escape(titulo)}</caption>(.*?)</table>", texto, re.DOTALL)
    assert achada is not None, titulo
    linhas = re.findall(r"<tr>(.*?)</tr>", achada[1], re.DOTALL)
    return [re.findall(r"<t[hd][^>]*>(?:<bdi>)?(.*?)(?:</bdi>)?</t[hd]>", linha) for linha in linhas]


def test_o_movimento_diz_o_que_dizem_as_estatisticas(painel: Painel, consulta: Navegador) -> None:
    visto = consulta.abrir("/movimento")
    assert visto.estado == 200
    for titulo in GRAFICOS:
        assert f'role="img" aria-label="{titulo.format("dia")}"' in visto.texto
    ditos = painel.cenario.maquina.json("estatisticas")
    do_dia = {linha["dia"]: linha for linha in ditos}
    linhas = tabela(visto.texto, "Documentos por dia")[1:]
    assert len(linhas) == 7
    for dia, arquivos, autorizados, rejeitados, cancelados, recusados, _valor in linhas:
        d, m, a = dia.split("/")
        dito = do_dia.get(f"{a}-{m}-{d}")
        contados = [int(x.replace(".", "")) for x in (arquivos, autorizados, rejeitados, cancelados, recusados)]
        campos = ("arquivos", "autorizados", "rejeitados", "cancelados", "recusados")
        assert contados == [dito[c] if dito else 0 for c in campos]
    assert any(int(linha[2]) for linha in linhas)
    tempos = tabela(visto.texto, "Tempo até a autorização")[1:]
    assert sum(int(n) for _, n in tempos) == sum(sum(linha["tempos"]) for linha in ditos)


def test_recusas_tem_codigo_de_quem_e_o_que_significam(painel: Painel, consulta: Navegador) -> None:
    linhas = tabela(consulta.abrir("/movimento").texto, "Recusas mais comuns")[1:]
    assert linhas
    assert {quem for _, quem, _, _ in linhas} <= {"SEFAZ", "separador"}
    assert all(significado for _, _, significado, _ in linhas)


def test_por_hora_por_mes_e_de_uma_empresa(consulta: Navegador) -> None:
    por_hora = tabela(consulta.abrir("/movimento?por=hora").texto, "Documentos por hora")[1:]
    assert [linha[0] for linha in por_hora] == [f"{h:02}h" for h in range(24)]
    longo = consulta.abrir(f"/movimento?de=2016-01-01&ate={(datetime.now(UTC) + timedelta(days=1)).date()}").texto
    meses = tabela(longo, "Documentos por mês")[1:]
    assert 1 <= len(meses) <= 2
    assert max(len(s) for s in re.findall(r"<svg.*?</svg>", longo, re.DOTALL)) < 60_000
    assert "Sem movimento no período." in consulta.abrir("/movimento?empresa=00000000000000").texto


@pytest.mark.parametrize(
    "consulta_", ["de=2020-01-01&ate=2020-01-02", "de=9999-12-31&ate=9999-12-31", "de=0001-01-01&ate=0001-01-01"]
)
def test_um_periodo_sem_nada_o_diz(consulta: Navegador, consulta_: str) -> None:
    visto = consulta.abrir(f"/movimento?{consulta_}")
    assert visto.estado == 200
    assert "Sem movimento no período." in visto.texto


def test_um_periodo_ao_contrario_e_recusado(consulta: Navegador) -> None:
    visto = consulta.abrir("/movimento?de=2026-11-30&ate=2026-11-01")
    assert visto.estado == 422
    assert "depois do último" in visto.texto


def test_o_que_nao_e_data_vale_como_nada(consulta: Navegador) -> None:
    assert consulta.abrir("/movimento?de=ontem&ate=<script>&por=ano").estado == 200
