"""Starts and stops the service: by systemd where it runs the unit, else by this program.

The commands are `executar`, `uma-vez`, `iniciar`, `parar`, `reiniciar`.
"""

import click

from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.pedidos.dono import deixar_de_ser_root


@click.command(
    options_metavar="[OPÇÕES]", help="Executa o serviço neste terminal, até Ctrl+C. É o que o systemd executa."
)
@passar_opcoes
def executar(opcoes: Opcoes) -> None:
    """Exits with the code of the service itself."""
    deixar_de_ser_root(opcoes.configuracao().dados)
    from separador.motor import principal  # noqa: PLC0415 -- the whole service

    sair(principal.executar(opcoes.arquivo.absolute()))


@click.command(
    name="uma-vez",
    options_metavar="[OPÇÕES]",
    help="Faz tudo o que há para fazer e termina. Espera os arquivos ficarem completos.",
)
@passar_opcoes
def uma_vez(opcoes: Opcoes) -> None:
    """Exits with the code of the service itself."""
    deixar_de_ser_root(opcoes.configuracao().dados)
    from separador.motor import principal  # noqa: PLC0415

    sair(principal.uma_vez(opcoes.arquivo.absolute()))


@click.command(options_metavar="[OPÇÕES]", help="Liga o serviço e espera ele ficar pronto.")
@passar_opcoes
def iniciar(opcoes: Opcoes) -> None:
    """Exits with 0: running (also when it was already); 3: no answer in time; else what the service answered."""
    _iniciar(opcoes)


@click.command(options_metavar="[OPÇÕES]", help="Desliga o serviço. O que está em andamento é terminado antes.")
@passar_opcoes
def parar(opcoes: Opcoes) -> None:
    """Exits with 0: stopped (also when it already was); 1: not allowed; 3: no answer in time; 4: held elsewhere."""
    _parar(opcoes)


@click.command(options_metavar="[OPÇÕES]", help="Desliga e liga o serviço.")
@passar_opcoes
def reiniciar(opcoes: Opcoes) -> None:
    """Does as `parar` and then `iniciar`. The configuration is checked before anything stops."""
    from separador.pedidos import processo  # noqa: PLC0415

    configuracao = opcoes.configuracao()
    if processo.do_systemd(configuracao.arquivo):
        _pelo_systemd("restart", "Serviço reiniciado.")
    _parar(opcoes)
    _iniciar(opcoes)


def _iniciar(opcoes: Opcoes) -> None:
    from separador.pedidos import processo  # noqa: PLC0415

    configuracao = opcoes.configuracao()
    if processo.do_systemd(configuracao.arquivo):
        _pelo_systemd("start", "Serviço ligado.")
    codigo, mensagem = processo.iniciar_solto(configuracao)
    _dizer(codigo, mensagem)


def _parar(opcoes: Opcoes) -> None:
    from separador.pedidos import processo  # noqa: PLC0415

    configuracao = opcoes.configuracao()
    if processo.do_systemd(configuracao.arquivo):
        _pelo_systemd("stop", "Serviço desligado.")
    codigo, mensagem = processo.parar_solto(configuracao.dados)
    _dizer(codigo, mensagem)


def _dizer(codigo: int, mensagem: str) -> None:
    """Shows a success and goes on. Ends the command after anything else."""
    if codigo != Saida.FEITO:
        sair(codigo, mensagem)
    click.echo(mensagem)


def _pelo_systemd(verbo: str, feito: str) -> None:
    from separador.pedidos import processo  # noqa: PLC0415

    codigo, mensagem = processo.systemctl(verbo)
    sair(codigo, feito if codigo == Saida.FEITO else mensagem)
