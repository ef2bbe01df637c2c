"""Holds what is printed of each kind of document, in order (MOC 4.00, Anexo II, sections 3 and 4).

Annex II is silent on the Simplificado and the GTV-e: they have the boxes of 57 and OS for the groups of their schemas.
"""

from dataclasses import replace
from types import MappingProxyType

from separador.capacidades.dacte.dominio import blocos as b
from separador.capacidades.dacte.dominio import modais
from separador.capacidades.dacte.dominio.caixas import Caixa, Calculado, Corrido, Fonte, Lista, Modelo, Par, Quadro, c
from separador.nucleo.tipo import Tipo

_TITULO = "Documento Auxiliar do Conhecimento de Transporte Eletrônico"

CABECALHO = MappingProxyType(
    {
        "nome": c("", "emit/xNome"),
        "fantasia": c("", "emit/xFant"),
        "endereco": Caixa("", ("emit/*/xLgr", "emit/*/nro", "emit/*/xCpl"), entre=", "),
        "bairro": c("", "emit/*/xBairro"),
        "municipio": Caixa("", ("emit/*/xMun", "emit/*/UF"), entre=" - "),
        "cep": c("CEP", "emit/*/CEP", "cep"),
        "fone": c("FONE", "emit/*/fone", "fone"),
        "cnpj": c("CNPJ/CPF", "emit/CNPJ emit/CPF", "documento"),
        "ie": c("IE", "emit/IE"),
        "iest": c("IE DE SUBSTITUTO", "emit/IEST"),
        "suframa_emit": c("SUFRAMA", "emit/ISUFEmit"),
        "crt": c("REGIME", "emit/CRT", "palavra:CRT"),
        "modal": c("MODAL", "ide/modal", "palavra:modal"),
        "modelo": c("MODELO", "ide/mod"),
        "serie": c("SÉRIE", "ide/serie"),
        "numero": c("NÚMERO", "ide/nCT", "milhar"),
        "emissao": c("DATA E HORA DE EMISSÃO", "ide/dhEmi", "momento"),
        "suframa": c("INSC. SUFRAMA DO DESTINATÁRIO", "dest/ISUF toma/ISUF"),
        "natureza": Caixa("CFOP - NATUREZA DA PRESTAÇÃO", ("ide/CFOP", "ide/natOp"), entre=" - "),
    }
)
"""The boxes that head every sheet (Anexo II, 2.6 and 2.12)."""

_VEICULOS = Lista(
    "VEÍCULOS NOVOS TRANSPORTADOS",
    (("CHASSI", 6), ("COR", 2), ("DESCRIÇÃO DA COR", 7), ("MODELO", 3), ("VALOR UNITÁRIO", 3), ("FRETE UNITÁRIO", 3)),
    (
        Fonte(
            "infCTeNorm/veicNovos",
            (
                c("", "chassi"),
                c("", "cCor"),
                c("", "xCor"),
                c("", "cMod"),
                c("", "vUnit", "numero"),
                c("", "vFrete", "numero"),
            ),
        ),
    ),
    secao="2.21.4",
)
_VINCULADOS = Lista(
    "CT-E MULTIMODAIS VINCULADOS",
    (("CHAVE DE ACESSO", 24),),
    (Fonte("infCTeNorm/infServVinc/infCTeMultimodal", (c("", "chCTeMultimodal", "chave"),)),),
    vezes=2,
    secao="esquema",
)
_TOMADOR = Calculado("tomador", ())
_FECHO = (b.DO_EMISSOR, b.AO_FISCO, b.FORA, b.DEMAIS)

CTE = Modelo(
    "DACTE",
    _TITULO,
    (
        b.CONTINGENCIA,
        b.SERVICO,
        *b.PARTES,
        _TOMADOR,
        b.carga("infCTeNorm/infCarga"),
        *b.medidas("infCTeNorm/infCarga", "texto"),
        *b.COMPONENTES,
        b.ICMS,
        b.IBSCBS,
        b.IBSCBS_MAIS,
        b.AD_FISCO,
        b.ORIGINARIOS,
        *b.ANTERIORES,
        b.COMPLEMENTADOS,
        b.REFERENCIAS,
        b.FLUXO,
        b.ENTREGA,
        b.OBSERVACOES,
        *modais.blocos("infCTeNorm/infModal"),
        _VEICULOS,
        _VINCULADOS,
        *b.COBRANCA,
        *b.PAGAMENTOS,
        *_FECHO,
    ),
)

_SERVICO_SIMP = Quadro(
    "",
    (
        (
            c("TIPO DO CT-E", "ide/tpCTe", "palavra:tpCTe", 5, fixa=True),
            c("TIPO DO SERVIÇO", "ide/tpServ", "palavra:tpServ", 6, fixa=True),
            c("TOMADOR DO SERVIÇO", "toma/toma", "palavra:tomaSimp", 5, fixa=True),
            c("INDICADOR DO TOMADOR", "toma/indIEToma", "palavra:indIEToma", 5, fixa=True),
            c("UF DE INÍCIO", "ide/UFIni", largura=3, fixa=True),
            c("UF DE TÉRMINO", "ide/UFFim", largura=3, fixa=True),
        ),
    ),
    sempre=True,
)
_ENTREGAS = Lista(
    "ENTREGAS",
    (("ITEM", 2), ("INÍCIO", 6), ("TÉRMINO", 7), ("PRESTAÇÃO", 3), ("LÍQUIDO", 3), ("A RECEBER", 3)),
    (
        Fonte(
            "det",
            (
                c("", "@nItem"),
                c("", "xMunIni"),
                Caixa("", ("cMunFim", "xMunFim"), entre=" - "),
                c("", "vPrest", "numero"),
                c("", "vPrestLiq", "numero"),
                c("", "vRec", "numero"),
            ),
            (
                Caixa("COMPONENTES", ("Comp",), partes=(c("", "xNome"), c("", "vComp", "numero"))),
                Caixa("IBS E CBS", ("IBSCBS",), partes=b.IBSCBS_PARTES),
            ),
        ),
    ),
    secao="esquema",
)
_TOTAIS_SIMP = Quadro(
    "TOTAIS",
    (
        (
            c("VALOR TOTAL DA PRESTAÇÃO DO SERVIÇO", "vTPrest", "reais", 6, fixa=True),
            c("VALOR LÍQUIDO, SEM TRIBUTOS", "vTPrestLiq", "reais", 6),
            c("VALOR A RECEBER", "vTRec", "reais", 6, fixa=True),
            c("VALOR TOTAL DO DOCUMENTO FISCAL", "vTotDFe", "reais", 6),
        ),
        (
            c("BASE DO IBS E DA CBS", "IBSCBSTot/vBCIBSCBS", "numero"),
            c("IBS DA UF", "IBSCBSTot/gIBS/gIBSUF/vIBSUF", "numero"),
            c("IBS DO MUNICÍPIO", "IBSCBSTot/gIBS/gIBSMun/vIBSMun", "numero"),
            c("IBS", "IBSCBSTot/gIBS/vIBS", "numero"),
            c("CBS", "IBSCBSTot/gCBS/vCBS", "numero"),
        ),
        (
            c("IBS DA UF DIFERIDO", "IBSCBSTot/gIBS/gIBSUF/vDif", "numero"),
            c("IBS DA UF DEVOLVIDO", "IBSCBSTot/gIBS/gIBSUF/vDevTrib", "numero"),
            c("IBS DO MUN. DIFERIDO", "IBSCBSTot/gIBS/gIBSMun/vDif", "numero"),
            c("IBS DO MUN. DEVOLVIDO", "IBSCBSTot/gIBS/gIBSMun/vDevTrib", "numero"),
            c("CBS DIFERIDA", "IBSCBSTot/gCBS/vDif", "numero"),
            c("CBS DEVOLVIDA", "IBSCBSTot/gCBS/vDevTrib", "numero"),
        ),
        (
            c("IBS ESTORNADO DE CRÉDITO", "IBSCBSTot/gEstornoCred/vIBSEstCred", "numero"),
            c("CBS ESTORNADA DE CRÉDITO", "IBSCBSTot/gEstornoCred/vCBSEstCred", "numero"),
        ),
    ),
    "total",
    secao="esquema",
    sempre=True,
)
SIMP = Modelo(
    "DACTE",
    f"{_TITULO} Simplificado",
    (
        b.CONTINGENCIA,
        _SERVICO_SIMP,
        Quadro("", b.TOMADOR, "toma", sempre=True),
        b.carga("infCarga"),
        *b.medidas("infCarga", "palavra:tpMed"),
        _TOTAIS_SIMP,
        b.ICMS,
        b.AD_FISCO,
        _ENTREGAS,
        b.ORIGINARIOS,
        *b.ANTERIORES,
        b.REFERENCIAS,
        b.FLUXO,
        b.ENTREGA,
        b.OBSERVACOES,
        *modais.blocos("infModal"),
        Quadro(b.COBRANCA[0].titulo, b.COBRANCA[0].linhas, "cobr/fat", secao="esquema"),
        Lista(
            b.COBRANCA[1].titulo,
            b.COBRANCA[1].colunas,
            (Fonte("cobr/dup", b.COBRANCA[1].fontes[0].celulas),),
            vezes=2,
            secao="esquema",
        ),
        *b.PAGAMENTOS,
        *_FECHO,
    ),
)

_SERVICO_OS = Quadro(
    "",
    (
        (
            c("TIPO DO CT-E", "ide/tpCTe", "palavra:tpCTe", 8, fixa=True),
            c("TIPO DO SERVIÇO", "ide/tpServ", "palavra:tpServ", 8, fixa=True),
            c("INDICADOR DO TOMADOR", "ide/indIEToma", "palavra:indIEToma", 8, fixa=True),
        ),
        (
            Caixa("INÍCIO DA PRESTAÇÃO", ("ide/UFIni", "ide/xMunIni"), largura=8, entre=" - ", fixa=True),
            Caixa("PERCURSO DO VEÍCULO", ("ide/infPercurso/UFPer",), largura=8, entre=" ", fixa=True),
            Caixa(
                "TÉRMINO DA PRESTAÇÃO", ("ide/UFFim", "ide/cMunFim", "ide/xMunFim"), largura=8, entre=" - ", fixa=True
            ),
        ),
    ),
    secao="4",
    sempre=True,
)
_PRESTACAO_OS = Quadro(
    "INFORMAÇÕES DA PRESTAÇÃO DO SERVIÇO",
    (
        (
            c("QUANTIDADE", "infCTeNorm/infServico/infQ/qCarga", "quantidade", 6, fixa=True),
            c("DESCRIÇÃO DO SERVIÇO PRESTADO", "infCTeNorm/infServico/xDescServ", largura=18, fixa=True),
        ),
    ),
    secao="4",
    sempre=True,
)
_FEDERAIS = Quadro(
    "TRIBUTOS FEDERAIS",
    (
        (
            c("VALOR DO PIS", "vPIS", "numero", 5, fixa=True),
            c("VALOR DA COFINS", "vCOFINS", "numero", 5, fixa=True),
            c("VALOR DO IR", "vIR", "numero", 5, fixa=True),
            c("VALOR DO INSS", "vINSS", "numero", 5, fixa=True),
            c("VALOR DA CSLL", "vCSLL", "numero", 4, fixa=True),
        ),
    ),
    "imp/infTribFed",
    secao="esquema",
)
_SEGURO = Lista(
    "SEGURO DA VIAGEM",
    (("RESPONSÁVEL", 7), ("NOME DA SEGURADORA", 10), ("NÚMERO DA APÓLICE", 7)),
    (Fonte("infCTeNorm/seg", (c("", "respSeg", "palavra:respSeg"), c("", "xSeg"), c("", "nApol"))),),
    secao="4",
    sempre=True,
)
_RODO_OS = Quadro(
    "INFORMAÇÕES ESPECÍFICAS DO MODAL RODOVIÁRIO",
    (
        (
            c("TERMO DE AUTORIZAÇÃO DE FRETAMENTO - TAF", "TAF", largura=7, fixa=True),
            c("NÚMERO DO REGISTRO ESTADUAL", "NroRegEstadual", largura=8, fixa=True),
            c("PLACA DO VEÍCULO", "veic/placa", largura=4, fixa=True),
            c("UF", "veic/UF", largura=1, fixa=True),
            c("RENAVAM DO VEÍCULO", "veic/RENAVAM", largura=4, fixa=True),
        ),
        (
            c("PROPRIETÁRIO DO VEÍCULO", "veic/prop/xNome", largura=13),
            c("CPF/CNPJ", "veic/prop/CPF veic/prop/CNPJ", "documento", 5, fixa=True),
            c("INSCRIÇÃO ESTADUAL", "veic/prop/IE", largura=5),
            c("UF", "veic/prop/UF", largura=1),
        ),
        (
            c("TAF DO PROPRIETÁRIO", "veic/prop/TAF", largura=7, fixa=True),
            c("NÚMERO DO REGISTRO ESTADUAL DO PROPRIETÁRIO", "veic/prop/NroRegEstadual", largura=10, fixa=True),
            c("TIPO DO PROPRIETÁRIO", "veic/prop/tpProp", "palavra:tpProp", 7),
        ),
        (
            c("TIPO DE FRETAMENTO", "infFretamento/tpFretamento", "palavra:tpFretamento", 12),
            c("DATA E HORA DA VIAGEM", "infFretamento/dhViagem", "momento", 12),
        ),
    ),
    "infCTeNorm/infModal/rodoOS",
    secao="4",
)
_GTVES = Lista(
    "GTV-E RELACIONADAS",
    (("CHAVE DE ACESSO", 24),),
    (
        Fonte(
            "infCTeNorm/infGTVe",
            (c("", "chCTe", "chave"),),
            (
                Caixa(
                    "COMPONENTES",
                    ("Comp",),
                    partes=(c("", "tpComp", "palavra:tpComp"), c("", "xComp"), c("", "vComp", "numero")),
                ),
            ),
        ),
    ),
    secao="esquema",
)
OS = Modelo(
    "DACTE OS",
    f"{_TITULO} para Outros Serviços",
    (
        b.CONTINGENCIA,
        _SERVICO_OS,
        Quadro("TOMADOR/USUÁRIO DO SERVIÇO", b.TOMADOR, "toma", secao="4", sempre=True),
        _PRESTACAO_OS,
        *b.COMPONENTES,
        b.ICMS,
        _FEDERAIS,
        b.IBSCBS,
        b.IBSCBS_MAIS,
        b.AD_FISCO,
        _SEGURO,
        _RODO_OS,
        replace(b.ORIGINARIOS, titulo="DOCUMENTOS REFERENCIADOS", elastica=False, sempre=False),
        _GTVES,
        b.COMPLEMENTADOS,
        b.REFERENCIAS,
        b.ENTREGA,
        b.OBSERVACOES,
        *b.COBRANCA,
        *b.PAGAMENTOS,
        *_FECHO,
    ),
)


def _lugar(titulo: str, onde: str) -> Quadro:
    return Quadro(
        titulo,
        (
            (Caixa("ENDEREÇO", ("xLgr", "nro", "xCpl", "xBairro"), largura=24, entre=", "),),
            (c("MUNICÍPIO", "xMun", largura=11), c("UF", "UF", largura=4), c("CEP", "CEP", "cep", 9)),
            (c("FONE", "fone", "fone", 24),),
        ),
        onde,
        secao="esquema",
        ao_lado=True,
    )


_SERVICO_GTVE = Quadro(
    "",
    (
        (
            c("TIPO DO DOCUMENTO", "ide/tpCTe", "palavra:tpCTe", 4, fixa=True),
            c("TIPO DO SERVIÇO", "ide/tpServ", "palavra:tpServ", 4, fixa=True),
            c("TOMADOR DO SERVIÇO", "ide/toma/toma ide/tomaTerceiro/toma", "palavra:tomaGTV", 4, fixa=True),
            c("INDICADOR DO TOMADOR", "ide/indIEToma", "palavra:indIEToma", 5, fixa=True),
            c("SAÍDA DA ORIGEM", "ide/dhSaidaOrig", "momento", 5, fixa=True),
            c("CHEGADA AO DESTINO", "ide/dhChegadaDest", "momento", 5, fixa=True),
        ),
    ),
    secao="esquema",
    sempre=True,
)
_VALORES = (
    Lista(
        "VALORES TRANSPORTADOS",
        (("ESPÉCIE", 5), ("NUMERÁRIO", 5), ("MOEDA", 9), ("VALOR", 5)),
        (
            Fonte(
                "detGTV/infEspecie",
                (
                    c("", "tpEspecie", "palavra:tpEspecie"),
                    c("", "tpNumerario", "palavra:tpNumerario"),
                    c("", "xMoedaEstr"),
                    c("", "vEspecie", "numero"),
                ),
            ),
        ),
        vezes=2,
        secao="esquema",
        sempre=True,
    ),
    Quadro(
        "",
        ((c("QUANTIDADE DE VOLUMES/MALOTES", "detGTV/qCarga", "quantidade", 24, fixa=True),),),
        secao="esquema",
        sempre=True,
    ),
    Lista(
        "VEÍCULOS",
        (("PLACA", 8), ("UF", 4), ("RNTRC", 12)),
        (Fonte("detGTV/infVeiculo", (c("", "placa"), c("", "UF"), c("", "RNTRC"))),),
        vezes=3,
        secao="esquema",
        sempre=True,
    ),
)
GTVE = Modelo(
    "DAGTV-e",
    "Documento Auxiliar da Guia de Transporte de Valores Eletrônica",
    (
        b.CONTINGENCIA,
        _SERVICO_GTVE,
        b.PARTES[0],
        _TOMADOR,
        Par(_lugar("ORIGEM", "origem"), _lugar("DESTINO", "destino")),
        *_VALORES,
        Corrido("OBSERVAÇÕES GERAIS", (c("", "compl/xObs"),), sempre=True),
        b.ENTREGA,
        *_FECHO,
    ),
    no_canhoto="GTV-E",
)

MODELOS = MappingProxyType({Tipo.CTE: CTE, Tipo.CTE_SIMP: SIMP, Tipo.CTE_OS: OS, Tipo.GTVE: GTVE})
