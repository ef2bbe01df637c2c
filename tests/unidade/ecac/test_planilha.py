"""Tests the spreadsheet of occurrences: types, names of sheets, and no text that runs as a formula."""

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from io import BytesIO

import openpyxl
import pytest

from separador.capacidades.ecac.servico.vista import planilha
from separador.capacidades.ecac.servico.vista.ocorrencias import LinhaOcorrencia
from separador.capacidades.ecac.servico.vista.planilha import FOLHAS, montar

UMA = LinhaOcorrencia(
    id=7,
    ocorrencia="Valor divergente",
    empresa="EMPRESA LTDA",
    cnpj="01234567000195",
    detalhe="Guia 1 de R$ 1,00.",
    status="aberta",
    desde=datetime(2026, 11, 21, 2, 30, tzinfo=UTC),
    atualizada_em=datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
    guia="07202615700000015",
    guia_id=3,
    valor=Decimal("1458.30"),
    o_que_fazer="Compare.",
)


def _abrir(grupos: dict[str, list[LinhaOcorrencia]]) -> openpyxl.Workbook:
    return openpyxl.load_workbook(BytesIO(montar(grupos)))


@pytest.mark.requisito("ECAC-06")
def test_cada_coluna_tem_o_seu_tipo() -> None:
    folha = _abrir({"A": [UMA]})["A"]
    numero, especie, _, cnpj, guia, valor, _, _, desde, _, _ = (c for c in folha[2])
    assert (numero.value, numero.data_type) == (7, "n")
    assert especie.value == "Valor divergente"
    assert (cnpj.value, cnpj.data_type) == ("01234567000195", "s")  # the zero stays
    assert (guia.value, guia.data_type) == ("07202615700000015", "s")
    assert (valor.value, valor.number_format) == (1458.3, "#,##0.00")
    assert desde.value == datetime(2026, 11, 20, 23, 30)  # noqa: DTZ001 -- Brasília: a spreadsheet has no zones
    assert folha.auto_filter.ref == "A1:K2"


def test_o_que_esta_resolvido_nao_tem_o_que_fazer() -> None:
    folha = _abrir({"A": [UMA, replace(UMA, id=8, status="resolvida")]})["A"]
    assert [folha[f"K{n}"].value for n in (2, 3)] == ["Compare.", ""]


def test_totais_e_resumo() -> None:
    livro = _abrir({"A": [UMA, replace(UMA, id=8, valor=None)], "B": [replace(UMA, status="resolvida")]})
    resumo = livro["Resumo"]
    assert [[c.value for c in linha] for linha in resumo.iter_rows(min_row=2, max_row=3)] == [
        ["A", 2, 2, 1458.3],
        ["B", 1, 0, 1458.3],
    ]
    assert resumo["B4"].value == "=SUM(B2:B3)"
    assert livro["A"]["F4"].value == "=SUBTOTAL(109,F2:F3)"


def test_nomes_de_folha_que_o_excel_aceita_e_nenhum_repetido() -> None:
    nomes = ["a" * 40, "a" * 40 + "b", "x/y:z*?[1]", "resumo", "'", ""]
    livro = _abrir({n: [UMA] for n in nomes})
    assert len({s.casefold() for s in livro.sheetnames}) == len(nomes) + 1
    assert all(0 < len(s) <= 31 for s in livro.sheetnames)


@pytest.mark.parametrize("texto", ["=1+1", "@SUM(A1)", "+1", "-1", "https://exemplo.com", "x" * 40_000, "0012"])
def test_nada_do_que_veio_de_fora_vira_formula_nem_ligacao(texto: str) -> None:
    celula = _abrir({"A": [replace(UMA, detalhe=texto, empresa=texto)]})["A"]["G2"]
    assert celula.data_type == "s"
    assert celula.value == texto[:32767]
    assert celula.hyperlink is None


def test_sem_ocorrencias_ha_uma_folha_vazia() -> None:
    livro = _abrir({"Ocorrências": []})
    assert livro.sheetnames == ["Resumo", "Ocorrências"]


@pytest.mark.requisito("ECAC-06")
def test_mais_grupos_do_que_o_excel_abre_ficam_em_uma_folha_um_apos_o_outro() -> None:
    grupos = {f"EMPRESA {n}": [replace(UMA, id=2 * n), replace(UMA, id=2 * n + 1)] for n in range(FOLHAS + 1)}
    livro = _abrir(grupos)
    assert livro.sheetnames == ["Resumo", "Ocorrências"]
    folha = livro["Ocorrências"]
    assert [r[0] for r in folha.iter_rows(min_row=2, max_col=1, values_only=True)] == [
        *range(2 * len(grupos)),
        "Total",
    ]
    assert livro["Resumo"]["A4"].hyperlink.location == "'Ocorrências'!A6"


def test_o_que_nao_cabe_em_uma_folha_vai_na_seguinte(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(planilha, "LINHAS", 3)
    livro = _abrir({"A": [replace(UMA, id=n) for n in range(7)]})
    assert livro.sheetnames == ["Resumo", "A", "A (cont. 2)", "A (cont. 3)"]
    ids = [r[0] for f in livro.worksheets[1:] for r in f.iter_rows(min_row=2, max_col=1, values_only=True)]
    assert [n for n in ids if n != "Total"] == list(range(7))


def test_sem_nenhuma_ocorrencia_nenhuma_soma_soma_a_si_mesma() -> None:
    livro = _abrir({"Ocorrências": []})
    assert [c.value for c in livro["Ocorrências"][2]][:6] == ["Total", 0, None, None, None, 0]
    assert [c.value for c in _abrir({})["Resumo"][2]] == ["Total", 0, 0, 0]
