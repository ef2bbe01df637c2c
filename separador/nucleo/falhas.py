"""Holds what the codes of the rooms below the capabilities say: the reason and what to do (Portuguese)."""

from separador.nucleo.falhas_de_pastas import DE_PASTAS

TEXTOS: dict[str, tuple[str, str]] = {
    **DE_PASTAS,
    # --- the service
    "SEP-ROTA-AUSENTE": (
        "Há um arquivo em trabalho de uma rota que não existe mais, ou está desativada.",
        "Ative ou inclua de novo a rota e reinicie o serviço; o arquivo segue de onde parou.",
    ),
    "SEP-CONFIGURACAO": (
        "A configuração mudou e tem erros; o serviço segue com a anterior.",
        "Corrija o arquivo; separador config conferir mostra cada erro.",
    ),
    "SEP-BANCO-ANTIGO": (
        (
            "O banco de dados é mais antigo que os arquivos ao lado dele: uma cópia foi devolvida, ou ele sumiu e foi "
            "feito de novo. O que aconteceu depois dela não está nele."
        ),
        (
            "Pare o serviço, devolva a cópia mais nova do banco, se não é esta, e escreva de volta o que os arquivos "
            "sabem: separador copia reconstruir. O que não volta (ordens, cargas), confira antes de repetir."
        ),
    ),
    "SEP-LOG": (
        "O log não ficou onde devia.",
        "Veja quem mexe na pasta log/ da pasta de dados, o espaço e as permissões; o log segue em um arquivo novo.",
    ),
    "SEP-AUDITORIA": (
        "A auditoria não confere: uma linha foi alterada ou tirada, o fim foi cortado, ou o selo sumiu.",
        (
            "Descubra quem mexeu (separador auditoria conferir). Se foi uma cópia do banco devolvida de propósito: "
            "separador auditoria selar --motivo TEXTO"
        ),
    ),
    "SEP-BANCO-ESQUEMA": (
        "Há no banco de dados tabelas, índices ou proteções que não são os que o programa fez.",
        "Descubra quem mexeu no banco; restaure a cópia de segurança dele se não foi de propósito.",
    ),
    "SEP-SOQUETE": (
        "O soquete por onde operadores dão comandos, e por onde se entregam PINs, não pôde ser feito.",
        "Corrija a pasta dele (veja a unidade do systemd em docs/instalar.md); o serviço tenta de novo sozinho.",
    ),
    "SEP-RELOGIO": (
        "O relógio da máquina saltou; nada novo é lido até ele andar certo por um minuto.",
        "Verifique a data, a hora e o NTP (timedatectl). O serviço continua sozinho.",
    ),
    "SEP-TRABALHADORES": (
        "Os processos de trabalho morrem antes de abrir um arquivo; nada novo é lido, e nenhum arquivo é culpado.",
        "Veja separador log e a memória da máquina (dmesg); de 30 em 30 segundos o serviço tenta de novo, sozinho.",
    ),
    "SEP-QUARENTENA": (
        "O processamento deste arquivo derrubou o programa três vezes; ele está em quarentena.",
        "Guarde o arquivo para quem mantém o separador; corrija a origem e solte de novo.",
    ),
    "SEP-INCIDENTE": (
        "Erro inesperado ao processar; o detalhe técnico está na pasta de incidentes.",
        "O arquivo será tentado de novo. Se persistir, envie o incidente a quem mantém o separador.",
    ),
    "SEP-ORDEM-NAO-CUMPRIDA": (
        "Uma ordem registrada foi recusada na hora de ser cumprida; nada foi mudado.",
        "Quem tem o direito dá a ordem de novo, se ela ainda faz falta, e esta linha sai; se não faz, dispense-a.",
    ),
    "SEP-ORDEM-RETIRADA": (
        "A ordem foi retirada antes de ser cumprida, ou já não espera e não pode ser retirada.",
        "Nada a fazer; as que esperam: separador ordens listar",
    ),
    "SEP-DISPENSADA": ("A falha foi dispensada.", "Nada a fazer. Se a causa continuar, a falha pode voltar."),
    "SEP-SOLTO": ("O arquivo entrou na origem da rota.", "Nada a fazer; daí em diante ele segue como os outros."),
    "SEP-NOME-OCUPADO": (
        "A origem já tem um arquivo com este nome; nada foi sobreposto.",
        "Solte-o com outro nome, ou espere que o serviço tome o que está lá.",
    ),
    "SEP-SOLTAR-ROTA": (
        "A rota não existe mais, ou está inativa.",
        "Ative a rota e solte de novo.",
    ),
    "SEP-SOLTAR-SUMIU": ("O arquivo já não está na pasta de dados; ele não entrou na origem.", "Solte-o de novo."),
    "SEP-FALHA-ENCERRADA": ("A falha já não está na lista.", "Nada a fazer; as que há: separador falhas"),
    # --- files that are refused
    "SEP-TAMANHO": (
        "O arquivo é maior que o limite da rota.",
        "Verifique se o arquivo é mesmo deste tipo; o limite é a opção tamanho_maximo_mb da rota.",
    ),
    "SEP-XML-TAMANHO": (
        "O arquivo é maior que o limite do leitor.",
        "Confira se o arquivo é mesmo um XML fiscal; um CT-e assinado não passa de 512 KB.",
    ),
    "SEP-XML-TIPO": (
        "O elemento raiz do XML não é dos que esta pasta aceita.",
        "Coloque o arquivo na pasta certa: exportações, retornos e consultas têm rotas próprias.",
    ),
    "SEP-XML-DTD": (
        "O XML traz DTD ou entidades (<!DOCTYPE…>), que documentos fiscais não têm e que são um risco de segurança.",
        "Gere o arquivo de novo sem DOCTYPE.",
    ),
    "SEP-XML-PI": (
        "O XML traz uma instrução de processamento (<?…?>), que o documento fiscal não tem.",
        "Gere o XML sem instruções de processamento.",
    ),
    "SEP-XML-NAMESPACES": ("O XML declara namespaces demais.", "Gere o arquivo de novo no sistema emissor."),
    "SEP-XML-ATRIBUTOS": ("O XML tem atributos demais.", "Gere o arquivo de novo no sistema emissor."),
    "SEP-XML-MARCAS": ("O XML tem tags demais.", "Gere o arquivo de novo, com menos documentos por CT-e."),
    "SEP-XML-PROFUNDO": ("O XML tem tags aninhadas demais.", "Gere o arquivo de novo no sistema emissor."),
    "SEP-XML-LIMITE": ("O XML passa dos limites de segurança do leitor.", "Gere o arquivo de novo no sistema emissor."),
    "SEP-CONTINGENCIA-OFFLINE": (
        (
            "Documento em contingência off-line (tpEmis 2) sem QR Code; o separador só o inclui, com a assinatura da "
            "chave, onde a configuração diz sefaz.contingencia_offline: true."
        ),
        (
            "Confirme no portal do CT-e que a nota técnica vale para este documento e ligue a chave, ou gere o "
            "documento em emissão normal ou por SVC."
        ),
    ),
    "SEP-RET-TIPO": (
        "O elemento raiz do XML não é um retorno de CT-e.",
        "Coloque nesta pasta só retornos: retCTe, cteProc, retEventoCTe, procEventoCTe, retConsSitCTe e seus pares.",
    ),
    "SEP-RET-CSTAT": (
        "O retorno não traz um cStat de 3 ou 4 algarismos: não dá para saber o que a SEFAZ respondeu.",
        "Consulte a chave na SEFAZ e coloque nesta pasta o retorno da consulta.",
    ),
    "SEP-EMPRESA": (
        "A empresa não está na configuração (chave empresas).",
        "Inclua a empresa e instale o certificado dela (separador certificado instalar), ou corrija o CNPJ.",
    ),
    # --- orders on a document
    "SEP-CHAVE-DESCONHECIDA": (
        "Não há documento com esta chave.",
        "Confira a chave (separador cte listar). Se o serviço nunca foi ligado, ligue-o: separador iniciar",
    ),
    "SEP-SITUACAO": (
        "O pedido não cabe na situação do documento; a mensagem diz em quais ele cabe.",
        "Veja a situação e o que a mudou (separador cte ver CHAVE) antes de pedir de novo.",
    ),
    "SEP-SEM-PROTOCOLO": (
        "O documento não tem número de protocolo; consulte a chave antes.",
        "Consulte a chave (separador cte consultar CHAVE) e repita o pedido quando a resposta chegar.",
    ),
    "SEP-MOTIVO": (
        "O motivo é curto, longo ou tem caracteres que o layout não aceita.",
        "Escreva o motivo como a mensagem diz e repita o pedido.",
    ),
    "SEP-EVENTO-DADOS": (
        "Falta um campo do evento, ou um deles está errado.",
        "Corrija o campo que a mensagem diz; os de cada evento: separador cte evento campos",
    ),
    "SEP-EVENTO-DATA": (
        "Uma data do evento está no futuro ou é anterior à emissão do documento.",
        "Corrija a data que a mensagem diz; se ela está certa, confira o relógio da máquina.",
    ),
    "SEP-EVENTO-NOTA": (
        "Uma NF-e do evento não tem chave válida, não está no documento ou veio repetida.",
        "Corrija as notas do evento; as do documento: separador cte notas CHAVE",
    ),
    "SEP-EVENTO-EMPRESA": (
        "O evento não diz qual das empresas configuradas é a tomadora.",
        "Diga qual é no campo empresa.",
    ),
    "SEP-EVENTO-ABERTO": (
        "Um evento anterior deste documento ainda espera a resposta da SEFAZ.",
        "Espere por ela, ou dê a ordem com a sequência que este deve ter.",
    ),
    "SEP-CCE-INCOMPLETA": (
        "A carta nova não repete todas as correções da anterior, que ela substitui por inteiro.",
        "Repita essas correções, ou peça repetir_anteriores.",
    ),
    # --- the file of a certificate
    "SEP-CERT-FORMATO": (
        "O arquivo não é um certificado .pfx (PKCS#12) que o programa leia.",
        "Confira se é o arquivo certo; se é, exporte o certificado de novo (AES-256).",
    ),
    "SEP-CERT-SENHA": (
        "A senha do certificado está errada, ou o .pfx está danificado.",
        "Confira a senha; se está certa, peça ou exporte o certificado de novo.",
    ),
    "SEP-CERT-SEM-CHAVE": (
        "O .pfx não contém a chave privada, ou não contém o certificado.",
        "Exporte o certificado com a chave privada.",
    ),
    "SEP-CERT-NAO-RSA": ("A chave do certificado não é RSA; a SEFAZ só aceita RSA.", "Use um certificado A1 RSA."),
    "SEP-CERT-CHAVE-CURTA": ("A chave do certificado tem menos bits que o mínimo.", "Emita outro certificado."),
    "SEP-CERT-CHAVE-DE-OUTRO": (
        "A chave privada do .pfx não é a deste certificado.",
        "Exporte de novo o certificado com a chave dele.",
    ),
    "SEP-SEM-CERTIFICADO": (
        "Não há certificado utilizável para assinar por esta empresa; os documentos esperam.",
        "Instale o certificado ou defina a senha (veja separador verificar); os documentos seguem sozinhos.",
    ),
    "SEP-CERTIFICADO": (
        "O certificado não pôde ser usado (código reservado: esta versão diz SEP-SEM-CERTIFICADO).",
        "Instale o certificado da empresa: separador certificado instalar",
    ),
    # --- the vault and its copies
    "SEP-COFRE-SEM-CHAVE": (
        "Não há chave mestra do cofre, ou ela não pode ser lida.",
        (
            "Dê o comando com o usuário do serviço (sudo -u separador). Cofre novo: separador init; senão, devolva a "
            "chave."
        ),
    ),
    "SEP-COFRE-CHAVE-ERRADA": (
        "A chave mestra não é a deste cofre.",
        "Devolva a chave mestra desta instalação. Nada foi mudado; sem ela, restaure uma cópia: cofre restaurar.",
    ),
    "SEP-COFRE-CHAVE-INVALIDA": (
        "O que está no lugar da chave mestra não é uma chave.",
        "Ponha de volta a chave certa; uma nova se faz com: separador cofre chave",
    ),
    "SEP-COFRE-CHAVE-FROUXA": (
        "A chave mestra pode ser lida por outros; assim o cofre não a usa.",
        "Dê chmod 600 no arquivo da chave; se alguém pode ter lido a chave, troque-a: separador cofre girar-chave",
    ),
    "SEP-COFRE-COPIA-ANTIGA": (
        "O banco é de antes da última troca da chave mestra.",
        "Restaure a cópia mais nova do banco, ou ponha a chave antiga depois da atual até girar de novo.",
    ),
    "SEP-COFRE-BANCO-ANTIGO": (
        "O banco foi restaurado de uma cópia mais antiga: o que entrou no cofre depois dela não está nele.",
        (
            "Confira com separador certificado listar, instale de novo o que falta e diga: separador cofre conferir "
            "--aceitar"
        ),
    ),
    "SEP-COPIA-NAO-E-COPIA": ("O arquivo não é uma cópia do cofre, ou está cortado.", "Confira o arquivo."),
    "SEP-COPIA-DANIFICADA": (
        "A cópia está danificada: o conteúdo não tem a forma esperada, ou a chave de um certificado não é a dele.",
        "Use outra cópia. Nada foi mudado.",
    ),
    "SEP-COPIA-SENHA": (
        "A frase não abre esta cópia, ou o arquivo foi alterado.",
        "Confira a frase; se está certa, use outra cópia. Nada foi mudado.",
    ),
    "SEP-COPIA-SENHA-CURTA": ("A frase da cópia é curta.", "Escolha uma frase longa e guarde-a longe da cópia."),
    "SEP-COPIA-OCUPADO": (
        "O cofre desta instalação não está vazio.",
        "Restaure em uma instalação nova; para só provar a cópia: separador cofre restaurar ARQUIVO --conferir",
    ),
}
