"""Turns PDFs of receipts and of guides into values of the service."""

from separador.capacidades.ecac.arquivos import comprovantes, guia_pdf
from separador.capacidades.ecac.arquivos.guia import GuiasLidas, LinhaGuia
from separador.capacidades.ecac.arquivos.lidos import ComprovanteLido, ComprovantesLidos
from separador.capacidades.ecac.arquivos.pdf import PdfIlegivelError
from separador.capacidades.ecac.dominio.arrecadacao import Valores
from separador.nucleo.erro import Erro, Recusa


def comprovantes_de(dados: bytes) -> ComprovantesLidos | Recusa:
    """Returns every receipt of a PDF, each cut out as a PDF of its own."""
    try:
        achados = comprovantes.ler(dados)
    except PdfIlegivelError as erro:
        return _ilegivel("SEP-RECIBO-ARQUIVO", erro, "Salve o comprovante de novo no portal e-CAC.")
    lidos = tuple(
        ComprovanteLido(
            pagina=r.pagina,
            contribuinte=r.texto.contribuinte,
            tipo=r.texto.tipo,
            numero=r.texto.numero,
            arrecadacao=r.texto.arrecadacao,
            total=r.texto.total,
            periodo=r.texto.periodo,
            vencimento=r.texto.vencimento,
            pdf=r.pdf,
        )
        for r in achados.comprovantes
    )
    return ComprovantesLidos(lidos, tuple(_pagina_recusada(p.pagina, p.motivo) for p in achados.recusadas))


def _pagina_recusada(pagina: int, motivo: str) -> Erro:
    fazer = "Salve este comprovante de novo no portal e-CAC."
    return Erro("SEP-RECIBO-PAGINA", "SEP", f"Página {pagina}: {motivo}.", fazer, pagina, "pagina")


def _ilegivel(codigo: str, erro: PdfIlegivelError, fazer: str) -> Recusa:
    frase = str(erro)
    return Recusa((Erro(codigo, "SEP", f"{frase[:1].upper()}{frase[1:]}.", fazer),))


def guia_de(dados: bytes) -> GuiasLidas | Recusa:
    """Returns one guide. Without a number that can be trusted it is registered only when the rest can identify a
    payment."""
    try:
        texto = guia_pdf.ler(dados)
    except PdfIlegivelError as erro:
        return _ilegivel("SEP-GUIA-ARQUIVO", erro, "Baixe a guia de novo, ou registre-a em CSV ou JSON.")
    if texto.contribuinte is None or texto.tipo is None or texto.valor is None:
        motivos = "; ".join(texto.motivos) or "o PDF não diz de quem é, o que é ou quanto é"
        fazer = "Confira se o PDF é uma guia de DARF ou DAS; se for, registre-a em CSV ou JSON."
        return Recusa((Erro("SEP-GUIA-ARQUIVO", "SEP", f"A guia não pôde ser lida: {motivos}.", fazer),))
    guia = LinhaGuia(
        linha=None,
        contribuinte=texto.contribuinte,
        tipo=texto.tipo,
        numero=texto.numero,
        valores=Valores(total=texto.valor),
        vencimento=texto.vencimento,
        periodo=texto.periodo,
        notas=texto.motivos,
    )
    return GuiasLidas((guia,))
