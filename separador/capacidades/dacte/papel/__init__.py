"""Makes the DACTE, the printed form of an authorised document, from its processed XML (MOC 4.00, Anexo II)."""

from separador.capacidades.dacte.papel.conteudo import Extras, Pedagio, extrair
from separador.fiscal.leitura import ler
from separador.fiscal.nomes import DOCUMENTO_DO_PROCESSADO
from separador.nucleo.erro import Erro, Recusa

__all__ = ["Extras", "Pedagio", "imprimir"]

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
        return Recusa((Erro("SEP-DACTE", "SEP", mensagem, "Use o documento processado (procCTe) da autorização."),))
    from separador.capacidades.dacte.papel.documento import desenhar  # noqa: PLC0415 -- fpdf2 is heavy

    return desenhar(conteudo)
