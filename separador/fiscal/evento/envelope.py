"""Builds the events and queries that the program sends on its own (MOC 4.00, Visão Geral, 4 to 6)."""

from datetime import datetime

from separador.fiscal.evento.campos import Valores
from separador.fiscal.evento.detalhe import escrever
from separador.fiscal.evento.tabela import POR_TIPO, EventoFiscal
from separador.fiscal.nomes import CTE
from separador.nucleo.erro import Erro, Recusa
from separador.nucleo.texto_fiscal import estranho, limpar

CANCELAMENTO = "110111"
MENOR_JUSTIFICATIVA, MAIOR_JUSTIFICATIVA = 15, 255


def limpar_justificativa(texto: str) -> str | Recusa:
    """Returns a cancellation reason as the schema takes it.

    Blanks are collapsed and typographic signs replaced. It must be 15 to 255 long.
    """
    limpo = limpar(texto)
    fora = estranho(limpo)
    if fora is not None:
        return _justificativa(f"tem o caractere {fora!r}, que a SEFAZ não aceita")
    if not MENOR_JUSTIFICATIVA <= len(limpo) <= MAIOR_JUSTIFICATIVA:
        return _justificativa(f"tem {len(limpo)} caracteres; precisa ter de 15 a 255")
    return limpo


def montar_cancelamento(
    *, chave: str, protocolo: str, justificativa: str, cnpj: str, tp_amb: str, quando: datetime
) -> bytes | Recusa:
    """Returns the unsigned event 110111, nSeqEvento 1, ready for `preparar` or `Assinador.assinar`.

    `quando` is aware, its offset in whole hours (the schema allows no other): it becomes dhEvento as it stands.
    `protocolo` is the nProt of the authorisation (15 digits). An 11-digit `cnpj` is written as CPF.
    """
    xjust = limpar_justificativa(justificativa)
    if isinstance(xjust, Recusa):
        return xjust
    valores: Valores = {"descEvento": "Cancelamento", "nProt": protocolo, "motivo": xjust}
    return montar_evento(
        POR_TIPO[CANCELAMENTO], valores, chave=chave, n_seq=1, autor=cnpj, tp_amb=tp_amb, quando=quando
    )


def montar_evento(
    evento: EventoFiscal, valores: Valores, *, chave: str, n_seq: int, autor: str, tp_amb: str, quando: datetime
) -> bytes:
    """Returns an unsigned eventoCTe, ready for `preparar`. `valores`: those of `evento.plano.Plano`.

    `quando` is aware, its offset in whole hours: it becomes dhEvento. An 11-digit `autor` is written as CPF.
    """
    quem = "CNPJ" if len(autor) == 14 else "CPF"
    return (
        f'<eventoCTe xmlns="{CTE}" versao="4.00"><infEvento Id="{id_evento(evento.tp, chave, n_seq)}">'
        f"<cOrgao>{chave[:2]}</cOrgao><tpAmb>{tp_amb}</tpAmb><{quem}>{autor}</{quem}><chCTe>{chave}</chCTe>"
        f"<dhEvento>{formatar_instante(quando)}</dhEvento><tpEvento>{evento.tp}</tpEvento>"
        f'<nSeqEvento>{n_seq}</nSeqEvento><detEvento versaoEvento="4.00">{escrever(evento, valores)}</detEvento>'
        "</infEvento></eventoCTe>"
    ).encode()


def montar_consulta(chave: str, tp_amb: str) -> bytes:
    """Returns the consSitCTe for one key, unsigned (the manual has queries unsigned)."""
    return (
        f'<consSitCTe xmlns="{CTE}" versao="4.00"><tpAmb>{tp_amb}</tpAmb><xServ>CONSULTAR</xServ>'
        f"<chCTe>{chave}</chCTe></consSitCTe>"
    ).encode()


def montar_status(uf: str, tp_amb: str) -> bytes:
    """Returns the consStatServCTe of a state (IBGE code), unsigned.

    It has exactly three fields (MOC 4.00, Visão Geral, 4.6.1).
    """
    return (
        f'<consStatServCTe xmlns="{CTE}" versao="4.00"><tpAmb>{tp_amb}</tpAmb><cUF>{uf}</cUF><xServ>STATUS</xServ>'
        "</consStatServCTe>"
    ).encode()


def id_evento(tp_evento: str, chave: str, n_seq: int) -> str:
    """Returns the Id of infEvento: ID + tpEvento + key + nSeqEvento in three digits."""
    return f"ID{tp_evento}{chave}{n_seq:03d}"


def formatar_instante(quando: datetime) -> str:
    """Returns AAAA-MM-DDThh:mm:ss±hh:00 (TDateTimeUTC).

    Raises ValueError when naive or off by a fraction of an hour.
    """
    deslocamento = quando.utcoffset()
    if deslocamento is None or deslocamento.total_seconds() % 3600:
        raise ValueError("o instante precisa de fuso em horas inteiras")
    return quando.isoformat(timespec="seconds")


def _justificativa(motivo: str) -> Recusa:
    fazer = "Informe outro motivo do cancelamento, com 15 a 255 caracteres."
    return Recusa((Erro("215", "XSD", f"O motivo do cancelamento {motivo}.", fazer, tag="xJust"),))
