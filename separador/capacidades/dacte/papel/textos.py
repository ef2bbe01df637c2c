"""Writes values in the form that they have on the page."""

import re

_FORA = re.compile(r"[^\x20-\x7e\xa0-\xff]")
MODAIS = {
    "01": "RODOVIÁRIO",
    "02": "AÉREO",
    "03": "AQUAVIÁRIO",
    "04": "FERROVIÁRIO",
    "05": "DUTOVIÁRIO",
    "06": "MULTIMODAL",
}
TIPOS_CTE = {
    "0": "NORMAL",
    "1": "COMPLEMENTO DE VALORES",
    "3": "SUBSTITUIÇÃO",
    "4": "GTV-e",
    "5": "SIMPLIFICADO",
    "6": "SUBSTITUIÇÃO DE SIMPLIFICADO",
}
TIPOS_SERVICO = {
    "0": "NORMAL",
    "1": "SUBCONTRATAÇÃO",
    "2": "REDESPACHO",
    "3": "REDESPACHO INTERMEDIÁRIO",
    "4": "SERVIÇO VINCULADO A MULTIMODAL",
    "6": "TRANSPORTE DE PESSOAS",
    "7": "TRANSPORTE DE VALORES",
    "8": "EXCESSO DE BAGAGEM",
    "9": "GTV",
}
TOMADORES = {"0": "REMETENTE", "1": "EXPEDIDOR", "2": "RECEBEDOR", "3": "DESTINATÁRIO", "4": "OUTRO"}
UNIDADES = {"00": "M3", "01": "KG", "02": "TON", "03": "UNIDADE", "04": "LITROS", "05": "MMBTU"}
ESPECIES = {"1": "NUMERÁRIO", "2": "CHEQUE", "3": "MOEDA", "4": "OUTROS"}
RESPONSAVEIS_SEGURO = {"4": "EMITENTE", "5": "TOMADOR"}


def imprimivel(texto: str) -> str:
    """Keeps only what the fonts of every PDF reader have: Latin-1, which is all that the layout admits."""
    return " ".join(_FORA.sub("?", texto.replace("–", "-").replace("—", "-")).split())


def documento(cnpj_ou_cpf: str) -> str:
    """Returns a CNPJ or CPF with its punctuation. A CNPJ may hold letters."""
    d = cnpj_ou_cpf
    if len(d) == 14:
        return f"{d[:2]}.{d[2:5]}.{d[5:8]}/{d[8:12]}-{d[12:]}"
    return f"{d[:3]}.{d[3:6]}.{d[6:9]}-{d[9:]}" if len(d) == 11 else d


def chave_em_blocos(chave: str) -> str:
    """Returns the key in eleven blocks of four (Anexo II, 2.4)."""
    return " ".join(chave[i : i + 4] for i in range(0, len(chave), 4))


def numero(texto: str, casas: int = 2) -> str:
    """Returns a decimal of the layout with comma and thousands. A text that is no decimal is returned as it came."""
    if not re.fullmatch(r"[0-9]+(\.[0-9]+)?", texto):
        return texto
    inteiro, _, fracao = texto.partition(".")
    grupos = f"{int(inteiro):,}".replace(",", ".")
    return f"{grupos},{fracao:0<{casas}}" if casas else grupos


def momento(texto: str) -> str:
    """Returns `AAAA-MM-DDThh:mm:ss-03:00` as `DD/MM/AAAA hh:mm:ss`, in the offset in which it was written."""
    m = re.match(r"(\d{4})-(\d\d)-(\d\d)(?:T(\d\d:\d\d:\d\d))?", texto)
    if m is None:
        return texto
    return f"{m[3]}/{m[2]}/{m[1]}" + (f" {m[4]}" if m[4] else "")


def cep(texto: str) -> str:
    """Returns a CEP as `99999-999`."""
    return f"{texto[:5]}-{texto[5:]}" if len(texto) == 8 else texto


def fone(texto: str) -> str:
    """Returns a telephone number with the area code apart, where there is one."""
    return f"({texto[:2]}) {texto[2:-4]}-{texto[-4:]}" if len(texto) in (10, 11) else texto
