"""Turns the fields of one guide in a file into the guide, or into every error in it. Pure."""

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TypeVar

from separador.capacidades.ecac.arquivos import campos
from separador.capacidades.ecac.arquivos.campos import CampoError
from separador.capacidades.ecac.dominio import codigo_barras
from separador.capacidades.ecac.dominio.arrecadacao import TipoDocumento, Valores, canonico, dv_confere
from separador.capacidades.ecac.dominio.guia import Periodo
from separador.nucleo.erro import Erro

T = TypeVar("T")
Linha = tuple[int, dict[str, str]]
"""Line in the file, and its fields by name."""
OBRIGATORIOS = ("empresa", "tipo", "vencimento")


@dataclass(frozen=True, slots=True)
class LinhaGuia:
    """One guide of a file. `linha` is 1-based in the file; None for a PDF. `notas`: worth a look, nothing wrong."""

    linha: int | None
    contribuinte: str
    tipo: TipoDocumento
    numero: str | None
    valores: Valores
    vencimento: date | None = None
    receita: str | None = None
    periodo: Periodo | None = None
    notas: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GuiasLidas:
    """The content of a file of guides: the good ones, and every error of the others."""

    guias: tuple[LinhaGuia, ...]
    erros: tuple[Erro, ...] = ()


def interpretar(linhas: Iterable[Linha]) -> GuiasLidas:
    """Turns rows by field into guides, and the errors of the rest."""
    guias: list[LinhaGuia] = []
    erros: list[Erro] = []
    vistas: dict[tuple[str, str, str], LinhaGuia] = {}
    for numero, valores in linhas:
        achados: list[Erro] = []
        guia = _guia(numero, valores, achados)
        if guia is not None and not achados:
            achados += _repetida(guia, vistas)
        if guia is not None and not achados:
            guias.append(guia)
        erros += achados
    return GuiasLidas(tuple(guias), tuple(erros))


def _repetida(guia: LinhaGuia, vistas: dict[tuple[str, str, str], LinhaGuia]) -> list[Erro]:
    if guia.numero is None:
        return []
    outra = vistas.setdefault((guia.contribuinte, guia.tipo, guia.numero), guia)
    if outra is guia:
        return []
    mensagem = f"A guia {guia.numero} já está na linha {outra.linha}."
    return [_erro(guia.linha, "numero", mensagem, "Deixe uma só; se são duas guias, corrija o número de uma.")]


def _erro(linha: int | None, campo: str, mensagem: str, o_que_fazer: str) -> Erro:
    return Erro("SEP-GUIA-CAMPO", "SEP", f"{campo}: {mensagem}", o_que_fazer, linha, campo)


class _Fila:
    """Reads one row: each field gives its value or None, and every error is noted."""

    def __init__(self, linha: int, valores: dict[str, str]) -> None:
        self.linha, self.valores = linha, valores
        self.erros: list[Erro] = []

    def ler(self, nome: str, leitor: Callable[[str], T]) -> T | None:
        """Returns the field, if it is there and good."""
        texto = self.valores.get(nome)
        if texto is None:
            if nome in OBRIGATORIOS:
                self.errar(nome, "Falta o campo.", f"Preencha {nome}.")
            return None
        try:
            return leitor(texto)
        except CampoError as erro:
            self.errar(nome, erro.mensagem, erro.o_que_fazer)
            return None

    def errar(self, nome: str, mensagem: str, o_que_fazer: str) -> None:
        """Notes one error."""
        self.erros.append(_erro(self.linha, nome, mensagem, o_que_fazer))


def _guia(linha: int, valores: dict[str, str], erros: list[Erro]) -> LinhaGuia | None:
    """Returns the guide of a row, and adds every error of the row to `erros`."""
    f = _Fila(linha, valores)
    empresa, tipo = f.ler("empresa", campos.ler_empresa), f.ler("tipo", campos.ler_tipo)
    vencimento = f.ler("vencimento", campos.ler_dia)
    numero, barra = f.ler("numero", campos.ler_numero), f.ler("barras", _barra)
    nomes = ("principal", "multa", "juros", "valor")
    principal, multa, juros, total = (f.ler(n, campos.ler_valor) for n in nomes)
    receita, periodo = f.ler("receita", campos.ler_receita), f.ler("periodo", campos.ler_competencia)
    if barra is not None:
        numero, total = _da_barra(f, barra, tipo, numero, total)
    lidos = Valores(principal, multa, juros, total)
    _conferir_soma(f, lidos)
    if not {"numero", "barras"} & set(valores) and (periodo is None or (receita is None and tipo != "09")):
        f.errar("numero", "A guia não tem número.", "Preencha numero; sem ele, ao menos receita, periodo e valor.")
    if f.erros or empresa is None or tipo is None or vencimento is None:
        erros += f.erros
        return None
    return LinhaGuia(linha, empresa, tipo, numero, lidos, vencimento, receita, periodo, _notas(numero))


def _barra(texto: str) -> codigo_barras.Barra:
    """Reads 44 digits, or the typed line with its 48."""
    digitos = re.sub(r"[\s.-]", "", texto)
    codigo = codigo_barras.da_linha(digitos) if len(digitos) == 48 else digitos
    lida = codigo_barras.ler(codigo) if codigo is not None else None
    if lida is None:
        raise CampoError("O código de barras não confere.", "Copie os 44 algarismos, ou os 48 da linha digitável.")
    return lida


def _da_barra(
    f: _Fila, barra: codigo_barras.Barra, tipo: TipoDocumento | None, numero: str | None, total: Decimal | None
) -> tuple[str, Decimal]:
    """Returns number and value from the barcode. A row that gives others is an error."""
    if numero is not None and canonico(numero) != canonico(barra.numero):
        f.errar("numero", f"O código de barras diz {barra.numero}.", "Corrija o número ou o código de barras.")
    if total is not None and total != barra.valor:
        f.errar("valor", f"O código de barras diz {barra.valor:.2f}.", "Corrija o valor ou o código de barras.")
    if tipo is not None and barra.tipo is not None and campos.TIPOS[barra.tipo] is not tipo:
        f.errar("tipo", f"O código de barras é de {barra.tipo}.", "Corrija o tipo ou o código de barras.")
    return barra.numero, barra.valor


def _conferir_soma(f: _Fila, v: Valores) -> None:
    if v.total is None and v.principal is None and not any(e.tag in ("valor", "principal", "barras") for e in f.erros):
        f.errar("valor", "Falta o valor da guia.", "Preencha valor (o total), ou principal, multa e juros.")
    partes = (v.principal, v.multa, v.juros)
    if v.total is not None and None not in partes and sum(p for p in partes if p is not None) != v.total:
        f.errar("valor", "Principal, multa e juros não somam o valor.", "Corrija os valores.")


def _notas(numero: str | None) -> tuple[str, ...]:
    if numero is None:
        return ("guia sem número: a baixa só por sugestão, aprovada por pessoa",)
    if not dv_confere(numero):
        return (f"o dígito verificador de {numero} não confere; confira se a planilha não trocou algarismos",)
    return ()
