"""Reads files of guides, JSON or CSV, into guides and the errors of the rest, line by line.

CSV: a header line, which Excel's `sep=;` may precede; `;`, `,` or tab; UTF-8 (with or without BOM), UTF-16 with BOM,
else Windows-1252, as Excel in Brazil writes it. JSON: a list of objects, or `{"guias": [...]}`. The field names are the
same in both, accents and case apart.
"""

import csv
import io
import json
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

from separador.capacidades.ecac.arquivos.guia import OBRIGATORIOS, GuiasLidas, Linha, interpretar
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.texto.json_lido import JsonInvalidoError, TextoPartidoError, ler_json
from separador.nucleo.texto.quantidade import milhar

LINHAS_MAXIMAS = 100_000
_NOMES = {
    "empresa": ("empresa", "cnpj", "contribuinte", "cnpjempresa", "cnpjdaempresa"),
    "tipo": ("tipo", "tipodaguia", "guia", "documento"),
    "numero": ("numero", "numerododocumento", "numerodocumento", "numerodaguia", "nrdocumento", "ndocumento"),
    "vencimento": ("vencimento", "datadevencimento", "datavencimento"),
    "valor": ("valor", "total", "valortotal", "valordaguia", "valordodocumento"),
    "principal": ("principal", "valorprincipal"),
    "multa": ("multa", "valordamulta", "valormulta"),
    "juros": ("juros", "valordosjuros", "valorjuros", "encargos"),
    "receita": ("receita", "codigodareceita", "codigoreceita", "codreceita"),
    "periodo": ("periodo", "periodoapuracao", "periododeapuracao", "competencia", "pa"),
    "barras": ("codigodebarras", "codigobarras", "barras", "linhadigitavel", "linha"),
}
_CAMPO = {apelido: campo for campo, apelidos in _NOMES.items() for apelido in apelidos}


def ler(dados: bytes) -> GuiasLidas | Recusa:
    """Reads as JSON when it begins as JSON does, else as CSV. A file that is neither is refused whole."""
    texto = _decodificar(dados)
    if isinstance(texto, Recusa):
        return texto
    inicio = texto.lstrip()[:1]
    linhas = _de_json(texto) if inicio in ("[", "{") else _de_csv(texto)
    if isinstance(linhas, Recusa):
        return linhas
    return interpretar(linhas)


def _decodificar(dados: bytes) -> str | Recusa:
    for codificacao in ("utf-16",) if dados[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
        try:
            texto = dados.decode(codificacao)
        except UnicodeDecodeError:
            continue
        if "\0" not in texto and texto.strip():
            return texto
    return recusa_inteira(
        "O arquivo está vazio ou não é texto.", "Salve as guias em CSV ou JSON, ou solte o PDF da guia."
    )


def recusa_inteira(mensagem: str, o_que_fazer: str, linha: int | None = None) -> Recusa:
    """Returns a refusal of the whole file."""
    return Recusa((Erro("SEP-GUIA-ARQUIVO", "SEP", mensagem, o_que_fazer, linha),))


_SEPARADOR_DITO = re.compile(r'[ \t]*"?sep=(?P<separador>[;,|\t])"?[;,\t ]*(?:\r\n|\r|\n)', re.IGNORECASE)
"""The first line by which a CSV tells Excel its separator."""

# --- CSV -------------------------------------------------------------------------------------------------------------


def _de_csv(texto: str) -> list[Linha] | Recusa:
    dito = _SEPARADOR_DITO.match(texto)
    corpo = texto[dito.end() :] if dito is not None else texto
    cabecalho = next((x for x in corpo.splitlines() if x.strip()), "")
    separador = dito["separador"] if dito is not None else max(";,\t", key=cabecalho.count)
    leitor = csv.reader(io.StringIO(corpo, newline=""), delimiter=separador, strict=True)
    linhas: list[Linha] = []
    colunas: list[str | None] = []
    pulada = 1 if dito is not None else 0
    anterior = 0
    try:
        for valores in leitor:
            numero, anterior = pulada + anterior + 1, leitor.line_num
            if not any(v.strip() for v in valores):
                continue
            if not colunas:
                achadas = _colunas(valores, numero)
                if isinstance(achadas, Recusa):
                    return achadas
                colunas = achadas
                continue
            linhas.append((numero, _por_campo(colunas, valores)))
            if len(linhas) > LINHAS_MAXIMAS:
                return recusa_inteira(f"O arquivo tem mais de {milhar(LINHAS_MAXIMAS)} linhas.", "Divida-o.")
    except csv.Error:
        motivo = "O CSV não pôde ser lido: há aspas que não fecham, um campo grande demais ou um byte nulo."
        return recusa_inteira(motivo, "Salve de novo como CSV.", pulada + leitor.line_num)
    if not linhas:
        return recusa_inteira("O arquivo não tem guias.", "Depois da linha de títulos, uma guia por linha.")
    return linhas


def _colunas(titulos: list[str], linha: int) -> list[str | None] | Recusa:
    colunas = [_CAMPO.get(_plano(t)) for t in titulos]
    repetidas = {c for c in colunas if c is not None and colunas.count(c) > 1}
    faltam = [c for c in OBRIGATORIOS if c not in colunas]
    if not faltam and not repetidas:
        return colunas
    quais = sorted(repetidas) or faltam
    uma = len(quais) == 1
    estado = ("repetida" if uma else "repetidas") if repetidas else "em falta"
    titulos_bons = "empresa; tipo; numero; vencimento; valor; receita; periodo"
    return recusa_inteira(
        f"{'Coluna' if uma else 'Colunas'} {estado}: {', '.join(quais)}.",
        f"A primeira linha deve ter os títulos: {titulos_bons}.",
        linha,
    )


def _plano(titulo: str) -> str:
    """Returns a plain name: `Número do documento` → `numerododocumento`."""
    sem_acento = unicodedata.normalize("NFKD", titulo).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z]", "", sem_acento.lower())


def _por_campo(colunas: list[str | None], valores: list[str]) -> dict[str, str]:
    return {c: v.strip() for c, v in zip(colunas, valores, strict=False) if c is not None and v.strip()}


# --- JSON ------------------------------------------------------------------------------------------------------------

_LISTA = re.compile(r'\s*(?:\{.*?"guias"\s*:\s*)?\[', re.DOTALL)
_DECODIFICADOR = json.JSONDecoder(parse_float=str, parse_int=str)


def _de_json(texto: str) -> list[Linha] | Recusa:
    try:
        tudo = ler_json(texto, parse_float=str, parse_int=str)
    except TextoPartidoError as erro:
        return recusa_inteira(f"O arquivo {erro}.", "Corrija o programa que o escreveu e solte o arquivo de novo.")
    except JsonInvalidoError as erro:
        return recusa_inteira("O JSON não é válido.", "Corrija-o; veja a linha indicada.", erro.linha)
    lista = tudo.get("guias") if isinstance(tudo, dict) else tudo
    inicio = _LISTA.match(texto)
    if not isinstance(lista, list) or not lista or inicio is None:
        return recusa_inteira("O JSON não tem guias.", 'Use uma lista de objetos, ou {"guias": [...]}.')
    if len(lista) > LINHAS_MAXIMAS:
        return recusa_inteira(f"O arquivo tem mais de {milhar(LINHAS_MAXIMAS)} guias.", "Divida-o.")
    numeradas = list(_com_linha(texto, inicio.end(), len(lista)))
    if any(not isinstance(item, dict) for _, item in numeradas):
        return recusa_inteira("A lista tem algo que não é um objeto.", "Cada guia é um objeto entre chaves.")
    return [(n, _de_objeto(item)) for n, item in numeradas]


def _com_linha(texto: str, posicao: int, quantos: int) -> Iterator[tuple[int, Any]]:
    """Yields each item of the list that begins at `posicao`, with its line."""
    linha, contada = 1, 0
    for _ in range(quantos):
        while texto[posicao] in " \t\r\n,":
            posicao += 1
        linha += texto.count("\n", contada, posicao)
        contada = posicao
        item, posicao = _DECODIFICADOR.raw_decode(texto, posicao)
        yield linha, item


def _de_objeto(item: dict[str, Any]) -> dict[str, str]:
    achados: dict[str, str] = {}
    for nome, valor in item.items():
        campo = _CAMPO.get(_plano(nome))
        if campo is not None and valor is not None and not isinstance(valor, dict | list):
            achados[campo] = str(valor).strip()
    return {c: v for c, v in achados.items() if v}
