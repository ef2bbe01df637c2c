"""Gives a CT-e what `padrao` says, without the fields that its kind of document does not have."""

from separador.fiscal.emissao.achados import Achados
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.formato.carga import RODOVIARIO
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.operacao import VALORES, Operacao, da_referencia
from separador.nucleo.tipo import Tipo

_FORA_DE_PADRAO = ("notas", "pedidos", "terceiros")
"""What says of one document only what that one is."""
_DA_MERCADORIA = (
    *("notas", "pedidos", "medidas", "produto_predominante", "outras_caracteristicas", "previsao_entrega"),
    *("valor_averbacao", "documentos_anteriores", "globalizado", "ordens_coleta", "veiculos_novos", "dados_modal"),
)
"""Fields of the goods and their way: a complement of values (`infCTeNorm`) and a CT-e OS do not have them."""
_SO_DO_57 = ("expedidor", "recebedor")
_RETIRADA = ("retira", "detalhe_retira")
_SO_DE_OUTRAS = {
    Tipo.CTE: ("os", "gtve", "entregas", "gtv"),
    Tipo.CTE_OS: ("entregas", "gtv", *_DA_MERCADORIA, *_SO_DO_57, *_RETIRADA),
    Tipo.CTE_SIMP: (
        *("os", "gtve", "gtv", "notas", "pedidos", "servicos", "documentos_anteriores", "globalizado"),
        "veiculos_novos",
    ),
    Tipo.GTVE: (
        *("os", "gtve", "entregas", *_DA_MERCADORIA, *_SO_DO_57, *_RETIRADA),
        *("cod_cid_inicio", "cod_cid_fim", "servicos", "valor_receber", "informacao_fisco", "cobranca"),
    ),
}
"""Kind of document → the fields that it does not have."""


def fora_da_especie(operacao: Operacao, modal: str) -> tuple[str, ...]:
    """Returns the fields that a kind of document does not have."""
    referidos = (
        ("cte_complementados", operacao.complementar),
        ("cte_substituido", operacao.substituicao),
        ("cte_multimodal", operacao.multimodal),
        ("dados_modal", modal not in ("", RODOVIARIO)),
        ("ordens_coleta", modal in ("", RODOVIARIO)),
    )
    da_finalidade = (*_DA_MERCADORIA, "cobranca") if operacao.complementar else ()
    fora = (*(n for n, tem in referidos if not tem), *da_finalidade, *_SO_DE_OUTRAS[operacao.especie])
    return tuple(dict.fromkeys(fora))


def herdar(cte: No, padrao: No, cadastros: Cadastros, achados: Achados) -> No:
    """Returns the CT-e with the fields of `padrao` below its own. What its kind does not have is ignored in `padrao`,
    and an error in the CT-e itself."""
    operacao = da_referencia(cte.texto("tipo_operacao") or padrao.texto("tipo_operacao"), cadastros)
    modal = cte.texto("modal") or padrao.texto("modal")
    fora = fora_da_especie(operacao, modal) if operacao is not None and not cte.dado("terceiros") else ()
    for nome in fora:
        if cte.dado(nome):
            quem = operacao.nome if operacao is not None else ""
            mensagem = f"o campo {nome} não existe num CT-e de tipo {quem}{_do_modal(nome, modal)}"
            solta = nome == "notas" and cte.campo.startswith("notas[")
            onde = cte.campo if solta else cte.em(nome)
            achados.errar("SEP-CARGA-ESQUEMA", onde, mensagem, "Retire o campo, ou corrija tipo_operacao.")
    so_de_valores = ("gtve",) if operacao is not None and operacao.tp_serv != VALORES else ()
    return cte.sem(*fora).sobre(padrao.sem(*_FORA_DE_PADRAO, *fora, *so_de_valores))


def _do_modal(nome: str, modal: str) -> str:
    return f", modal {modal or RODOVIARIO}" if nome in ("dados_modal", "ordens_coleta") else ""
