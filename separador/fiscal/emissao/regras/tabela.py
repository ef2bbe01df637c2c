"""Names every issuing rule: its id, the section of the manuals, the function that decides it, the fields it reads."""

from collections.abc import Callable
from dataclasses import dataclass

from separador.fiscal.emissao import achados, agrupamento, conhecimento, plano
from separador.fiscal.emissao.especies import os
from separador.fiscal.emissao.regras import (
    cobranca,
    documentos,
    icms,
    locais,
    mercadoria,
    natureza,
    observacao,
    operacao,
    partes,
    pedidos,
    registro,
    servicos,
    tomador,
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class RegraDeEmissao:
    """One rule. `secao`: the heading of the manual. `campos`: of the load, or `cadastro.campo`."""

    id: str
    secao: str
    funcao: Callable[..., object]
    campos: tuple[str, ...]


def _regra(id_: str, secao: str, funcao: Callable[..., object], campos: str) -> RegraDeEmissao:
    return RegraDeEmissao(id_, secao, funcao, tuple(campos.split()))


_CADASTRO, _CARGA, _CTE = "Cadastros", "Gerenciar cargas", "Conhecimento de transporte eletrônico"
REGRAS = (
    _regra("CAD-01", _CADASTRO, partes.transportadora, "empresas.rntrc"),
    _regra("CAD-02", _CADASTRO, servicos.decidir, "depositantes.tributacao depositantes.base_aliquota_icms"
           " depositantes.aliquota_icms depositantes.percentual_frete"),
    _regra("CAD-03", _CADASTRO, natureza.decidir, "emissao.cfop_estadual emissao.descricao_cfop_estadual"),
    _regra("CAD-04", _CADASTRO, achados.Achados.erro_das_faltas, "cadastros"),
    _regra("CAD-05", _CADASTRO, plano.planejar, "emissao.modelo_conhecimento"),
    _regra("CARGA-01", _CARGA, agrupamento.agrupar, "notas fretes"),
    _regra("CARGA-02", _CARGA, plano.planejar, "forma_pagamento cif_fob retira detalhe_retira seguros"),
    _regra("EMIS-01", _CTE, partes.decidir, "transportadora remetente destinatario expedidor recebedor tomador"),
    _regra("EMIS-02", _CTE, locais.decidir, "cod_cid_inicio cod_cid_fim coleta_entrega terceiros"),
    _regra("EMIS-03", _CTE, registro.decidir, "lotacao veiculo reboque_1 reboque_2 reboque_3 motoristas"),
    _regra("EMIS-04", _CTE, registro.forma_de_pagamento, "forma_pagamento cif_fob"),
    _regra("EMIS-05", _CTE, observacao.observacao, "observacao obs_contribuinte obs_fisco"
           " emissao.consulta_inf_adicional"),
    _regra("EMIS-06", _CTE, tomador.decidir, "tomador entidades.classificacao_icms entidades.ie"),
    _regra("EMIS-07", _CTE, servicos.decidir, "servicos"),
    _regra("EMIS-08", _CTE, icms.decidir, "servicos impostos emissao.tributacoes_recusadas"),
    _regra("EMIS-09", _CTE, natureza.decidir, "cod_cid_inicio cod_cid_fim empresas.endereco"),
    _regra("EMIS-10", _CTE, mercadoria.decidir, "medidas"),
    _regra("EMIS-11", _CTE, documentos.conferir_notas, "notas"),
    _regra("EMIS-12", _CTE, registro.decidir, "seguros"),
    _regra("EMIS-13", _CTE, documentos.anteriores, "documentos_anteriores"),
    _regra("EMIS-14", _CTE, registro.decidir, "vales_pedagio"),
    _regra("EMIS-15", _CTE, registro.texto_para_obs, "lacres lotacao"),
    _regra("EMIS-16", _CTE, os.decidir, "gtve servicos"),
    _regra("EMIS-18", _CTE, pedidos.juntar, "pedidos"),
    _regra("EMIS-19", _CTE, conhecimento.decidir, "empresas.iest"),
    _regra("EMIS-20", _CTE, mercadoria.decidir, "valor_averbacao"),
    _regra("EMIS-21", _CTE, registro.decidir, "motoristas entidades.motorista"),
    _regra("EMIS-22", _CTE, operacao.decidir, "tipo_operacao serie produto_predominante previsao_entrega"
           " modal dados_modal os entregas gtv"),
    _regra("EMIS-23", _CTE, cobranca.decidir, "cobranca operacoes.financeiro negociacoes.parcelas"),
    _regra("EMIS-24", _CTE, registro.texto_para_obs, "emissao.imprimir_em_obs"),
)  # fmt: skip
