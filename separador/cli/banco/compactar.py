"""Makes the database smaller (`separador banco compactar`)."""

import shutil

import click

from separador.banco.leitura import ARQUIVO
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair

_MB = 1_000_000
_COMPACTADOS = 500
_FOLGA = 1.05
"""Of the size now: what is needed beside it."""


@click.command(
    options_metavar="[OPÇÕES]",
    help="Reescreve o banco menor: guarda os XML assinados na forma pequena e devolve ao disco o que não tem uso. Só "
    "com o serviço desligado; precisa, ao lado, de tanto espaço quanto o banco ocupa, e diz quanto antes de começar.",
)
@passar_opcoes
def compactar(opcoes: Opcoes) -> None:
    """Exits with 1 without room, or when the new database is not what the old one is; with 4 while a service runs."""
    from separador.banco import assinados, compactacao, troca  # noqa: PLC0415
    from separador.motor import trava  # noqa: PLC0415
    from separador.pedidos.dono import em_nome_do_dono  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    if not (dados / ARQUIVO).is_file():
        sair(Saida.RECUSADO, f"Não há banco em {dados}.")
    with em_nome_do_dono(dados):
        tomada = trava.tomar(dados, agora=leitura.agora_utc())
    if not isinstance(tomada, trava.Trava):
        sair(Saida.OCUPADO, "O serviço está ligado; pare-o antes: separador parar")
    with tomada:
        preciso = int((dados / ARQUIVO).stat().st_size * _FOLGA)
        livres = shutil.disk_usage(dados).free
        click.echo(f"Preciso de {preciso / _MB:.0f} MB livres em {dados}; há {livres / _MB:.0f} MB.")
        if livres < preciso:
            sair(Saida.RECUSADO, "Não cabe; nada foi mudado.")
        with autorizacao.escrevendo(dados, migrar=True) as aberto:
            while assinados.compactar(aberto, _COMPACTADOS):
                pass
        try:
            with em_nome_do_dono(dados):
                antes, depois = compactacao.compactar(dados)
        except (compactacao.NaoConfereError, troca.EmUsoError) as erro:
            sair(Saida.RECUSADO, f"Não troquei o banco: {erro}. Ele está como estava.")
    click.echo(f"O banco tinha {antes / _MB:.1f} MB e tem {depois / _MB:.1f} MB.")
