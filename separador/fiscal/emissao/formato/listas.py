"""Describes the groups that stand in lists of a CT-e: invoices, services, measures, insurance, and the like."""

from separador.fiscal.emissao.formato.tipos import (
    DINHEIRO,
    PERCENTUAL,
    QUANTIDADE,
    Campo,
    Chave,
    Data,
    Documento,
    Grupo,
    Inteiro,
    Leiaute,
    Lista,
    Logico,
    Municipio,
    Numero,
    Palavra,
    Referencia,
    Texto,
    comparavel,
    palavras,
)  # fmt: skip

ENTIDADES, EMPRESAS, SERVICOS, VEICULOS = "entidades", "empresas", "servicos", "veiculos"
NEGOCIACOES = "negociacoes"

_UNIDADES = {"M3": "00", "KG": "01", "TON": "02", "UNIDADE": "03", "LITROS": "04", "MMBTU": "05"}
UNIDADE = Palavra({**{comparavel(n): c for n, c in _UNIDADES.items()}, **{c: c for c in _UNIDADES.values()}})
NOME_DA_UNIDADE = {c: n for n, c in _UNIDADES.items()}

ENDERECO = Grupo(
    (
        Campo("logradouro", Texto(255, 2), "rua, avenida"),
        Campo("numero", Texto(60), "número, ou S/N"),
        Campo("bairro", Texto(60, 2), "bairro"),
        Campo("codigo_municipio", Municipio(), "código do IBGE; 9999999 = exterior"),
        Campo("municipio", Texto(60, 2), "nome; sem ele, o da tabela do IBGE"),
        Campo("uf", Texto(2, 2, forma="[A-Z]{2}"), "sem ela, a do código do município"),
        Campo("complemento", Texto(60), "complemento"),
        Campo("cep", Texto(9, forma="[0-9]{5}-?[0-9]{3}", exemplo="20010000"), "CEP"),
        Campo("codigo_pais", Texto(4, forma="[0-9]{1,4}"), "código do BACEN"),
        Campo("pais", Texto(60, 2), "nome do país"),
    )
)
ENDERECO_DO_EMITENTE = Grupo((Campo("logradouro", Texto(60, 2), "rua, avenida"), *ENDERECO.campos[1:]))
"""Of the issuer: the layout has less room for the street."""
TRIBUTACAO = Texto(3, 2, forma="[0-9]{2,3}", exemplo="090")
CFOP = Texto(4, 4, forma="[123567][0-9]{3}", exemplo="5353")
IBSCBS = Grupo(
    (
        Campo("cst", Texto(3, 3, forma="[0-9]{3}"), "CST do IBS e da CBS"),
        Campo("classificacao", Texto(6, 6, forma="[0-9]{6}"), "cClassTrib"),
        Campo("reducao", PERCENTUAL, "redução das alíquotas (CST 200)"),
    )
)
FISCAIS = (
    Campo("tributacao", TRIBUTACAO, "situação tributária: origem + CST, ou só o CST"),
    Campo("aliquota", PERCENTUAL, "alíquota do ICMS"),
    Campo("reducao", PERCENTUAL, "redução da base; o mesmo que 100 − base_icms"),
    Campo("base_icms", PERCENTUAL, "base do ICMS"),
    Campo("cfop", CFOP, "CFOP; o primeiro dígito segue os lugares"),
)
IMPOSTOS = Grupo(
    (
        *FISCAIS,
        Campo("natureza", Texto(60), "natureza da operação"),
        Campo("credito", DINHEIRO, "crédito outorgado (vCred)"),
        Campo("valor_desonerado", DINHEIRO, "ICMS desonerado; com codigo_beneficio"),
        Campo("codigo_beneficio", Texto(10, forma=".{8}|.{10}"), "código do benefício (8 ou 10 posições)"),
        Campo("valor_tributos", DINHEIRO, "total aproximado dos tributos (vTotTrib)"),
        Campo("ibscbs", IBSCBS, "IBS e CBS"),
    )
)
SERVICO = Grupo(
    (
        Campo("codigo", Referencia(SERVICOS), "serviço do cadastro"),
        Campo("descricao", Texto(60), "descrição"),
        Campo("componente", Texto(15), "componente do valor da prestação"),
        Campo("valor", DINHEIRO, "valor"),
        *FISCAIS,
    )
)
MEDIDA = Grupo(
    (
        Campo("unidade", UNIDADE, "M3, KG, TON, UNIDADE, LITROS, MMBTU, ou 00 a 05"),
        Campo("tipo", Texto(20), "tipo da medida, como PESO BRUTO"),
        Campo("quantidade", QUANTIDADE, "quantidade"),
    )
)
_LACRES = Campo("lacres", Lista(Texto(20)), "lacres")
_RATEIO = Campo("rateio", Numero(3, 3), "quantidade rateada")
_IDENTIFICACAO = Campo("identificacao", Texto(20, forma="[A-Z0-9]{1,20}"), "placa, contêiner")
_UNIDADE_DE_CARGA = Grupo((Campo("tipo", Texto(1, forma="[1-4]"), "1 a 4"), _IDENTIFICACAO, _LACRES, _RATEIO))
_UNIDADE_DE_TRANSPORTE = Grupo(
    (
        Campo("tipo", Texto(1, forma="[1-7]"), "1 a 7"),
        _IDENTIFICACAO,
        _LACRES,
        _RATEIO,
        Campo("cargas", Lista(_UNIDADE_DE_CARGA), "unidades de carga"),
    )
)
MODELO = Palavra({m: m for m in ("55", "01", "04", "00", "10", "59", "65", "99")} | {"1": "01", "4": "04", "0": "00"})
CHAVES_DO_GRUPO = ("transportadora", "depositante", "remetente", "destinatario")
GRUPO = tuple(
    Campo(n, Referencia(EMPRESAS if n == "transportadora" else ENTIDADES), "das notas soltas: de que CT-e ela é")
    for n in CHAVES_DO_GRUPO
)
NOTA = Grupo(
    (
        Campo("modelo", MODELO, "55 (com chave), 1, 04, 00, 10, 59, 65, 99"),
        Campo("chave", Chave("55"), "chave da NF-e"),
        Campo("numero", Texto(20), "número"),
        Campo("serie", Texto(3), "série"),
        Campo("emissao", Data(), "data de emissão"),
        Campo("valor", DINHEIRO, "valor da nota", obrigatorio=True),
        Campo("valor_produtos", DINHEIRO, "modelo 1: valor dos produtos"),
        Campo("cfop", CFOP, "modelo 1: CFOP predominante"),
        Campo("base_icms", DINHEIRO, "modelo 1"),
        Campo("valor_icms", DINHEIRO, "modelo 1"),
        Campo("base_st", DINHEIRO, "modelo 1"),
        Campo("valor_st", DINHEIRO, "modelo 1"),
        Campo("peso", Numero(12, 3), "modelo 1: peso em kg"),
        Campo("pedido", Texto(20), "modelo 1: número do pedido"),
        Campo("romaneio", Texto(20), "modelo 1: número do romaneio"),
        Campo("pin", Texto(9, 2, forma="[1-9][0-9]{1,8}"), "PIN da SUFRAMA"),
        Campo("descricao", Texto(100), "outros: descrição (exigida no 99)"),
        Campo("medidas", Lista(MEDIDA), "medidas da nota, somadas nas do CT-e"),
        Campo("previsao_entrega", Data(), "previsão de entrega"),
        Campo("unidades", Lista(_UNIDADE_DE_TRANSPORTE), "unidades de transporte"),
        *GRUPO,
    )
)
RESPONSAVEL = palavras(
    *("remetente", "expedidor", "recebedor", "destinatario", "emitente", "tomador"),
    **{"emitente do ct-e": "emitente", "emitente do cte": "emitente", "tomador de servico": "tomador"},
    **{"tomador do servico": "tomador"},
)
SEGURO = Grupo(
    (
        Campo("responsavel", RESPONSAVEL, "quem responde pelo seguro"),
        Campo("seguradora", Referencia("seguradoras", ("texto(30)",)), "do cadastro, ou o nome"),
        Campo("apolice", Texto(20), "número da apólice"),
        Campo("averbacao_valor", DINHEIRO, "valor averbado; sem ele, a soma das notas"),
        Campo("averbacao_numero", Texto(40), "número da averbação"),
    )
)
ANTERIOR = Grupo(
    (
        Campo("emissor", Referencia(ENTIDADES), "quem emitiu o documento anterior"),
        Campo("chave", Chave("57"), "chave do CT-e anterior"),
        Campo("tipo", Palavra({t: t for t in ("07", "08", "09", "10", "11", "12", "13")}), "em papel: tipo"),
        Campo("serie", Texto(3), "em papel"),
        Campo("subserie", Texto(2), "em papel"),
        Campo("numero", Texto(30), "em papel"),
        Campo("emissao", Data(), "em papel"),
    )
)
_PAGANTES = ("emitente", "remetente", "destinatario", "expedidor", "recebedor", "outro")
VALE_PEDAGIO = Grupo(
    (
        Campo("pagante", palavras(*_PAGANTES), "quem paga"),
        Campo("parceiro_pagante", Referencia(ENTIDADES), "só com pagante outro"),
        Campo("fornecedor", Referencia(ENTIDADES), "fornecedor do vale"),
        Campo("compra", Texto(20), "número da compra"),
        Campo("valor", DINHEIRO, "valor; zero é aceito"),
    )
)
COLETA_ENTREGA = Grupo(
    (
        Campo("tipo", palavras("coleta", "entrega"), "coleta ou entrega"),
        Campo("tipo_transporte", Texto(30), "só rodoviario"),
        Campo("parceiro", Referencia(ENTIDADES), "onde"),
    )
)
PEDIDO = Grupo(
    (
        Campo("numero", Texto(20), "número do pedido de venda"),
        Campo("remetente", Referencia(ENTIDADES), "remetente"),
        Campo("destinatario", Referencia(ENTIDADES), "destinatário"),
        Campo("medidas", Lista(MEDIDA), "medidas"),
        Campo("notas", Lista(NOTA), "notas"),
        Campo("seguros", Lista(SEGURO), "seguros"),
        Campo("motoristas", Lista(Referencia(ENTIDADES)), "motoristas"),
        Campo("documentos_anteriores", Lista(ANTERIOR), "documentos anteriores"),
        Campo("vales_pedagio", Lista(VALE_PEDAGIO), "vales-pedágio"),
        Campo("lacres", Lista(Texto(20)), "lacres"),
    ),
    "SEP-EMIS-18",
)
SUBSTITUIDO = Grupo((Campo("chave", Chave("57", "67"), "chave"), Campo("altera_tomador", Logico(), "muda o tomador")))
TERCEIROS = Grupo(
    (
        Campo("chave", Chave(), "chave do CT-e de terceiros"),
        Campo("emissao", Data(), "emissão"),
        Campo("valor", DINHEIRO, "valor"),
    )
)


COBRANCA = Grupo(
    (
        Campo("tipo_negociacao", Referencia(NEGOCIACOES), "do cadastro; ou então fatura e duplicatas"),
        Campo(
            "fatura",
            Grupo(
                (
                    Campo("numero", Texto(60), "número; sem ele, o do CT-e"),
                    Campo("valor_original", DINHEIRO, "valor; sem ele, o a receber mais o desconto"),
                    Campo("desconto", DINHEIRO, "desconto"),
                )
            ),
            "fatura",
        ),
        Campo(
            "duplicatas",
            Lista(
                Grupo(
                    (
                        Campo("numero", Texto(60), "número; sem ele, o do CT-e e a ordem"),
                        Campo("vencimento", Data(), "vencimento, não antes da emissão"),
                        Campo("valor", DINHEIRO, "valor; todos somam o valor a receber"),
                        Campo("tipo_titulo", Texto(20), "tipo do título; vai para o registro"),
                    )
                )
            ),
            "parcelas, no máximo 120",
        ),
    )
)


def observacao(texto: int) -> Lista:
    """Returns the list of pairs field and text of a CT-e."""
    codigo = "SEP-EMIS-05"
    par = (Campo("campo", Texto(20, codigo=codigo), "campo"), Campo("texto", Texto(texto, codigo=codigo), "texto"))
    return Lista(Grupo(par), 10)


AUTORIZADO, LEIAUTE, SERIE = Documento(), Leiaute(), Inteiro(0, 999)
COMPLEMENTO = Leiaute(("xCaracAd", "xCaracSer", "xEmi", "fluxo", "Entrega", "origCalc", "destCalc"))
"""What of `compl` has no field of its own, in the order of the layout."""
