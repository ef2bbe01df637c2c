"""Defines a line of the failures view, and the table of stable codes (a public contract) with what to do."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Falha:
    """One thing that keeps integration from succeeding.

    `assunto` names the thing and is the identity of the failure: `rota:1:`, `arquivo:1:nota.xml`, `doc:<chave>`,
    `retido:<id>`. The same subject and code is one failure, however often it is seen.
    """

    assunto: str
    codigo: str
    motivo: str
    o_que_fazer: str
    arquivo: str | None = None
    rota: int | None = None
    chave: str | None = None


TEXTOS: dict[str, tuple[str, str]] = {
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
    "SEP-DACTE": (
        "O DACTE não pôde ser impresso; o documento autorizado não foi alterado.",
        "Imprima com: separador cte dacte CHAVE. Se falhar de novo, envie o motivo a quem mantém o separador.",
    ),
    "SEP-CANCELADO-NA-SEFAZ": (
        "A SEFAZ informa o documento cancelado sem que houvesse pedido em aberto aqui.",
        "Avise quem trabalha com a carga: o documento não vale mais. Depois dispense este aviso.",
    ),
    "SEP-CANC-SEM-EVENTO": (
        "Cancelado (218), mas o evento registrado não veio com a resposta.",
        "Consulte a chave (separador cte consultar CHAVE) para obter o evento processado.",
    ),
    "SEP-SEFAZ-PARADA": (
        "A SEFAZ não registrou nada e pede para tentar depois.",
        "Nada a fazer: os mesmos bytes serão entregues de novo depois do tempo de espera.",
    ),
    "SEP-CONSUMO-INDEVIDO": (
        "Consumo indevido (678/656): a SEFAZ bloqueou o serviço.",
        "Nada será entregue a esse serviço por uma hora. Procure o que repetiu a mesma mensagem.",
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
    "SEP-SEFAZ-FORA": (
        "O autorizador não foi alcançado pela rede; nada saiu desta máquina.",
        "Os documentos esperam, em ordem, e seguem sozinhos. Se durar, verifique a rede, o DNS e o proxy.",
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
        "Veja as respostas (separador rastrear CHAVE) e o portal da SEFAZ; depois consulte a chave de novo.",
    ),
    "SEP-NUMERO-OCUPADO": (
        "O número deste documento já é de outra chave na SEFAZ.",
        "Não reenvie. Se a outra chave é de uma emissão sua, use aquela; senão, emita de novo com outro número.",
    ),
    "SEP-EVENTO-ALHEIO": (
        "Outro programa registrou na SEFAZ um evento com o número do nosso; o nosso não foi registrado.",
        "Veja os eventos do documento (separador cte evento listar), peça o evento de novo e dispense este aviso.",
    ),
    "SEP-PRAZO-RETORNO": (
        "O retorno não chegou dentro do prazo.",
        "Veja se o transmissor está no ar e com a fila em dia; consulte a chave antes de qualquer reenvio.",
    ),
    "SEP-SEM-CERTIFICADO": (
        "Não há certificado utilizável para assinar por esta empresa; os documentos esperam.",
        "Instale o certificado ou defina a senha (veja separador verificar); os documentos seguem sozinhos.",
    ),
    "SEP-CONSULTA-SEM-RESPOSTA": (
        "Uma consulta entregue ao transmissor não teve resposta dentro do prazo.",
        "Veja se o transmissor está no ar; quando a resposta chegar, ela é devolvida e este aviso sai sozinho.",
    ),
    "SEP-DIST-ILEGIVEL": (
        "A resposta da distribuição de documentos não pôde ser lida.",
        "Nada a fazer: o mesmo NSU é pedido de novo em uma hora. Se repetir, avise quem mantém o separador.",
    ),
    "SEP-DIST-RECUSADA": (
        "O Ambiente Nacional recusou a busca de documentos.",
        "Leia o motivo na resposta; a busca é repetida em uma hora, a partir do mesmo NSU.",
    ),
    "SEP-DIST-NSU": (
        "O Ambiente Nacional respondeu um NSU anterior ao que já foi recebido; o registro não volta atrás.",
        "Se repetir por um dia, avise quem mantém o separador (separador sefaz nsu mostra os números).",
    ),
    "SEP-DIST-DOCUMENTO": (
        "Um documento da distribuição não pôde ser entendido; foi guardado como veio.",
        "O NSU é pedido de novo, sozinho. Se o aviso ficar, veja o arquivo no destino da distribuição e dispense.",
    ),
    "SEP-CSRT": (
        "O CSRT do responsável técnico não foi encontrado; os documentos vão sem idCSRT e hashCSRT.",
        "Defina o CSRT onde a configuração diz (chave sefaz.responsavel_tecnico.csrt); os próximos já o levam.",
    ),
    "SEP-SEM-REGRA": (
        "Nenhuma regra de arquivo desta pasta aceita este nome; o arquivo fica onde está.",
        "Corrija o nome, ou inclua uma rota para ele (separador rotas testar NOME).",
    ),
    "SEP-CHAVE-OUTRO-CONTEUDO": (
        "Já existe um documento com esta chave e outro conteúdo.",
        "Use outro número, ou espere o retorno do primeiro; nada foi enviado.",
    ),
    "SEP-SEM-ROTA": (
        "Há o que entregar deste documento, mas nenhuma rota cte-envio ativa para isso.",
        "Ative a rota (separador rotas ativar ID); a entrega segue sozinha em um minuto.",
    ),
    "SEP-ROTA-AUSENTE": (
        "Há um arquivo em trabalho de uma rota que não existe mais, ou está desativada.",
        "Ative ou inclua de novo a rota e reinicie o serviço; o arquivo segue de onde parou.",
    ),
    "SEP-CONFIGURACAO": (
        "A configuração mudou e tem erros; o serviço segue com a anterior.",
        "Corrija o arquivo; separador config conferir mostra cada erro.",
    ),
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
    "SEP-RELOGIO": (
        "O relógio da máquina saltou; nada novo é lido até ele andar certo por um minuto.",
        "Verifique a data, a hora e o NTP (timedatectl). O serviço continua sozinho.",
    ),
    "SEP-QUARENTENA": (
        "O processamento deste arquivo derrubou o programa três vezes; ele está em quarentena.",
        "Guarde o arquivo e o incidente para quem mantém o separador; corrija a origem e solte de novo.",
    ),
    "SEP-INCIDENTE": (
        "Erro inesperado ao processar; o detalhe técnico está na pasta de incidentes.",
        "O arquivo será tentado de novo. Se persistir, envie o incidente a quem mantém o separador.",
    ),
}


def descrever(codigo: str, detalhe: str = "") -> tuple[str, str]:
    """Returns reason and what to do, in Portuguese, for a code of this table. Raises KeyError for another code."""
    motivo, o_que_fazer = TEXTOS[codigo]
    return (f"{motivo} {detalhe}".strip(), o_que_fazer)
