"""Holds what the codes of the calls to SEFAZ say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-SEFAZ-FORA": (
        "O autorizador não é alcançado pela rede, ou não responde.",
        "Os documentos esperam, em ordem, e seguem sozinhos. Se durar, verifique a rede, o DNS, o firewall e o proxy.",
    ),
    "SEP-SEFAZ-PARADA": (
        "A SEFAZ não registrou nada e pede para tentar depois.",
        "Nada a fazer: os mesmos bytes serão entregues de novo depois do tempo de espera.",
    ),
    "SEP-CONSUMO-INDEVIDO": (
        "Consumo indevido (678/656): a SEFAZ bloqueou o serviço.",
        "Nada será entregue a esse serviço por uma hora. Procure o que repetiu a mesma mensagem.",
    ),
    "SEP-SVC-ATIVA": (
        "A SEFAZ do estado está parada e a contingência (SVC) está ativa (113).",
        "Com pressa, emita os próximos com tpEmis 7 ou 8 e outro número; nunca refaça em contingência o já enviado.",
    ),
    "SEP-SVC-DESATIVADA": (
        "A contingência (SVC) não está ativa para este estado (114).",
        "Emita com tpEmis 1 os próximos documentos; os que esperam seguem se a contingência for ativada de novo.",
    ),
    "SEP-TRANSMISSAO-CERTIFICADO": (
        "Não há certificado que sirva para a conexão com a SEFAZ; os documentos da empresa esperam.",
        "Instale um certificado A1 em vigor da empresa (separador certificado instalar); o que espera segue sozinho.",
    ),
    "SEP-TRANSMISSAO-ENDERECO": (
        "O autorizador não oferece este serviço, ou a tabela de endereços não pôde ser lida.",
        "Corrija a chave sefaz.enderecos da configuração; o que espera segue sozinho.",
    ),
    "SEP-FILA-AMBIENTE": (
        "Há transmissões na fila que são de outro ambiente (tpAmb) que não o configurado; elas não saem.",
        "Volte a chave ambiente da configuração ao que era até a fila esvaziar; só depois troque o ambiente.",
    ),
    "SEP-EMITENTE-IRREGULAR": (
        "A SEFAZ não habilita o emitente (203); os outros documentos dele esperam.",
        "Regularize a inscrição na SEFAZ do estado; o que espera é tentado, um por vez, a cada meia hora.",
    ),
    "SEP-SEM-DESFECHO": (
        "O desfecho da transmissão não ficou claro, e a consulta da chave não o decide.",
        "Veja as respostas (separador rastrear CHAVE) e o portal da SEFAZ; consulte a chave se o serviço já desistiu.",
    ),
    "SEP-SEFAZ-SEM-RESPOSTA": (
        "Uma consulta à SEFAZ não teve resposta que se leia.",
        "O serviço pergunta de novo sozinho. Se durar, veja no motivo quem respondeu: um firewall, um proxy, a SEFAZ.",
    ),
}
