"""Opens and ends a session of eight hours for one operating-system account (`separador entrar`, `separador sair`)."""

import os
from typing import Any

import click

from separador.acesso.dominio import DURACAO_SESSAO
from separador.cli.base import autorizacao, chamada, leitura, terminal
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.soquete.passagem import Antes, antes
from separador.nucleo.fuso import hora
from separador.nucleo.texto.razao import razao


def _perguntar(ditos: dict[str, Any]) -> Antes:
    email = ditos["email"] or click.prompt("E-mail", err=True)
    return Antes(
        ("--usuario", email, "--senha-stdin"),
        terminal.pedir_senha("Senha", pela_entrada=ditos["senha_stdin"]) + "\n",
    )


@click.command(
    options_metavar="[OPÇÕES]",
    help="Abre uma sessão: os comandos seguintes desta conta do sistema são dados em nome do usuário, por 8 horas ou "
    "até separador sair. O arquivo da sessão fica na sua pasta pessoal e só você o lê.",
)
@click.option("--usuario", "email", metavar="E-MAIL", help="Quem entra. Sem ela, é perguntado.")
@click.option("--senha-stdin", is_flag=True, help="Lê a senha da entrada padrão, uma linha.")
@antes(_perguntar)
@passar_opcoes
def entrar(opcoes: Opcoes, email: str | None, senha_stdin: bool) -> None:
    """Exits with 1 when user and password do not match."""
    from separador.acesso import sessao  # noqa: PLC0415
    from separador.acesso.servico import autorizacao as servico_de_autorizacao  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    if not autorizacao.ha_usuarios(dados):
        sair(Saida.RECUSADO, "Ainda não há usuários cadastrados: os comandos são dados pela conta do sistema.")
    if email is None:
        email = click.prompt("E-mail", err=True)
    autor = autorizacao.autenticar(dados, email, terminal.pedir_senha("Senha", pela_entrada=senha_stdin))
    agora = leitura.agora_utc()
    with autorizacao.escrevendo(dados) as banco:
        ficha = servico_de_autorizacao.entrar(banco, autor, chamada.uid(), agora)
        try:
            chamada.guardar_ficha(sessao.caminho(dados, os.environ), ficha)
        except OSError as erro:
            servico_de_autorizacao.sair(banco, ficha, chamada.conta(), agora)
            sair(
                Saida.RECUSADO,
                f"Não consegui gravar o arquivo da sessão ({razao(erro)}); use --usuario em cada comando.",
            )
    ate = hora(agora + DURACAO_SESSAO)
    click.echo(f"Você entrou como {autor.quem} ({autor.nivel}), até as {ate}. Para sair antes: separador sair")


@click.command(name="sair", options_metavar="[OPÇÕES]", help="Encerra a sessão aberta por separador entrar.")
@passar_opcoes
def sair_da_sessao(opcoes: Opcoes) -> None:
    """Ends the session. It is no error when none is open."""
    from separador.acesso import sessao  # noqa: PLC0415
    from separador.acesso.servico import autorizacao as servico_de_autorizacao  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    arquivo = sessao.caminho(dados, os.environ)
    try:
        ficha = chamada.ficha(arquivo)
    except sessao.SessaoInseguraError as erro:
        sair(Saida.RECUSADO, str(erro))
    if ficha is None:
        sair(Saida.FEITO, "Não havia sessão aberta.")
    with autorizacao.escrevendo(dados) as banco:
        servico_de_autorizacao.sair(banco, ficha, chamada.conta(), leitura.agora_utc())
    chamada.apagar_ficha(arquivo)
    click.echo("Sessão encerrada.")
