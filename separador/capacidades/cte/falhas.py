"""Holds what the codes of the documents say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    # --- returns
    "SEP-RET-AMBIENTE": (
        "O retorno é de outro ambiente (tpAmb) que o documento.",
        "Verifique em que ambiente o transmissor trabalha; o documento não foi alterado.",
    ),
    "SEP-RET-DIGEST": (
        "O retorno autoriza outro conteúdo: o digVal não é o de nenhuma versão assinada aqui.",
        "Não reenvie nem renumere. Procure a versão transmitida e consulte a SEFAZ pela chave.",
    ),
    "SEP-RET-SEM-DIGEST": (
        "Autorizado sem digVal no protocolo: o conteúdo não pôde ser comparado.",
        "Consulte a chave (separador cte consultar CHAVE) para obter o protocolo completo.",
    ),
    "SEP-RET-NAO-VERIFICADO": (
        "Autorização para documento que não foi enviado daqui, sem digVal para comparar.",
        "Consulte a chave na SEFAZ; o retorno fica retido até lá.",
    ),
    "SEP-RET-SEM-PEDIDO": (
        "A SEFAZ respondeu a um documento que o separador não tinha enviado.",
        "Confira quem transmitiu o documento; a situação já é a da SEFAZ. Depois dispense este aviso.",
    ),
    "SEP-RET-PROTOCOLO": (
        "Outro número de protocolo para um documento já autorizado.",
        "Consulte a chave na SEFAZ e guarde as duas respostas; nada foi alterado.",
    ),
    "SEP-RET-TARDIO": (
        "Retorno que não cabe na situação atual do documento; está retido.",
        "Veja o histórico (separador rastrear CHAVE), consulte a chave na SEFAZ e dispense o aviso quando resolvido.",
    ),
    "SEP-RET-ORFAO": (
        "Retorno de um documento que o separador não conhece; está retido.",
        "Será aplicado quando o documento aparecer. Se ele não é desta instalação, dispense o aviso.",
    ),
    "SEP-RET-SEM-CHAVE": (
        "Retorno sem chave, e o nome do arquivo não corresponde a nada publicado; está retido.",
        "Descubra a que envio ele responde; consulte a chave desse documento.",
    ),
    "SEP-RET-TRANSMISSOR": (
        "O transmissor devolveu um erro (.err) para este documento.",
        "Leia o motivo, corrija no transmissor e consulte a chave (separador cte consultar CHAVE) antes de reenviar.",
    ),
    "SEP-PROCESSADO-INVALIDO": (
        "O documento processado foi publicado, mas não passa no esquema oficial.",
        "Compare o protocolo recebido com a consulta da chave; guarde o arquivo original do retorno.",
    ),
    "SEP-CANCELADO-NA-SEFAZ": (
        "A SEFAZ informa o documento cancelado sem que houvesse pedido em aberto aqui.",
        "Avise quem trabalha com a carga: o documento não vale mais. Depois dispense este aviso.",
    ),
    "SEP-CANC-SEM-EVENTO": (
        "Cancelado (218), mas o evento registrado não veio com a resposta.",
        "Consulte a chave (separador cte consultar CHAVE) para obter o evento processado.",
    ),
    "SEP-CERTIFICADO-TRANSMISSAO": (
        "A SEFAZ recusou o certificado da conexão do transmissor.",
        "Verifique o certificado do transmissor (validade, cadeia, CNPJ) e peça o reenvio.",
    ),
    "SEP-DENEGADO": (
        "Uso denegado (código antigo, extinto no layout 4.00).",
        "Consulte a chave na SEFAZ; o emitente precisa regularizar a inscrição.",
    ),
    "SEP-NAO-CONSTA": (
        "A SEFAZ não tem este documento na base (217).",
        "Se o transmissor não o tem em andamento, reenvie os mesmos bytes: separador cte enviar CHAVE.",
    ),
    "SEP-CONSULTAR": (
        "A resposta diz que já existe algo com esta chave ou número; sozinha ela não decide nada.",
        "Consulte a chave (separador cte consultar CHAVE) ou solte o documento processado na pasta de retornos.",
    ),
    "SEP-CONSULTA-RECUSADA": (
        "A SEFAZ recusou a consulta desta chave; o documento ficou como estava.",
        "Leia o motivo na resposta; corrija o que ele diz e consulte de novo, ou use o portal da SEFAZ.",
    ),
    "SEP-CSTAT-DESCONHECIDO": (
        "Código de resposta desconhecido; o documento ficou como estava.",
        "Leia o motivo na resposta, consulte a chave na SEFAZ e avise quem mantém o separador.",
    ),
    "SEP-NUMERO-OCUPADO": (
        "O número deste documento já é de outra chave na SEFAZ.",
        "Não reenvie. Se a outra chave é de uma emissão sua, use aquela; senão, emita de novo com outro número.",
    ),
    "SEP-EVENTO-ALHEIO": (
        "Outro programa registrou na SEFAZ um evento com o número do nosso; o nosso não foi registrado.",
        "Veja os eventos do documento (separador cte evento listar), peça o evento de novo e dispense este aviso.",
    ),
    "SEP-EVENTO-NAO-VERIFICADO": (
        "A SEFAZ devolveu um evento do documento que não pôde ser conferido; ele foi guardado, sem efeito aqui.",
        "Confira o evento no portal da SEFAZ e avise quem trabalha com a carga. Depois dispense este aviso.",
    ),
    "SEP-PRAZO-RETORNO": (
        "O retorno não chegou dentro do prazo.",
        "Veja se o transmissor está no ar e com a fila em dia; consulte a chave antes de qualquer reenvio.",
    ),
    "SEP-CONSULTA-SEM-RESPOSTA": (
        "Uma consulta entregue ao transmissor não teve resposta dentro do prazo.",
        "Veja se o transmissor está no ar; quando a resposta chegar, ela é devolvida e este aviso sai sozinho.",
    ),
    # --- exports
    "SEP-CSRT": (
        "O CSRT do responsável técnico não foi encontrado; os documentos vão sem idCSRT e hashCSRT.",
        "Defina o CSRT onde a configuração diz (chave sefaz.responsavel_tecnico.csrt); os próximos já o levam.",
    ),
    "SEP-NAO-CONTRATADO": (
        "O serviço não está contratado para a empresa; a mensagem diz qual, e o que não é feito.",
        "Contrate-o e inclua-o na chave servicos da empresa, ou registre o evento por outro meio.",
    ),
    "SEP-SEM-ROTA": (
        "Há o que entregar deste documento, mas nenhuma rota cte-envio ativa para isso.",
        "Ative a rota (separador rotas ativar ID); a entrega segue sozinha em um minuto.",
    ),
    "SEP-CHAVE-OUTRO-CONTEUDO": (
        "Já existe um documento com esta chave e outro conteúdo.",
        "Use outro número, ou espere o retorno do primeiro; nada foi enviado.",
    ),
    "SEP-DUPLICADO": (
        "Arquivo repetido: o mesmo documento ou evento já está aqui.",
        "Nada a fazer. Para ver o primeiro: separador rastrear CHAVE.",
    ),
    "SEP-NUMERO-DADO": (
        "O número já foi dado a um CT-e que está sendo feito aqui, de uma carga.",
        "Use outro número, ou outra série para o que o WMS numera.",
    ),
    "SEP-NUMERO-EM-TRANSMISSAO": (
        "O número já foi transmitido sob outra chave; o retorno ainda não veio.",
        "Espere o retorno do primeiro. Um número já transmitido não se refaz em contingência: use outro número.",
    ),
    "SEP-RECUSADO-DEMAIS": (
        "Este conteúdo já foi recusado vezes demais com o mesmo código; outra levaria ao bloqueio (678).",
        "Leia o motivo da última recusa (separador cte ver CHAVE) e exporte o documento corrigido.",
    ),
    "SEP-VALIDO": (
        "O documento é válido: assinado, conferido com o esquema e com as regras; nada foi enviado.",
        "Nada a fazer; para enviar, solte-o na pasta de uma rota cte-envio.",
    ),
    # --- orders
    "SEP-ENVIADO": ("Documento entregue para transmissão.", "Nada a fazer; acompanhe com: separador rastrear CHAVE"),
    "SEP-NA-FILA": (
        "Documento na fila de transmissão à SEFAZ.",
        "Nada a fazer; acompanhe com: separador rastrear CHAVE",
    ),
    "SEP-CANCELAMENTO-PEDIDO": (
        "Cancelamento entregue para transmissão.",
        "Nada a fazer; acompanhe com: separador rastrear CHAVE",
    ),
    "SEP-ESTORNADO": (
        "Pedido de cancelamento estornado; a mensagem diz se ele já tinha sido transmitido.",
        "Se já tinha, a palavra da SEFAZ vale: espere a resposta antes de usar o documento.",
    ),
    "SEP-CONSULTA": (
        "A SEFAZ será consultada pela chave.",
        "Nada a fazer; veja a resposta com: separador rastrear CHAVE",
    ),
    "SEP-EVENTO-PEDIDO": (
        "Evento entregue para transmissão.",
        "Nada a fazer; acompanhe com: separador cte evento listar",
    ),
    "SEP-BLOQUEIO": (
        "A SEFAZ bloqueou este serviço por consumo indevido (678); a mensagem diz até quando.",
        "Se o pedido foi recusado, dê-o de novo depois dessa hora; se foi aceito, ele segue sozinho.",
    ),
    "SEP-PEDIDO": (
        "O arquivo do pedido não é JSON válido, ou tem um campo desconhecido ou errado.",
        "Corrija o que a mensagem diz e solte o arquivo de novo.",
    ),
    "SEP-CHAVE": ("O campo chave deve ter as 44 posições da chave de acesso.", "Corrija a chave e repita o pedido."),
    "SEP-EM-ENTREGA": (
        "O documento já está sendo entregue; ele aparece na pasta de destino assim que ela funcionar.",
        "Nada a fazer; o que impede a pasta está em: separador falhas",
    ),
    "SEP-ESTORNO-REPETIDO": (
        "O pedido deste documento já foi estornado uma vez; um novo estorno pede usuário e senha.",
        "Use o comando separador cte estornar, com --usuario E-MAIL; se ainda não há usuários, inclua um antes.",
    ),
    "SEP-ESTORNO-USUARIO": (
        "O pedido deste documento já foi estornado uma vez, e falta dizer quem pede o novo estorno.",
        "Repita o comando com --usuario E-MAIL, de um usuário ativo com esse direito.",
    ),
    "SEP-STATUS-PEDIDO": (
        "A pergunta sobre o serviço foi feita ao autorizador.",
        "Nada a fazer; o comando espera a resposta e a mostra.",
    ),
    "SEP-STATUS-GUARDADO": (
        "A resposta guardada tem menos de 3 minutos.",
        "Nada a fazer; a SEFAZ aceita uma pergunta a cada 3 minutos.",
    ),
    "SEP-UF": ("O código de UF não existe.", "Corrija a UF e repita o comando."),
}
