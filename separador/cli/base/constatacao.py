"""Defines what one check of `separador verificar` found."""

from dataclasses import dataclass

CERTO, AVISO, ERRO = "certo", "aviso", "erro"


@dataclass(frozen=True, slots=True)
class Constatacao:
    """One finding. `estado`: certo, aviso (it works, know it) or erro (it does not). `o_que_fazer` empty when certo."""

    verificacao: str
    estado: str
    mensagem: str
    o_que_fazer: str = ""
