"""Makes the printed forms from processed XML: the DACTE of a document (MOC 4.00, Anexo II), the sheet of an event."""

from separador.capacidades.dacte.papel.conteudo import Extras, Pedagio, extrair
from separador.fiscal.leitura import ler
from separador.fiscal.nomes import DOCUMENTO_DO_PROCESSADO
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.tipo import Tipo

__all__ = ["Extras", "Pedagio", "imprimir", "imprimir_evento"]

_NADA = Extras()


def imprimir(processado: bytes, extras: Extras = _NADA) -> bytes | Recusa:
    """Returns the PDF of a cteProc, cteSimpProc, cteOSProc or GTVeProc.

    It is refused when it is none of them, or not whole. It costs 30 ms for a usual document, and half a
    second more the first time: never call it in the main loop.
    """
    lido = ler(processado)
    if isinstance(lido, Recusa):
        return lido
    conteudo = extrair(lido.raiz, lido.tipo, extras) if lido.tipo in DOCUMENTO_DO_PROCESSADO else None
    if conteudo is None:
        mensagem = f"Não há DACTE de <{lido.raiz_local}>: só de documento processado (com o protocolo)."
        return _recusa(mensagem, "Use o documento processado (procCTe) da autorização.")
    from separador.capacidades.dacte.papel.documento import desenhar  # noqa: PLC0415 -- fpdf2 is heavy

    return desenhar(conteudo)


def imprimir_evento(processado: bytes) -> bytes | Recusa:
    """Returns the PDF of a procEventoCTe. It is refused when it is none, or not whole."""
    lido = ler(processado)
    if isinstance(lido, Recusa):
        return lido
    from separador.capacidades.dacte.papel import evento  # noqa: PLC0415 -- fpdf2 is heavy

    feito = evento.desenhar(lido.raiz) if lido.tipo is Tipo.PROC_EVENTO else None
    if feito is None:
        mensagem = f"Não há folha de evento de <{lido.raiz_local}>: só de evento processado (com a resposta da SEFAZ)."
        return _recusa(mensagem, "Use o evento processado (procEventoCTe).")
    return feito


def _recusa(mensagem: str, o_que_fazer: str) -> Recusa:
    return Recusa((Erro("SEP-DACTE", "SEP", mensagem, o_que_fazer),))
