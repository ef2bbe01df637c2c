"""Plugs in the offices' accesses: commands, what expires, their codes."""

from separador.nucleo.capacidade import Capacidade, Comando, Tela

_TELAS = "separador.capacidades.procuracoes.telas.escritorios"

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
    telas=(
        Tela("/escritorios", f"{_TELAS}:escritorios", acao="procuracao escritorios", menu="Procurações", lugar=50),
        Tela("/escritorios/{cnpj}/certificados", f"{_TELAS}:lista", acao="procuracao listar"),
        Tela("/escritorios/{cnpj}/certificados/{id}", f"{_TELAS}:acesso", acao="procuracao ver"),
    ),
    copia=("escritorio", "procuracao", "procuracao_cliente"),
    perdas={"procuracao": ("acesso", "acessos")},
)
