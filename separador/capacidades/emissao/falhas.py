"""Holds what the codes of loads and registries say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-CADASTRO": (
        "Os cadastros de emissão têm erro; valem os anteriores, ou nenhum.",
        "Corrija o que a mensagem diz em config/cadastros; o serviço lê de novo sozinho.",
    ),
    "SEP-CARGA-COMPLEMENTAR": (
        "Faltam informações complementares da carga.",
        "Solte a carga com forma_pagamento (ou cif_fob) e seguros em informacoes_complementares.",
    ),
    "SEP-CARGA-GERADA": ("Os CT-e da carga foram gerados.", "Nada a fazer; para vê-los: separador cte listar"),
    "SEP-CARGA-REPETIDA": ("A carga já foi gerada; nada foi emitido.", "Nada a fazer."),
    "SEP-CARGA-NUMERACAO": ("O próximo número da série foi definido.", "Nada a fazer."),
}
