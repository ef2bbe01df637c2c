"""Holds what the codes of the e-CAC say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    # --- imports and orders
    "SEP-ECAC-PARADA": (
        "A importação do e-CAC parou antes do fim.",
        "Corrija o que a mensagem diz (orçamento, credencial, rede, disco); a seguinte continua de onde esta parou.",
    ),
    "SEP-ECAC-ACESSO": (
        "A importação do e-CAC não tem com que entrar: certificado do contratante, chave ou segredo do consumidor.",
        "Veja o que falta com separador verificar; a importação seguinte tenta de novo.",
    ),
    "SEP-ECAC-INCIDENTE": (
        "A importação do e-CAC parou por um erro inesperado.",
        "Guarde o incidente para quem mantém o separador; a importação seguinte continua de onde esta parou.",
    ),
    "SEP-ECAC-IMPORTADO": (
        "A importação do e-CAC foi até o fim.",
        "Nada a fazer; o que há a resolver: separador ecac ocorrencias",
    ),
    "SEP-ECAC-INTERROMPIDA": ("O serviço está parando; a importação continua quando ele for ligado.", "Nada a fazer."),
    "SEP-ECAC-NEGADA": (
        "A Receita recusou esta empresa há pouco; a mensagem diz quando será consultada de novo.",
        "Resolva o motivo da recusa que a mensagem diz; a empresa é consultada de novo, sozinha, nessa hora.",
    ),
    "SEP-ECAC-SEM-RESPOSTA": (
        "A Receita não deu a resposta; a mensagem diz por quê.",
        "Corrija o que a mensagem diz, ou dê a ordem de novo mais tarde.",
    ),
    "SEP-ECAC-SEM-TERMO": (
        "Falta o termo de autorização assinado pela empresa ou pelo procurador.",
        "Instale o certificado de quem assina o termo; com token A3: separador ecac importar --a3",
    ),
    "SEP-ECAC-NUMERO": (
        "O número do documento não serve para pedir o comprovante.",
        "Confira o número da guia: separador ecac guias ver GUIA",
    ),
    "SEP-ECAC-FEITO": ("A ordem foi cumprida.", "Nada a fazer."),
    "SEP-COMPROVANTE": ("O comprovante da guia está arquivado; a mensagem diz onde.", "Nada a fazer."),
    "SEP-SEM-COMPROVANTE": ("Ainda não há comprovante da guia.", "Veja o que falta: separador ecac ocorrencias"),
    "SEP-INDICE": ("O índice de DAS da Receita foi lido; a mensagem diz quantas guias são novas.", "Nada a fazer."),
    # --- guides
    "SEP-GUIA-ARQUIVO": (
        "O arquivo de guias não pôde ser lido.",
        "Corrija o que a mensagem diz, ou registre a guia em CSV ou JSON.",
    ),
    "SEP-GUIA-CAMPO": (
        "Um campo da guia está errado ou falta.",
        "Corrija o campo que a mensagem diz e solte o arquivo de novo.",
    ),
    "SEP-GUIA-PARCIAL": (
        "Algumas guias do arquivo foram registradas, e outras recusadas.",
        "Corrija as linhas indicadas e solte-as.",
    ),
    "SEP-GUIA-EMPRESA": ("A empresa da guia não está na configuração.", "Inclua a empresa, ou corrija o CNPJ."),
    "SEP-GUIA-REPETIDA": (
        "Já há uma guia com este número.",
        "Confira qual das duas está certa; a registrada não foi alterada.",
    ),
    "SEP-GUIA-DESCONHECIDA": ("Não há esta guia.", "Veja as que há: separador ecac guias listar"),
    "SEP-GUIA-NOVA": ("Guia gerada; a mensagem diz o número.", "Nada a fazer."),
    "SEP-GUIA-ACHADA": (
        "A guia já tinha sido gerada, e foi achada no índice da Receita; nada novo foi pedido.",
        "Nada a fazer.",
    ),
    "SEP-GUIA-GERADA": ("Esta guia já foi gerada.", "Use a que há; para outra: --de-novo"),
    "SEP-GUIA-DESFECHO": (
        "Não se sabe se a guia foi gerada: o pedido ficou sem resposta.",
        "Confira no portal e-CAC (separador ecac guias localizar --receita); para pedir outra mesmo assim: --de-novo",
    ),
    "SEP-GUIA-BAIXADA": (
        "A guia já está baixada.",
        "Confira o pagamento dela (separador ecac guias ver GUIA); para desfazer a baixa: separador ecac guias reabrir",
    ),
    "SEP-GUIA-ABERTA": ("A guia não está baixada: não há baixa a desfazer.", "Nada a fazer."),
    "SEP-GUIA-NUMERADA": ("A guia já tem número.", "Confira-o: separador ecac guias ver GUIA"),
    "SEP-GUIA-NUMERO": (
        "O texto dado não é o número de um documento (17 algarismos).",
        "Corrija o número e repita o comando.",
    ),
    "SEP-SEM-SUGESTAO": (
        "A guia não tem sugestão de baixa em aberto.",
        "Veja a guia (separador ecac guias ver GUIA); para ligá-la à mão: separador ecac guias ligar",
    ),
    # --- payments, receipts, occurrences
    "SEP-PAGAMENTO-DESCONHECIDO": (
        "O pagamento não está entre os conhecidos da empresa.",
        "Confira o número, ou importe antes: separador ecac importar",
    ),
    "SEP-PAGAMENTO-USADO": (
        "O pagamento já baixou outra guia.",
        "Confira as duas guias; para soltar o pagamento, reabra a outra: separador ecac guias reabrir",
    ),
    "SEP-OCORRENCIA-DESCONHECIDA": ("Não há esta ocorrência.", "Veja as que há: separador ecac ocorrencias"),
    "SEP-OCORRENCIA-FECHADA": ("A ocorrência já está fechada.", "Nada a fazer; as abertas: separador ecac ocorrencias"),
    "SEP-RECIBO-ARQUIVO": (
        "O comprovante não é um PDF, ou não pôde ser lido.",
        "Salve o comprovante de novo no portal e-CAC.",
    ),
    "SEP-RECIBO-PAGINA": (
        "Uma página do PDF não é um comprovante que o programa leia.",
        "Salve este comprovante de novo no portal e-CAC.",
    ),
    "SEP-RECIBO-EMPRESA": (
        "O comprovante é de uma empresa que não está na configuração.",
        "Confira de que empresa é o PDF; se é desta instalação, inclua a empresa.",
    ),
    "SEP-RECIBO-PARCIAL": (
        "Alguns comprovantes do PDF foram recebidos, e outras páginas recusadas.",
        "Veja as páginas indicadas.",
    ),
}
