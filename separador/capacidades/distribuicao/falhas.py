"""Holds what the codes of the distribution of documents say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-DIST-ILEGIVEL": (
        "A distribuição de documentos não respondeu, ou a resposta não pôde ser lida.",
        "Nada a fazer: o mesmo NSU é pedido de novo em até uma hora. Se durar, veja no motivo quem respondeu.",
    ),
    "SEP-DIST-RECUSADA": (
        "O Ambiente Nacional recusou a busca de documentos.",
        "Leia o motivo na resposta; a busca é repetida em uma hora, a partir do mesmo NSU.",
    ),
    "SEP-DIST-NSU": (
        "O Ambiente Nacional respondeu um NSU anterior ao que já foi recebido; o registro não volta atrás.",
        "Se repetir por um dia, avise quem mantém o separador (separador sefaz nsu mostra os números).",
    ),
    "SEP-DIST-DOCUMENTO": (
        "Um documento da distribuição não pôde ser entendido; foi guardado como veio.",
        "O NSU é pedido de novo, sozinho. Se o aviso ficar, veja o arquivo no destino da distribuição e dispense.",
    ),
    "SEP-DIST-PEDIDA": ("A busca de documentos foi pedida.", "Nada a fazer; acompanhe com: separador sefaz nsu"),
    "SEP-DIST-ESPERA": (
        "A busca não foi feita agora: falta um certificado, ou ainda não passou a hora que o Ambiente Nacional exige.",
        "Espere a hora que a mensagem diz, ou instale o certificado da empresa; a busca é feita sozinha.",
    ),
}
