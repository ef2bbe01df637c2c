"""Names what an import came to with a company: asked about or not, and why. It is pure."""

from enum import StrEnum


class Consulta(StrEnum):
    """What came of a company in an import, or what stands in the way of the next one."""

    CONSULTADA = "consultada"
    SEM_MOVIMENTO = "sem movimento"
    BLOQUEADA = "bloqueada"
    SEM_ACESSO = "sem acesso"
    ORCAMENTO = "orçamento esgotado"
    SEM_RESPOSTA = "sem resposta"
    NAO_CHEGOU = "não chegou a vez"
    INICIO_FUTURO = "início no futuro"
    RECUSADA = "recusada na configuração"
    SOB_DEMANDA = "sob demanda (A3)"
    MANUAL = "importação manual"
    ESPERA = "na próxima importação"

    @property
    def falhou(self) -> bool:
        """Says whether the company should have been asked about, and no answer came."""
        return self in _FALHAS


_FALHAS = frozenset(
    (Consulta.BLOQUEADA, Consulta.SEM_ACESSO, Consulta.ORCAMENTO, Consulta.SEM_RESPOSTA, Consulta.NAO_CHEGOU)
)
