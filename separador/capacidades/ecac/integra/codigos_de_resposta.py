"""Decides what an answer means, by the table of its HTTP and message codes. Returns values.

The codes come from SERPRO's documentation of the Integra Contador and from answers seen: see
docs/desenvolvimento/fontes.md.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime

from separador.capacidades.ecac.integra.envelope import Defeito, Envelope, FormaError, Servico, abrir
from separador.capacidades.ecac.integra.porta import Desconhecido, Indisponivel, Motivo, Recusado
from separador.capacidades.ecac.integra.transporte import Bruta

_GERENCIADOR = re.compile(r"ICGERENCIADOR-(\d{3})")
_FAMILIAS_RUINS = ("Erro", "AcessoNegado", "EntradaIncorreta", "EntrataIncorreta")
_GUARDADO_BYTES = 64 * 1024

# ICGERENCIADOR-NNN → what to do. Those that are not here follow their HTTP status.
_POR_NUMERO: dict[str, Motivo] = {
    **dict.fromkeys(("006", "007", "008", "009", "012", "048", "049", "050", "051"), Motivo.ENTRADA),
    **dict.fromkeys(("010", "011", "014", "015", "016", "018", "027"), Motivo.CREDENCIAL),
    **dict.fromkeys(("001", "017", "021", "028", "052"), Motivo.DEFEITO),
    **dict.fromkeys(("019", "020", "053", "054"), Motivo.TERMO),
    **dict.fromkeys(("022", "032"), Motivo.SEM_PROCURACAO),
    "055": Motivo.DESCONTINUADO,
}
_OUTRO_TOKEN = {"003", "004", "005", "013", "025", "026", *(f"{n:03d}" for n in range(37, 48))}
_DE_NOVO_DEPOIS = {"002", "023", "029", "030", "031", "033", "034", "035", "036"}

# The rest of the codes that do not follow their HTTP status.
_POR_CODIGO: dict[str, Motivo] = {
    "EntradaIncorreta-PAGTOWEB-00002": Motivo.DE_OUTRO,
    "Aviso-EVENTOSATUALIZACAO-004": Motivo.LIMITE,
    "Erro-PGMEI-MSG_23028": Motivo.LIMITE,
    "Erro-PGMEI-MSG_23999": Motivo.LIMITE,
}
_TERMO_DO_CERTIFICADO = {"009", "010", "011", "021", "023", "037", "039", "040", "041"}
_AUTENTICA = re.compile(r"AUTENTICAPROCURADOR-(\d{3})")


@dataclass(frozen=True, slots=True)
class OutroToken:
    """The tokens are not accepted: get new ones and try once more. If that fails too, the result is `recusado`."""

    recusado: Recusado


@dataclass(frozen=True, slots=True)
class OutroTermo:
    """403-020: the termo's token is gone. Send the termo again and try once more. If that fails too, the result is
    `recusado`."""

    recusado: Recusado


Veredito = Envelope | Recusado | Indisponivel | Desconhecido | OutroToken | OutroTermo


def julgar(bruta: Bruta, servico: Servico, agora: datetime) -> Veredito:
    """Judges an answer of the gateway. Returns an Envelope when both statuses are 200 and nothing in the messages is
    against it."""
    if bruta.http == 204:
        return Envelope(204, None, (), None, {})
    try:
        aberto = abrir(bruta.corpo)
    except FormaError as erro:
        return Desconhecido(f"dados ilegíveis: {erro}", bruta.http, bruta.corpo[:_GUARDADO_BYTES])
    if isinstance(aberto, Envelope):
        return _do_envelope(aberto, bruta, servico, agora)
    if isinstance(aberto, Defeito):
        return _do_defeito(aberto, bruta, servico, agora)
    return _de_ninguem(bruta, servico, agora)


def _do_envelope(e: Envelope, bruta: Bruta, servico: Servico, agora: datetime) -> Veredito:
    # HTTP and status may differ: the one that is not 200 decides.
    http = bruta.http if bruta.http != 200 or e.status is None else e.status
    principal = e.principal
    if http == 200 and e.status is None:
        return Desconhecido("a resposta não diz o status", bruta.http, bruta.corpo[:_GUARDADO_BYTES])
    if http == 200 and not principal.codigo.startswith(_FAMILIAS_RUINS):
        return e
    return _por_codigo(principal.codigo, principal.texto, http, _Onde(bruta, servico, agora))


@dataclass(frozen=True, slots=True)
class _Onde:
    bruta: Bruta
    servico: Servico
    agora: datetime


def _por_codigo(codigo: str, texto: str, http: int, onde: _Onde) -> Veredito:
    numero = _GERENCIADOR.search(codigo)
    if numero:
        return _do_gerenciador(numero.group(1), codigo, texto, http, onde)
    if codigo in _POR_CODIGO:
        return Recusado(_POR_CODIGO[codigo], codigo, texto, http)
    do_termo = _AUTENTICA.search(codigo)
    if do_termo and http in (400, 403):
        certificado = do_termo.group(1) in _TERMO_DO_CERTIFICADO
        return Recusado(Motivo.CERTIFICADO if certificado else Motivo.TERMO, codigo, texto, http)
    if codigo.startswith(("EntradaIncorreta", "EntrataIncorreta")):
        return Recusado(Motivo.ENTRADA, codigo, texto, http)
    if http == 200 and codigo.startswith("AcessoNegado"):
        return Recusado(Motivo.NEGADO, codigo, texto, http)
    return _por_http(codigo, texto, 500 if http == 200 else http, onde)


def _do_gerenciador(numero: str, codigo: str, texto: str, http: int, onde: _Onde) -> Veredito:
    if numero in _POR_NUMERO:
        recusado = Recusado(_POR_NUMERO[numero], codigo, texto, http)
        return OutroTermo(recusado) if numero == "020" else recusado
    if numero in _OUTRO_TOKEN:
        return OutroToken(Recusado(Motivo.CREDENCIAL, codigo, texto, http))
    if numero in _DE_NOVO_DEPOIS:
        return _mais_tarde(codigo, texto, http, onde, do_servico=False)
    return _por_http(codigo, texto, http, onde)


def _por_http(codigo: str, texto: str, http: int, onde: _Onde) -> Veredito:
    if http == 401:
        return OutroToken(Recusado(Motivo.CREDENCIAL, codigo or "HTTP-401", texto or "não autorizado", http))
    if http in (404, 405, 415):
        return Recusado(Motivo.DEFEITO, codigo or f"HTTP-{http}", texto, http)
    if http == 403:
        return Recusado(Motivo.NEGADO, codigo or "HTTP-403", texto or "acesso negado", http)
    if http == 400:
        return Recusado(Motivo.ENTRADA, codigo or "HTTP-400", texto, http)
    if http == 429 or http == 202 or http >= 500:
        return _mais_tarde(codigo, texto, http, onde, do_servico=codigo.startswith(("Erro", "Aviso")))
    return Desconhecido(f"resposta inesperada (HTTP {http}): {texto}", http, onde.bruta.corpo[:_GUARDADO_BYTES])


def _mais_tarde(codigo: str, texto: str, http: int, onde: _Onde, *, do_servico: bool) -> Indisponivel | Desconhecido:
    """Returns the result of an answer that says "later". A generator may have issued the guide all the same, when the
    gateway lost the connection to it."""
    if not onde.servico.repetivel and http not in (429, 503) and not do_servico:
        return Desconhecido(texto or f"HTTP {http}", http, onde.bruta.corpo[:_GUARDADO_BYTES])
    espera_s = esperar_s(onde.bruta.cabecalhos.get("retry-after"), onde.agora)
    return Indisponivel(texto or f"HTTP {http}", codigo, http, espera_s)


def _do_defeito(d: Defeito, bruta: Bruta, servico: Servico, agora: datetime) -> Veredito:
    onde = _Onde(bruta, servico, agora)
    if d.codigo in ("900901", "900902", "900903"):
        return OutroToken(Recusado(Motivo.CREDENCIAL, d.codigo, d.texto, bruta.http))
    if d.codigo.startswith("9008"):  # throttled, whatever the status
        return _mais_tarde(d.codigo, d.texto, 429, onde, do_servico=False)
    if bruta.http == 403:
        return Recusado(Motivo.CREDENCIAL, d.codigo or "HTTP-403", d.texto, bruta.http)
    if bruta.http == 200:
        return _de_ninguem(bruta, servico, agora)
    return _por_http(d.codigo, d.texto, bruta.http, onde)


def _de_ninguem(bruta: Bruta, servico: Servico, agora: datetime) -> Veredito:
    """Judges a body with no envelope and no fault: empty, a proxy's page, a cut text."""
    onde = _Onde(bruta, servico, agora)
    vazia = not bruta.corpo.strip()
    sabido = bruta.http in (202, 401, 429) or bruta.http >= 500
    if sabido or (vazia and bruta.http in (403, 404, 415)):
        return _por_http("", "" if vazia else "a resposta não é do Integra Contador", bruta.http, onde)
    motivo = "a resposta veio vazia" if vazia else "a resposta não é do Integra Contador (um proxy no caminho?)"
    return Desconhecido(motivo, bruta.http, bruta.corpo[:_GUARDADO_BYTES])


def esperar_s(texto: str | None, agora: datetime) -> float | None:
    """Returns the seconds of Retry-After (seconds or an HTTP date), never negative, at most a day; None when it is
    neither."""
    if texto is None:
        return None
    if re.fullmatch(r"\d{1,6}", texto.strip()):
        return min(float(texto), 86400.0)
    try:
        quando = parsedate_to_datetime(texto)
    except ValueError:
        return None
    if quando.tzinfo is None:
        return None
    return min(max((quando - agora).total_seconds(), 0.0), 86400.0)
