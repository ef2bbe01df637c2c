"""Draws the boxes of the plain DACTE about what is carried, what it costs and what goes with it."""

from collections.abc import Iterator

from lxml import etree

from separador.capacidades.dacte.papel import textos as t
from separador.capacidades.dacte.papel.conteudo import Conteudo, filhos, texto
from separador.capacidades.dacte.papel.folha import Campo, Folha


def servico_e_carga(folha: Folha, c: Conteudo) -> None:
    """Draws what was carried, or done."""
    servico = "infCTeNorm/infServico"
    carga = c.inf.find("{*}infCTeNorm/{*}infCarga")
    if carga is None:
        carga = c.inf.find("{*}infCarga")
    quantidades = "   ".join(
        f"{texto(i, 'tpMed')} {t.numero(texto(i, 'qCarga'), 4)} {t.UNIDADES.get(texto(i, 'cUnid'), '')}".strip()
        for i in filhos(carga, "infQ")
    )
    folha.quadro(
        "SERVIÇO E CARGA",
        (
            Campo("DESCRIÇÃO DO SERVIÇO PRESTADO", c.t(f"{servico}/xDescServ"), 9),
            Campo("QUANTIDADE", t.numero(c.t(f"{servico}/infQ/qCarga"), 4), 3),
            Campo("PRODUTO PREDOMINANTE", texto(carga, "proPred"), 6),
            Campo("OUTRAS CARACTERÍSTICAS", texto(carga, "xOutCat"), 3),
            Campo("VALOR TOTAL DA CARGA", _reais(texto(carga, "vCarga")), 3),
            Campo("QUANTIDADES", quantidades, 12),
        ),
    )


def _reais(valor: str) -> str:
    return f"R$ {t.numero(valor)}" if valor else ""


def valores(folha: Folha, c: Conteudo) -> None:
    """Draws components, totals and ICMS."""
    componentes = filhos(c.inf, "vPrest/Comp")
    linhas = [(texto(i, "xNome"), t.numero(texto(i, "vComp"))) for i in componentes]
    folha.tabela("COMPONENTES DO VALOR DA PRESTAÇÃO", (Campo("NOME", "", 8), Campo("VALOR", "", 4)), linhas)
    icms = c.inf.find("{*}imp/{*}ICMS/{*}*")
    campos = (
        {etree.QName(f).localname: (f.text or "") for f in icms.iterchildren(etree.Element)} if icms is not None else {}
    )
    folha.quadro(
        "VALORES E IMPOSTO",
        (
            Campo("VALOR TOTAL DA PRESTAÇÃO", _reais(c.t("vPrest/vTPrest") or c.t("total/vTPrest")), 3),
            Campo("VALOR A RECEBER", _reais(c.t("vPrest/vRec") or c.t("total/vTRec")), 3),
            Campo("SITUAÇÃO TRIBUTÁRIA (CST)", campos.get("CST", ""), 3),
            Campo("BASE DE CÁLCULO", _reais(_um(campos, "vBC", "vBCSTRet", "vBCOutraUF")), 3),
            Campo("ALÍQUOTA DO ICMS (%)", t.numero(_um(campos, "pICMS", "pICMSSTRet", "pICMSOutraUF")), 3),
            Campo("VALOR DO ICMS", _reais(_um(campos, "vICMS", "vICMSSTRet", "vICMSOutraUF")), 3),
            Campo("RED. BC (%)", t.numero(_um(campos, "pRedBC", "pRedBCOutraUF")), 3),
            Campo("VALOR TOTAL DO DOCUMENTO", _reais(c.t("imp/vTotDFe") or c.t("total/vTotDFe")), 3),
        ),
    )


def _um(campos: dict[str, str], *nomes: str) -> str:
    return next((campos[n] for n in nomes if campos.get(n)), "")


def entregas(folha: Folha, c: Conteudo) -> None:
    """Draws the deliveries of the Simplificado: one line per `det`."""
    linhas = [
        (
            d.get("nItem") or "",
            texto(d, "xMunIni"),
            texto(d, "xMunFim"),
            t.numero(texto(d, "vPrest")),
            t.numero(texto(d, "vRec")),
        )
        for d in filhos(c.inf, "det")
    ]
    colunas = (
        Campo("ITEM", "", 1),
        Campo("INÍCIO", "", 4),
        Campo("TÉRMINO", "", 4),
        Campo("PRESTAÇÃO", "", 2),
        Campo("A RECEBER", "", 2),
    )
    folha.tabela("ENTREGAS", colunas, linhas)


def valores_transportados(folha: Folha, c: Conteudo) -> None:
    """Draws the values of the GTV-e: what is carried, in what, from where to where."""
    detalhe = c.inf.find("{*}detGTV")
    linhas = [
        (
            t.ESPECIES.get(texto(e, "tpEspecie"), texto(e, "tpEspecie")),
            _reais(texto(e, "vEspecie")),
            texto(e, "xMoedaEstr"),
        )
        for e in filhos(detalhe, "infEspecie")
    ]
    folha.tabela(
        "VALORES TRANSPORTADOS", (Campo("ESPÉCIE", "", 5), Campo("VALOR", "", 4), Campo("MOEDA", "", 3)), linhas
    )
    veiculos = "   ".join(
        " ".join(filter(None, (texto(v, "placa"), texto(v, "UF"), texto(v, "RNTRC"))))
        for v in filhos(detalhe, "infVeiculo")
    )
    folha.quadro(
        "TRANSPORTE DOS VALORES",
        (
            Campo("QUANTIDADE DE VOLUMES", t.numero(texto(detalhe, "qCarga"), 4), 4),
            Campo("VEÍCULOS (PLACA, UF, RNTRC)", veiculos, 8),
            Campo("ORIGEM", _lugar_gtv(c.inf.find("{*}origem")), 6),
            Campo("DESTINO", _lugar_gtv(c.inf.find("{*}destino")), 6),
        ),
    )
    gtves = [(texto(g, "chCTe"), _reais(_soma(g))) for g in filhos(c.inf, "infCTeNorm/infGTVe")]
    folha.tabela("GTV-e", (Campo("CHAVE", "", 9), Campo("VALOR", "", 3)), gtves)


def _lugar_gtv(no: etree._Element | None) -> str:
    return ", ".join(filter(None, (texto(no, n) for n in ("xLgr", "nro", "xCpl", "xBairro", "xMun", "UF"))))


def _soma(gtve: etree._Element) -> str:
    centavos = sum(round(100 * float(texto(comp, "vComp") or 0)) for comp in filhos(gtve, "Comp"))
    return f"{centavos // 100}.{centavos % 100:02d}"


def documentos(folha: Folha, c: Conteudo) -> None:
    """Draws the documents carried, and those of the transport before this one."""
    colunas = (Campo("TP DOC", "", 1), Campo("CNPJ/CHAVE", "", 7), Campo("SÉRIE/NRO. DOCUMENTO", "", 3))
    linhas = ((d.tp_doc, d.identificacao, d.serie_numero) for d in c.transportados)
    folha.tabela("DOCUMENTOS ORIGINÁRIOS", colunas, linhas)
    anteriores = [(texto(d, "chCTe") or texto(d, "chCte"),) for d in _anteriores(c.inf)]
    folha.tabela("DOCUMENTOS DE TRANSPORTE ANTERIOR", (Campo("CHAVE", "", 12),), anteriores)


def _anteriores(inf: etree._Element) -> Iterator[etree._Element]:
    yield from inf.iter("{*}idDocAntEle")
    yield from filhos(inf, "det/infDocAnt")
