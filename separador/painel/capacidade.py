"""Plugs in the panel: its command and the program's own pages."""

from separador.nucleo.capacidade import Capacidade, Comando, Tela

_P = "separador.painel"

CAPACIDADE = Capacidade(
    nome="painel",
    comandos=(Comando("painel", "separador.programa:painel", 65, com_a_ultima_boa=True),),
    # As `executar`: systemd runs it, and the operating system decides who may. A right to give the command is no right
    # on a page.
    direitos={"livre": ("painel",)},
    telas=(
        Tela("/primeiro-acesso", f"{_P}.entrada:primeiro_acesso", acao="entrar"),
        Tela("/entrar", f"{_P}.entrada:entrar", acao="entrar", muda="entrar"),
        Tela("/sair", f"{_P}.entrada:sair", muda="sair"),
        Tela("/saude", f"{_P}.vivo:saude", acao="entrar"),
        Tela("/vivo", f"{_P}.vivo:vivo", acao="situacao"),
        Tela("/", f"{_P}.inicio:inicio", acao="situacao", menu="Separador de Arquivos", lugar=10),
    ),
)
"""`/saude` and the pages before a session ask for nothing; `entrar` is the free command that they stand for."""
