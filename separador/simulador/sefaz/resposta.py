"""Writes the return messages, in the exact shapes of the official schemas."""

from dataclasses import dataclass
from datetime import datetime
from xml.sax.saxutils import escape

from separador.fiscal.nomes import CTE
from separador.nucleo.fuso import BRASILIA

APLICACAO = "SIMULADOR_1.0"


@dataclass(frozen=True, slots=True)
class Decisao:
    """The decision about one message. `xml` is the return message, without envelope."""

    cstat: str
    motivo: str
    xml: bytes
    nprot: str | None = None


@dataclass(frozen=True, slots=True)
class Protocolo:
    """The contents of protCTe's infProt. `nprot` and `digest` are None when the document was refused."""

    chave: str
    quando: datetime
    cstat: str
    motivo: str
    nprot: str | None = None
    digest: str | None = None
    fisco: str | None = None


def dh(quando: datetime) -> str:
    """Formats an instant as AAAA-MM-DDThh:mm:ss-03:00."""
    return quando.astimezone(BRASILIA).strftime("%Y-%m-%dT%H:%M:%S-03:00")


def prot_cte(p: Protocolo, tp_amb: str) -> str:
    """Writes protCTe."""
    n_prot = f"<nProt>{p.nprot}</nProt>" if p.nprot else ""
    dig_val = f"<digVal>{p.digest}</digVal>" if p.digest else ""
    identidade = f' Id="CTe{p.nprot}"' if p.nprot else ""
    fisco = f"<infFisco><cMsg>9001</cMsg><xMsg>{escape(p.fisco)}</xMsg></infFisco>" if p.fisco else ""
    return (
        f'<protCTe versao="4.00"><infProt{identidade}><tpAmb>{tp_amb}</tpAmb><verAplic>{APLICACAO}</verAplic>'
        f"<chCTe>{p.chave}</chCTe><dhRecbto>{dh(p.quando)}</dhRecbto>{n_prot}{dig_val}<cStat>{p.cstat}</cStat>"
        f"<xMotivo>{escape(p.motivo)}</xMotivo></infProt>{fisco}</protCTe>"
    )


def ret_recepcao(raiz: str, tp_amb: str, uf: str, cstat: str, motivo: str, prot: str = "") -> bytes:
    """Writes retCTe, retCTeSimp, retCTeOS or retGTVe."""
    return (
        f'<{raiz} xmlns="{CTE}" versao="4.00"><tpAmb>{tp_amb}</tpAmb><cUF>{uf}</cUF><verAplic>{APLICACAO}</verAplic>'
        f"<cStat>{cstat}</cStat><xMotivo>{escape(motivo)}</xMotivo>{prot}</{raiz}>"
    ).encode()


@dataclass(frozen=True, slots=True)
class Registro:
    """The optional part of retEventoCTe, present when the event was recorded."""

    chave: str
    tp_evento: str
    x_evento: str
    n_seq: int
    quando: datetime
    nprot: str


def ret_evento(tp_amb: str, orgao: str, cstat: str, motivo: str, registro: Registro | None, chave: str = "") -> bytes:
    """Writes retEventoCTe. `chave`: the key that a refusal names, when it names one."""
    if registro is not None:
        r = registro
        resto = (
            f"<chCTe>{r.chave}</chCTe><tpEvento>{r.tp_evento}</tpEvento><xEvento>{escape(r.x_evento)}</xEvento>"
            f"<nSeqEvento>{r.n_seq}</nSeqEvento><dhRegEvento>{dh(r.quando)}</dhRegEvento><nProt>{r.nprot}</nProt>"
        )
    else:
        resto = f"<chCTe>{chave}</chCTe>" if chave else ""
    identidade = f' Id="ID{registro.nprot}"' if registro else ""
    return (
        f'<retEventoCTe xmlns="{CTE}" versao="4.00"><infEvento{identidade}><tpAmb>{tp_amb}</tpAmb>'
        f"<verAplic>{APLICACAO}</verAplic><cOrgao>{orgao}</cOrgao><cStat>{cstat}</cStat>"
        f"<xMotivo>{escape(motivo)}</xMotivo>{resto}</infEvento></retEventoCTe>"
    ).encode()


def ret_consulta(tp_amb: str, uf: str, cstat: str, motivo: str, prot: str, eventos: list[tuple[bytes, bytes]]) -> bytes:
    """Writes retConsSitCTe. `eventos`: (eventoCTe as it was received, retEventoCTe as it was answered)."""
    processados = b"".join(b'<procEventoCTe versao="4.00">%b%b</procEventoCTe>' % par for par in eventos)
    inicio = (
        f'<retConsSitCTe xmlns="{CTE}" versao="4.00"><tpAmb>{tp_amb}</tpAmb><verAplic>{APLICACAO}</verAplic>'
        f"<cStat>{cstat}</cStat><xMotivo>{escape(motivo)}</xMotivo><cUF>{uf}</cUF>{prot}"
    )
    return inicio.encode() + processados + b"</retConsSitCTe>"


def ret_status(tp_amb: str, uf: str, cstat: str, motivo: str, quando: datetime, volta: datetime | None) -> bytes:
    """Writes retConsStatServCTe."""
    retorno = f"<dhRetorno>{dh(volta)}</dhRetorno>" if volta else ""
    return (
        f'<retConsStatServCTe xmlns="{CTE}" versao="4.00"><tpAmb>{tp_amb}</tpAmb><verAplic>{APLICACAO}</verAplic>'
        f"<cStat>{cstat}</cStat><xMotivo>{escape(motivo)}</xMotivo><cUF>{uf}</cUF><dhRecbto>{dh(quando)}</dhRecbto>"
        f"<tMed>1</tMed>{retorno}</retConsStatServCTe>"
    ).encode()


def ret_distribuicao(
    tp_amb: str, cstat: str, motivo: str, quando: datetime, ult: int, maximo: int, docs: list[tuple[int, str, str]]
) -> bytes:
    """Writes retDistDFeInt 1.00. `docs`: (NSU, schema, base64 of gzip).

    dhResp has no time zone there, as its schema demands.
    """
    zips = "".join(f'<docZip NSU="{n:015d}" schema="{esquema}">{dados}</docZip>' for n, esquema, dados in docs)
    lote = f"<loteDistDFeInt>{zips}</loteDistDFeInt>" if docs else ""
    return (
        f'<retDistDFeInt xmlns="{CTE}" versao="1.00"><tpAmb>{tp_amb}</tpAmb><verAplic>{APLICACAO}</verAplic>'
        f"<cStat>{cstat}</cStat><xMotivo>{escape(motivo)}</xMotivo><dhResp>{dh(quando)[:19]}</dhResp>"
        f"<ultNSU>{ult:015d}</ultNSU><maxNSU>{maximo:015d}</maxNSU>{lote}</retDistDFeInt>"
    ).encode()
