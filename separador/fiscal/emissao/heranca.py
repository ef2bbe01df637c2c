"""Gives a CT-e what `padrao` says, without the fields that its kind of document does not have."""

from separador.fiscal.emissao.achados import Achados
from separador.fiscal.emissao.cadastros import Cadastros
from separador.fiscal.emissao.no import No
from separador.fiscal.emissao.regras.operacao import Operacao, da_referencia

_FORA_DE_PADRAO = ("notas", "pedidos", "terceiros")
"""What says of one document only what that one is."""
_SO_DE_OUTROS = (
    *("notas", "pedidos", "medidas", "produto_predominante", "outras_caracteristicas", "previsao_entrega"),
    *("valor_averbacao", "documentos_anteriores", "globalizado", "ordens_coleta", "veiculos_novos", "cobranca"),
)
"""Fields of the goods and their way, which a complement of values does not have (`infCTeNorm`)."""


def fora_da_especie(operacao: Operacao) -> tuple[str, ...]:
    """Returns the fields that a kind of document does not have."""
    referidos = (
        ("cte_complementados", operacao.complementar),
        ("cte_substituido", operacao.substituicao),
        ("cte_multimodal", operacao.multimodal),
    )
    return tuple(n for n, tem in referidos if not tem) + (_SO_DE_OUTROS if operacao.complementar else ())


def herdar(cte: No, padrao: No, cadastros: Cadastros, achados: Achados) -> No:
    """Returns the CT-e with the fields of `padrao` below its own. What its kind does not have is ignored in `padrao`,
    and an error in the CT-e itself."""
    operacao = da_referencia(cte.texto("tipo_operacao") or padrao.texto("tipo_operacao"), cadastros)
    fora = fora_da_especie(operacao) if operacao is not None and not cte.dado("terceiros") else ()
    for nome in fora:
        if cte.dado(nome):
            mensagem = f"o campo {nome} não existe num CT-e de tipo {operacao.nome if operacao is not None else ''}"
            achados.errar("SEP-CARGA-ESQUEMA", cte.em(nome), mensagem, "Retire o campo, ou corrija tipo_operacao.")
    return cte.sobre(padrao.sem(*_FORA_DE_PADRAO, *fora))
