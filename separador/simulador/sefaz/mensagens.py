"""Holds xMotivo of the codes that this SEFAZ gives (MOC, Visão Geral 4 to 6, Anexo I).

They have no accents, as in most authorisers.
"""

import unicodedata

MOTIVOS = {
    "100": "Autorizado o uso do CT-e",
    "101": "Cancelamento de CT-e homologado",
    "107": "Servico em Operacao",
    "108": "Servico Paralisado Momentaneamente (curto prazo)",
    "109": "Servico Paralisado sem Previsao",
    "113": "Servico SVC em operacao",
    "114": "SVC-[SP/RS] desabilitada pela SEFAZ de Origem",
    "134": "Evento registrado e vinculado ao CT-e com alerta para situacao do documento",
    "135": "Evento registrado e vinculado a CT-e",
    "136": "Evento registrado, mas nao vinculado a CT-e",
    "137": "Nenhum documento localizado",
    "138": "Documento(s) localizado(s)",
    "203": "Rejeicao: Emissor nao habilitado para emissao do CT-e",
    "204": "Rejeicao: Duplicidade de CT-e",
    "209": "Rejeicao: IE do emitente invalida",
    "213": "Rejeicao: CNPJ-Base do Emitente difere do CNPJ-Base do Certificado Digital",
    "214": "Rejeicao: Tamanho da mensagem excedeu o limite estabelecido",
    "215": "Rejeicao: Falha no schema XML",
    "216": "Rejeicao: Chave de acesso difere da cadastrada",
    "217": "Rejeicao: CT-e nao consta na base de dados da SEFAZ",
    "218": "Rejeicao: CT-e ja esta cancelado na base de dados da SEFAZ",
    "219": "Rejeicao: Circulacao do CT-e verificada",
    "220": "Rejeicao: CT-e autorizado ha mais de 7 dias (168 horas)",
    "222": "Rejeicao: Protocolo de Autorizacao de Uso difere do cadastrado",
    "230": "Rejeicao: IE do emitente nao cadastrada",
    "236": "Rejeicao: Chave de Acesso invalida",
    "239": "Rejeicao: Versao informada para o CT-e nao suportada",
    "243": "Rejeicao: XML Mal-formado",
    "244": "Rejeicao: Falha na descompactacao da area de dados",
    "252": "Rejeicao: Ambiente informado diverge do Ambiente de recebimento",
    "267": "Rejeicao: CT-e complementar referencia um CT-e inexistente",
    "280": "Rejeicao: Certificado Transmissor invalido",
    "282": "Rejeicao: Certificado Transmissor sem CNPJ",
    "290": "Rejeicao: Certificado Assinatura invalido",
    "291": "Rejeicao: Certificado Assinatura Data Validade",
    "292": "Rejeicao: Certificado Assinatura sem CNPJ / CPF",
    "297": "Rejeicao: Assinatura difere do calculado",
    "298": "Rejeicao: Assinatura difere do padrao do Projeto",
    "402": "Rejeicao: XML da area de dados com codificacao diferente de UTF-8",
    "404": "Rejeicao: Uso de prefixo de namespace nao permitido",
    "426": "Rejeicao: IE do destinatario nao cadastrada",
    "513": "Rejeicao: UF nao atendida pela SVC-[SP/RS]",
    "515": "Rejeicao: O tpEmis informado so e permitido na contingencia SVC",
    "516": "Rejeicao: O tpEmis informado e incompativel com SVC-[SP/RS]",
    "517": "Rejeicao: SVC-[SP/RS] so autoriza CT-e do tipo normal",
    "523": "Rejeicao: Vedado cancelamento se existir evento Carta de Correcao",
    "528": "Rejeicao: Vedado cancelamento se existir MDF-e autorizado para o CT-e",
    "530": "Rejeicao: Se ambiente SVC, rejeitar eventos diferentes de EPEC, Liberacao EPEC e Cancelamento",
    "539": "Rejeicao: Duplicidade de CT-e, com diferenca na Chave de Acesso",
    "574": "Rejeicao: Vedado o cancelamento de CT-e do tipo substituto",
    "576": "Rejeicao: Vedado o cancelamento quando existir CT-e de Substituicao associado",
    "580": "Rejeicao: Falha no schema XML especifico para o modal",
    "589": "Rejeicao: Numero do NSU informado superior ao maior NSU da base de dados",
    "593": "Rejeicao: CNPJ-Base consultado difere do CNPJ-Base do Certificado Digital",
    "598": "Rejeicao: Usar somente o namespace padrao do CT-e",
    "599": "Rejeicao: Nao e permitida a presenca de caracteres de edicao no inicio/fim da mensagem ou entre as tags",
    "600": "Rejeicao: Chave de Acesso difere da existente em BD",
    "629": "Rejeicao: O tpEvento informado invalido",
    "630": "Rejeicao: Falha no schema XML especifico para o evento",
    "631": "Rejeicao: Duplicidade de evento",
    "632": "Rejeicao: O autor do evento diverge do emissor do CT-e",
    "634": "Rejeicao: A data do evento nao pode ser menor que a data de emissao do CT-e",
    "635": "Rejeicao: A data do evento nao pode ser maior que a data do processamento",
    "636": "Rejeicao: O numero sequencial do evento e maior que o permitido",
    "637": "Rejeicao: A data do evento nao pode ser menor que a data de autorizacao do CT-e",
    "640": "Rejeicao: Existe EPEC emitido para o CT-e com diferenca na forma de emissao",
    "656": "Rejeicao: Consumo Indevido",
    "660": "Rejeicao: Vedado o cancelamento de CT-e com CT-e de complemento de valores autorizado",
    "664": "Rejeicao: Evento nao permitido para CT-e Substituido",
    "677": "Rejeicao: Orgao de recepcao do evento invalido",
    "678": "Rejeicao: Uso Indevido",
    "681": "Rejeicao: Informacao nao pode ser alterada por carta de correcao",
    "731": "Rejeicao: Consulta a uma Chave de Acesso muito antiga",
    "755": "Rejeicao: Autor do evento prestacao do servico em desacordo deve ser o tomador do servico do CT-e",
    "787": "Rejeicao: Data do evento de Prestacao do Servico em desacordo deve ocorrer em ate 45 dias da autorizacao",
    "862": "Rejeicao: Vedado o cancelamento do CT-e se existir evento Comprovante de Entrega associado",
    "866": "Rejeicao: Protocolo do evento a ser cancelado inexistente ou ja cancelado",
    "876": "Rejeicao: GTV-e autorizada ha mais de 45 dias",
    "999": "Rejeicao: Erro nao catalogado",
}
_LIMITE = 255


def motivo(cstat: str, detalhe: str = "") -> str:
    """Returns the text of a code, with what SEFAZ appends in brackets."""
    texto = MOTIVOS.get(cstat, f"Rejeicao: codigo {cstat}")
    return f"{texto} {detalhe}".strip()[:_LIMITE]


def sem_acentos(texto: str) -> str:
    """Returns text that the schema of xMotivo always accepts: printable ASCII, no blank at either end."""
    simples = unicodedata.normalize("NFKD", texto.replace("–", "-").replace("“", '"').replace("”", '"'))
    return " ".join("".join(c for c in simples if " " <= c <= "~").split())[:_LIMITE].strip()
