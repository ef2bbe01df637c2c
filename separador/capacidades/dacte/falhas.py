"""Holds what the codes of the printed form say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-DACTE": (
        "O DACTE não pôde ser impresso; o documento autorizado não foi alterado.",
        "Imprima com: separador cte dacte CHAVE. Se falhar de novo, envie o motivo a quem mantém o separador.",
    ),
    "SEP-DACTE-EVENTO": (
        "A folha do evento não pôde ser impressa; o evento registrado não foi alterado.",
        "Imprima com: separador cte evento imprimir CHAVE. Se falhar de novo, leve o motivo a quem mantém o separador.",
    ),
    "SEP-DACTE-LOGO": (
        "O logotipo da empresa não pôde ser usado: o DACTE é impresso sem ele.",
        "Corrija o arquivo da chave logo da empresa (PNG ou SVG simples, até 1 MB) ou retire a chave.",
    ),
}
