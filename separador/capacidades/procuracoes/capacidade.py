"""Plugs in the offices' accesses: commands, what expires, their codes."""

from separador.nucleo.capacidade import Capacidade, Comando, Tela

_TELAS = "separador.capacidades.procuracoes.telas.escritorios"
_FORMULARIO = "separador.capacidades.procuracoes.telas.formulario"
_GUARDA = "separador.capacidades.procuracoes.telas.com_certificado:guarda"
_ACESSO = "/escritorios/{cnpj}/certificados/{id}"

CAPACIDADE = Capacidade(
    nome="procuracoes",
    comandos=(
        Comando("procuracao", "separador.capacidades.procuracoes.cli.procuracao:procuracao", 170),
        Comando("cadastro", "separador.capacidades.procuracoes.cli.cadastro:cadastro", 190),
    ),
    direitos={"ler": ("procuracao listar", "procuracao ver", "procuracao escritorios", "cadastro exportar")},
    contam=("cadastro importar", "procuracao *"),
    recebe={"procuracao": "separador.capacidades.procuracoes.servico.recebimento:acesso"},
    validades="separador.capacidades.procuracoes.servico.procuracoes:validades",
    falhas="separador.capacidades.procuracoes.falhas:TEXTOS",
    telas=(
        Tela("/escritorios", f"{_TELAS}:escritorios", acao="procuracao escritorios", menu="Procurações", lugar=50),
        Tela("/escritorios/novo", f"{_TELAS}:novo", acao="procuracao escritorio", muda="procuracao escritorio"),
        Tela("/escritorios/{cnpj}/certificados", f"{_TELAS}:lista", acao="procuracao listar"),
        Tela(
            "/escritorios/{cnpj}/certificados/novo",
            f"{_FORMULARIO}:novo",
            acao="procuracao incluir",
            muda="procuracao incluir",
            arquivos=_GUARDA,
        ),
        Tela(_ACESSO, f"{_TELAS}:acesso", acao="procuracao ver", muda="procuracao alterar", arquivos=_GUARDA),
        Tela(f"{_ACESSO}/excluir", f"{_FORMULARIO}:excluir", acao="procuracao excluir", muda="procuracao excluir"),
    ),
    copia=("escritorio", "procuracao", "procuracao_cliente"),
    perdas={"procuracao": ("acesso", "acessos")},
)
