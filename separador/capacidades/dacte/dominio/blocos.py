"""Holds the blocks that more than one kind of document has: box → tags, with the manual's section."""

from separador.capacidades.dacte.dominio.caixas import Caixa, Calculado, Corrido, Fonte, Lista, Par, Quadro, c, g

ENDERECO = ("*/xLgr", "*/nro", "*/xCpl", "*/xBairro")


def parte(titulo: str, onde: str) -> Quadro:
    """Returns the block of a party (section 3: Remetente, Destinatário, Expedidor, Recebedor)."""
    return Quadro(
        titulo,
        (
            (c(titulo, "xNome", largura=24, fixa=True),),
            (c("NOME FANTASIA", "xFant", largura=24),),
            (Caixa("ENDEREÇO", ENDERECO, largura=24, entre=", ", fixa=True),),
            (c("MUNICÍPIO", "*/xMun", largura=11, fixa=True), c("UF", "*/UF", largura=4), c("CEP", "*/CEP", "cep", 9)),
            (c("CNPJ/CPF", "CNPJ CPF", "documento", 12, fixa=True), c("IE", "IE", largura=12)),
            (c("PAÍS", "*/xPais", largura=12, fixa=True), c("FONE", "fone */fone", "fone", 12)),
            (c("E-MAIL", "email", largura=24),),
        ),
        onde,
        ao_lado=True,
        sempre=True,
    )


PARTES = (
    Par(parte("REMETENTE", "rem"), parte("DESTINATÁRIO", "dest")),
    Par(parte("EXPEDIDOR", "exped"), parte("RECEBEDOR", "receb")),
)

TOMADOR = (
    (
        c("TOMADOR DO SERVIÇO", "xNome", largura=14, fixa=True),
        c("CNPJ/CPF", "CNPJ CPF", "documento", 5, fixa=True),
        c("INSCRIÇÃO ESTADUAL", "IE", largura=5, fixa=True),
    ),
    (c("NOME FANTASIA", "xFant", largura=12), c("E-MAIL", "email", largura=12)),
    (
        Caixa("ENDEREÇO", ENDERECO, largura=10, entre=", ", fixa=True),
        c("MUNICÍPIO", "*/xMun", largura=5, fixa=True),
        c("UF", "*/UF", largura=1, fixa=True),
        c("CEP", "*/CEP", "cep", 2, fixa=True),
        c("PAÍS", "*/xPais", largura=3, fixa=True),
        c("FONE", "fone */fone", "fone", 3, fixa=True),
    ),
)
"""The rows of the payer, read from the party that toma3 names, or from toma4 (section 3, Tomador do Serviço)."""

SERVICO = Quadro(
    "",
    (
        (
            c("TIPO DO CT-E", "ide/tpCTe", "palavra:tpCTe", 5, fixa=True),
            c("TIPO DO SERVIÇO", "ide/tpServ", "palavra:tpServ", 6, fixa=True),
            c("TOMADOR DO SERVIÇO", "ide/toma3/toma ide/toma4/toma", "palavra:toma", 5, fixa=True),
            c("INDICADOR DO TOMADOR", "ide/indIEToma", "palavra:indIEToma", 5, fixa=True),
            c("INDICADOR DE CT-E GLOBALIZADO", "ide/indGlobalizado", "palavra:sim", 5, fixa=True),
        ),
        (c("INFORMAÇÕES DO CT-E GLOBALIZADO", "infCTeNorm/infGlobalizado/xObs", largura=24),),
        (
            Caixa("INÍCIO DA PRESTAÇÃO", ("ide/UFIni", "ide/xMunIni"), largura=12, entre=" - ", fixa=True),
            Caixa(
                "TÉRMINO DA PRESTAÇÃO", ("ide/UFFim", "ide/cMunFim", "ide/xMunFim"), largura=12, entre=" - ", fixa=True
            ),
        ),
    ),
    sempre=True,
)

CONTINGENCIA = Quadro(
    "EMISSÃO EM CONTINGÊNCIA",
    (
        (
            c("FORMA DE EMISSÃO", "ide/tpEmis", "emissao", 6),
            c("DATA E HORA DA ENTRADA EM CONTINGÊNCIA", "ide/dhCont", "momento", 6),
            c("JUSTIFICATIVA", "ide/xJust", largura=12),
        ),
    ),
    secao="2.19",
)


def carga(onde: str) -> Quadro:
    """Returns the block of the cargo (section 3, Produto Predominante … Valor total da carga)."""
    return Quadro(
        "",
        (
            (
                c("PRODUTO PREDOMINANTE", "proPred", largura=11, fixa=True),
                c("OUTRAS CARACTERÍSTICAS DA CARGA", "xOutCat", largura=7, fixa=True),
                c("VALOR TOTAL DA CARGA", "vCarga", "reais", 6, fixa=True),
                c("VALOR PARA AVERBAÇÃO", "vCargaAverb", "reais", 4),
            ),
        ),
        onde,
        sempre=True,
    )


def medidas(onde: str, forma: str) -> tuple[Calculado, Lista]:
    """Returns the five boxes of weights and volumes that the manual names, and all measures as they are said."""
    return (
        Calculado("pesos", (f"{onde}/infQ/qCarga",)),
        Lista(
            "QUANTIDADES DA CARGA",
            (("TIPO DE MEDIDA", 12), ("QUANTIDADE", 8), ("UNIDADE", 5)),
            (
                Fonte(
                    f"{onde}/infQ",
                    (c("", "tpMed", forma), c("", "qCarga", "quantidade"), c("", "cUnid", "palavra:cUnid")),
                ),
            ),
            vezes=3,
        ),
    )


COMPONENTES = (
    Lista(
        "COMPONENTES DO VALOR DA PRESTAÇÃO DO SERVIÇO",
        (("NOME", 12), ("VALOR", 12)),
        (Fonte("vPrest/Comp", (c("", "xNome"), c("", "vComp", "numero"))),),
        vezes=3,
        sempre=True,
    ),
    Quadro(
        "",
        (
            (
                c("VALOR TOTAL DA PRESTAÇÃO DO SERVIÇO", "vPrest/vTPrest", "reais", 8, fixa=True),
                c("VALOR LÍQUIDO DA PRESTAÇÃO, SEM TRIBUTOS", "vPrest/vTPrestLiq", "reais", 8),
                c("VALOR A RECEBER", "vPrest/vRec", "reais", 8, fixa=True),
            ),
        ),
        sempre=True,
    ),
)

ICMS = Quadro(
    "INFORMAÇÕES RELATIVAS AO IMPOSTO",
    (
        (
            c(
                "CLASSIFICAÇÃO TRIBUTÁRIA DO SERVIÇO",
                "imp/ICMS/ICMSOutraUF/CST|palavra:CSTOutraUF imp/ICMS/ICMSSN/CST|palavra:CSTSN imp/ICMS/ICMS00/CST"
                " imp/ICMS/ICMS20/CST imp/ICMS/ICMS45/CST imp/ICMS/ICMS60/CST imp/ICMS/ICMS90/CST",
                "palavra:CST",
                9,
                fixa=True,
            ),
            c(
                "BASE DE CÁLCULO",
                "imp/ICMS/*/vBC imp/ICMS/*/vBCSTRet imp/ICMS/*/vBCOutraUF",
                "numero",
                4,
                fixa=True,
            ),
            c(
                "ALÍQUOTA DO ICMS (%)",
                "imp/ICMS/*/pICMS imp/ICMS/*/pICMSSTRet imp/ICMS/*/pICMSOutraUF",
                "numero",
                4,
                fixa=True,
            ),
            c(
                "VALOR DO ICMS",
                "imp/ICMS/*/vICMS imp/ICMS/*/vICMSSTRet imp/ICMS/*/vICMSOutraUF",
                "numero",
                4,
                fixa=True,
            ),
            c("% RED. BC. CÁLC.", "imp/ICMS/*/pRedBC imp/ICMS/*/pRedBCOutraUF", "numero", 3, fixa=True),
        ),
        (
            c("CRÉDITO OUTORGADO", "imp/ICMS/*/vCred", "numero"),
            c("ICMS DESONERADO", "imp/ICMS/*/vICMSDeson", "numero"),
            c("CÓDIGO DO BENEFÍCIO FISCAL", "imp/ICMS/*/cBenef"),
            c("SIMPLES NACIONAL", "imp/ICMS/ICMSSN/indSN", "palavra:indSN", 5),
            c("ICMS PREVISTO NO PAGAMENTO ANTECIPADO", "imp/ICMS/*/vICMSPrevisto", "numero", 6),
            c("VALOR APROXIMADO DOS TRIBUTOS", "imp/vTotTrib", "numero", 5),
            c("VALOR TOTAL DO DOCUMENTO FISCAL", "imp/vTotDFe", "numero", 5),
        ),
        (
            c("BASE DE CÁLCULO NA UF DE TÉRMINO", "imp/ICMSUFFim/vBCUFFim", "numero", 5),
            c("FCP (%)", "imp/ICMSUFFim/pFCPUFFim", "numero", 3),
            c("ALÍQUOTA INTERNA (%)", "imp/ICMSUFFim/pICMSUFFim", "numero", 4),
            c("INTERESTADUAL (%)", "imp/ICMSUFFim/pICMSInter", "numero", 4),
            c("VALOR DO FCP", "imp/ICMSUFFim/vFCPUFFim", "numero", 4),
            c("ICMS DA UF DE TÉRMINO", "imp/ICMSUFFim/vICMSUFFim", "numero", 4),
            c("ICMS DA UF DE INÍCIO", "imp/ICMSUFFim/vICMSUFIni", "numero", 4),
        ),
    ),
    sempre=True,
)
AD_FISCO = Corrido("INFORMAÇÕES ADICIONAIS DE INTERESSE DO FISCO", (c("", "imp/infAdFisco"),), secao="esquema")


def _tributo(nome: str, onde: str, aliquota: str, valor: str, *mais: Caixa) -> Caixa:
    """Returns what is said of one of the three taxes: IBS of the state, IBS of the city, CBS."""
    return g(
        nome,
        onde,
        c("ALÍQUOTA (%)", aliquota, "numero"),
        c("DIFERIMENTO (%)", "gDif/pDif", "numero"),
        c("VALOR DIFERIDO", "gDif/vDif", "numero"),
        c("DEVOLUÇÃO (%)", "gDevTrib/pDevTrib", "numero"),
        c("VALOR DEVOLVIDO", "gDevTrib/vDevTrib", "numero"),
        c("REDUÇÃO DE ALÍQUOTA (%)", "gRed/pRedAliq", "numero"),
        c("ALÍQUOTA EFETIVA (%)", "gRed/pAliqEfet", "numero"),
        *mais,
        c("VALOR", valor, "numero"),
    )


IBSCBS_PARTES = (
    c("CST", "CST", "palavra:CSTIBSCBS"),
    c("CLASSIFICAÇÃO TRIBUTÁRIA", "cClassTrib", "palavra:cClassTrib"),
    c("DOAÇÃO", "indDoacao", "palavra:sim"),
    c("BASE DE CÁLCULO", "gIBSCBS/vBC", "numero"),
    _tributo("IBS DA UF", "gIBSCBS/gIBSUF", "pIBSUF", "vIBSUF"),
    _tributo("IBS DO MUNICÍPIO", "gIBSCBS/gIBSMun", "pIBSMun", "vIBSMun"),
    c("VALOR DO IBS", "gIBSCBS/vIBS", "numero"),
    _tributo(
        "CBS",
        "gIBSCBS/gCBS",
        "pCBS",
        "vCBS",
        c("ALÍQUOTA EFETIVA REGULAR NA ZFM (%)", "gALCZFMCBS/pAliqEfetRegCBS", "numero"),
        c("VALOR REGULAR NA ZFM", "gALCZFMCBS/vTribRegCBS", "numero"),
    ),
    g(
        "TRIBUTAÇÃO REGULAR",
        "gIBSCBS/gTribRegular",
        c("CST", "CSTReg", "palavra:CSTIBSCBS"),
        c("CLASSIFICAÇÃO TRIBUTÁRIA", "cClassTribReg", "palavra:cClassTrib"),
        c("ALÍQUOTA DO IBS DA UF (%)", "pAliqEfetRegIBSUF", "numero"),
        c("IBS DA UF", "vTribRegIBSUF", "numero"),
        c("ALÍQUOTA DO IBS DO MUNICÍPIO (%)", "pAliqEfetRegIBSMun", "numero"),
        c("IBS DO MUNICÍPIO", "vTribRegIBSMun", "numero"),
        c("ALÍQUOTA DA CBS (%)", "pAliqEfetRegCBS", "numero"),
        c("CBS", "vTribRegCBS", "numero"),
    ),
    g(
        "COMPRA GOVERNAMENTAL",
        "gIBSCBS/gTribCompraGov",
        c("ALÍQUOTA DO IBS DA UF (%)", "pAliqIBSUF", "numero"),
        c("IBS DA UF", "vTribIBSUF", "numero"),
        c("ALÍQUOTA DO IBS DO MUNICÍPIO (%)", "pAliqIBSMun", "numero"),
        c("IBS DO MUNICÍPIO", "vTribIBSMun", "numero"),
        c("ALÍQUOTA DA CBS (%)", "pAliqCBS", "numero"),
        c("CBS", "vTribCBS", "numero"),
    ),
    c("IBS ESTORNADO DE CRÉDITO", "gEstornoCred/vIBSEstCred", "numero"),
    c("CBS ESTORNADA DE CRÉDITO", "gEstornoCred/vCBSEstCred", "numero"),
)
IBSCBS = Quadro(
    "IBS E CBS",
    (
        (
            c("CST", "CST", "palavra:CSTIBSCBS", 9),
            c("CLASSIFICAÇÃO TRIBUTÁRIA", "cClassTrib", "palavra:cClassTrib", 15),
        ),
        (
            c("BASE DE CÁLCULO", "gIBSCBS/vBC", "numero", 5),
            c("IBS DA UF (%)", "gIBSCBS/gIBSUF/pIBSUF", "numero", 4),
            c("VALOR DO IBS DA UF", "gIBSCBS/gIBSUF/vIBSUF", "numero", 4),
            c("IBS DO MUNICÍPIO (%)", "gIBSCBS/gIBSMun/pIBSMun", "numero", 4),
            c("VALOR DO IBS DO MUNICÍPIO", "gIBSCBS/gIBSMun/vIBSMun", "numero", 5),
            c("VALOR DO IBS", "gIBSCBS/vIBS", "numero", 4),
            c("CBS (%)", "gIBSCBS/gCBS/pCBS", "numero", 3),
            c("VALOR DA CBS", "gIBSCBS/gCBS/vCBS", "numero", 4),
        ),
    ),
    "imp/IBSCBS",
    secao="NT 2025.001",
)
"""The values that every document of the reform has. What else a group may say is a text below (`IBSCBS_MAIS`)."""

_DO_QUADRO = {t for linha in IBSCBS.linhas for caixa in linha for t in caixa.tags}


def _fora(partes: tuple[Caixa, ...], onde: str) -> tuple[Caixa, ...]:
    """Returns the parts without those tags that the boxes of `IBSCBS` print already."""
    ficam: list[Caixa] = []
    for p in partes:
        if p.partes:
            ficam.append(Caixa(p.rotulo, p.tags, partes=_fora(p.partes, f"{onde}{p.tags[0]}/")))
        elif onde + p.tags[0] not in _DO_QUADRO:
            ficam.append(p)
    return tuple(ficam)


IBSCBS_MAIS = Corrido("", (Caixa("", ("imp/IBSCBS",), partes=_fora(IBSCBS_PARTES, "")),), secao="NT 2025.001")

_UNIDADE_DE_CARGA = g(
    "UNIDADE DE CARGA",
    "infUnidCarga",
    c("", "tpUnidCarga", "palavra:tpUnidCarga"),
    c("", "idUnidCarga"),
    c("RATEIO", "qtdRat", "numero"),
)
UNIDADES = (
    g(
        "UNIDADE DE TRANSPORTE",
        "infUnidTransp",
        c("", "tpUnidTransp", "palavra:tpUnidTransp"),
        c("", "idUnidTransp"),
        c("RATEIO", "qtdRat", "numero"),
        _UNIDADE_DE_CARGA,
    ),
    _UNIDADE_DE_CARGA,
)
_PREVISTA = c("ENTREGA PREVISTA", "dPrev", "data")
_DOC = "infCTeNorm/infDoc"
_DA_ENTREGA = c("ENTREGA", "../@nItem")
ORIGINARIOS = Lista(
    "DOCUMENTOS ORIGINÁRIOS",
    (("TP DOC", 3), ("CNPJ/CHAVE", 15), ("SÉRIE/NRO. DOCUMENTO", 6)),
    (
        Fonte(
            f"{_DOC}/infNFe",
            (c("", "chave", "modelo_da_chave"), c("", "chave"), c("", "chave", "serie_da_chave")),
            (c("PIN SUFRAMA", "PIN"), _PREVISTA, *UNIDADES),
        ),
        Fonte(
            f"{_DOC}/infDCe",
            (c("", "chave", "modelo_da_chave"), c("", "chave"), c("", "chave", "serie_da_chave")),
        ),
        Fonte(
            "det/infNFe",
            (c("", "chNFe", "modelo_da_chave"), c("", "chNFe"), c("", "chNFe", "serie_da_chave")),
            (c("PIN SUFRAMA", "PIN"), _PREVISTA, *UNIDADES),
            _DA_ENTREGA,
        ),
        Fonte(
            f"{_DOC}/infNF",
            (c("", "mod"), c("", "/rem/CNPJ /rem/CPF", "documento"), c("", "serie nDoc", entre="/")),
            (
                c("EMISSÃO", "dEmi", "data"),
                c("ROMANEIO", "nRoma"),
                c("PEDIDO", "nPed"),
                c("CFOP", "nCFOP"),
                c("BC ICMS", "vBC", "numero"),
                c("ICMS", "vICMS", "numero"),
                c("BC ST", "vBCST", "numero"),
                c("ICMS ST", "vST", "numero"),
                c("PRODUTOS", "vProd", "numero"),
                c("VALOR DA NOTA", "vNF", "numero"),
                c("PESO (KG)", "nPeso", "quantidade"),
                c("PIN SUFRAMA", "PIN"),
                _PREVISTA,
                *UNIDADES,
            ),
        ),
        Fonte(
            f"{_DOC}/infOutros",
            (c("", "tpDoc"), c("", "descOutros ?tpDoc|descricao", entre=" "), c("", "nDoc")),
            (c("EMISSÃO", "dEmi", "data"), c("VALOR", "vDocFisc", "numero"), _PREVISTA, *UNIDADES),
        ),
        Fonte(
            "infCTeNorm/infDocRef",
            (
                c("", "chBPe", "modelo_da_chave"),
                c("", "chBPe"),
                c("", "chBPe|serie_da_chave serie subserie nDoc", entre="/"),
            ),
            (c("EMISSÃO", "dEmi", "data"), c("VALOR", "vDoc", "numero")),
        ),
    ),
    vezes=2,
    elastica=True,
    sempre=True,
)
ANTERIORES = (
    Lista(
        "DOCUMENTOS DE TRANSPORTE ANTERIOR",
        (("EMITENTE", 9), ("CNPJ/CPF", 4), ("IE", 3), ("UF", 1)),
        (
            Fonte(
                "infCTeNorm/docAnt/emiDocAnt",
                (c("", "xNome"), c("", "CNPJ CPF", "documento"), c("", "IE"), c("", "UF")),
                (
                    g(
                        "EM PAPEL",
                        "idDocAnt/idDocAntPap",
                        c("", "tpDoc", "palavra:tpDocAnt"),
                        c("SÉRIE", "serie"),
                        c("SUBSÉRIE", "subser"),
                        c("Nº", "nDoc"),
                        c("EMISSÃO", "dEmi", "data"),
                    ),
                    g("CT-E", "idDocAnt/idDocAntEle", c("", "chCTe")),
                ),
            ),
            Fonte(
                "det/infDocAnt",
                (c("", "chCTe"),),
                (
                    c("PRESTAÇÃO", "tpPrest", "palavra:tpPrest"),
                    g("NF-E DA PRESTAÇÃO PARCIAL", "infNFeTranspParcial", c("", "chNFe")),
                ),
                _DA_ENTREGA,
            ),
        ),
    ),
)

FLUXO = Corrido(
    "PREVISÃO DO FLUXO DA CARGA",
    (
        c("SIGLA OU CÓDIGO INTERNO DA FILIAL/PORTO/ESTAÇÃO/AEROPORTO DE ORIGEM", "compl/fluxo/xOrig"),
        c("DE PASSAGEM", "compl/fluxo/pass/xPass", entre=", "),
        c("DE DESTINO", "compl/fluxo/xDest"),
        c("ROTA", "compl/fluxo/xRota"),
    ),
)
ENTREGA = Quadro(
    "ENTREGA E CARACTERÍSTICAS DO SERVIÇO",
    (
        (
            c("RETIRA", "ide/retira", "palavra:retira", 3),
            c("DADOS RELATIVOS À RETIRADA DA CARGA", "ide/xDetRetira", largura=21),
        ),
        (
            c("DATA PROGRAMADA", "compl/Entrega/*/tpPer", "palavra:tpPer", 5),
            c("DATA", "compl/Entrega/*/dProg compl/Entrega/*/dIni compl/Entrega/*/dFim", "data", 7, " A "),
            c("HORA PROGRAMADA", "compl/Entrega/*/tpHor", "palavra:tpHor", 6),
            c("HORA", "compl/Entrega/*/hProg compl/Entrega/*/hIni compl/Entrega/*/hFim", "texto", 6, " A "),
        ),
        (
            c("CARACTERÍSTICA ADICIONAL DO TRANSPORTE", "compl/xCaracAd", largura=6),
            c("CARACTERÍSTICA ADICIONAL DO SERVIÇO", "compl/xCaracSer", largura=7),
            c("FUNCIONÁRIO EMISSOR", "compl/xEmi", largura=6),
        ),
        (
            c("ORIGEM PARA O CÁLCULO DO FRETE", "compl/origCalc", largura=12),
            c("DESTINO PARA O CÁLCULO DO FRETE", "compl/destCalc", largura=12),
        ),
    ),
)
OBSERVACOES = Corrido("OBSERVAÇÕES GERAIS", (c("", "compl/xObs"),), sempre=True)
DO_EMISSOR = Corrido(
    "USO EXCLUSIVO DO EMISSOR DO CT-E",
    (Caixa("", ("@xCampo", "xTexto"), entre=": "),),
    "compl/ObsCont",
    sempre=True,
)
AO_FISCO = Corrido("RESERVADO AO FISCO", (Caixa("", ("@xCampo", "xTexto"), entre=": "),), "compl/ObsFisco", sempre=True)

COBRANCA = (
    Quadro(
        "FATURA",
        (
            (
                c("NÚMERO DA FATURA", "nFat", largura=12),
                c("VALOR ORIGINAL", "vOrig", "numero"),
                c("DESCONTO", "vDesc", "numero"),
                c("VALOR LÍQUIDO", "vLiq", "numero"),
            ),
        ),
        "*/cobr/fat",
        secao="esquema",
    ),
    Lista(
        "DUPLICATAS",
        (("NÚMERO", 12), ("VENCIMENTO", 6), ("VALOR", 6)),
        (Fonte("*/cobr/dup", (c("", "nDup"), c("", "dVenc", "data"), c("", "vDup", "numero"))),),
        vezes=2,
        secao="esquema",
    ),
)
REFERENCIAS = Quadro(
    "DOCUMENTOS REFERIDOS",
    (
        (
            c("CT-E SUBSTITUÍDO", "infCTeNorm/infCteSub/chCte infCteSub/chCte", largura=14),
            c("ALTERA O TOMADOR", "infCTeNorm/infCteSub/indAlteraToma infCteSub/indAlteraToma", "palavra:sim", 4),
        ),
        (c("CT-E CANCELADO", "infCTeNorm/refCTeCanc", largura=14),),
    ),
    secao="esquema",
)
COMPLEMENTADOS = Lista(
    "CT-E COMPLEMENTADOS",
    (("CHAVE DE ACESSO", 24),),
    (Fonte("infCteComp", (c("", "chCTe", "chave"),)),),
    vezes=2,
    secao="esquema",
)
PAGAMENTOS = (
    Corrido(
        "COMPRA GOVERNAMENTAL E PAGAMENTO ANTECIPADO",
        (
            c("ENTE GOVERNAMENTAL", "*/gCompraGov/tpEnteGov", "palavra:tpEnteGov"),
            c("REDUÇÃO DE ALÍQUOTA (%)", "*/gCompraGov/pRedutor", "numero"),
            c("OPERAÇÃO", "*/gCompraGov/tpOperGov", "palavra:tpOperGov"),
            c("DOCUMENTOS ANTERIORES", "*/gCompraGov/refDFeAnt", entre=", "),
            c("TIPO DO PAGAMENTO", "ide/tpPagAnt tpPagAnt", "palavra:tpPagAnt"),
            c(
                "DOCUMENTOS DO PAGAMENTO ANTECIPADO",
                "ide/gPagAntecipado/chDFePagAnt ide/gPagAntecipado/chCTePagAnt gPagAntecipado/chCTePagAnt"
                " gPagAntecipado/chDFePagAnt",
                entre=", ",
            ),
        ),
        secao="NT 2026.002",
    ),
    Lista(
        "PAGAMENTOS VINCULADOS",
        (("Nº", 1), ("TRANSAÇÃO", 9), ("MEIO", 5), ("CNPJ DO RECEBEDOR", 5), ("CNPJ-BASE DO PSP", 4)),
        (
            Fonte(
                "pgtoVinc/pgto",
                (
                    c("", "@nPag"),
                    c("", "@idTransacao"),
                    c("", "tpMeioPgto", "palavra:tpMeioPgto"),
                    c("", "CNPJReceb", "documento"),
                    c("", "CNPJBasePSP"),
                ),
            ),
        ),
        secao="NT 2026.001",
    ),
)
FORA = Calculado("fora", (), secao="2.3")
"""What is not in the XML, in a box of its own: Annex II 2.3 allows none of it among its boxes."""
DEMAIS = Calculado("demais", (), secao="esquema")
"""What a document has and no table names: a tag of a schema newer than these tables."""

NAO_IMPRESSAS = {
    "@versao": "version of the layout, not of the service",
    "@Id": "the access key, printed from here in the head",
    "@versaoModal": "version of the layout, not of the service",
    "cUF": "part of the access key",
    "cCT": "part of the access key",
    "cDV": "part of the access key",
    "tpImp": "the orientation of the paper itself",
    "tpAmb": "said by the words of homologação",
    "procEmi": "which program sent it",
    "verProc": "which program sent it",
    "cMunEnv": "where it was transmitted, not of the service",
    "xMunEnv": "where it was transmitted, not of the service",
    "UFEnv": "where it was transmitted, not of the service",
    "cMunIni": "the name of the city is printed",
    "cMun": "the name of the city is printed",
    "cPais": "the name of the country is printed",
    "lacUnidTransp": "seals are printed for a full load only, among what is outside of the CT-e (EMIS-15)",
    "lacUnidCarga": "seals are printed for a full load only, among what is outside of the CT-e (EMIS-15)",
    "autXML": "who may fetch the XML",
    "infRespTec": "who made the program",
    "infSolicNFF": "the request of the NFF, kept for its portal",
    "infPAA": "the signature of the PAA",
}
"""Tag or group that is never printed → the reason."""
