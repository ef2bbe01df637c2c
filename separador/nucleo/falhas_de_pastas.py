"""Holds what the codes of folders say, and of the files that wait in them: the reason and what to do (Portuguese)."""

_ASSUMIR = "separador init --assumir --rota N (ou --secao NOME, se a pasta não é de rota)"
_REFAZER = "separador init --rota N (ou --secao NOME, se a pasta não é de rota)"

DE_PASTAS: dict[str, tuple[str, str]] = {
    # --- folders and disks
    "SEP-PASTA-SUMIU": (
        "A pasta não está acessível.",
        "Verifique se a pasta existe e se o compartilhamento está montado; ela nunca é recriada sozinha.",
    ),
    "SEP-MARCA-SUMIU": (
        "A marca da pasta não está lá; o compartilhamento pode ter caído.",
        f"Monte o compartilhamento de novo. Se a pasta foi recriada de propósito: {_REFAZER}",
    ),
    "SEP-MARCA-OUTRA": (
        "A pasta tem a marca de outra pasta desta instalação.",
        f"Verifique o que está montado ali. Se a troca foi de propósito: {_REFAZER}",
    ),
    "SEP-PASTA-DE-OUTRA": (
        "A pasta é de outra instalação do separador; nada dela é lido, gravado nem removido.",
        f"Use outra pasta, ou desligue a outra. Se esta deve ficar com ela: {_ASSUMIR}",
    ),
    "SEP-PERDI-A-PASTA": (
        "O canto desta instalação na pasta (.separador) não está mais lá; nada dele é dado por publicado.",
        f"Verifique quem mexeu na .separador da pasta. Se foi de propósito: {_REFAZER}",
    ),
    "SEP-CANTO-ALHEIO": (
        "A .separador da pasta não é só desta instalação: é um link, ou é de outro, ou outros podem gravar nela.",
        (
            "Não a apague: tem arquivos em mãos. Se só o modo mudou: separador init (ou chmod -R g-w,o-w nela). "
            "Se só o dono: chown -R. Se outro a pôs: tire-a do caminho (mv) e veja. A rota continua sozinha."
        ),
    ),
    "SEP-CANTO-TROCADO": (
        "A .separador da pasta foi trocada por outra com o serviço ligado.",
        "O que está ali não foi lido nem mudado. Devolva a .separador. Se a troca foi de propósito, reinicie.",
    ),
    "SEP-CAMINHO-INSEGURO": (
        "O caminho da pasta passa por um link, e outros podem gravar em uma pasta do caminho.",
        "Escreva na configuração o caminho verdadeiro, ou tire de outros o direito de gravar nas pastas do caminho.",
    ),
    "SEP-PASTA-EM-DISPUTA": (
        "Outra instalação está mexendo na pasta.",
        f"Desligue a outra instalação e repita: {_ASSUMIR}",
    ),
    "SEP-TOMADA": (
        "A pasta mudou de dono, ou o canto dela foi refeito, e não deu para saber se este arquivo já tinha saído.",
        "O original está em quarentena/. Confira no destino e com quem coleta; se não saiu, solte-o de novo na origem.",
    ),
    "SEP-NAO-E-PASTA": ("O caminho não é uma pasta.", "Corrija o caminho na configuração da rota."),
    "SEP-SEM-PERMISSAO": (
        "Sem permissão na pasta.",
        "Dê ao usuário do serviço permissão de leitura e escrita na pasta.",
    ),
    "SEP-SEM-ESPACO": (
        "Disco cheio, ou com menos livre que a reserva (chave reserva_disco_mb).",
        "Libere espaço (ou cota) no disco; a rota continua sozinha quando houver espaço.",
    ),
    "SEP-SOMENTE-LEITURA": (
        "O disco está montado somente para leitura.",
        "Verifique erros de disco e monte de novo com permissão de escrita.",
    ),
    "SEP-FALHA-DE-DISCO": (
        "Erro de leitura ou gravação no disco.",
        "Verifique o disco (dmesg, smartctl) antes de continuar.",
    ),
    "SEP-LIMITE-DO-SISTEMA": (
        "Limite do sistema atingido.",
        "Aumente o limite (arquivos abertos, tamanho de arquivo, memória) do serviço.",
    ),
    "SEP-PASTA-FALHOU": ("A pasta não respondeu.", "Verifique o disco ou o compartilhamento e as permissões da pasta."),
    "SEP-PASTA-SEM-RESPOSTA": (
        "A pasta não responde: o servidor do compartilhamento, ou o disco, está calado há mais de 5 s.",
        "Verifique o servidor e a rede. As outras rotas seguem; esta continua sozinha quando a pasta responder.",
    ),
    "SEP-PROVISORIO-EXISTE": (
        "O arquivo provisório já existe.",
        "Rode 'separador verificar'; o arquivo provisório é resto de uma execução anterior.",
    ),
    "SEP-LEITURA-RASGADA": (
        "O arquivo mudou enquanto era lido.",
        "Nada a fazer: o arquivo será lido de novo quando parar de mudar.",
    ),
    "SEP-NAO-COLETADO": (
        "Arquivo pronto no destino e não coletado pelo outro programa no prazo (opção prazo_coleta da rota).",
        "Verifique se o programa que coleta está no ar e olha para esta pasta.",
    ),
    # --- files that stay where they are
    "SEP-SEM-REGRA": (
        "Nenhuma regra de arquivo desta pasta aceita este nome; o arquivo fica onde está.",
        "Corrija o nome, ou inclua uma rota para ele (separador rotas testar NOME).",
    ),
    "SEP-VAZIO": ("Arquivo vazio: aguardando o conteúdo.", "Grave o conteúdo do arquivo, ou apague-o."),
    "SEP-EM-USO": (
        "Arquivo aberto por outro programa: ainda está sendo gravado.",
        "Feche o arquivo no programa que o grava; ele será lido logo em seguida.",
    ),
    "SEP-LIGADO": (
        "Arquivo com um segundo nome (link): por ele o conteúdo ainda poderia mudar. Aguardando ficar só com este.",
        "Apague o outro nome do arquivo (find PASTA -samefile ARQUIVO), ou solte uma cópia dele.",
    ),
    "SEP-MUDANDO": ("Arquivo recente: aguardando parar de mudar.", "Verifique o programa que grava o arquivo."),
    "SEP-INACABADO": (
        "Conteúdo incompleto: o documento (XML ou JSON) ainda não foi fechado.",
        "Verifique o programa que grava o arquivo.",
    ),
    "SEP-TEMPORARIO": (
        "Nome temporário: quem grava ainda não terminou.",
        "Quem grava deve renomear o arquivo ao terminar; se sobrou de uma queda, apague-o.",
    ),
    "SEP-ILEGIVEL": ("O arquivo não pode ser lido.", "Dê ao usuário do serviço permissão de ler o arquivo."),
    "SEP-INTOMAVEL": (
        "O arquivo não pode ser retirado da pasta.",
        "Dê ao usuário do serviço o direito de mover e apagar o arquivo (dono, atributos, pasta com +t).",
    ),
    "SEP-SEM-MARCADOR": (
        "Falta o arquivo marcador: o documento espera por ele.",
        "Verifique o programa que grava o arquivo.",
    ),
    "SEP-MARCADOR-SO": ("Há o arquivo marcador, sem o documento dele.", "Verifique o programa que grava o arquivo."),
}
