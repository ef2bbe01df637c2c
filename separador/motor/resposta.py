"""Defines the answer to an order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resposta:
    """What came of an order: `resultado` feito or recusado, a stable code, the sentence."""

    resultado: str
    codigo: str
    mensagem: str

    @property
    def feita(self) -> bool:
        """Whether it was carried out."""
        return self.resultado == "feito"
