"""Holds what the codes of the printed form say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-DACTE": (
        "O DACTE não pôde ser impresso; o documento autorizado não foi alterado.",
        "Imprima com: separador cte dacte CHAVE. Se falhar de novo, envie o motivo a quem mantém o separador.",
    ),
}
