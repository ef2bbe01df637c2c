"""Makes the DACTE, the printed form of an authorised document, from its processed XML (MOC 4.00, Anexo II)."""

from separador.capacidades.dacte.papel.conteudo import Conteudo, Extras, Pedagio, extrair
from separador.fiscal.leitura import ler
from separador.fiscal.nomes import DOCUMENTO_DO_PROCESSADO
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.tipo import Tipo

__all__ = ["Extras", "Pedagio", "imprimir"]

_NADA = Extras()


def imprimir(processado: bytes, extras: Extras = _NADA) -> bytes | Recusa:
    """Returns the PDF of a cteProc, cteSimpProc, cteOSProc or GTVeProc.

    It is refused when it is none of them, or not whole. It costs 50 to 200 ms, and half a second more the first time:
    never call it in the main loop.
    """
    lido = ler(processado)
    if isinstance(lido, Recusa):
        return lido
    conteudo = extrair(lido.raiz, lido.tipo, extras) if lido.tipo in DOCUMENTO_DO_PROCESSADO else None
    if conteudo is None:
        mensagem = f"Não há DACTE de <{lido.raiz_local}>: só de documento processado (com o protocolo)."
        return Recusa((Erro("SEP-DACTE", "SEP", mensagem, "Use o documento processado (procCTe) da autorização."),))
    return _desenhar(conteudo)


def _desenhar(conteudo: Conteudo) -> bytes:
    """Draws with the ready-made layout where that knows the document, and the plain page for the rest."""
    if conteudo.tipo is Tipo.CTE:
        from separador.capacidades.dacte.papel import leiaute_cte  # noqa: PLC0415 -- half a second

        if leiaute_cte.conhece(conteudo):
            return leiaute_cte.imprimir(conteudo)
    from separador.capacidades.dacte.papel import leiaute_proprio  # noqa: PLC0415 -- fpdf2 is heavy

    return leiaute_proprio.imprimir(conteudo)
