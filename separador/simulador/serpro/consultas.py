"""Answers for events, procurações and the index of DAS (SERPRO's pages on these services)."""

import hashlib
from datetime import date, datetime, timedelta
from typing import Any

from separador.nucleo.fuso import BRASILIA
from separador.simulador.serpro.cenario import COMPROVANTE, NOMES_SISTEMA
from separador.simulador.serpro.estado import Arquivo
from separador.simulador.serpro.pedido import PedidoDados, Recusa

OK_EVENTOS = "Sucesso-EVENTOSATUALIZACAO-001"
ESPERA_MS, VALIDADE_MIN = 5, 5
_JANELA = timedelta(days=60)


def solicitar(p: PedidoDados, arquivo: Arquivo, pessoas: str, limite: int, agora: datetime) -> dict[str, object]:
    """Answers SOLICEVENTOS…: a protocol, and how long to wait."""
    tipo = {"PF": 3, "PJ": 4}[pessoas]
    lista = p.contribuinte.split(",")
    tamanho = 11 if pessoas == "PF" else 14
    if (p.dados or {}).get("evento") != "E0701":
        raise _invalido("evento")
    if p.tipo != tipo or not 1 <= len(lista) <= 1000 or any(len(n) != tamanho for n in lista):
        raise Recusa(400, "[EntradaIncorreta-ICGERENCIADOR-050]", "Lote de contribuintes inválido.")
    dia = f"{agora.astimezone(BRASILIA):%Y-%m-%d}"
    if arquivo.protocolos_do_dia(pessoas, dia) >= limite:
        raise Recusa(429, "Aviso-EVENTOSATUALIZACAO-004", "Limite diário de requisições atingido para o evento.")
    n = arquivo.contar("protocolo")
    protocolo = hashlib.md5(f"{n}".encode(), usedforsecurity=False).hexdigest()
    protocolo = f"{protocolo[:8]}-{protocolo[8:12]}-{protocolo[12:16]}-{protocolo[16:20]}-{protocolo[20:]}"
    arquivo.novo_protocolo(protocolo, pessoas, lista, agora.astimezone(BRASILIA))
    return {"protocolo": protocolo, "TempoEsperaMedioEmMs": ESPERA_MS, "TempoLimiteEmMin": VALIDADE_MIN}


def obter(p: PedidoDados, arquivo: Arquivo, pessoas: str, agora: datetime) -> list[list[str]]:
    """Answers OBTEREVENTOS…: day of the last change of each taxpayer, "" for none, "x" without procuração."""
    dados = p.dados or {}
    achado = arquivo.protocolo(str(dados.get("protocolo")), pessoas)
    vencido = achado is not None and agora - achado[1] > timedelta(minutes=VALIDADE_MIN)
    if dados.get("evento") != "E0701" or achado is None or vencido:
        raise Recusa(400, "EntradaIncorreta-EVENTOSATUALIZACAO-006", "Protocolo ou evento não encontrado.")
    hoje = agora.astimezone(BRASILIA).date()
    return [[ni, _evento(arquivo, ni, p.autor, hoje)] for ni in achado[0]]


def _evento(arquivo: Arquivo, ni: str, autor: str, hoje: date) -> str:
    outorgas = arquivo.outorgas(ni, autor, hoje)
    if ni != autor and not any(COMPROVANTE in o.sistemas for o in outorgas):
        return "x"
    dia = arquivo.ultimo_evento(ni)
    return f"{dia:%y%m%d}" if dia is not None and hoje - dia <= _JANELA else ""


def procuracoes(p: PedidoDados, arquivo: Arquivo, hoje: date) -> tuple[list[dict[str, object]], str, str]:
    """Answers OBTERPROCURACAO41. Returns (list, code, text)."""
    dados = p.dados or {}
    if dados.get("outorgante") != p.contribuinte or dados.get("outorgado") != p.autor:
        raise Recusa(403, "[AcessoNegado-PROCURACOES-40300]", "Procurador diferente do Autor.")
    if any(str(dados.get(n)) not in ("1", "2") for n in ("tipoOutorgante", "tipoOutorgado")):
        raise Recusa(400, "[EntrataIncorreta-PROCURACOES-40007]", "Outorgante ou outorgado inválido.")
    achadas = [
        {
            "dtexpiracao": f"{o.ate:%Y%m%d}",
            "nrsistemas": len(o.sistemas),
            "sistemas": [NOMES_SISTEMA.get(s, f"Sistema {s}") for s in o.sistemas],
        }
        for o in arquivo.outorgas(p.contribuinte, p.autor, hoje)
    ]
    if not achadas:
        return [], "[Aviso-PROCURACOES-40400]", "Não possui procuração ativa."
    return achadas, "[Aviso-PROCURACOES-20001]", "Uma ou mais procurações foram retornadas com sucesso."


def indice(p: PedidoDados, arquivo: Arquivo) -> dict[str, Any]:
    """Answers CONSDECLARACAO13: declarations and DAS of a year."""
    ano = str((p.dados or {}).get("anoCalendario", ""))
    if len(ano) != 4 or not ano.isdigit():
        raise Recusa(400, "[EntradaIncorreta-PGDASD-MSG_ISN_002]", "Parâmetros de entrada inválidos. anoCalendario")
    periodos: dict[int, list[dict[str, Any]]] = {}
    for d in arquivo.documentos(p.contribuinte):
        if d.tipo != "09" or str(d.periodo.year) != ano:
            continue
        pa = d.periodo.year * 100 + d.periodo.month
        operacoes = periodos.setdefault(pa, [_original(p.contribuinte, pa)])
        das = {
            "numeroDas": d.numero,
            "datahoraEmissaoDas": f"{d.emitido:%Y%m%d}100000",
            "dasPago": d.arrecadacao is not None,
        }
        operacoes.append({"tipoOperacao": "Geração de DAS", "indiceDeclaracao": None, "indiceDas": das})
    lista = [{"periodoApuracao": pa, "operacoes": ops} for pa, ops in sorted(periodos.items())]
    return {"anoCalendario": int(ano), "periodos": lista, "mensagens": None}


def _original(ni: str, pa: int) -> dict[str, Any]:
    declaracao = {"numeroDeclaracao": f"{ni[:8]}{pa}001", "dataHoraTransmissao": f"{pa}20100000", "malha": ""}
    return {"tipoOperacao": "Original", "indiceDeclaracao": declaracao, "indiceDas": None}


def _invalido(nome: str) -> Recusa:
    return Recusa(400, "EntradaIncorreta-EVENTOSATUALIZACAO-002", f"Parâmetro {nome} inválido.")
