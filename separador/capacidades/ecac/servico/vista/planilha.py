"""Writes occurrences as a spreadsheet: the rows and grouping shown, typed columns, one sheet per group while they are
few."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from io import BytesIO
from itertools import accumulate
from typing import Any

import xlsxwriter

from separador.capacidades.ecac.dominio.ocorrencia import Status
from separador.capacidades.ecac.servico.vista.ocorrencias import LinhaOcorrencia
from separador.nucleo.fuso import para_pessoas

_PROIBIDOS = re.compile(r"[\[\]:*?/\\']")
RESUMO, JUNTOS = "Resumo", "Ocorrências"
FOLHAS = 100
"""Groups that get a sheet each. Of more, one sheet has them one after the other: Excel hardly opens thousands."""
LINHAS = 1_048_574
"""Rows that a sheet of Excel holds, without its titles and its total. What is more goes on the next sheet."""

Linhas = Sequence[LinhaOcorrencia]

_COLUNAS: tuple[tuple[str, str, int], ...] = (
    ("Nº", "inteiro", 8),
    ("Ocorrência", "texto", 28),
    ("Empresa", "texto", 34),
    ("CNPJ", "texto", 18),
    ("Guia", "texto", 22),
    ("Valor (R$)", "reais", 14),
    ("Detalhe", "longo", 70),
    ("Status", "texto", 12),
    ("Desde", "data", 18),
    ("Atualizada em", "data", 18),
    ("O que fazer", "longo", 60),
)


@dataclass(frozen=True, slots=True)
class _Folha:
    nome: str
    linhas: Linhas


def montar(grupos: Mapping[str, Linhas]) -> bytes:
    """Returns the `.xlsx`: a summary, then one sheet per group, each with filter, frozen titles and totals. Rows are
    written as they come: only the packed file is in memory."""
    saida = BytesIO()
    # No text that people or the Receita wrote may become a formula, a link or a number.
    opcoes = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    livro = xlsxwriter.Workbook(saida, opcoes | {"constant_memory": True})
    try:
        formatos = _formatos(livro)
        folhas, lugares = _repartir(grupos)
        _resumo(livro, formatos, grupos, lugares)
        for folha in folhas:
            _folha(livro, formatos, folha.nome, folha.linhas)
    finally:
        livro.close()  # also after a failure: it has temporary files
    return saida.getvalue()


def _repartir(grupos: Mapping[str, Linhas]) -> tuple[list[_Folha], dict[str, str]]:
    """Returns the sheets, and the cell at which each group begins."""
    if len(grupos) > FOLHAS:
        inicios = dict(zip(grupos, accumulate((len(x) for x in grupos.values()), initial=0), strict=False))
        folhas = _cortar(JUNTOS, [x for linhas in grupos.values() for x in linhas])
        lugares = {g: f"'{folhas[n // LINHAS].nome}'!A{n % LINHAS + 2}" for g, n in inicios.items()}
        return folhas, lugares
    nomes = _nomes(list(grupos))
    return (
        [folha for grupo, linhas in grupos.items() for folha in _cortar(nomes[grupo], linhas)],
        {grupo: f"'{nome}'!A1" for grupo, nome in nomes.items()},
    )


def _cortar(nome: str, linhas: Linhas) -> list[_Folha]:
    partes = range(0, max(len(linhas), 1), LINHAS)
    return [
        _Folha(nome if i == 0 else f"{nome[:22]} (cont. {i + 1})", linhas[de : de + LINHAS])
        for i, de in enumerate(partes)
    ]


def _formatos(livro: Any) -> dict[str, Any]:
    return {
        "titulo": livro.add_format({"bold": True, "bg_color": "#DDE6F0", "border": 1}),
        "texto": livro.add_format({"num_format": "@", "valign": "top"}),
        "longo": livro.add_format({"num_format": "@", "valign": "top", "text_wrap": True}),
        "inteiro": livro.add_format({"num_format": "0", "valign": "top"}),
        "reais": livro.add_format({"num_format": "#,##0.00", "valign": "top"}),
        "data": livro.add_format({"num_format": "dd/mm/yyyy hh:mm", "valign": "top"}),
        "total": livro.add_format({"bold": True, "top": 1}),
        "total_reais": livro.add_format({"bold": True, "top": 1, "num_format": "#,##0.00"}),
    }


def _nomes(grupos: Sequence[str]) -> dict[str, str]:
    """Returns sheet names that Excel takes: 31 characters, none twice (case apart)."""
    nomes: dict[str, str] = {}
    usados = {RESUMO.casefold()}
    for grupo in grupos:
        base = _PROIBIDOS.sub(" ", grupo).strip()[:31] or "Grupo"
        nome, n = base, 2
        while nome.casefold() in usados:
            nome, n = f"{base[: 31 - len(f' ({n})')]} ({n})", n + 1
        usados.add(nome.casefold())
        nomes[grupo] = nome
    return nomes


def _resumo(livro: Any, formatos: dict[str, Any], grupos: Mapping[str, Linhas], lugares: Mapping[str, str]) -> None:
    folha = livro.add_worksheet(RESUMO)
    titulos = (("Grupo", 50), ("Ocorrências", 14), ("Abertas", 12), ("Valor (R$)", 16))
    for i, (titulo, largura) in enumerate(titulos):
        folha.set_column(i, i, largura)
        folha.write_string(0, i, titulo, formatos["titulo"])
    for n, (grupo, linhas) in enumerate(grupos.items(), start=1):
        folha.write_url(n, 0, f"internal:{lugares[grupo]}", formatos["texto"], grupo)
        folha.write_number(n, 1, len(linhas), formatos["inteiro"])
        folha.write_number(n, 2, sum(x.status == "aberta" for x in linhas), formatos["inteiro"])
        folha.write_number(n, 3, float(_soma(linhas)), formatos["reais"])
    fim = len(grupos) + 1
    folha.write_string(fim, 0, "Total", formatos["total"])
    for coluna, letra in ((1, "B"), (2, "C"), (3, "D")):
        valor = (
            sum(len(x) for x in grupos.values())
            if coluna == 1
            else sum(o.status == "aberta" for x in grupos.values() for o in x)
            if coluna == 2
            else float(sum((_soma(x) for x in grupos.values()), Decimal(0)))
        )
        formato = formatos["total_reais"] if coluna == 3 else formatos["total"]
        _soma_de(folha, fim, coluna, f"=SUM({letra}2:{letra}{fim})", formato, valor, vazia=not grupos)
    folha.freeze_panes(1, 0)


def _soma(linhas: Linhas) -> Decimal:
    return sum((x.valor for x in linhas if x.valor is not None), Decimal(0))


def _folha(livro: Any, formatos: dict[str, Any], nome: str, linhas: Linhas) -> None:
    folha = livro.add_worksheet(nome)
    for i, (titulo, _, largura) in enumerate(_COLUNAS):
        folha.set_column(i, i, largura)
        folha.write_string(0, i, titulo, formatos["titulo"])
    for n, linha in enumerate(linhas, start=1):
        for i, valor in enumerate(_valores(linha)):
            _celula(folha, n, i, valor, formatos[_COLUNAS[i][1]])
    fim = len(linhas) + 1
    folha.write_string(fim, 0, "Total", formatos["total"])
    vazia = not linhas
    _soma_de(folha, fim, 1, f"=SUBTOTAL(103,B2:B{fim})", formatos["total"], len(linhas), vazia=vazia)
    _soma_de(folha, fim, 5, f"=SUBTOTAL(109,F2:F{fim})", formatos["total_reais"], float(_soma(linhas)), vazia=vazia)
    folha.autofilter(0, 0, max(len(linhas), 1), len(_COLUNAS) - 1)
    folha.freeze_panes(1, 0)
    folha.set_landscape()
    folha.fit_to_pages(1, 0)
    folha.repeat_rows(0)


def _soma_de(folha: Any, linha: int, coluna: int, formula: str, formato: Any, valor: float, *, vazia: bool) -> None:
    """Writes a total. Of no rows it is a number: the formula would add itself."""
    if vazia:
        folha.write_number(linha, coluna, 0, formato)
    else:
        folha.write_formula(linha, coluna, formula, formato, valor)


def _valores(x: LinhaOcorrencia) -> tuple[object, ...]:
    return (
        *(x.id, x.ocorrencia, x.empresa, x.cnpj, x.guia, x.valor, x.detalhe, x.status, x.desde, x.atualizada_em),
        x.o_que_fazer if x.status == Status.ABERTA else "",
    )


def _celula(folha: Any, linha: int, coluna: int, valor: object, formato: Any) -> None:
    if valor is None:
        folha.write_blank(linha, coluna, None, formato)
    elif isinstance(valor, datetime):
        folha.write_datetime(linha, coluna, para_pessoas(valor).replace(tzinfo=None), formato)
    elif isinstance(valor, int | Decimal):
        folha.write_number(linha, coluna, float(valor) if isinstance(valor, Decimal) else valor, formato)
    else:
        folha.write_string(linha, coluna, str(valor)[:32767], formato)
