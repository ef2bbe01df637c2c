"""Plugs in the program's own commands: the commands, who may give them, the codes of users and rights."""

from separador.nucleo.capacidade import Capacidade, Comando

CAPACIDADE = Capacidade(
    nome="cli",
    comandos=(
        Comando("init", "separador.cli.init:init", 10),
        Comando("executar", "separador.cli.servico:executar", 20),
        Comando("uma-vez", "separador.cli.servico:uma_vez", 30),
        Comando("iniciar", "separador.cli.servico:iniciar", 40),
        Comando("parar", "separador.cli.servico:parar", 50, com_a_ultima_boa=True),
        Comando("reiniciar", "separador.cli.servico:reiniciar", 60),
        Comando("situacao", "separador.cli.situacao:situacao", 70, com_a_ultima_boa=True),
        Comando("falhas", "separador.cli.falhas:falhas", 80, com_a_ultima_boa=True),
        Comando("ordens", "separador.cli.ordens.grupo:ordens", 85, com_a_ultima_boa=True),
        Comando("localizar", "separador.cli.localizar:localizar", 95, com_a_ultima_boa=True),
        Comando("rotas", "separador.cli.rotas:rotas", 100),
        Comando("empresas", "separador.cli.empresas.grupo:empresas", 105),
        Comando("entrar", "separador.cli.entrar:entrar", 140),
        Comando("sair", "separador.cli.entrar:sair_da_sessao", 150),
        Comando("usuario", "separador.cli.usuario:usuario", 160),
        Comando("auditoria", "separador.cli.auditoria:auditoria", 180, com_a_ultima_boa=True),
        Comando("cofre", "separador.cli.cofre:cofre", 210),
        Comando("banco", "separador.cli.banco.grupo:banco", 215),
        Comando("verificar", "separador.cli.verificar:verificar", 230),
        Comando("config", "separador.cli.config:config", 240),
        Comando("log", "separador.cli.log:log", 250, com_a_ultima_boa=True),
    ),
    direitos={
        # systemd runs `executar`, so the operating system decides who may run it.
        "livre": (
            "executar",
            "entrar",
            "sair",
            "usuario recuperar",
            "usuario definir-senha",
            "usuario trocar-senha",
            "cofre chave",
        ),
        "ler": (
            *("situacao", "log", "verificar", "localizar", "rotas listar", "rotas testar", "empresas listar"),
            *(
                "config conferir",
                "ordens listar",
                "usuario listar",
                "usuario sessoes",
                "falhas",
                "falhas listar",
                "banco tamanho",
                "banco versao",
                "banco voltar",
            ),
            *("auditoria listar", "auditoria conferir"),
        ),
        "operar": ("falhas dispensar", "ordens retirar", "rotas soltar"),
    },
    contam=(
        *("falhas dispensar", "ordens retirar", "rotas soltar", "auditoria selar", "usuario *"),
        *("banco adotar", "banco voltar"),
    ),
    falhas="separador.acesso.falhas:TEXTOS",
    perdas={"usuario": ("usuário", "usuários")},
)
