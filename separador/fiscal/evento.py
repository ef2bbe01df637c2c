"""Events and queries that the product builds itself, and the checks on events that need no registry (MOC 5, 6)."""

import re
from collections.abc import Iterator
from datetime import datetime
from xml.sax.saxutils import escape

from lxml import etree

from separador.dominio.chave import chave_valida
from separador.dominio.erro import Erro, Recusa
from separador.fiscal.nomes import CTE, INF_EVENTO, linha, q

CANCELAMENTO = "110111"
MENOR_JUSTIFICATIVA, MAIOR_JUSTIFICATIVA = 15, 255

# What word processors put into a reason, and what the schema (U+0020 to U+00FF) takes instead.
_TIPOGRAFIA = str.maketrans(
    {"–": "-", "—": "-", "‘": "'", "’": "'", "“": '"', "”": '"', "…": "...", "•": "-", "€": "EUR", "\u00a0": " "}
)
_FORA_DO_LATIM = re.compile(r"[^ -~¡-ÿ]")


def limpar_justificativa(texto: str) -> str | Recusa:
    """A cancellation reason as the schema takes it: blanks collapsed, typographic signs replaced, 15 to 255 long."""
    limpo = " ".join(texto.translate(_TIPOGRAFIA).split())
    estranho = _FORA_DO_LATIM.search(limpo)
    if estranho:
        return _justificativa(f"tem o caractere {estranho.group()!r}, que a SEFAZ não aceita")
    if not MENOR_JUSTIFICATIVA <= len(limpo) <= MAIOR_JUSTIFICATIVA:
        return _justificativa(f"tem {len(limpo)} caracteres; precisa ter de 15 a 255")
    return limpo


def montar_cancelamento(
    *, chave: str, protocolo: str, justificativa: str, cnpj: str, tp_amb: str, quando: datetime
) -> bytes | Recusa:
    """Unsigned event 110111, nSeqEvento 1, ready for `preparar` or `Assinador.assinar`.

    `quando` is aware, its offset in whole hours (the schema allows no other): it becomes dhEvento as it stands.
    `protocolo` is the nProt of the authorisation (15 digits). An 11-digit `cnpj` is written as CPF.
    """
    xjust = limpar_justificativa(justificativa)
    if isinstance(xjust, Recusa):
        return xjust
    detalhe = (
        f"<evCancCTe><descEvento>Cancelamento</descEvento><nProt>{protocolo}</nProt>"
        f"<xJust>{escape(xjust)}</xJust></evCancCTe>"
    )
    autor = "CNPJ" if len(cnpj) == 14 else "CPF"
    return (
        f'<eventoCTe xmlns="{CTE}" versao="4.00"><infEvento Id="{id_evento(CANCELAMENTO, chave, 1)}">'
        f"<cOrgao>{chave[:2]}</cOrgao><tpAmb>{tp_amb}</tpAmb><{autor}>{cnpj}</{autor}><chCTe>{chave}</chCTe>"
        f"<dhEvento>{formatar_instante(quando)}</dhEvento><tpEvento>{CANCELAMENTO}</tpEvento>"
        f'<nSeqEvento>1</nSeqEvento><detEvento versaoEvento="4.00">{detalhe}</detEvento></infEvento></eventoCTe>'
    ).encode()


def montar_consulta(chave: str, tp_amb: str) -> bytes:
    """consSitCTe for one key, unsigned (MOC: queries are not signed)."""
    return (
        f'<consSitCTe xmlns="{CTE}" versao="4.00"><tpAmb>{tp_amb}</tpAmb><xServ>CONSULTAR</xServ>'
        f"<chCTe>{chave}</chCTe></consSitCTe>"
    ).encode()


def id_evento(tp_evento: str, chave: str, n_seq: int) -> str:
    """Id of infEvento: ID + tpEvento + key + nSeqEvento in three digits."""
    return f"ID{tp_evento}{chave}{n_seq:03d}"


def formatar_instante(quando: datetime) -> str:
    """AAAA-MM-DDThh:mm:ss±hh:00 (TDateTimeUTC). Raises ValueError when naive or off by a fraction of an hour."""
    deslocamento = quando.utcoffset()
    if deslocamento is None or deslocamento.total_seconds() % 3600:
        raise ValueError("o instante precisa de fuso em horas inteiras")
    return quando.isoformat(timespec="seconds")


def verificar_evento(raiz: etree._Element, tp_amb: str) -> list[Erro]:
    """Rules of the event envelope that need no registry: 252, 236, 628, 632. A broken tree gives what it can."""
    inf = raiz.find(INF_EVENTO)
    return list(_verificar(inf, tp_amb)) if inf is not None else []


def _verificar(inf: etree._Element, tp_amb: str) -> Iterator[Erro]:
    campos = {str(f.tag).rpartition("}")[2]: f.text or "" for f in inf.iterchildren(etree.Element)}
    chave, tipo, sequencia = (campos.get(n, "") for n in ("chCTe", "tpEvento", "nSeqEvento"))
    if campos.get("tpAmb", tp_amb) != tp_amb:
        yield _erro(inf, "252", "P02", "tpAmb", f"O ambiente do evento é {campos['tpAmb']}; o configurado é {tp_amb}.")
    if chave and not chave_valida(chave):
        yield _erro(inf, "236", "P08", "chCTe", f"A chave {chave} é inválida (formato ou dígito verificador).")
    if sequencia.isascii() and sequencia.isdigit() and inf.get("Id") != id_evento(tipo, chave, int(sequencia)):
        yield _erro(inf, "628", "P13", None, f"O Id do evento deveria ser {id_evento(tipo, chave, int(sequencia))}.")
    do_emitente = tipo.startswith("110")
    if do_emitente and len(chave) == 44 and "CNPJ" in campos and campos["CNPJ"][:8] != chave[6:14]:
        yield _erro(inf, "632", "P20", "CNPJ", "O autor do evento não é o emitente do CT-e da chave.")


def _erro(inf: etree._Element, codigo: str, regra: str, tag: str | None, mensagem: str) -> Erro:
    alvo = inf.find(q(tag)) if tag else inf
    return Erro(
        codigo,
        regra,
        mensagem,
        "Corrija o evento no sistema emissor e gere o arquivo de novo.",
        linha(alvo if alvo is not None else inf),
        tag or "infEvento",
    )


def _justificativa(motivo: str) -> Recusa:
    fazer = "Informe outro motivo do cancelamento, com 15 a 255 caracteres."
    return Recusa((Erro("215", "XSD", f"O motivo do cancelamento {motivo}.", fazer, tag="xJust"),))
