"""Builds the requests to the generators of guides (SICALC, PGDASD, PGMEI) and reads their answers. Pure."""

from datetime import date
from decimal import Decimal

from separador.capacidades.ecac.dominio.arrecadacao import Valores, canonico, completo
from separador.capacidades.ecac.integra.envelope import (
    Envelope,
    FormaError,
    Objeto,
    Servico,
    dia,
    dinheiro,
    lista,
    objeto,
    texto,
    texto_ou_nada,
)
from separador.capacidades.ecac.integra.pagamentos import pdf_de
from separador.capacidades.ecac.integra.valores import GuiaEmitida, PedidoDarf

DARF = Servico("Emitir", "SICALC", "CONSOLIDARGERARDARF51", versao="2.9", repetivel=False)
DAS = Servico("Emitir", "PGDASD", "GERARDAS12", repetivel=False)
DAS_MEI = Servico("Emitir", "PGMEI", "GERARDASPDF21", repetivel=False)


def pedir_darf(p: PedidoDarf) -> dict[str, object]:
    """Returns `dados`. Every value is a text; a value that is not given is not sent."""
    campos: dict[str, object | None] = {
        "uf": p.uf,
        "municipio": p.municipio,
        "codigoReceita": p.receita,
        "codigoReceitaExtensao": p.extensao,
        "numeroReferencia": p.referencia,
        "tipoPA": p.tipo_pa,
        "dataPA": p.periodo,
        "vencimento": _instante(p.vencimento),
        "cota": p.cota,
        "valorImposto": _valor(p.valor),
        "valorMulta": _valor(p.valor_multa),
        "valorJuros": _valor(p.valor_juros),
        "dataConsolidacao": _instante(p.consolidacao),
        "observacao": p.observacao,
        "cno": p.cno,
        "cnpjPrestador": p.cnpj_prestador,
    }
    return {nome: valor for nome, valor in campos.items() if valor is not None}


def _instante(quando: date | None) -> str | None:
    return f"{quando.isoformat()}T00:00:00" if quando else None


def _valor(valor: Decimal | None) -> str | None:
    return f"{valor:.2f}" if valor is not None else None


def pedir_das(periodo: str, consolidacao: date | None) -> dict[str, object]:
    """Returns `dados` of GERARDAS12 and of GERARDASPDF21, which ask the same. `periodo` AAAAMM."""
    dados: dict[str, object] = {"periodoApuracao": periodo}
    if consolidacao is not None:
        dados["dataConsolidacao"] = f"{consolidacao:%Y%m%d}"
    return dados


def ler_darf(envelope: Envelope, pedido: PedidoDarf) -> GuiaEmitida:
    """Reads the DARF issued. Raises FormaError."""
    o = objeto(envelope.dados, "o DARF")
    c = objeto(o.get("consolidado"), "o consolidado")
    nomes = ("valorPrincipalMoedaCorrente", "valorMultaMora", "valorJuros", "valorTotalConsolidado")
    return GuiaEmitida(
        numero=_numero(o),
        tipo="04",
        periodo=pedido.periodo,
        vencimento=pedido.vencimento,
        limite=dia(c, "dataValidadeCalculo"),
        valores=Valores(*(dinheiro(c, n) for n in nomes)),
        pdf=pdf_de(texto(o, "darf")),
    )


def ler_das(envelope: Envelope, contribuinte: str) -> GuiaEmitida:
    """Reads the DAS issued by PGDASD or PGMEI: an object or a list of one, with `detalhamentoDas` or `detalhamento`,
    itself either. Raises FormaError."""
    o = objeto(envelope.dados, "o DAS")
    dono = texto_ou_nada(o, "cnpjCompleto")
    if dono is not None and dono.lstrip("0") != contribuinte.lstrip("0"):
        raise FormaError("o DAS é de outro contribuinte")
    d = objeto(o.get("detalhamentoDas", o.get("detalhamento")), "o detalhamento do DAS")
    v = objeto(d.get("valores"), "os valores do DAS")
    pdf = texto_ou_nada(o, "pdf")
    return GuiaEmitida(
        numero=_numero(d),
        tipo="09",
        periodo=texto_ou_nada(d, "periodoApuracao"),
        vencimento=dia(d, "dataVencimento"),
        limite=dia(d, "dataLimiteAcolhimento"),
        valores=Valores(*(dinheiro(v, n) for n in ("principal", "multa", "juros", "total"))),
        pdf=pdf_de(pdf) if pdf else None,
        linha="".join(str(b) for b in lista(d.get("codigoDeBarras"), "o código de barras")) or None,
        observacoes=tuple(t for i in (1, 2, 3) if (t := texto_ou_nada(d, f"observacao{i}"))),
    )


def _numero(o: Objeto) -> str:
    numero = texto(o, "numeroDocumento")
    if not canonico(numero) or len(completo(numero)) != 17:
        raise FormaError("a guia veio sem número")
    return completo(numero)
