"""Reads guides and receipts that people drop: bytes in, values out. Runs in a worker."""

from separador.capacidades.ecac.arquivos import tabela_de_guias
from separador.capacidades.ecac.arquivos.guia import GuiasLidas
from separador.capacidades.ecac.arquivos.lidos import ComprovantesLidos
from separador.fiscal.preparo import ContextoPreparo
from separador.motor.trabalho.parecer import ArquivoATratar
from separador.nucleo.erro import Erro, Recusa


def guias(_arquivo: ArquivoATratar, dados: bytes, _contexto: ContextoPreparo) -> GuiasLidas | Recusa:
    """Reads a file of guides that somebody dropped."""
    return ler_guias(dados)


def comprovantes(_arquivo: ArquivoATratar, dados: bytes, _contexto: ContextoPreparo) -> ComprovantesLidos | Recusa:
    """Reads a file of receipts that somebody dropped."""
    if not _e_pdf(dados):
        return _nao_e_pdf()
    from separador.capacidades.ecac.arquivos import leitura_de_pdf  # noqa: PLC0415 -- pypdf, only where a PDF comes in

    return leitura_de_pdf.comprovantes_de(dados)


def ler_guias(dados: bytes) -> GuiasLidas | Recusa:
    """Reads guides by how the file begins: one in a PDF, any number in CSV or JSON."""
    if not _e_pdf(dados):
        return tabela_de_guias.ler(dados)
    from separador.capacidades.ecac.arquivos import leitura_de_pdf  # noqa: PLC0415 -- pypdf, only where a PDF comes in

    return leitura_de_pdf.guia_de(dados)


def _e_pdf(dados: bytes) -> bool:
    return dados.lstrip()[:5] == b"%PDF-"


def _nao_e_pdf() -> Recusa:
    fazer = "Solte aqui os comprovantes em PDF, como o portal e-CAC os salva."
    return Recusa((Erro("SEP-RECIBO-ARQUIVO", "SEP", "O arquivo não é um PDF.", fazer),))
