"""Guides and receipts that people drop, understood in a worker: bytes in, values out (ECAC-02, ECAC-03)."""

from separador.capacidades.ecac.arquivos import tabela_de_guias
from separador.capacidades.ecac.arquivos.guia import GuiasLidas
from separador.capacidades.ecac.arquivos.lidos import ComprovantesLidos
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.rota import Regra

DO_ECAC = (Regra.ECAC_GUIAS, Regra.ECAC_COMPROVANTES)


def ler(regra: Regra, dados: bytes) -> GuiasLidas | ComprovantesLidos | Recusa:
    """By what the route is for, and by how the file begins."""
    pdf = dados.lstrip()[:5] == b"%PDF-"
    if not pdf:
        return _nao_e_pdf() if regra is Regra.ECAC_COMPROVANTES else tabela_de_guias.ler(dados)
    from separador.capacidades.ecac.arquivos import leitura_de_pdf  # noqa: PLC0415 -- pypdf, only where a PDF comes in

    return leitura_de_pdf.comprovantes_de(dados) if regra is Regra.ECAC_COMPROVANTES else leitura_de_pdf.guia_de(dados)


def _nao_e_pdf() -> Recusa:
    fazer = "Solte aqui os comprovantes em PDF, como o portal e-CAC os salva."
    return Recusa((Erro("SEP-RECIBO-ARQUIVO", "SEP", "O arquivo não é um PDF.", fazer),))
