"""Plugs in the offices' accesses: commands, what expires, their codes."""

from separador.nucleo.capacidade import Capacidade, Comando

CAPACIDADE = Capacidade(
    nome="procuracoes",
    comandos=(
        Comando("procuracao", "separador.capacidades.procuracoes.cli.procuracao:procuracao", 170),
        Comando("cadastro", "separador.capacidades.procuracoes.cli.cadastro:cadastro", 190),
    ),
    direitos={"ler": ("procuracao listar", "procuracao ver", "procuracao escritorios", "cadastro exportar")},
    contam=("cadastro importar", "procuracao *"),
    validades="separador.capacidades.procuracoes.servico.procuracoes:validades",
    falhas="separador.capacidades.procuracoes.falhas:TEXTOS",
    copia=("escritorio", "procuracao", "procuracao_cliente"),
    perdas={"procuracao": ("acesso", "acessos")},
)
