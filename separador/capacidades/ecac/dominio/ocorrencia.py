"""Holds the irregularities of the settlement: their kinds, and what a person does about each."""

from dataclasses import dataclass
from enum import StrEnum


class Especie(StrEnum):
    """The kinds of occurrence. They are stored by these values (a public contract) and shown by `NOMES`."""

    PAGO_SEM_GUIA = "pago-sem-guia"
    VALOR_DIVERGENTE = "valor-divergente"
    PAGO_EM_DUPLICIDADE = "pago-em-duplicidade"
    SUGESTAO = "sugestao"
    CANDIDATOS = "candidatos"
    NUMERO_REPETIDO = "numero-repetido"
    PAGAMENTO_SUMIU = "pagamento-sumiu"
    SEM_PROCURACAO = "sem-procuracao"
    ACESSO_VENCIDO = "acesso-vencido"
    ACESSO_DESATIVADO = "acesso-desativado"
    INCONCLUSIVO = "inconclusivo"
    DOCUMENTO_DE_OUTRO = "documento-de-outro"
    RECIBO_RECUSADO = "recibo-recusado"
    QUARENTENA = "quarentena"
    SEM_NUMERO = "sem-numero"
    CREDENCIAL = "credencial"
    ORCAMENTO = "orcamento"


class Status(StrEnum):
    """The states of an occurrence."""

    ABERTA = "aberta"
    RESOLVIDA = "resolvida"
    DISPENSADA = "dispensada"


NOMES: dict[Especie, str] = {
    Especie.PAGO_SEM_GUIA: "Pago sem guia",
    Especie.VALOR_DIVERGENTE: "Valor divergente",
    Especie.PAGO_EM_DUPLICIDADE: "Pago em duplicidade",
    Especie.SUGESTAO: "Sugestão de baixa",
    Especie.CANDIDATOS: "Mais de um pagamento possível",
    Especie.NUMERO_REPETIDO: "Número repetido",
    Especie.PAGAMENTO_SUMIU: "Pagamento cancelado ou retificado",
    Especie.SEM_PROCURACAO: "Sem procuração",
    Especie.ACESSO_VENCIDO: "Acesso vencido",
    Especie.ACESSO_DESATIVADO: "Acesso desativado",
    Especie.INCONCLUSIVO: "Consulta inconclusiva",
    Especie.DOCUMENTO_DE_OUTRO: "Documento de outro contribuinte",
    Especie.RECIBO_RECUSADO: "Comprovante recusado",
    Especie.QUARENTENA: "Guia em quarentena",
    Especie.SEM_NUMERO: "Guia sem número",
    Especie.CREDENCIAL: "Credencial recusada",
    Especie.ORCAMENTO: "Orçamento esgotado",
}

O_QUE_FAZER: dict[Especie, str] = {
    Especie.PAGO_SEM_GUIA: "Ligue-o a uma guia (separador ecac guias localizar); a que falta entra por arquivo.",
    Especie.VALOR_DIVERGENTE: "Compare a guia com o comprovante; a guia já está baixada pelo número.",
    Especie.PAGO_EM_DUPLICIDADE: "Confira os dois pagamentos; se um sobra, peça a restituição ou a compensação.",
    Especie.SUGESTAO: "Aprove ou recuse a sugestão (separador ecac guias aprovar, ou recusar).",
    Especie.CANDIDATOS: "Escolha o pagamento certo: separador ecac guias ligar.",
    Especie.NUMERO_REPETIDO: "Duas guias têm o mesmo número: corrija uma delas. Nenhuma foi baixada.",
    Especie.PAGAMENTO_SUMIU: "Consulte o pagamento no e-CAC; a baixa só é desfeita por pessoa (ecac guias reabrir).",
    Especie.SEM_PROCURACAO: "Peça ao cliente a procuração 00004 (Pagamentos - Comprovante de Arrecadação) no e-CAC.",
    Especie.ACESSO_VENCIDO: "Renove a procuração ou o certificado; as consultas desta empresa esperam.",
    Especie.ACESSO_DESATIVADO: "Ative o acesso (procuracao ativar) ou dê outro à empresa; as consultas dela esperam.",
    Especie.INCONCLUSIVO: "Nada a fazer agora: será consultado de novo. Inconclusivo não quer dizer que não foi pago.",
    Especie.DOCUMENTO_DE_OUTRO: "Confira o número da guia: o documento é de outro CNPJ ou CPF.",
    Especie.RECIBO_RECUSADO: "O PDF recebido não é o do documento pedido; confira o número da guia.",
    Especie.QUARENTENA: "A Receita não reconhece o número desta guia; corrija-o e reabra a guia.",
    Especie.SEM_NUMERO: "Informe o número do documento; sem ele só há sugestão de baixa, nunca baixa automática.",
    Especie.CREDENCIAL: "Confira contrato, chave, segredo e certificado do contratante; nada é consultado até lá.",
    Especie.ORCAMENTO: "Espere o próximo período ou aumente o orçamento na configuração.",
}


@dataclass(frozen=True, slots=True)
class Ocorrencia:
    """One irregularity of one taxpayer. Kind and `assunto` are its identity: seen again, it is the same one.

    `pagamento`: canonical number of the paid document. `guia`: id in the registry.
    """

    especie: Especie
    contribuinte: str
    assunto: str
    detalhe: str
    guia: int | None = None
    pagamento: str | None = None
