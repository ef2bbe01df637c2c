"""Builds the requests about events, index of DAS, procurações and authorisation, and reads their answers. Pure."""

import unicodedata
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from separador.capacidades.ecac.dominio.arrecadacao import canonico, completo, tipo_ni
from separador.capacidades.ecac.integra.envelope import (
    Envelope,
    FormaError,
    Ni,
    Objeto,
    Servico,
    dia,
    lista,
    objeto,
    texto,
    texto_ou_nada,
)
from separador.capacidades.ecac.integra.valores import DasIndice, Evento, Procuracao, Protocolo
from separador.nucleo.fuso import BRASILIA

EVENTO = "E0701"
MAIOR_LOTE = 1000
MAIOR_ESPERA_MS = 60_000  # a protocol lives five minutes
_SERVICOS_EVENTO = {"PF": ("SOLICEVENTOSPF131", "OBTEREVENTOSPF133"), "PJ": ("SOLICEVENTOSPJ132", "OBTEREVENTOSPJ134")}
_TIPO_LISTA = {"PF": 3, "PJ": 4}

INDICE_DAS = Servico("Consultar", "PGDASD", "CONSDECLARACAO13")
PROCURACOES = Servico("Consultar", "PROCURACOES", "OBTERPROCURACAO41", versao="1")
AUTORIZAR = Servico("Apoiar", "AUTENTICAPROCURADOR", "ENVIOXMLASSINADO81")
_COMPROVANTE = "pagamentos - comprovante de arrecadacao"
_PGDASD = "pgdas-d - a partir de 01/2018"
_SEM_PROCURACAO = "PROCURACOES-40400"


# --- events --------------------------------------------------------------------------------------------------------


def servico_solicitar(pessoas: str) -> Servico:
    """Returns SOLICEVENTOS… for "PF" or "PJ"."""
    return Servico("Monitorar", "EVENTOSATUALIZACAO", _SERVICOS_EVENTO[pessoas][0])


def servico_obter(pessoas: str) -> Servico:
    """Returns OBTEREVENTOS… for "PF" or "PJ"."""
    return Servico("Monitorar", "EVENTOSATUALIZACAO", _SERVICOS_EVENTO[pessoas][1])


def lote(contribuintes: Sequence[str]) -> tuple[str, Ni]:
    """Returns ("PF" or "PJ", the list as an envelope names it). Raises ValueError: none, too many, or mixed."""
    tipos = {tipo_ni(c) for c in contribuintes}
    if len(tipos) != 1 or len(contribuintes) > MAIOR_LOTE:
        raise ValueError("um lote de eventos tem de 1 a 1000 contribuintes, todos CPF ou todos CNPJ")
    pessoas = "PF" if tipos == {1} else "PJ"
    return pessoas, Ni(",".join(contribuintes), _TIPO_LISTA[pessoas])


def ninguem(pessoas: str) -> Ni:
    """Returns the kind of the list without numbers, as OBTER… repeats it."""
    return Ni("", _TIPO_LISTA[pessoas])


def ler_protocolo(envelope: Envelope, pessoas: str) -> Protocolo:
    """Reads the protocol. Raises FormaError."""
    o = objeto(envelope.dados, "o protocolo")
    espera, validade = (_inteiro(o, n) for n in ("TempoEsperaMedioEmMs", "TempoLimiteEmMin"))
    espera_ms = min(espera, MAIOR_ESPERA_MS) if espera is not None else 1000
    return Protocolo(texto(o, "protocolo"), pessoas, espera_ms, validade or 5)


def _inteiro(o: Objeto, nome: str) -> int | None:
    """Reads a whole number. The case of these names differs between SERPRO's pages."""
    achado = next((v for k, v in o.items() if k.lower() == nome.lower()), None)
    texto_lido = str(achado)
    return min(int(texto_lido), 10**7) if texto_lido.isdecimal() and len(texto_lido) < 10 else None


def ler_eventos(envelope: Envelope) -> tuple[Evento, ...]:
    """Reads pairs (taxpayer, AAMMDD or "" or "x"), one for each that was asked about. Raises FormaError."""
    eventos = tuple(_evento(par) for par in lista(envelope.dados, "a lista de eventos"))
    if not eventos:
        raise FormaError("a lista de eventos veio vazia")
    return eventos


def _evento(par: Any) -> Evento:
    if not isinstance(par, list) or len(par) < 2:
        raise FormaError("evento fora do formato")
    quem, quando = str(par[0]).strip(), str(par[1] or "").strip()
    if not quando:
        return Evento(quem, None)
    if len(quando) != 6 or not quando.isdecimal():
        return Evento(quem, None, negado=True)  # "x" is not documented; it certainly does not mean "no news"
    try:
        return Evento(quem, date(2000 + int(quando[:2]), int(quando[2:4]), int(quando[4:])))
    except ValueError:
        return Evento(quem, None, negado=True)


# --- index of DAS --------------------------------------------------------------------------------------------------


def ler_indice(envelope: Envelope) -> tuple[DasIndice, ...]:
    """Reads every DAS of the year, in order. Raises FormaError. An answer without periods is not an empty index: a
    caller that looks for a guide which may have been issued would issue another."""
    o = objeto(envelope.dados, "o índice de declarações")
    if "periodos" not in o and "periodo" not in o:
        raise FormaError("o índice de declarações não tem períodos")
    periodos = o.get("periodos", o.get("periodo"))
    todos = periodos if isinstance(periodos, list) else [periodos] if periodos else []
    return tuple(d for p in todos for d in _do_periodo(objeto(p, "período")))


def _do_periodo(o: Objeto) -> list[DasIndice]:
    periodo = texto(o, "periodoApuracao")
    operacoes = [objeto(op, "operação") for op in lista(o.get("operacoes"), "operações")]
    return [_das(periodo, op, objeto(op["indiceDas"], "índice do DAS")) for op in operacoes if op.get("indiceDas")]


def _das(periodo: str, operacao: Objeto, o: Objeto) -> DasIndice:
    numero = texto(o, "numeroDas")
    if not canonico(numero):
        raise FormaError("DAS sem número no índice")
    pago = o.get("dasPago")
    return DasIndice(
        completo(numero),
        periodo,
        _emissao(texto_ou_nada(o, "datahoraEmissaoDas") or texto_ou_nada(o, "dataHoraEmissaoDas")),
        pago if isinstance(pago, bool) else None,  # only a literal boolean is an answer
        texto_ou_nada(operacao, "tipoOperacao") or "",
    )


def _emissao(valor: str | None) -> datetime | None:
    if valor is None or len(valor) != 14 or not valor.isdecimal():
        return None
    try:
        return datetime.strptime(valor, "%Y%m%d%H%M%S").replace(tzinfo=BRASILIA)
    except ValueError:
        return None


# --- procurações ---------------------------------------------------------------------------------------------------


def pedir_procuracoes(autor: str, contribuinte: str) -> dict[str, object]:
    """Returns `dados`. The grantee must be the author and the grantor the taxpayer (else 40300)."""
    return {
        "outorgante": contribuinte,
        "tipoOutorgante": str(tipo_ni(contribuinte)),
        "outorgado": autor,
        "tipoOutorgado": str(tipo_ni(autor)),
    }


def ler_procuracoes(envelope: Envelope) -> tuple[Procuracao, ...]:
    """Reads the procurações. Empty for notice 40400 (none in force). Raises FormaError."""
    if any(_SEM_PROCURACAO in m.codigo for m in envelope.mensagens):
        return ()
    if envelope.dados is None:
        raise FormaError("a lista de procurações não veio")
    return tuple(_procuracao(objeto(p, "procuração")) for p in lista(envelope.dados, "a lista de procurações"))


def _procuracao(o: Objeto) -> Procuracao:
    validade = dia(o, "dtexpiracao")
    if validade is None:
        raise FormaError("procuração sem data de expiração")
    nomes = tuple(str(s) for s in lista(o.get("sistemas"), "os sistemas"))
    normais = {_normal(n) for n in nomes}
    todos = any(n.startswith("todos os servicos") for n in normais)  # how SERPRO prints a blanket grant is not known
    return Procuracao(validade, nomes, todos or _COMPROVANTE in normais, todos or _PGDASD in normais)


def _normal(nome: str) -> str:
    sem_acento = "".join(c for c in unicodedata.normalize("NFD", nome) if not unicodedata.combining(c))
    return " ".join(sem_acento.casefold().split())
