"""Holds the fictitious companies and places of the sample documents.

CNPJ, IE and municipality codes pass the check-digit and table rules (MOC rules G104 to G152), but belong to no known
company.
"""

from dataclasses import dataclass

HOMOLOGACAO = "CTE EMITIDO EM AMBIENTE DE HOMOLOGACAO - SEM VALOR FISCAL"
"""The name that sender, dispatcher, receiver and addressee must have when tpAmb is 2 (MOC rules G002 to G005)."""

CODIGO_UF = {"SP": "35", "RJ": "33", "MG": "31", "PR": "41", "RS": "43", "SC": "42"}


@dataclass(frozen=True, slots=True)
class Empresa:
    """A party of a document. `cnpj` may be a CPF (11 digits); `ie` may be "ISENTO" or empty (not a taxpayer)."""

    cnpj: str
    ie: str
    nome: str
    uf: str
    c_mun: str
    x_mun: str
    logradouro: str
    numero: str
    bairro: str
    cep: str

    @property
    def documento(self) -> str:
        """Returns `<CNPJ>` or `<CPF>` with its value."""
        tag = "CPF" if len(self.cnpj) == 11 else "CNPJ"
        return f"<{tag}>{self.cnpj}</{tag}>"


EMITENTE = Empresa(
    "11222333000181", "110042490114", "TRANSPORTADORA FICTICIA LTDA", "SP", "3550308", "SAO PAULO",
    "AVENIDA DAS AMOSTRAS", "1000", "VILA EXEMPLO", "01001000",
)  # fmt: skip

REMETENTE_SP = Empresa(
    "12ABC34501DE35", "388108598269", "INDUSTRIA IMAGINARIA S.A.", "SP", "3509502", "CAMPINAS",
    "RODOVIA DOS TESTES KM 12", "S/N", "DISTRITO INDUSTRIAL", "13010000",
)  # fmt: skip

REMETENTE_RJ = Empresa(
    "55666777000181", "99999993", "DISTRIBUIDORA SUPOSTA LTDA", "RJ", "3304557", "RIO DE JANEIRO",
    "RUA DO ENSAIO", "77", "CENTRO", "20010000",
)  # fmt: skip

DESTINATARIO_RJ = Empresa(
    "99887766000105", "85123467", "COMERCIO INVENTADO LTDA", "RJ", "3303302", "NITEROI",
    "RUA DA HIPOTESE", "45", "ICARAI", "24020000",
)  # fmt: skip

DESTINATARIO_SP = Empresa(
    "98765432000198", "112345676110", "MERCADO DE MENTIRA LTDA", "SP", "3548500", "SANTOS",
    "RUA DO MODELO", "9", "GONZAGA", "11010000",
)  # fmt: skip

DESTINATARIO_MG = Empresa(
    "44333222000100", "0623079040081", "ARMAZEM FICTICIO LTDA", "MG", "3106200", "BELO HORIZONTE",
    "RUA DAS PROVAS", "300", "SAVASSI", "30110000",
)  # fmt: skip

CONSUMIDOR_RJ = Empresa(
    "11144477735", "", "FULANO DE TAL", "RJ", "3304557", "RIO DE JANEIRO",
    "RUA DOS EXEMPLOS", "12", "TIJUCA", "20510000",
)  # fmt: skip

ISENTO_RJ = Empresa(
    "22333444000181", "ISENTO", "ASSOCIACAO HIPOTETICA", "RJ", "3304557", "RIO DE JANEIRO",
    "PRACA DO RASCUNHO", "1", "CENTRO", "20010000",
)  # fmt: skip

EXTERIOR = Empresa(
    "00000000000000", "", "FICTITIOUS IMPORTS INC", "EX", "9999999", "EXTERIOR",
    "SAMPLE STREET", "10", "DOWNTOWN", "",
)  # fmt: skip

TOMADOR_PR = Empresa(
    "77665544000105", "1234567850", "OPERADORA LOGISTICA IMAGINADA LTDA", "PR", "4106902", "CURITIBA",
    "RUA DA SIMULACAO", "500", "BATEL", "80010000",
)  # fmt: skip

OUTRA_TRANSPORTADORA = Empresa(
    "33444555000181", "113456782116", "CARGAS DE FAZ DE CONTA LTDA", "SP", "3550308", "SAO PAULO",
    "RUA DO ROTEIRO", "88", "BARRA FUNDA", "01130000",
)  # fmt: skip

CONTADOR_CNPJ = "66777888000181"
CONTADOR_CPF = "52998224725"
RESPONSAVEL_CNPJ = "88999000000198"
