"""Lists for spreadsheets: nothing of others becomes a formula, what one sheet does not hold goes on the next."""

import io
import json
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import click
import openpyxl
import pytest

from separador.cli.base.lista import planilha
from separador.cli.base.lista.colunas import Coluna, em_reais, na_tela, reais
from separador.cli.base.lista.periodo import dia, limites
from separador.cli.base.lista.saida import mostrar_lista_json, so_uma
from separador.nucleo.fuso import FUSO_PADRAO, usar

UMA = (Coluna("valor", lambda x: x),)


def em_csv(*valores: object) -> list[str]:
    saida = io.StringIO()
    planilha.escrever_csv(saida, UMA, valores)
    return saida.getvalue().split("\r\n")[1:-1]


@pytest.mark.requisito("USO-04")
@pytest.mark.parametrize("texto", ["=1+1", "+55 11", "-2", "@soma", "\tx", "=HYPERLINK(1)"])
def test_nenhum_texto_vira_formula(texto: str) -> None:
    (linha,) = em_csv(texto)
    assert linha.strip('"').startswith("'")
    saida = io.BytesIO()
    planilha.escrever_excel(saida, UMA, [texto])
    celula = openpyxl.load_workbook(io.BytesIO(saida.getvalue())).active["A2"]
    assert (celula.data_type, celula.value) == ("s", texto)


@pytest.mark.requisito("USO-04")
def test_cada_valor_no_seu_tipo() -> None:
    usar(FUSO_PADRAO)
    instante = datetime(2026, 11, 30, 2, 0, 5, tzinfo=UTC)
    valores = ["35" * 22, 7, Decimal("-1250.5"), instante, date(2026, 11, 30), None]
    assert em_csv(*valores) == ["35" * 22, "7", "-1250,50", "29/11/2026 23:00:05", "30/11/2026", '""']
    saida = io.BytesIO()
    assert planilha.escrever_excel(saida, UMA, valores) == 1
    folha = openpyxl.load_workbook(io.BytesIO(saida.getvalue())).active
    lidos = [linha[0].value for linha in folha.iter_rows(min_row=2)]
    assert lidos[:3] == ["35" * 22, 7, -1250.5]
    assert (lidos[3], lidos[4].date()) == (datetime(2026, 11, 29, 23, 0, 5), date(2026, 11, 30))  # noqa: DTZ001
    assert (na_tela(None), na_tela(Decimal("1234567.8")), reais(Decimal(-5))) == ("—", "1.234.567,80", "-5,00")
    assert em_reais(125_050) == Decimal("1250.50")


@pytest.mark.requisito("USO-04")
def test_o_que_passa_de_uma_folha_vai_para_a_seguinte(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(planilha, "LINHAS_POR_FOLHA", 4)
    alvo = tmp_path / "muitas.xlsx"
    planilha.em_excel(alvo, UMA, iter(range(7)))
    livro = openpyxl.load_workbook(alvo)
    assert livro.sheetnames == ["Lista", "Lista 2", "Lista 3"]
    assert [[c.value for c in folha["A"]] for folha in livro] == [
        *(["valor", 0, 1, 2], ["valor", 3, 4, 5], ["valor", 6]),
    ]


@pytest.mark.requisito("USO-04")
def test_uma_lista_vazia_e_uma_planilha_com_titulos_e_a_que_falha_nao_fica(tmp_path: Path) -> None:
    planilha.em_excel(tmp_path / "vazia.xlsx", UMA, iter(()))
    assert openpyxl.load_workbook(tmp_path / "vazia.xlsx").active["A1"].value == "valor"

    def quebrada() -> Iterator[int]:
        yield 1
        raise RuntimeError

    with pytest.raises(RuntimeError):
        planilha.em_excel(tmp_path / "meia.xlsx", UMA, quebrada())
    assert [p.name for p in tmp_path.iterdir()] == ["vazia.xlsx"]


@pytest.mark.requisito("DES-06")
@pytest.mark.parametrize("quantos", [0, 1, 3])
def test_o_json_aos_poucos_e_o_json_inteiro(capsys: pytest.CaptureFixture[str], quantos: int) -> None:
    itens = [{"chave": "á", "n": i, "dentro": {"x": [1]}} for i in range(quantos)]
    mostrar_lista_json(iter(itens))
    assert capsys.readouterr().out == json.dumps(itens, ensure_ascii=False, indent=2) + "\n"


@pytest.mark.requisito("USO-04")
def test_os_dias_de_um_periodo() -> None:
    usar(FUSO_PADRAO)
    assert dia("30/11/2026") == dia("2026-11-30") == date(2026, 11, 30)
    with pytest.raises(click.BadParameter):
        dia("30/02/2026")
    assert limites(date(2026, 11, 30), date(2026, 11, 30)) == ("2026-11-30T03:00:00.000Z", "2026-12-01T03:00:00.000Z")
    assert limites(None, date.max) == (None, None)
    with pytest.raises(click.UsageError):
        limites(date(2026, 11, 30), date(2026, 11, 29))
    with pytest.raises(click.UsageError):
        so_uma(em_json=True, em_csv=True, excel=None)
