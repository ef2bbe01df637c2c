"""Describes the registries: one file each, a list of records under one key (or two)."""

from separador.fiscal.emissao.formato import listas as ls
from separador.fiscal.emissao.formato.tipos import (
    PERCENTUAL,
    Campo,
    Data,
    Documento,
    Grupo,
    Inteiro,
    Lista,
    Logico,
    Mapeado,
    Numero,
    Referencia,
    Texto,
    palavras,
)  # fmt: skip

CODIGO = Texto(40)
_UF = Texto(2, 2, forma="[A-Z]{2}")
_IE = Texto(20, 2, forma="ISENTO|isento|Isento|[0-9./-]+", exemplo="110042490114")
_FONE = Texto(20, forma=r"[0-9() +.-]{6,20}")
_SUFRAMA = Texto(9, 8, forma="[0-9]{8,9}")
CLASSIFICACAO = palavras("Contribuinte", "Consumidor Final", "Consumidor Final Não Contribuinte")

EMPRESA = Grupo(
    (
        Campo("cnpj", Documento(so_cnpj=True), "uma das empresas da configuração", obrigatorio=True),
        Campo("ie", _IE, "inscrição estadual"),
        Campo("nome", Texto(60, 2), "razão social"),
        Campo("fantasia", Texto(60, 2), "nome de fantasia"),
        Campo("transportadora", Logico(), "emite CT-e (sim)"),
        Campo("crt", Texto(1, forma="[1-4]"), "regime tributário, 1 a 4"),
        Campo("rntrc", Texto(8, forma="[0-9]{8}|ISENTO"), "registro na ANTT, ou ISENTO"),
        Campo("endereco", ls.ENDERECO_DO_EMITENTE, "endereço"),
        Campo("fone", _FONE, "telefone"),
        Campo("suframa", _SUFRAMA, "inscrição na SUFRAMA"),
        Campo("aliquota_pis", PERCENTUAL, "PIS (CRT 2 e 3)"),
        Campo("aliquota_cofins", PERCENTUAL, "COFINS (CRT 2 e 3)"),
        Campo("iest", Mapeado(Texto(14, 2, forma="[0-9]{2,14}")), "IE de substituto, por UF"),
        Campo("autorizados", Lista(ls.AUTORIZADO, 10), "quem pode baixar o XML"),
        Campo("serie", ls.SERIE, "série dos CT-e (1)"),
        Campo(
            "numeracao",
            Lista(
                Grupo(
                    (
                        Campo("modelo", Texto(2, forma="57|67|64"), "modelo", obrigatorio=True),
                        Campo("serie", ls.SERIE, "série", obrigatorio=True),
                        Campo("proximo", Inteiro(1, 999_999_999), "próximo número", obrigatorio=True),
                    )
                )
            ),
            "primeiro número de uma série nunca usada aqui",
        ),
    )
)
ENTIDADE = Grupo(
    (
        Campo("codigo", CODIGO, "único", obrigatorio=True),
        Campo("documento", Documento(estrangeiro=True), "CNPJ ou CPF; 00000000000000 = exterior"),
        Campo("ie", _IE, "inscrição estadual, ou ISENTO"),
        Campo("nome", Texto(60, 2), "nome ou razão social"),
        Campo("fantasia", Texto(60, 2), "nome de fantasia"),
        Campo("classificacao_icms", CLASSIFICACAO, "Contribuinte, Consumidor Final, Consumidor Final Não Contribuinte"),
        Campo("motorista", Logico(), "é motorista (não)"),
        Campo("suframa", _SUFRAMA, "inscrição na SUFRAMA"),
        Campo("fone", _FONE, "telefone"),
        Campo("email", Texto(60, forma=r"[^@]+@[^.]+\..+"), "e-mail"),
        Campo("endereco", ls.ENDERECO, "endereço"),
    )
)
DEPOSITANTE = Grupo(
    (
        Campo("entidade", Referencia(ls.ENTIDADES), "entidade", obrigatorio=True),
        Campo("tributacao", ls.TRIBUTACAO, "código da situação tributária"),
        Campo("base_aliquota_icms", PERCENTUAL, "base do ICMS"),
        Campo("aliquota_icms", PERCENTUAL, "alíquota do ICMS"),
        Campo("percentual_frete", PERCENTUAL, "frete, em % do valor das notas"),
        Campo("componente", Texto(15), "componente do frete (FRETE VALOR)"),
    )
)
_FISCAIS = (*ls.FISCAIS, Campo("natureza", Texto(60), "natureza da operação"), Campo("ibscbs", ls.IBSCBS, "IBS e CBS"))
SERVICO = Grupo(
    (
        Campo("codigo", CODIGO, "código", obrigatorio=True),
        Campo("descricao", Texto(60), "descrição"),
        Campo("componente", Texto(15), "componente do valor da prestação"),
        *_FISCAIS,
        Campo(
            "impostos",
            Lista(
                Grupo(
                    (Campo("uf_empresa", _UF, "UF do emitente"), Campo("uf_tomador", _UF, "UF do tomador"), *_FISCAIS)
                )
            ),
            "por UF; vale a linha em que mais UFs conferem",
        ),
    )
)
OPERACAO = Grupo(
    (
        Campo("codigo", CODIGO, "código", obrigatorio=True),
        Campo("descricao", Texto(60), "descrição"),
        Campo("tp_cte", Texto(40), "normal, complementar, substituicao, simplificado, gtve"),
        Campo("tp_serv", Texto(40), "normal, subcontratacao, redespacho, …, pessoas, valores, bagagem"),
        Campo("financeiro", Logico(), "atualiza o financeiro (sim)"),
        Campo("movimento", palavras("venda", "compra"), "venda ou compra"),
        Campo("cte", Texto(20), "compra: Terceiros, …"),
    )
)
NEGOCIACAO = Grupo(
    (
        Campo("codigo", CODIGO, "código", obrigatorio=True),
        Campo(
            "parcelas",
            Lista(
                Grupo(
                    (
                        Campo("dias", Inteiro(0, 3650), "dias depois da emissão", obrigatorio=True),
                        Campo("percentual", PERCENTUAL, "parte do valor", obrigatorio=True),
                        Campo("tipo_titulo", Texto(20), "tipo do título"),
                    )
                )
            ),
            "parcelas; os percentuais somam 100",
        ),
    )
)
VEICULO = Grupo(
    (
        Campo("codigo", CODIGO, "código", obrigatorio=True),
        Campo("placa", Texto(8, 7, forma="[A-Z]{3}-?[0-9][A-Z0-9][0-9]{2}"), "placa"),
        Campo("uf", _UF, "UF da placa"),
        Campo("renavam", Texto(11, 9, forma="[0-9]{9,11}"), "RENAVAM"),
        Campo("tara", Inteiro(0, 999_999), "tara em kg"),
        Campo("capacidade_kg", Inteiro(0, 999_999), "capacidade em kg"),
        Campo("capacidade_m3", Inteiro(0, 999), "capacidade em m³"),
        Campo("tipo_rodado", Texto(2, forma="0[1-6]"), "01 a 06"),
        Campo("tipo_carroceria", Texto(2, forma="0[0-5]"), "00 a 05"),
        Campo("proprietario", Referencia(ls.ENTIDADES), "proprietário"),
    )
)
SEGURADORA = Grupo(
    (
        Campo("codigo", CODIGO, "código", obrigatorio=True),
        Campo("nome", Texto(30), "nome"),
        Campo("cnpj", Documento(so_cnpj=True), "CNPJ"),
    )
)
ARQUIVOS = {
    "empresas": {"empresas": EMPRESA},
    "entidades": {"entidades": ENTIDADE},
    "depositantes": {"depositantes": DEPOSITANTE},
    "servicos": {"servicos": SERVICO},
    "operacoes": {"operacoes": OPERACAO, "negociacoes": NEGOCIACAO},
    "veiculos": {"veiculos": VEICULO},
    "seguradoras": {"seguradoras": SEGURADORA},
}
"""File (without `.yaml`) → key → a record of it."""

CHAVE_DO_REGISTRO = {"empresas": "cnpj", "depositantes": "entidade"}
"""The field that names a record, where it is not `codigo`."""

_ALIQUOTA = Numero(3, 4)
ALIQUOTA = Grupo(
    (
        Campo("de", Data(), "primeiro dia", obrigatorio=True),
        Campo("ate", Data(), "último dia", obrigatorio=True),
        Campo("ibs_uf", _ALIQUOTA, "alíquota do IBS da UF", obrigatorio=True),
        Campo("ibs_mun", _ALIQUOTA, "alíquota do IBS do município", obrigatorio=True),
        Campo("cbs", _ALIQUOTA, "alíquota da CBS", obrigatorio=True),
    )
)
REGISTRO = palavras("forma_pagamento", "lotacao", "veiculos", "motoristas", "seguros", "vale_pedagio", "lacres")
EMISSAO = Grupo(
    (
        Campo("cadastros", Texto(4096), "pasta dos cadastros"),
        Campo("modelo_conhecimento", Texto(30), "deve ser ELETRÔNICO"),
        Campo("cfop_estadual", ls.CFOP, "CFOP de quem não diz o seu"),
        Campo("descricao_cfop_estadual", Texto(60), "natureza da operação de quem não diz a sua"),
        Campo("ufs_sem_tomador_isento", Lista(_UF), "UFNACTOMCONISE"),
        Campo("ufs_tomador_isento", Lista(_UF), "UFTOMAISENTOCTE"),
        Campo("tributacoes_recusadas", Lista(ls.TRIBUTACAO), "situações tributárias recusadas"),
        Campo(
            "consulta_inf_adicional",
            Lista(
                Grupo((Campo("xcampo", Texto(20), "XCAMPO"), Campo("xtexto", Texto(2000), "XTEXTO com {campo}"))), 10
            ),
            "observações do contribuinte, dos campos da carga",
        ),
        Campo("imprimir_em_obs", Lista(REGISTRO), "o que do registro vai para xObs"),
        Campo("ibscbs", ls.IBSCBS, "IBS e CBS de quem não diz os seus"),
        Campo("aliquotas_ibscbs", Lista(ALIQUOTA), "somam-se às da tabela do programa"),
        Campo("tipo_emissao", palavras("normal", "svc"), "normal, ou svc (contingência)"),
    )
)
