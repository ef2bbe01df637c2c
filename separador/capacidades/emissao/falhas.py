"""Holds what the codes of loads and registries say: the reason and what to do (Portuguese)."""

_CORRIGIR = "Corrija o campo que a mensagem diz e solte a carga de novo."
_CONFERIR = "Nada a fazer; confira se era o que se queria."

TEXTOS: dict[str, tuple[str, str]] = {
    # --- registries
    "SEP-CADASTRO": (
        "Os cadastros de emissão têm erro; valem os anteriores, ou nenhum.",
        "Corrija o que a mensagem diz em config/cadastros; o serviço lê de novo sozinho.",
    ),
    "SEP-CAD-04": (
        "Faltam nos cadastros dados que um CT-e da carga precisa.",
        "Preencha os campos que a mensagem diz, nos arquivos que ela diz, e solte a carga de novo.",
    ),
    "SEP-CAD-05": (
        "O modelo de conhecimento de carga não é ELETRÔNICO; nada é emitido.",
        "Escreva emissao.modelo_conhecimento: ELETRÔNICO na configuração.",
    ),
    # --- the file
    "SEP-CARGA-ARQUIVO": (
        "A carga não pôde ser lida.",
        "Corrija o arquivo; a forma dele: separador carga esquema",
    ),
    "SEP-CARGA-ESQUEMA": ("Um campo da carga não existe, falta, ou não tem a forma que devia.", _CORRIGIR),
    "SEP-CARGA-VALOR": ("Um valor da carga não pôde ser lido.", _CORRIGIR),
    "SEP-CARGA-TEXTO": ("Um texto da carga é longo demais, ou tem um caractere que o CT-e não aceita.", _CORRIGIR),
    "SEP-CARGA-REFERENCIA": (
        "A carga nomeia um registro que não está nos cadastros, ou que é de vários.",
        "Inclua o registro em config/cadastros, ou corrija a referência.",
    ),
    "SEP-CARGA-MUNICIPIO": ("Um município não está na tabela do IBGE, ou é de outra UF.", _CORRIGIR),
    "SEP-CARGA-DIFERENTE": (
        "A carga já foi gerada com outro conteúdo.",
        "Use outra identificação de carga; os CT-e que há continuam valendo.",
    ),
    "SEP-CARGA-SUBSTITUIDA": ("A carga chegou de novo enquanto esperava; vale o arquivo mais novo.", "Nada a fazer."),
    "SEP-CARGA-REPETIDA": ("A carga já foi gerada; nada foi emitido.", "Nada a fazer."),
    "SEP-CARGA-GERADA": ("Os CT-e da carga foram gerados.", "Nada a fazer; para vê-los: separador cte listar"),
    "SEP-CARGA-COMPLEMENTAR": (
        "Faltam informações complementares da carga.",
        (
            "Solte a carga de novo, inteira, com forma_pagamento (ou cif_fob) e seguros em informacoes_complementares; "
            "ou mande: separador carga complementar CARGA --forma-pagamento PAGO --seguro emitente"
        ),
    ),
    "SEP-CARGA-REFEITA": ("O CT-e foi refeito com o mesmo número.", "Nada a fazer."),
    "SEP-CARGA-COMPLEMENTADA": ("A carga foi complementada.", "Nada a fazer."),
    "SEP-NUMERACAO": (
        "O próximo número de uma série foi definido, ou seria um já usado.",
        "Veja a numeração: separador carga numeracao",
    ),
    # --- the rules
    "SEP-EMIS-01": ("As partes do CT-e não são as que o tipo de serviço tem.", _CORRIGIR),
    "SEP-EMIS-02": ("Um município falta, ou não combina; ou a coleta não é por rodovia.", _CORRIGIR),
    "SEP-EMIS-03": ("Lotação exige motorista e veículo de tração.", _CORRIGIR),
    "SEP-EMIS-05": ("Uma observação passa do limite.", "Encurte o texto: nada é cortado."),
    "SEP-EMIS-06": (
        "Não se sabe a inscrição estadual do tomador.",
        "Complete o registro do tomador, ou a configuração.",
    ),
    "SEP-EMIS-07": ("Um serviço não tem componente ou valor.", _CORRIGIR),
    "SEP-EMIS-08": ("A tributação dos serviços não serve para um CT-e.", _CORRIGIR),
    "SEP-EMIS-10": ("Falta a quantidade da carga.", _CORRIGIR),
    "SEP-EMIS-11": ("Os documentos da carga não servem para um CT-e.", _CORRIGIR),
    "SEP-EMIS-12": ("Falta o responsável pelo seguro, ou num CT-e OS não é o emitente nem o tomador.", _CORRIGIR),
    "SEP-EMIS-13": ("Um documento anterior está incompleto.", _CORRIGIR),
    "SEP-EMIS-14": ("O pagante do vale-pedágio não combina com o CT-e.", _CORRIGIR),
    "SEP-EMIS-16": ("Uma GTV-e do CT-e OS está incompleta.", _CORRIGIR),
    "SEP-EMIS-18": ("Um pedido não pode ser faturado neste CT-e.", _CORRIGIR),
    "SEP-EMIS-21": (
        "O motorista não está cadastrado como motorista.",
        "Marque motorista: sim no registro, ou corrija.",
    ),
    "SEP-EMIS-22": ("Falta no CT-e um campo que o tipo de operação exige, ou sobra um.", _CORRIGIR),
    "SEP-EMIS-23": ("A cobrança não é a do valor a receber, ou o CT-e não a pode ter.", _CORRIGIR),
    "SEP-IBSCBS-VIGENCIA": (
        "Não há alíquotas de IBS e CBS para a data de emissão.",
        "Preencha emissao.aliquotas_ibscbs na configuração.",
    ),
    "SEP-IBSCBS-CST": ("O CST do IBS e da CBS ainda não é emitido aqui.", _CORRIGIR),
    # --- notices
    "SEP-CARGA-TEXTO-LIMPO": ("Um texto da carga foi limpo.", _CONFERIR),
    "SEP-CARGA-VALOR-LIDO": ("Um valor escrito como texto foi lido.", _CONFERIR),
    "SEP-FRETE-SEM-NOTA": ("Um frete da carga não tem nota solta que lhe pertença.", _CONFERIR),
    "SEP-NOTA-EM-OUTRA-CARGA": ("Uma NF-e da carga já está em um CT-e de outra carga.", _CONFERIR),
    "SEP-NOTA-DE-OUTRO-EMITENTE": ("Uma NF-e é de outro emitente que o remetente.", _CONFERIR),
    "SEP-IEST-UF": ("A inscrição de substituto é de outra UF que a do tomador.", _CONFERIR),
    "SEP-TRIBUTACAO-IGNORADA": (
        "A tributação dita não é usada: o emitente é do Simples Nacional, ou é GTV-e.",
        _CONFERIR,
    ),
    "SEP-INF-ADICIONAL-VAZIA": ("Uma observação do contribuinte ficou vazia nesta carga, e foi omitida.", _CONFERIR),
}
