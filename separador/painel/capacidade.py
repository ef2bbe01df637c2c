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
        Tela("/senha/recuperar", f"{_P}.senha:recuperar", acao="usuario recuperar", muda="usuario recuperar"),
        Tela("/senha/definir", f"{_P}.senha:definir", acao="usuario definir-senha", muda="usuario definir-senha"),
        Tela("/conta", f"{_P}.conta:conta", acao="usuario sessoes", muda="usuario trocar-senha", com_sessao=True),
        Tela("/localizar", f"{_P}.localizar:localizar", acao="rastrear"),
        Tela("/falhas/{id}/dispensar", f"{_P}.falhas:dispensar", acao="falhas dispensar", muda="falhas dispensar"),
        Tela("/ordens/{id}/retirar", f"{_P}.ordens:retirar", acao="ordens retirar", muda="ordens retirar"),
        Tela("/servico/iniciar", f"{_P}.servico:iniciar", acao="iniciar", muda="iniciar"),
        Tela("/servico/finalizar", f"{_P}.servico:finalizar", acao="parar", muda="parar"),
        Tela("/servico/reiniciar", f"{_P}.servico:reiniciar", acao="reiniciar", muda="reiniciar"),
        Tela("/rotas", f"{_P}.rotas:lista", acao="rotas listar", muda="config definir"),
        Tela("/rotas/nova", f"{_P}.rotas:nova", acao="rotas incluir", muda="rotas incluir"),
        Tela("/rotas/{id}", f"{_P}.rotas:uma", acao="rotas alterar", muda="rotas alterar"),
        Tela(
            "/rotas/{id}/soltar",
            f"{_P}.soltar:soltar",
            acao="rotas soltar",
            muda="rotas soltar",
            arquivos=f"{_P}.soltar:guarda",
        ),
        Tela("/usuarios", f"{_P}.usuarios:lista", acao="usuario listar", menu="Usuários", lugar=60),
        Tela("/usuarios/novo", f"{_P}.usuarios:novo", acao="usuario incluir", muda="usuario incluir"),
        Tela("/usuarios/{email}", f"{_P}.usuarios:um", acao="usuario listar", muda="usuario alterar"),
        Tela("/auditoria", f"{_P}.auditoria:auditoria", acao="auditoria listar", menu="Auditoria", lugar=70),
        Tela("/", f"{_P}.inicio:inicio", acao="situacao", menu="Separador de Arquivos", lugar=10),
    ),
)
"""`/saude` and the pages before a session ask for nothing; `entrar` is the free command that they stand for."""
