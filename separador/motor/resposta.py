"""Defines the answer to an order."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Resposta:
    """The answer to an order: `resultado` ("feito" or "recusado"), a stable code, the sentence for the person."""

    resultado: str
    codigo: str
    mensagem: str

    @property
    def feita(self) -> bool:
        """Says whether it was carried out."""
        return self.resultado == "feito"
