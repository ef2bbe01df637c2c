"""Brings the informações complementares of a load back to the form of the file."""

from typing import TYPE_CHECKING

from separador.fiscal.emissao.no import desfolhar

if TYPE_CHECKING:
    from separador.capacidades.emissao.dominio.valores import Conteudo

BLOCO = "informacoes_complementares"


def informacoes_complementares(conteudo: "Conteudo") -> dict[str, object]:
    """Returns the block of a load, from its simple values with their paths."""
    bloco = desfolhar(par for par in conteudo if par[0].startswith(f"{BLOCO}.")).get(BLOCO)
    return bloco if isinstance(bloco, dict) else {}
