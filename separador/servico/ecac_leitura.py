"""Guides and receipts that people drop, understood in a worker: bytes in, values out (ECAC-02, ECAC-03)."""

from separador.ecac import importacao
from separador.ecac.guia_lida import GuiasLidas
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.rota import Regra
from separador.servico.ecac_lidos import RecibosLidos

DO_ECAC = (Regra.ECAC_GUIAS, Regra.ECAC_COMPROVANTES)


def ler(regra: Regra, dados: bytes) -> GuiasLidas | RecibosLidos | Recusa:
    """By what the route is for, and by how the file begins."""
    pdf = dados.lstrip()[:5] == b"%PDF-"
    if not pdf:
        return _nao_e_pdf() if regra is Regra.ECAC_COMPROVANTES else importacao.ler(dados)
    from separador.servico import ecac_pdf  # noqa: PLC0415 -- pypdf, only where a PDF comes in

    return ecac_pdf.recibos_de(dados) if regra is Regra.ECAC_COMPROVANTES else ecac_pdf.guia_de(dados)


def _nao_e_pdf() -> Recusa:
    fazer = "Solte aqui os comprovantes em PDF, como o portal e-CAC os salva."
    return Recusa((Erro("SEP-RECIBO-ARQUIVO", "SEP", "O arquivo não é um PDF.", fazer),))
