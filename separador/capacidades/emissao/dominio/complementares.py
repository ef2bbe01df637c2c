"""Brings the informações complementares of a load back to the form of the file."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from separador.capacidades.emissao.dominio.valores import Conteudo

BLOCO = "informacoes_complementares"


def informacoes_complementares(conteudo: "Conteudo") -> dict[str, object]:
    """Returns the block of a load, from its simple values with their paths."""
    feitas: dict[str, object] = {}
    seguros: dict[str, dict[str, str]] = {}
    for caminho, valor in conteudo:
        bloco, _, campo = caminho.partition(".")
        if bloco != BLOCO:
            continue
        item, _, dentro = campo.partition(".")
        if dentro:
            seguros.setdefault(item, {})[dentro] = valor
        else:
            feitas[campo] = valor
    return feitas | ({"seguros": list(seguros.values())} if seguros else {})
