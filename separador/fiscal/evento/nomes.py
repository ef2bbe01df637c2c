"""Holds the names by which people call each event in commands, orders and lists.

It imports nothing, since every command reads it.
"""

NOMES = {
    "110111": "cancelamento",
    "110110": "carta-correcao",
    "110160": "multimodal",
    "110170": "gtv",
    "110180": "comprovante",
    "110181": "cancelar-comprovante",
    "110190": "insucesso",
    "110191": "cancelar-insucesso",
    "110300": "pagamento",
    "110301": "cancelar-pagamento",
    "211110": "credito-presumido",
    "610110": "desacordo",
    "610111": "cancelar-desacordo",
}
"""tpEvento → name, for the events that are offered (`evento.tabela.EVENTOS`)."""


def nome_do_tipo(tp_evento: str) -> str:
    """Returns the name of a tpEvento; the number itself for an event of the authorities."""
    return NOMES.get(tp_evento, tp_evento)


def rotular(tp_evento: str) -> str:
    """Returns `610110 (desacordo)`; the number alone for an event of the authorities."""
    return f"{tp_evento} ({NOMES[tp_evento]})" if tp_evento in NOMES else tp_evento
