"""Reads a load that comes as a sheet (CSV), some rows at a time: what is not kept of a row is forgotten with it."""

import csv
import io
from collections.abc import Generator, Iterator, Sequence

from separador.configuracao.emissao.arvore import Folha
from separador.configuracao.emissao.leitura import Leitura
from separador.configuracao.emissao.valores import ESQUEMA
from separador.configuracao.leitura import parecido
from separador.configuracao.tipos import ErroConfig
from separador.fiscal.emissao.formato.colunas import COLUNAS, DE_LINHA, DE_TODAS, MEDIDAS
from separador.fiscal.emissao.formato.tipos import Campo, Referencia, comparavel
from separador.fiscal.emissao.no import No, Valor

PORCAO = 500
"""Rows that are read at a time."""
_SEPARADORES = (";", ",", "\t")
_BOMS = ((b"\xef\xbb\xbf", "utf-8"), (b"\xff\xfe", "utf-16-le"), (b"\xfe\xff", "utf-16-be"))
_FAZER = "As colunas: separador carga esquema --csv."
_REPETIVEIS = frozenset(c.nome for c in DE_LINHA if isinstance(c.tipo, Referencia)) | {"modelo", "serie", "emissao"}
"""Columns whose values come again in many rows, and are kept once."""


def lendo(dados: bytes, leitura: Leitura) -> Generator[None, None, No | ErroConfig]:
    """Returns the load, or the one error that keeps it from being read. Yields after some rows."""
    texto = _texto(dados)
    if isinstance(texto, ErroConfig):
        return texto
    planilha = _Planilha(leitura)
    try:
        for numero, (linha, celulas) in enumerate(_linhas(texto, planilha), 1):
            planilha.ler(linha, celulas)
            if numero % PORCAO == 0:
                yield None
    except csv.Error as erro:
        porque = "uma célula é longa demais" if "limit" in str(erro) else "confira as aspas"
        return ErroConfig(f"isto não é CSV válido; {porque} desta linha em diante", planilha.linha)
    return planilha.carga()


def _texto(dados: bytes) -> str | ErroConfig:
    """Returns the text: by its mark, else UTF-8, else Windows-1252."""
    if not dados.strip(b"\xef\xbb\xbf\xff\xfe\x00 \t\r\n"):
        return ErroConfig("o arquivo está vazio")
    for marca, nome in _BOMS:
        if dados.startswith(marca):
            return _lido(dados[len(marca) :], nome)
    if dados[1:2] == b"\x00":
        return _lido(dados, "utf-16-le")
    if dados[:1] == b"\x00":
        return _lido(dados, "utf-16-be")
    em_utf8 = _lido(dados, "utf-8")
    return em_utf8 if isinstance(em_utf8, str) else _lido(dados, "cp1252")


def _lido(dados: bytes, codificacao: str) -> str | ErroConfig:
    try:
        return dados.decode(codificacao)
    except UnicodeDecodeError:
        return ErroConfig("o texto não está em UTF-8, UTF-16 nem Windows-1252; grave-o de novo em UTF-8")


def _linhas(texto: str, planilha: "_Planilha") -> Iterator[tuple[int, list[str]]]:
    """Yields the rows that say something, each with its line: the titles first."""
    fluxo = io.StringIO(texto, newline="")
    primeira = fluxo.readline()
    pulada = 0
    if (dito := primeira.strip().lower()).startswith("sep=") and len(dito) <= len("sep=") + 1:
        separador = primeira.strip()[4:] or "\t"  # Excel's own line; a tab at its end is a blank
        pulada, planilha.linha = 1, 2
    else:
        separador = max(_SEPARADORES, key=primeira.count)
        fluxo.seek(0)
    if separador not in _SEPARADORES:
        separador = ";"
    leitor = csv.reader(fluxo, delimiter=separador, strict=True)
    for celulas in leitor:
        if any(c.strip() for c in celulas):
            yield planilha.linha, celulas
        planilha.linha = leitor.line_num + pulada + 1


class _Planilha:
    """What was read of a sheet so far."""

    def __init__(self, leitura: Leitura) -> None:
        self.leitura = leitura
        self.linha = 1
        self._colunas: list[Campo | None] | None = None
        self._notas: list[No] = []
        self._da_carga: dict[str, Valor] = {}
        self._ruins: set[str] = set()
        self._lidos: dict[tuple[str, str], Valor] = {}
        self._avisados: set[tuple[str, str]] = set()

    def ler(self, linha: int, celulas: Sequence[str]) -> None:
        """Reads one row: the titles, or an invoice."""
        if self._colunas is None:
            self._colunas = self._titulos(linha, celulas)
            return
        onde = f"notas[{len(self._notas) + 1}]"
        self.leitura.linhas[onde] = linha
        valores: dict[str, Valor] = {}
        ruins: set[str] = set()
        sobram = [c for c in celulas[len(self._colunas) :] if c.strip()]
        if sobram:
            mensagem = f"a linha tem {len(celulas)} células, e os títulos são {len(self._colunas)}"
            self.leitura.errar(ESQUEMA, onde, linha, mensagem, "Retire a que sobra, ou ponha entre aspas o texto.")
        for campo, celula in zip(self._colunas, celulas, strict=False):
            if campo is None or not celula.strip():
                continue
            if campo.nome == "carga" or campo in DE_TODAS:
                self._de_todas(campo, celula, linha)
            elif (valor := self._valor(campo, celula, f"{onde}.{campo.nome}")) is None:
                ruins.add("medidas" if campo.nome in MEDIDAS else campo.nome)
            else:
                valores[campo.nome] = valor
        self._notas.append(_nota(onde, valores, frozenset(ruins)))

    def carga(self) -> No:
        """Returns the load."""
        if self._colunas is not None and "carga" not in self._da_carga and "carga" not in self._ruins:
            self.leitura.errar(ESQUEMA, "carga", 1, "falta a identificação da carga", "Preencha a coluna carga.")
            self._ruins.add("carga")
        dela = self._da_carga
        valores: dict[str, Valor] = {"carga": dela["carga"]} if "carga" in dela else {}
        if self._notas:
            valores["notas"] = tuple(self._notas)
        if "produto_predominante" in dela:
            valores["padrao"] = No("padrao", {"produto_predominante": dela["produto_predominante"]})
        bloco = "informacoes_complementares"
        ditas: dict[str, Valor] = {n: dela[n] for n in ("forma_pagamento", "cif_fob") if n in dela}
        nomes = {"responsavel": "responsavel_seguro", "apolice": "apolice"}
        seguro: dict[str, Valor] = {n: dela[c] for n, c in nomes.items() if c in dela}
        if seguro:
            ditas["seguros"] = (No(f"{bloco}.seguros[1]", seguro),)
        if ditas:
            valores[bloco] = No(bloco, ditas)
        return No("", valores, frozenset(self._ruins))

    def _titulos(self, linha: int, celulas: Sequence[str]) -> list[Campo | None]:
        nomes = [comparavel(c).replace(" ", "_") for c in celulas]
        while nomes and not nomes[-1]:
            nomes.pop()
        if not any(n in COLUNAS for n in nomes):
            mensagem = "falta a linha de títulos, a primeira, com os nomes das colunas"
            self.leitura.errar(ESQUEMA, "", linha, mensagem, _FAZER)
            return [None] * len(nomes)
        for i, nome in enumerate(nomes):
            if nome not in COLUNAS:
                dito = f"a coluna «{celulas[i].strip()}» não existe{parecido(nome, COLUNAS)}"
                self.leitura.errar(ESQUEMA, nome, linha, dito if nome else "há uma coluna sem título", _FAZER)
            elif nome in nomes[:i]:
                self.leitura.errar(ESQUEMA, nome, linha, f"a coluna {nome} aparece mais de uma vez", "Deixe uma só.")
        return [COLUNAS.get(n) if n not in nomes[:i] else None for i, n in enumerate(nomes)]

    def _de_todas(self, campo: Campo, celula: str, linha: int) -> None:
        """Keeps what is said of the whole load: its first value. A file has one load."""
        nome = campo.nome
        if nome in self._ruins or (nome in self._da_carga and nome != "carga"):
            return
        valor = self._valor(campo, celula, nome, linha)
        if valor is None:
            self._ruins.add(nome)
        elif self._da_carga.setdefault(nome, valor) != valor:
            mensagem = f"a linha é da carga {valor}, e as de antes são da carga {self._da_carga[nome]}"
            self.leitura.errar(ESQUEMA, nome, linha, mensagem, "Um arquivo tem uma carga só: separe em dois.")
            self._ruins.add(nome)

    def _valor(self, campo: Campo, celula: str, caminho: str, linha: int | None = None) -> Valor | None:
        """Returns a value. A notice is given once for each column: a sheet has the same in every row."""
        conhecido = self._lidos.get((campo.nome, celula))
        if conhecido is not None:
            return conhecido
        antes = len(self.leitura.avisos)
        valor = self.leitura.valor(Folha(celula, linha), campo.tipo, caminho)
        for aviso in self.leitura.avisos[antes:]:
            if (aviso.codigo, campo.nome) in self._avisados:
                self.leitura.avisos.remove(aviso)
            self._avisados.add((aviso.codigo, campo.nome))
        if valor is not None and campo.nome in _REPETIVEIS and len(self.leitura.avisos) == antes:
            self._lidos[campo.nome, celula] = valor
        return valor


def _nota(onde: str, valores: dict[str, Valor], ruins: frozenset[str]) -> No:
    """Returns an invoice, its weight and volumes as measures."""
    medidas: list[No] = []
    for nome, (unidade, tipo) in MEDIDAS.items():
        quantidade = valores.pop(nome, None)
        if quantidade is not None:
            campo = f"{onde}.medidas[{len(medidas) + 1}]"
            medidas.append(No(campo, {"unidade": unidade, "tipo": tipo, "quantidade": quantidade}))
    return No(onde, {**valores, **({"medidas": tuple(medidas)} if medidas else {})}, ruins)
