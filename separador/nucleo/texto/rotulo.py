"""Writes names of fields as people read them: `periodo_ate` becomes `período até`. JSON keeps the plain names."""

from collections.abc import Mapping

SIGLAS: Mapping[str, str] = {
    nome.lower(): nome
    for nome in (
        "CBS",
        "CNPJ",
        "CPF",
        "CRT",
        "cStat",
        "CST",
        "CT-e",
        "DAS",
        "DV",
        "HTTP",
        "IBS",
        "IE",
        "NF-e",
        "NSU",
        "PDF",
        "TLS",
        "UF",
        "XML",
    )
}
"""Words that keep their capitals, also at the head of a column."""
_COM_ACENTO = (
    "ação", "alíquota", "apuração", "até", "autenticação", "autorização", "certidão", "código", "conciliação",
    "descrição", "emissão", "escritório", "espécie", "histórico", "início", "lotação", "mês", "média", "médio",
    "máximo", "mínimo", "nível", "não", "número", "ocorrência", "ocorrências", "obrigatório", "órgão", "padrão",
    "pedágio", "período", "próxima", "próximo", "referência", "retenção", "serviço", "situação", "série", "só",
    "transmissões", "última", "último", "válida", "válido", "veículos",
)  # fmt: skip
_SEM = str.maketrans("áàâãéêíóôõúç", "aaaaeeiooouc")
ACENTUADAS: Mapping[str, str] = {palavra.translate(_SEM): palavra for palavra in _COM_ACENTO}
"""Names of fields are ASCII; these are the words in them that are written with accents."""


def rotulo(campo: str) -> str:
    """Returns the name of a field in words."""
    return " ".join(SIGLAS.get(p) or ACENTUADAS.get(p, p) for p in campo.split("_"))
