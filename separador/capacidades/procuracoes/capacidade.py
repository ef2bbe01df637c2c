"""Plugs in the offices' accesses: commands, and what expires."""

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
)
