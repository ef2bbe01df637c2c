"""Describes the load: its own fields, and those of one CT-e, which `padrao` and the fretes have too."""

from separador.fiscal.emissao.formato import especies
from separador.fiscal.emissao.formato import listas as ls
from separador.fiscal.emissao.formato.cadastros import ENTIDADE, VEICULO
from separador.fiscal.emissao.formato.tipos import (
    DINHEIRO,
    Campo,
    Chave,
    Data,
    Grupo,
    Lista,
    Logico,
    Municipio,
    Palavra,
    Referencia,
    Texto,
    palavras,
)  # fmt: skip

FORMA_DE_PAGAMENTO, CIF_FOB = palavras("PAGO", "A PAGAR", "OUTROS"), palavras("CIF", "FOB")
MODAIS = ("rodoviario", "aereo", "aquaviario", "ferroviario", "dutoviario", "multimodal")
RODOVIARIO = MODAIS[0]
PAPEIS = ("remetente", "expedidor", "recebedor", "destinatario")
_ENTIDADE = Referencia(ls.ENTIDADES)


def _papel(nome: str) -> Campo:
    return Campo(nome, _ENTIDADE, nome)


COMPLEMENTARES = (
    Campo("forma_pagamento", FORMA_DE_PAGAMENTO, "PAGO, A PAGAR, OUTROS"),
    Campo("cif_fob", CIF_FOB, "CIF = PAGO, FOB = A PAGAR"),
    Campo("retira", Logico(), "o recebedor retira no aeroporto, filial, porto ou estação"),
    Campo("detalhe_retira", Texto(160), "detalhe da retirada"),
    Campo("seguros", Lista(ls.SEGURO), "seguros"),
)
DO_CONHECIMENTO = (
    Campo("transportadora", Referencia(ls.EMPRESAS), "empresa emitente; sem ela, a única do cadastro"),
    Campo("depositante", _ENTIDADE, "de quem vêm os valores de quem nada diz"),
    *(_papel(p) for p in PAPEIS),
    Campo("tomador", Referencia(ls.ENTIDADES, (*PAPEIS, "depositante")), "quem paga: um papel, ou um cadastro"),
    Campo("tipo_operacao", Texto(60), "do cadastro de operações, ou normal, redespacho, valores, gtve, …"),
    Campo("serie", ls.SERIE, "0–889, 900–919, 970–999"),
    Campo("modal", Palavra({m: m for m in MODAIS}), "rodoviario"),
    Campo("dados_modal", ls.LEIAUTE, "outro modal: o grupo dele, com as tags do leiaute"),
    Campo("cod_cid_inicio", Municipio(), "município de início; 9999999 = exterior"),
    Campo("cod_cid_fim", Municipio(), "município de fim"),
    *COMPLEMENTARES,
    Campo("produto_predominante", Texto(60), "produto predominante"),
    Campo("outras_caracteristicas", Texto(30), "outras características da carga"),
    Campo("previsao_entrega", Data(), "previsão de entrega de cada documento sem a sua"),
    Campo("lotacao", Logico(), "lotação"),
    Campo("veiculo", Referencia(ls.VEICULOS), "veículo de tração"),
    *(Campo(f"reboque_{i}", Referencia(ls.VEICULOS), "reboque") for i in (1, 2, 3)),
    Campo("motoristas", Lista(_ENTIDADE), "motoristas"),
    Campo("observacao", Texto(2000, codigo="SEP-EMIS-05"), "observação geral"),
    Campo("obs_contribuinte", ls.observacao(160), "observações do contribuinte"),
    Campo("obs_fisco", ls.observacao(60), "observações do fisco"),
    Campo("complemento", ls.COMPLEMENTO, f"o resto de compl: {', '.join(ls.COMPLEMENTO.tags)}"),
    Campo("servicos", Lista(ls.SERVICO), "serviços"),
    Campo("valor_receber", DINHEIRO, "valor a receber; sem ele, o da prestação"),
    Campo("impostos", ls.IMPOSTOS, "valem mais que os dos serviços"),
    Campo("informacao_fisco", Texto(2000), "informações ao fisco (infAdFisco)"),
    Campo("medidas", Lista(ls.MEDIDA), "medidas da carga"),
    Campo("notas", Lista(ls.NOTA), "notas"),
    Campo("pedidos", Lista(ls.PEDIDO), "pedidos de venda faturados no CT-e"),
    Campo("valor_averbacao", DINHEIRO, "valor da carga para averbação"),
    Campo("documentos_anteriores", Lista(ls.ANTERIOR), "documentos anteriores"),
    Campo("vales_pedagio", Lista(ls.VALE_PEDAGIO), "vales-pedágio"),
    Campo("lacres", Lista(Texto(20)), "lacres"),
    Campo("coleta_entrega", Lista(ls.COLETA_ENTREGA), "coleta e entrega"),
    Campo("cobranca", ls.COBRANCA, "fatura e parcelas; só em operação que atualiza o financeiro"),
    Campo("cte_complementados", Lista(Chave("57", "67"), 10), "CT-e complementados"),
    Campo("cte_substituido", ls.SUBSTITUIDO, "CT-e substituído"),
    Campo("cte_multimodal", Lista(Chave("57")), "CT-e do multimodal"),
    Campo("globalizado", Texto(256, 15), "texto do CT-e globalizado"),
    Campo("autorizados", Lista(ls.AUTORIZADO, 10), "quem pode baixar o XML"),
    Campo("ordens_coleta", Lista(ls.LEIAUTE), "ordens de coleta (occ)"),
    Campo("veiculos_novos", Lista(ls.LEIAUTE), "veículos novos (veicNovos)"),
    Campo("gtve", Lista(especies.GTVE), "CT-e OS de valores: GTV-e"),
    Campo("terceiros", ls.TERCEIROS, "CT-e de terceiros, de uma operação de compra: só é registrado"),
    Campo("os", especies.OS, "CT-e OS"),
    Campo("entregas", Lista(especies.ENTREGA, especies.MAXIMO_DE_ENTREGAS), "CT-e Simplificado: entregas"),
    Campo("gtv", especies.GTV, "GTV-e: o que vai, de onde e para onde"),
)
CONHECIMENTO = Grupo(DO_CONHECIMENTO)
FRETE = Grupo(
    (
        Campo("grupo", Grupo(ls.GRUPO), "a que notas soltas se aplica"),
        *(c for c in DO_CONHECIMENTO if c.nome not in ("notas", "pedidos")),
    )
)
CARGA = Grupo(
    (
        Campo("carga", Texto(40, forma="[A-Za-z0-9._/-]{1,40}", exemplo="45871"), "identificação", obrigatorio=True),
        Campo("versao", Palavra({"1": "1"}), "versão do formato: 1"),
        Campo("refazer", Logico(), "refaz os CT-e que mudaram e ainda não foram autorizados"),
        Campo("participantes", Lista(ENTIDADE), "entidades que valem só nesta carga"),
        Campo("veiculos", Lista(VEICULO), "veículos que valem só nesta carga"),
        Campo("padrao", CONHECIMENTO, "o que vale para cada CT-e que não diz o seu"),
        Campo("informacoes_complementares", Grupo(COMPLEMENTARES), "valem menos que padrao"),
        Campo("notas", Lista(ls.NOTA), "notas soltas, que o separador agrupa"),
        Campo("fretes", Lista(FRETE), "o que os grupos de notas soltas recebem"),
        Campo("conhecimentos", Lista(CONHECIMENTO), "cada um é um documento"),
    )
)
