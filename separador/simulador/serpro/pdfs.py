"""Makes PDFs that look like the Receita's: receipts and guides. The same document always gives the same bytes."""

import functools
import hashlib
from datetime import UTC, date, datetime
from decimal import Decimal

from fpdf import FPDF

from separador.capacidades.ecac.dominio.arrecadacao import mascarado
from separador.capacidades.ecac.dominio.codigo_barras import compor, linha_digitavel
from separador.simulador.serpro.cenario import Documento, Parte

_ORGAO = {"04": "0385", "09": "0328"}
_SIGLA = {"04": "DARF", "07": "DJE", "08": "DARF SIMPLES", "09": "DAS", "10": "DAE"}
_FEITO_EM = datetime(2026, 1, 1, tzinfo=UTC)


@functools.lru_cache(maxsize=512)
def comprovante(d: Documento, nome: str) -> bytes:
    """Returns the receipt of a paid document, in the layout of the Receita's receipts.

    Raises ValueError when it was not paid.
    """
    return comprovantes(((d, nome),))


def comprovantes(varios: tuple[tuple[Documento, str], ...]) -> bytes:
    """Returns one page for each, as the portal exports many."""
    pdf = _novo("Comprovante de Arrecadação")
    for d, nome in varios:
        if d.arrecadacao is None:
            raise ValueError("documento não pago não tem comprovante")
        _pagina_comprovante(pdf, d, nome, d.arrecadacao)
    return bytes(pdf.output())


def _pagina_comprovante(pdf: FPDF, d: Documento, nome: str, pago: date) -> None:
    sigla = _SIGLA.get(d.tipo, "documento")
    periodo = f"{d.periodo:%m/%Y}" if d.tipo == "09" else f"{d.periodo:%d/%m/%Y}"
    rotulo = "Competência" if d.tipo == "09" else "Período Apuração"
    pdf.add_page()
    _linhas(
        pdf,
        "Comprovante de Arrecadação",
        "Comprovamos que consta nos sistemas da Receita Federal registro de arrecadação de "
        f"{sigla} com os dados a seguir:",
        "CNPJ Razão Social" if len(d.ni) == 14 else "CPF Nome",
        f"{formatar_ni(d.ni)} {nome}",
        f"{rotulo} Data de Vencimento Número do Documento",
        f"{periodo} {d.vencimento:%d/%m/%Y} {d.numero}",
        "Composição do Documento de Arrecadação",
        "Código Descrição Total Juros Multa Principal",
        *(linha for p in d.partes for linha in _composicao(p)),
        f"Totais {_moeda(d.total)} {_moeda(_soma(d, 'juros'))} {_moeda(_soma(d, 'multa'))} "
        f"{_moeda(_soma(d, 'principal'))}",
        "Banco Data de Arrecadação",
        "Agência Estabelecimento Valor Reservado/Restituído Referência",
        f"{pago:%d/%m/%Y} 999 - BANCO TESTE S.A.",
        f"0001 0002 0,00 {d.referencia or ''}",
        "Documento pago via INTERNET",
        f"Comprovante emitido às 10:00:00 de {pago:%d/%m/%Y} (horário de Brasília), sob o código de controle "
        f"{hashlib.sha256(d.numero.encode()).hexdigest()[:8]}",
    )


def _composicao(p: Parte) -> list[str]:
    valores = " ".join(_moeda(v) if v else "-" for v in (p.total, p.juros, p.multa, p.principal))
    linha = f"{p.receita} {p.descricao} {valores}"
    return [linha, f"{p.extensao} - {p.descricao.upper()}"] if p.extensao else [linha]


def guia(d: Documento, nome: str, limite: date) -> bytes:
    """Returns the guide to be paid, with its barcode and the block of the PIX. `limite`: last day accepted."""
    codigo = compor(valor=d.total, orgao=_ORGAO[d.tipo], limite=limite, numero=d.numero)
    linha = " ".join(linha_digitavel(codigo))
    titulo = (
        "Documento de Arrecadação do Simples Nacional"
        if d.tipo == "09"
        else "Documento de Arrecadação de Receitas Federais"
    )
    periodo = f"{_MESES[d.periodo.month - 1]}/{d.periodo.year}" if d.tipo == "09" else f"{d.periodo:%d/%m/%Y}"
    pdf = _novo(titulo)
    pdf.add_page()
    _linhas(
        pdf,
        titulo,
        "CNPJ Razão Social" if len(d.ni) == 14 else "CPF Nome",
        f"{formatar_ni(d.ni)} {nome}",
        "Período de Apuração Data de Vencimento Número do Documento Pagar este documento até",
        f"{periodo} {d.vencimento:%d/%m/%Y} {mascarado(d.numero)} {limite:%d/%m/%Y}",
        "Valor Total do Documento",
        _moeda(d.total),
        "Composição do Documento de Arrecadação",
        "Código Denominação Principal Multa Juros Total",
        *(
            f"{p.receita} {p.descricao} {_moeda(p.principal)} {_moeda(p.multa)} {_moeda(p.juros)} {_moeda(p.total)}"
            for p in d.partes
        ),
        linha,
        "Pague com o PIX",
        f"Número: {mascarado(d.numero)}",
        f"Pagar até: {limite:%d/%m/%Y} Valor: {_moeda(d.total)}",
    )
    return bytes(pdf.output())


_MESES = "Janeiro Fevereiro Março Abril Maio Junho Julho Agosto Setembro Outubro Novembro Dezembro".split()


def _novo(titulo: str) -> FPDF:
    pdf = FPDF()
    pdf.set_creation_date(_FEITO_EM)
    pdf.set_title(titulo)
    pdf.set_font("Helvetica", size=9)
    return pdf


def _linhas(pdf: FPDF, *linhas: str) -> None:
    for linha in linhas:
        pdf.cell(0, 6, linha.encode("latin-1", "replace").decode("latin-1"), new_x="LMARGIN", new_y="NEXT")


def formatar_ni(ni: str) -> str:
    """Returns the number with its mask."""
    if len(ni) == 14:
        return f"{ni[:2]}.{ni[2:5]}.{ni[5:8]}/{ni[8:12]}-{ni[12:]}"
    return f"{ni[:3]}.{ni[3:6]}.{ni[6:9]}-{ni[9:]}"


def _soma(d: Documento, campo: str) -> Decimal:
    return sum((getattr(p, campo) for p in d.partes), Decimal(0))


def _moeda(valor: Decimal) -> str:
    return f"{valor:,.2f}".replace(",", "_").replace(".", ",").replace("_", ".")
