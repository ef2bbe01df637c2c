"""Holds the boxes of each mode of transport (MOC 4.00, Anexo II, section 3)."""

from separador.capacidades.dacte.dominio.caixas import Bloco, Caixa, Corrido, Fonte, Lista, Quadro, c, g


def _rodo(onde: str) -> tuple[Bloco, ...]:
    return (
        Quadro(
            "INFORMAÇÕES ESPECÍFICAS DO MODAL RODOVIÁRIO",
            ((c("RNTRC DA EMPRESA", "RNTRC", largura=24, fixa=True),),),
            onde,
        ),
        Lista(
            "ORDENS DE COLETA ASSOCIADAS",
            (
                *(("SÉRIE", 2), ("NÚMERO", 3), ("EMISSÃO", 4), ("CNPJ", 6)),
                *(("CÓD. INTERNO", 4), ("IE", 4), ("UF", 2), ("FONE", 5)),
            ),
            (
                Fonte(
                    f"{onde}/occ",
                    (
                        c("", "serie"),
                        c("", "nOcc"),
                        c("", "dEmi", "data"),
                        c("", "emiOcc/CNPJ", "documento"),
                        c("", "emiOcc/cInt"),
                        c("", "emiOcc/IE"),
                        c("", "emiOcc/UF"),
                        c("", "emiOcc/fone", "fone"),
                    ),
                ),
            ),
            secao="esquema",
        ),
    )


def _aereo(onde: str) -> tuple[Bloco, ...]:
    return (
        Quadro(
            "INFORMAÇÕES ESPECÍFICAS DO MODAL AÉREO",
            (
                (
                    c("NÚMERO OPERACIONAL DO CONHECIMENTO AÉREO", "nOCA", largura=7, fixa=True),
                    c("CLASSE", "tarifa/CL", "palavra:CL", 5, fixa=True),
                    c("CÓDIGO DA TARIFA", "tarifa/cTar", largura=4, fixa=True),
                    c("VALOR DA TARIFA", "tarifa/vTar", "numero", 4, fixa=True),
                    c("NÚMERO DA MINUTA", "nMinu", largura=4, fixa=True),
                ),
                (
                    c("DATA PREVISTA DE ENTREGA", "dPrevAereo", "data", 6, fixa=True),
                    c("DIMENSÃO", "natCarga/xDime", largura=6, fixa=True),
                ),
            ),
            onde,
        ),
        Corrido("INFORMAÇÕES DO MANUSEIO", (c("", "natCarga/cInfManu", "palavra:cInfManu", entre="; "),), onde),
        Lista(
            "PRODUTOS PERIGOSOS",
            (("Nº ONU", 3), ("QUANTIDADE DE EMBALAGENS", 9), ("QUANTIDADE TOTAL", 6), ("UNIDADE", 6)),
            (
                Fonte(
                    f"{onde}/peri",
                    (
                        c("", "nONU"),
                        c("", "qTotEmb"),
                        c("", "infTotAP/qTotProd", "quantidade"),
                        c("", "infTotAP/uniAP", "palavra:uniAP"),
                    ),
                ),
            ),
            secao="2.21.4",
        ),
    )


def _aquav(onde: str) -> tuple[Bloco, ...]:
    return (
        Quadro(
            "INFORMAÇÕES ESPECÍFICAS DO MODAL AQUAVIÁRIO",
            (
                (
                    c("IDENTIFICAÇÃO DO NAVIO/REBOCADOR", "xNavio", largura=12, fixa=True),
                    c("VLR. DA B. CÁLC. DO AFRMM", "vPrest", "numero", 6, fixa=True),
                    c("VLR. DO AFRMM", "vAFRMM", "numero", 6, fixa=True),
                ),
                (Caixa("IDENTIFICAÇÃO DA BALSA", ("balsa/xBalsa",), largura=24, entre="; "),),
                (
                    c("NÚMERO DA VIAGEM", "nViag", largura=6),
                    c("DIREÇÃO", "direc", "palavra:direc", 4),
                    c("IRIN DO NAVIO", "irin", largura=5),
                    c("TIPO DE NAVEGAÇÃO", "tpNav", "palavra:tpNav", 5),
                ),
            ),
            onde,
        ),
        Lista(
            "CONTAINERS",
            (("IDENTIFICAÇÃO DO CONTAINER", 9), ("LACRE", 15)),
            (
                Fonte(
                    f"{onde}/detCont",
                    (c("", "nCont"), c("", "lacre/nLacre", entre=", ")),
                    (
                        g("NF", "infDoc/infNF", c("", "serie nDoc", entre="/"), c("RATEIO", "unidRat", "numero")),
                        g("NF-E", "infDoc/infNFe", c("", "chave"), c("RATEIO", "unidRat", "numero")),
                    ),
                ),
            ),
            vezes=2,
            secao="2.21.4",
        ),
    )


def _ferrov(onde: str) -> tuple[Bloco, ...]:
    return (
        Quadro(
            "INFORMAÇÕES ESPECÍFICAS DO MODAL FERROVIÁRIO",
            (
                (
                    c("TIPO DE TRÁFEGO", "tpTraf", "palavra:tpTraf", 5, fixa=True),
                    c("FLUXO FERROVIÁRIO", "fluxo", largura=5, fixa=True),
                    c("FERROVIA RESPONSÁVEL PELO FATURAMENTO", "trafMut/respFat", "palavra:ferrovia", 7, fixa=True),
                    c("FERROVIA EMITENTE DO CT-E", "trafMut/ferrEmi", "palavra:ferrovia", 6, fixa=True),
                    c("VALOR DO FRETE", "trafMut/vFrete", "numero", 4, fixa=True),
                ),
                (c("CT-E DA FERROVIA DE ORIGEM", "trafMut/chCTeFerroOrigem", "chave", 24),),
            ),
            onde,
        ),
        Lista(
            "INFORMAÇÕES DAS FERROVIAS ENVOLVIDAS",
            (("CNPJ", 5), ("INSCRIÇÃO ESTADUAL", 4), ("CÓD. INTERNO", 4), ("RAZÃO SOCIAL", 12)),
            (
                Fonte(
                    f"{onde}/trafMut/ferroEnv",
                    (c("", "CNPJ", "documento"), c("", "IE"), c("", "cInt"), c("", "xNome")),
                    (
                        Caixa(
                            "ENDEREÇO",
                            ("*/xLgr", "*/nro", "*/xCpl", "*/xBairro", "*/xMun", "*/UF", "*/CEP|cep"),
                            entre=", ",
                        ),
                    ),
                ),
            ),
        ),
    )


def _duto(onde: str) -> tuple[Bloco, ...]:
    return (
        Quadro(
            "INFORMAÇÕES ESPECÍFICAS DO MODAL DUTOVIÁRIO",
            (
                (
                    c("VALOR DA TARIFA", "vTar", "numero", 5, fixa=True),
                    c("INÍCIO DA PRESTAÇÃO", "dIni", "data", 5, fixa=True),
                    c("FIM DA PRESTAÇÃO", "dFim", "data", 5, fixa=True),
                    c("CLASSIFICAÇÃO", "classDuto", "palavra:classDuto", 4),
                    c("TIPO DE CONTRATAÇÃO", "tpContratacao", "palavra:tpContratacao", 5),
                ),
                (
                    c("PONTO DE ENTRADA", "codPontoEntrada", largura=8),
                    c("PONTO DE SAÍDA", "codPontoSaida", largura=8),
                    c("NÚMERO DO CONTRATO", "nContrato", largura=8),
                ),
            ),
            onde,
        ),
    )


def _multimodal(onde: str) -> tuple[Bloco, ...]:
    return (
        Quadro(
            "INFORMAÇÕES ESPECÍFICAS DO TRANSPORTE MULTIMODAL DE CARGAS",
            (
                (
                    c("Nº DO CERTIFICADO DO OPERADOR DE TRANSPORTE MULTIMODAL", "COTM", largura=16, fixa=True),
                    c("INDICADOR NEGOCIÁVEL", "indNegociavel", "palavra:indNegociavel", 8, fixa=True),
                ),
            ),
            onde,
        ),
        Quadro(
            "INFORMAÇÕES DE SEGURO DO MULTIMODAL",
            (
                (
                    c("NOME DA SEGURADORA", "infSeg/xSeg", largura=8),
                    c("CNPJ DA SEGURADORA", "infSeg/CNPJ", "documento", 5),
                    c("NÚMERO DA APÓLICE", "nApol", largura=6),
                    c("NÚMERO DA AVERBAÇÃO", "nAver", largura=6),
                ),
            ),
            f"{onde}/seg",
        ),
    )


def blocos(onde: str) -> tuple[Bloco, ...]:
    """Returns the blocks of the six modes; `onde` is the path of infModal. Those of the other modes stay empty."""
    return (
        *_rodo(f"{onde}/rodo"),
        *_aereo(f"{onde}/aereo"),
        *_aquav(f"{onde}/aquav"),
        *_ferrov(f"{onde}/ferrov"),
        *_duto(f"{onde}/duto"),
        *_multimodal(f"{onde}/multimodal"),
    )
