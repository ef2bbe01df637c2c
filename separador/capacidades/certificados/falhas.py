"""Holds what the codes of the certificates and tokens say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-CERT-INSTALADO": ("Certificado instalado.", "Nada a fazer; veja-o com: separador certificado listar"),
    "SEP-CERT-TROCADO": ("O certificado padrão da empresa mudou.", "Nada a fazer; o serviço o adota sozinho."),
    "SEP-CERT-REMOVIDO": ("O certificado saiu de uso e a chave dele foi apagada do cofre.", "Nada a fazer."),
    "SEP-CERT-CONFERIDO": (
        "A validade dos certificados foi conferida; a mensagem diz a de cada empresa.",
        "Renove o que a mensagem diz que vence, ou instale o que falta.",
    ),
    "SEP-CERT-REPETIDO": (
        "Este mesmo certificado já está instalado.",
        "Nada a fazer; para torná-lo o padrão: separador certificado padrao APELIDO.",
    ),
    "SEP-CERT-SEM-SENHA": (
        "Não há senha para este certificado.",
        "Ponha ao lado um arquivo com o mesmo nome e final .senha, ou guarde a senha: separador certificado senha.",
    ),
    "SEP-CERT-TRUNCADO": ("O arquivo do certificado está incompleto (foi cortado).", "Copie o .pfx de novo."),
    "SEP-CERTIFICADO-CUSTOSO": (
        "O arquivo .pfx pede cálculo demais para ser aberto (iterações em excesso).",
        "Exporte o certificado de novo, no programa da autoridade; um .pfx comum pede menos de um milhão de iterações.",
    ),
    "SEP-CERT-VENCIDO": (
        "O certificado está vencido.",
        "Instale o certificado renovado; se a data parece errada, confira o relógio.",
    ),
    "SEP-CERT-AINDA-NAO": (
        "O certificado ainda não vale.",
        "Confira o relógio da máquina, ou instale-o quando a validade começar.",
    ),
    "SEP-CERT-RELOGIO": (
        "O relógio da máquina está errado: já há registros de uma data posterior.",
        "Acerte a data e a hora (timedatectl) e repita; com o relógio errado a validade não pode ser julgada.",
    ),
    "SEP-CERT-AUTOASSINADO": (
        "O certificado é autoassinado (não é ICP-Brasil); em produção não serve.",
        "Use o certificado emitido por uma autoridade da ICP-Brasil.",
    ),
    "SEP-CERT-NAO-A1": (
        "O certificado do contratante precisa ser A1 (arquivo): ele trabalha sozinho, sem token.",
        "Use o e-CNPJ A1 do contratante.",
    ),
    "SEP-CERT-NAO-ECNPJ": (
        "O certificado é um e-CPF (pessoa física); para este uso precisa ser e-CNPJ.",
        "Use o e-CNPJ da empresa.",
    ),
    "SEP-CERT-OUTRO-CNPJ": (
        "O certificado é de outra empresa (a raiz do CNPJ é outra).",
        "Para assinar, use o certificado da própria empresa (mesma raiz).",
    ),
    "SEP-CERT-EMPRESA": (
        "A empresa do certificado não está na configuração, ou o CNPJ dado não é um CNPJ.",
        "Inclua a empresa na configuração, ou corrija o CNPJ.",
    ),
    "SEP-CERT-APELIDO": (
        "O apelido não serve, ou a empresa já tem um certificado com ele.",
        "Escolha outro apelido (por exemplo, com o ano), de 1 a 60 caracteres, numa linha.",
    ),
    "SEP-CERT-NAO-HA": ("Não há certificado com este apelido.", "Veja os que há: separador certificado listar"),
    "SEP-CERT-PADRAO": (
        "Este é o certificado padrão da empresa.",
        "Torne outro o padrão antes: certificado padrao APELIDO.",
    ),
    "SEP-CERT-AINDA-NECESSARIO": (
        "O certificado novo ainda não assinou nenhum documento; o antigo fica guardado até lá.",
        "Remova-o depois da primeira assinatura do novo, ou agora com --forcar.",
    ),
    "SEP-CERT-LEITURA": (
        "O arquivo do certificado não pôde ser lido.",
        "Dê ao usuário do serviço permissão de ler e apagar o arquivo.",
    ),
    "SEP-CERT-SOBRA": (
        "O certificado foi instalado, mas o arquivo não pôde ser apagado.",
        "Apague da pasta o .pfx e o .senha.",
    ),
    "SEP-CERT-INCIDENTE": (
        "O certificado não pôde ser examinado; o detalhe técnico está na pasta de incidentes.",
        "Instale-o por comando, ou envie o incidente a quem mantém o separador.",
    ),
    "SEP-TOKEN-ABERTO": ("O token está aberto e assina.", "Nada a fazer."),
    "SEP-TOKEN-FORA-DE-USO": (
        "Este certificado não é o padrão de uma empresa configurada; o token não foi aberto.",
        "Torne-o o padrão da empresa (separador certificado padrao APELIDO) e informe o PIN de novo.",
    ),
    "SEP-TOKEN-SEM-PIN": (
        "O token do certificado espera o PIN.",
        "Informe-o uma vez por execução: separador certificado pin APELIDO",
    ),
    "SEP-TOKEN-PIN": (
        "O token recusou o PIN; ele não será tentado de novo.",
        "Confira o PIN e informe-o: separador certificado pin APELIDO. Errar mais vezes bloqueia o token.",
    ),
    "SEP-TOKEN-ULTIMA": (
        "Resta uma só tentativa de PIN no token; ela não é gasta por programa.",
        "Digite o PIN certo no programa do fabricante (isto zera a contagem) e repita.",
    ),
    "SEP-TOKEN-BLOQUEADO": (
        "O PIN do token está bloqueado.",
        "Desbloqueie com o PUK, no programa do fabricante, e informe o PIN: separador certificado pin APELIDO.",
    ),
    "SEP-TOKEN-AUSENTE": (
        "O token não está nesta máquina, ou não responde.",
        "Ligue o token e repita. Num servidor em nuvem, use um certificado A1 ou rode o separador onde o token está.",
    ),
    "SEP-TOKEN-MODULO": (
        "A biblioteca PKCS#11 do token não existe nesta máquina, ou não pôde ser carregada.",
        "Instale o programa do fabricante do token para este sistema e informe o caminho da biblioteca (.so).",
    ),
    "SEP-TOKEN-SEM-SUPORTE": (
        "Esta instalação não tem suporte a token A3.",
        "Instale o extra: pip install 'separador[a3]'.",
    ),
    "SEP-TOKEN-SEM-CHAVE": (
        "O token não tem mais a chave deste certificado.",
        "Veja o que há nele: separador certificado token --modulo CAMINHO; instale o certificado de novo.",
    ),
    "SEP-TOKEN-OUTRA-CHAVE": (
        "A chave que está no token não é a do certificado, ou não é RSA.",
        "Instale de novo o certificado que está no token: separador certificado instalar --a3.",
    ),
    "SEP-TOKEN-SEM-CERTIFICADO": (
        "No token não há certificado da empresa.",
        "Ligue o token da empresa; se há mais de um, diga qual com --token NOME.",
    ),
}
