"""Holds what the codes of users, rights and offices say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-ACESSO-SENHA": (
        "Usuário ou senha não conferem.",
        "Confira o e-mail e a senha; quem a esqueceu recebe um código de: separador usuario recuperar E-MAIL",
    ),
    "SEP-ACESSO-BLOQUEADO": (
        "Senhas erradas demais; a mensagem diz quanto esperar.",
        "Espere, ou recupere a senha por código: separador usuario recuperar E-MAIL",
    ),
    "SEP-ACESSO-INATIVO": (
        "O usuário está desativado.",
        "Fale com um administrador, que pode ativá-lo: separador usuario ativar E-MAIL",
    ),
    "SEP-ACESSO-NIVEL": (
        "O usuário não tem o nível que o comando pede, ou já não o tinha quando a ordem ia ser cumprida.",
        "Peça a quem tem esse nível, ou a um administrador que mude o seu: separador usuario alterar E-MAIL",
    ),
    "SEP-ACESSO-SESSAO": (
        "A sessão terminou ou não vale mais; entre de novo: separador entrar",
        "Entre de novo, ou dê o comando com --usuario E-MAIL.",
    ),
    "SEP-CODIGO": (
        "O código de uso único não existe, já foi usado ou expirou.",
        "Confira se foi copiado inteiro, ou peça outro com: separador usuario recuperar E-MAIL",
    ),
    "SEP-SENHA-FRACA": (
        "A senha nova é curta, longa demais ou fácil de adivinhar; a mensagem diz por quê.",
        "Use uma frase; o código continua valendo.",
    ),
    "SEP-USUARIO-DESCONHECIDO": ("Não há usuário com este e-mail.", "Veja os que há: separador usuario listar"),
    "SEP-USUARIO-REPETIDO": (
        "Já há um usuário com este e-mail.",
        "Use outro e-mail, ou mude o que há: separador usuario alterar E-MAIL",
    ),
    "SEP-USUARIO-EMAIL": ("O texto dado não é um endereço de e-mail.", "Corrija o endereço e repita o comando."),
    "SEP-USUARIO-NOME": (
        "O nome está vazio, é longo demais ou tem caracteres que não se veem.",
        "Corrija o nome e repita o comando.",
    ),
    "SEP-USUARIO-PRIMEIRO": (
        "O primeiro usuário deve ser administrador: sem um, ninguém mais poderia incluir outros.",
        "Inclua antes um administrador: --nivel administrador",
    ),
    "SEP-USUARIO-ULTIMO": ("É o último administrador ativo.", "Inclua ou ative outro antes."),
    "SEP-ESCRITORIO": (
        "O CNPJ ou o nome do escritório não serve, ou ele não está cadastrado.",
        "Corrija o que a mensagem diz; um escritório se inclui com: separador procuracao escritorio",
    ),
}
