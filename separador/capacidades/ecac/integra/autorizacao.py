"""Reads the token of a procurador from the answer to a signed termo (200 or 304), and until when it holds.

SERPRO answers 304 when the termo sent before is still good. That is a success: the token comes in the headers.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, time, timedelta

from separador.capacidades.ecac.integra.envelope import Envelope, FormaError, objeto, texto, texto_ou_nada
from separador.nucleo.fuso import BRASILIA

_MESES = {
    nome: i
    for i, nomes in enumerate(
        (
            "jan",
            "feb fev",
            "mar",
            "apr abr",
            "may mai",
            "jun",
            "jul",
            "aug ago",
            "sep set",
            "oct out",
            "nov",
            "dec dez",
        ),
        start=1,
    )
    for nome in nomes.split()
}
_DATA_HTTP = re.compile(r"[^\W\d]+\.?,?\s+(\d{1,2})\s+([^\W\d]{3})[^\W\d]*\.?\s+(\d{4})\s+(\d{2}):(\d{2}):(\d{2})")
_PREFIXO = "autenticar_procurador_token:"


@dataclass(frozen=True, slots=True)
class TokenTermo:
    """The token of a procurador. `expira_em` is aware, as the answer said it, never computed."""

    token: str = field(repr=False)
    expira_em: datetime


def de_200(envelope: Envelope, agora: datetime) -> TokenTermo:
    """Reads the answer to a termo sent for the first time. Raises FormaError."""
    o = objeto(envelope.dados, "a autorização")
    dito = texto_ou_nada(o, "data_hora_expiracao")
    return TokenTermo(_token(texto(o, "autenticar_procurador_token")), _instante_local(dito) or meia_noite(agora))


def de_304(cabecalhos: Mapping[str, str], agora: datetime) -> TokenTermo:
    """Reads the answer to a termo that is still good: the token is in `etag`, quoted or not, and its case matters.
    Raises FormaError."""
    etag = cabecalhos.get("etag", "").strip().removeprefix("W/").strip().strip('"')
    if _PREFIXO not in etag:
        raise FormaError("a resposta 304 não traz o token do procurador no ETag")
    return TokenTermo(_token(etag), data_http(cabecalhos.get("expires", "")) or meia_noite(agora))


def _token(valor: str) -> str:
    token = valor.partition(":")[2] if valor.startswith(_PREFIXO) else valor
    token = token.strip().strip('"')
    if not token or not token.isascii() or not token.isprintable() or len(token) > 4096:
        raise FormaError("token do procurador vazio ou inválido")
    return token


def data_http(valor: str) -> datetime | None:
    """Returns the instant of `Sat, 15 Oct 2022 00:00:01 GMT`, also in Portuguese (`sab, 15 out 2022 …`); None when it
    is neither. SERPRO's pages show both."""
    m = _DATA_HTTP.match(valor.strip())
    if m is None or m.group(2).lower() not in _MESES:
        return None
    dia, ano, h, mi, s = (int(m.group(i)) for i in (1, 3, 4, 5, 6))
    try:
        return datetime(ano, _MESES[m.group(2).lower()], dia, h, mi, s, tzinfo=UTC)
    except ValueError:
        return None


def _instante_local(valor: str | None) -> datetime | None:
    """Returns the instant of an ISO text. Without offset it is Brasília's time."""
    try:
        lido = datetime.fromisoformat(valor or "")
    except ValueError:
        return None
    return lido if lido.tzinfo is not None else lido.replace(tzinfo=BRASILIA)


def meia_noite(agora: datetime) -> datetime:
    """Returns the next midnight of Brasília, for an answer that gives no expiry, or gives it in no known form."""
    amanha = agora.astimezone(BRASILIA).date() + timedelta(days=1)
    return datetime.combine(amanha, time(0), BRASILIA)
