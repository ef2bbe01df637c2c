"""Holds the rules that only SEFAZ can check, and rules that no longer exist, each with its reason.

They are data, one line per rule, so that the catalogue misses none of the manual's.
"""

from separador.fiscal.regras.modelo import EstadoRegra, Regra, nao_verificada

_CADASTRO = "depende do cadastro de contribuintes da SEFAZ"
_EMITENTES = "depende do cadastro de emitentes da SEFAZ"
_BASE = "depende dos documentos guardados na SEFAZ"
_DOCUMENTO = "depende do conteúdo do documento referenciado, guardado na SEFAZ"
_FACULTATIVA = "cada UF decide se aplica: conferir aqui recusaria documento que a SEFAZ pode aceitar"
_EPEC = "o EPEC terminou com a NT 2026.004 (produção em 16/11/2026)"
_FUTURA = "o manual a traz como implementação futura"

_PRECISA: tuple[tuple[str, str, str, str], ...] = (
    ("G033", "709", "O CT-e da ferrovia de origem existe.", _BASE),
    ("G034", "710", "O CT-e da ferrovia de origem existe com a mesma chave.", _BASE),
    ("G035", "711", "O CT-e da ferrovia de origem não está cancelado.", _BASE),
    ("G041", "661", "A NF-e transportada existe.", _BASE),
    ("G042", "662", "A NF-e transportada existe com a mesma chave.", _BASE),
    ("G043", "652", "A NF-e transportada não está cancelada nem denegada.", _BASE),
    ("G044", "540", "Remetente que emite NF-e não leva nota em papel em prestação interestadual.", _EMITENTES),
    ("G064", "746", "Tomador contribuinte que também emite CT-e não toma serviço normal.", _EMITENTES),
    ("G066", "748", "O CT-e anterior existe.", _BASE),
    ("G067", "749", "O CT-e anterior existe com a mesma chave.", _BASE),
    ("G068", "750", "O CT-e anterior não está cancelado.", _BASE),
    ("G069", "832", "A subcontratação começa e termina nos municípios do CT-e original (facultativa).", _DOCUMENTO),
    ("G072", "690", "O CT-e multimodal existe.", _BASE),
    ("G073", "691", "O CT-e multimodal existe com a mesma chave.", _BASE),
    ("G074", "692", "O CT-e multimodal não está cancelado.", _BASE),
    ("G079 H062", "568", "O documento substituído existe.", _BASE),
    ("G080 H063", "673", "O documento substituído existe com a mesma chave.", _BASE),
    ("G081 H064", "569", "O documento substituído está autorizado.", _BASE),
    ("G082 H065", "570", "O documento substituído não foi substituído antes.", _BASE),
    ("G083 H066", "659", "O documento substituído não foi complementado.", _BASE),
    ("G084 H067", "739", "O documento substituído tem evento de prestação em desacordo autorizado.", _BASE),
    ("G085 H068", "571", "O documento substituído é normal ou de substituição.", _DOCUMENTO),
    ("G087", "511", "O remetente é o do CT-e substituído.", _DOCUMENTO),
    ("G088", "512", "O destinatário é o do CT-e substituído.", _DOCUMENTO),
    ("G089", "550", "O expedidor é o do CT-e substituído.", _DOCUMENTO),
    ("G090", "551", "O recebedor é o do CT-e substituído.", _DOCUMENTO),
    ("G091 H071", "553", "A IE do emitente é a do documento substituído.", _DOCUMENTO),
    ("G092 H072", "559", "A UF de início é a do documento substituído.", _DOCUMENTO),
    ("G093 H073", "560", "A UF de fim é a do documento substituído.", _DOCUMENTO),
    ("G094", "734", "As NF-e são as do CT-e substituído.", _DOCUMENTO),
    ("G095 H074", "834", "O tipo de serviço é o do documento substituído.", _DOCUMENTO),
    ("G096 H075", "563", "A substituição ocorre em até 60 dias da autorização.", _DOCUMENTO),
    ("G097", "738", "Sem alteração de tomador, a indicação é a do CT-e substituído.", _DOCUMENTO),
    ("G098 H070", "552", "Sem alteração de tomador, o CNPJ/CPF dele é o do documento substituído.", _DOCUMENTO),
    ("G099", "740", "O novo tomador já tinha um papel no CT-e substituído.", _DOCUMENTO),
    ("G100", "741", "O novo tomador é da mesma UF do anterior.", _DOCUMENTO),
    ("G101", "742", "Na alteração de tomador, o novo é diferente do anterior.", _DOCUMENTO),
    ("G108 H082 I22", "230", "A IE do emitente está cadastrada (facultativa).", _CADASTRO),
    ("G109 H083 I23", "231", "A IE do emitente é do CNPJ dele.", _CADASTRO),
    ("G110 H084 I24", "203", "O emitente está habilitado a emitir.", _EMITENTES),
    ("G111", "585", "A IE do emitente está autorizada para o modal.", _EMITENTES),
    ("G111a", "915", "O CNPJ do MEI que emite por provedor existe na Receita Federal.", _CADASTRO),
    ("G111b", "916", "O CNPJ do MEI que emite por provedor está em situação regular.", _CADASTRO),
    ("G119 I32", "421", "A IE do remetente está cadastrada (facultativa).", _CADASTRO),
    ("G120 I33", "422", "A IE do remetente é do CNPJ dele (facultativa).", _CADASTRO),
    ("G121 I34", "716", "Remetente com IE ativa a informa (facultativa).", _CADASTRO),
    ("G127 I40", "426", "A IE do destinatário está cadastrada (facultativa).", _CADASTRO),
    ("G128 I41", "427", "A IE do destinatário é do CNPJ dele (facultativa).", _CADASTRO),
    ("G129 I42", "232", "Destinatário com IE ativa a informa (facultativa).", _CADASTRO),
    ("G137", "434", "A IE do expedidor está cadastrada (facultativa).", _CADASTRO),
    ("G138", "435", "A IE do expedidor é do CNPJ dele (facultativa).", _CADASTRO),
    ("G139", "717", "Expedidor com IE ativa a informa (facultativa).", _CADASTRO),
    ("G145", "442", "A IE do recebedor está cadastrada (facultativa).", _CADASTRO),
    ("G146", "443", "A IE do recebedor é do CNPJ dele (facultativa).", _CADASTRO),
    ("G147", "718", "Recebedor com IE ativa a informa (facultativa).", _CADASTRO),
    ("G153 H095 I50", "489", "A IE do tomador está cadastrada (facultativa).", _CADASTRO),
    ("G154 H096 I51", "490", "A IE do tomador é do CNPJ dele (facultativa).", _CADASTRO),
    ("G155 H097 I52", "719", "Tomador com IE ativa a informa (facultativa).", _CADASTRO),
    ("G157 H098 I54", "539", "O número não foi usado em documento de outra chave.", _BASE),
    ("G158 H099 I55", "204", "O documento ainda não foi autorizado.", _BASE),
    ("G159 H100 I56", "218", "O documento não está cancelado.", _BASE),
    ("G162 H103", "267", "O documento complementado existe.", _BASE),
    ("G163 H104", "671", "O documento complementado existe com a mesma chave.", _BASE),
    ("G164 H105", "491", "O documento complementado é normal ou de substituição.", _DOCUMENTO),
    ("G165 H106", "655", "O documento complementado está autorizado.", _BASE),
    ("G166 H107", "657", "O documento complementado não foi substituído.", _BASE),
    ("G167 H108", "520", "Um documento recebe no máximo dez complementares.", _BASE),
    ("G168", "800", "O remetente é o do CT-e complementado.", _DOCUMENTO),
    ("G169", "801", "O destinatário é o do CT-e complementado.", _DOCUMENTO),
    ("G170", "802", "O expedidor é o do CT-e complementado.", _DOCUMENTO),
    ("G171", "803", "O recebedor é o do CT-e complementado.", _DOCUMENTO),
    ("G172 H109", "804", "O tomador é o do documento complementado.", _DOCUMENTO),
    ("G173 H110", "805", "A IE do emitente é a do documento complementado.", _DOCUMENTO),
    ("G174 H111", "811", "A UF de início é a do documento complementado.", _DOCUMENTO),
    ("G175 H112", "812", "A UF de fim é a do documento complementado.", _DOCUMENTO),
    ("G176 H113", "835", "O tipo de serviço é o do documento complementado.", _DOCUMENTO),
    ("G185", "640", "Não existe EPEC autorizado para o número de um CT-e de emissão normal.", _BASE),
    ("G207", "729", "NF-e de vários emitentes só em CT-e globalizado (facultativa).", _FACULTATIVA),
    ("G208", "730", "Só o CT-e globalizado tem parte chamada DIVERSOS (facultativa).", _FACULTATIVA),
    ("G209 H125 I67", "867", "O responsável técnico é informado (facultativa).", _FACULTATIVA),
    ("I69", "868", "O identificador e o hash do CSRT são informados (facultativa).", _FACULTATIVA),
    ("H030", "892", "O BP-e referenciado existe.", _BASE),
    ("H031", "893", "O BP-e referenciado existe com a mesma chave.", _BASE),
    ("H032", "894", "O BP-e referenciado não está cancelado nem substituído.", _BASE),
    ("H033", "895", "O BP-e referenciado não tem evento de não embarque.", _BASE),
    ("H034", "896", "O BP-e referenciado tem evento de excesso de bagagem.", _BASE),
    ("H036", "758", "Não há CT-e OS de valores com mais de 45 dias sem as GTV (facultativa).", _BASE),
    ("H039", "824", "O CT-e OS cancelado referenciado existe.", _BASE),
    ("H040", "825", "O CT-e OS cancelado referenciado existe com a mesma chave.", _BASE),
    ("H041", "826", "O CT-e OS referenciado está cancelado.", _BASE),
    ("H043", "830", "O CT-e OS cancelado referenciado é do mesmo tipo de serviço.", _DOCUMENTO),
    ("H044", "831", "O número do registro estadual está regular na UF (facultativa).", _CADASTRO),
    ("H047", "883", "A GTV-e referenciada existe.", _BASE),
    ("H048", "884", "A GTV-e referenciada existe com a mesma chave.", _BASE),
    ("H049", "885", "A GTV-e referenciada não está cancelada.", _BASE),
)

_NAO_SE_APLICA: tuple[tuple[str, str, str, str], ...] = (
    (
        "H007",
        "515",
        "O autorizador normal não recebe tpEmis 7 nem 8.",
        "o destino de cada documento decorre do tpEmis dele: 7 e 8 só vão à SVC",
    ),
    ("I09", "516", "A GTV-e enviada à SVC tem o tpEmis dela.", "a GTV-e não tem SVC desde a NT 2025.001"),
    ("G184", "720", "O CT-e de EPEC é normal.", _EPEC),
    ("G186", "641", "O EPEC do CT-e foi autorizado.", _EPEC),
    ("G187", "642", "Os valores são os do EPEC.", _EPEC),
    ("G188", "643", "O tomador é o do EPEC.", _EPEC),
    ("G189", "644", "O modal é o do EPEC.", _EPEC),
    ("G190", "645", "As UFs são as do EPEC.", _EPEC),
    ("G191", "697", "A emissão não é posterior à autorização do EPEC.", _EPEC),
    ("G192", "756", "A emissão é a do EPEC.", _EPEC),
    ("G211 H127", "868", "O identificador e o hash do CSRT são informados (facultativa).", _FUTURA),
)

REGRAS: list[Regra] = [
    regra
    for estado, tabela in (
        (EstadoRegra.PRECISA_DE_CADASTRO, _PRECISA),
        (EstadoRegra.NAO_SE_APLICA, _NAO_SE_APLICA),
    )
    for ids, cstat, descricao, motivo in tabela
    for regra in nao_verificada(estado, ids, cstat, descricao, motivo)
]
