"""Holds what the codes of the notices say: the reason and what to do (Portuguese)."""

TEXTOS: dict[str, tuple[str, str]] = {
    "SEP-VENCENDO": (
        "Um certificado ou um acesso vence em breve; a mensagem diz qual e quando.",
        "Renove-o; a falha diz como.",
    ),
    "SEP-VENCIDO": ("Um certificado ou um acesso venceu; a mensagem diz qual e quando.", "Renove-o; a falha diz como."),
    "SEP-SENHA-PEDIDA": (
        "Se houver um usuário ativo com este e-mail, o link para definir a senha vai por e-mail.",
        "Nada a fazer; o código vale uma vez, até a hora que o e-mail diz.",
    ),
    "SEP-AVISO": (
        "Um aviso não saiu por e-mail ou por webhook.",
        "Confira as chaves smtp e avisos da configuração, e se a rede é permitida ao serviço (systemd/LEIAME.md).",
    ),
}
