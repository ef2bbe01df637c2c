"""Issues DARF and DAS as the local SERPRO. Each success gives a new number, as in SERPRO's services."""

import base64
import re
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from typing import Any

from separador.capacidades.ecac.dominio.arrecadacao import canonico
from separador.nucleo.chave import dv11
from separador.simulador.serpro import pdfs
from separador.simulador.serpro.cenario import Documento, Parte
from separador.simulador.serpro.estado import Arquivo
from separador.simulador.serpro.pedido import PedidoDados, Recusa

_TRIBUTOS = (("1001", "IRPJ"), ("1002", "CSLL"), ("1004", "COFINS"), ("1005", "PIS"), ("1006", "INSS"), ("1010", "ISS"))
_MEI = (("0151", "INSS - SIMPLES NACIONAL - MEI", "75.90"), ("0125", "ISS - SIMPLES NACIONAL - MEI", "5.00"))
_CENTAVO = Decimal("0.01")


def novo_numero(arquivo: Arquivo, sistema: str, hoje: date) -> str:
    """Returns 17 digits: 07, emitting system, day of emission, sequence, check digit."""
    corpo = f"07{sistema}{hoje:%y}{hoje.timetuple().tm_yday:03d}{arquivo.contar('numero'):07d}"
    return f"{corpo}{dv11(corpo)}"


def darf(p: PedidoDados, arquivo: Arquivo, hoje: date) -> dict[str, Any]:
    """Answers CONSOLIDARGERARDARF51."""
    dados = p.dados or {}
    obrigatorios = (
        "uf municipio codigoReceita codigoReceitaExtensao tipoPA dataPA valorImposto dataConsolidacao".split()
    )
    for nome in obrigatorios:
        if not isinstance(dados.get(nome), str) or not dados[nome]:
            raise Recusa(400, "[EntradaIncorreta-SICALC]", f"{nome} é obrigatório.")
    principal, consolidacao = _valor(dados["valorImposto"]), _dia(dados["dataConsolidacao"][:10])
    vencimento = _dia(str(dados.get("vencimento") or dados["dataConsolidacao"])[:10])
    if principal < 10:
        raise Recusa(400, "[EntradaIncorreta-SICALC]", "O valor total não pode ser inferior a R$10,00.")
    multa, juros = _encargos(principal, vencimento, consolidacao)
    parte = Parte(dados["codigoReceita"].zfill(4), "RECEITA FICTICIA", principal, multa, juros)
    numero = novo_numero(arquivo, "01", hoje)
    emitido = Documento(
        p.contribuinte, numero, "04", _periodo_darf(dados["dataPA"], vencimento), vencimento, (parte,), hoje
    )
    arquivo.emitir(emitido)
    pdf = pdfs.guia(emitido, arquivo.contribuinte(p.contribuinte).nome, consolidacao)
    consolidado = {
        "valorPrincipalMoedaCorrente": float(principal),
        "valorTotalConsolidado": float(parte.total),
        "valorMultaMora": float(multa),
        "valorJuros": float(juros),
        "dataArrecadacaoConsolidacao": f"{consolidacao.isoformat()}T00:00:00",
        "dataValidadeCalculo": f"{consolidacao.isoformat()}T00:00:00",
    }
    # 16 digits: the leading zero is lost here, as in SERPRO's samples.
    return {"consolidado": consolidado, "darf": base64.b64encode(pdf).decode(), "numeroDocumento": canonico(numero)}


def das(p: PedidoDados, arquivo: Arquivo, hoje: date, *, mei: bool = False) -> dict[str, Any]:
    """Answers GERARDAS12 and GERARDASPDF21 (`mei`). Refuses with a notice when the period is paid (MEI)."""
    dados = p.dados or {}
    pa = str(dados.get("periodoApuracao", ""))
    if not re.fullmatch(r"20\d{2}(0[1-9]|1[0-2])", pa):
        codigo = "EntradaIncorreta-PGMEI-MSG_23030" if mei else "[EntradaIncorreta-PGDASD-MSG_ISN_002]"
        raise Recusa(400, codigo, "Parâmetros de entrada inválidos. periodoApuracao")
    periodo = date(int(pa[:4]), int(pa[4:]), 1)
    do_periodo = [d for d in arquivo.documentos(p.contribuinte) if d.tipo == "09" and d.periodo == periodo]
    if mei and any(d.arrecadacao for d in do_periodo):
        raise Recusa(200, "Aviso-PGMEI-MSG_23018", "Já foi efetuado pagamento para este PA. Não será gerado DAS.")
    vencimento = (periodo + timedelta(days=32)).replace(day=20)
    limite = _dia(str(dados["dataConsolidacao"])) if dados.get("dataConsolidacao") else max(vencimento, hoje)
    partes = _partes_mei() if mei else _partes_das(do_periodo)
    emitido = Documento(
        p.contribuinte, novo_numero(arquivo, "18" if mei else "20", hoje), "09", periodo, vencimento, partes, hoje
    )
    arquivo.emitir(emitido)
    return _das(emitido, arquivo.contribuinte(p.contribuinte).nome, limite, mei=mei)


def _das(d: Documento, nome: str, limite: date, *, mei: bool) -> dict[str, Any]:
    principal = float(d.total)
    detalhe = {
        "periodoApuracao": f"{d.periodo:%Y%m}",
        "numeroDocumento": d.numero,
        "dataVencimento": f"{d.vencimento:%Y%m%d}",
        "dataLimiteAcolhimento": f"{limite:%Y%m%d}",
        "valores": {"principal": principal, "multa": 0.0, "juros": 0.0, "total": principal},
        "observacao1": "",
        "observacao2": "",
        "observacao3": "LOCAL",
        "composicao": [
            {"periodoApuracao": f"{d.periodo:%Y%m}", "codigo": x.receita, "denominacao": x.descricao} for x in d.partes
        ],
    }
    pdf = base64.b64encode(pdfs.guia(d, nome, limite)).decode()
    if mei:
        return {"cnpjCompleto": d.ni, "razaoSocial": nome, "pdf": pdf, "detalhamento": [detalhe]}
    return {"pdf": pdf, "cnpjCompleto": d.ni, "detalhamentoDas": detalhe}


def _partes_das(anteriores: list[Documento]) -> tuple[Parte, ...]:
    """Returns the parts of a DAS. A second DAS of a period is about the same tax."""
    if anteriores:
        return anteriores[0].partes
    return tuple(Parte(c, n, Decimal("12.34") + i) for i, (c, n) in enumerate(_TRIBUTOS))


def _partes_mei() -> tuple[Parte, ...]:
    return tuple(Parte(codigo, nome, Decimal(valor)) for codigo, nome, valor in _MEI)


def _encargos(principal: Decimal, vencimento: date, pagamento: date) -> tuple[Decimal, Decimal]:
    """Returns the fine of 0.33 % a day up to 20 %, and the interest of 1 % for each month begun."""
    atraso = max((pagamento - vencimento).days, 0)
    if atraso == 0:
        return Decimal(0), Decimal(0)
    multa = principal * min(Decimal("0.0033") * atraso, Decimal("0.20"))
    meses = (pagamento.year - vencimento.year) * 12 + pagamento.month - vencimento.month
    return multa.quantize(_CENTAVO), (principal * Decimal("0.01") * meses).quantize(_CENTAVO)


def _periodo_darf(texto: str, vencimento: date) -> date:
    """Returns the last day of the month of the period, or of the due date's month when the period is no month."""
    m = re.fullmatch(r"(0[1-9]|1[0-2])/(\d{4})", texto)
    primeiro = date(int(m.group(2)), int(m.group(1)), 1) if m else vencimento.replace(day=1)
    return (primeiro + timedelta(days=32)).replace(day=1) - timedelta(days=1)


def _valor(texto: str) -> Decimal:
    try:
        return Decimal(texto).quantize(_CENTAVO)
    except InvalidOperation:
        raise Recusa(400, "[EntradaIncorreta-SICALC]", "valorImposto inválido.") from None


def _dia(texto: str) -> date:
    try:
        return date.fromisoformat(texto)
    except ValueError:
        raise Recusa(400, "[EntradaIncorreta-SICALC]", "A data de consolidação é inválida.") from None
