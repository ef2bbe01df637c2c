"""Takes the database that is there as this installation's (`separador banco adotar`)."""

import click

from separador.acesso.banco import auditoria
from separador.banco.leitura import ARQUIVO
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.motor.trava import quem_detem
from separador.nucleo.texto.razao import razao


@click.command(
    options_metavar="[OPÇÕES]",
    help="Aceita como desta instalação o banco que está na pasta de dados, embora seja de outra. Só com o serviço "
    "desligado; fica registrado na auditoria.",
)
@click.option("--motivo", required=True, metavar="TEXTO", help="Por que o banco é este; fica registrado.")
@passar_opcoes
def adotar(opcoes: Opcoes, motivo: str) -> None:
    """Exits with 1 when there is nothing to accept, with 4 while a service uses the database."""
    from separador.banco import procedencia  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    if not motivo.strip():
        sair(Saida.RECUSADO, "Diga o motivo; nada foi mudado.")
    if not (dados / ARQUIVO).is_file():
        sair(Saida.RECUSADO, f"Não há banco em {dados}.")
    if quem_detem(dados) is not None:
        sair(Saida.OCUPADO, "O serviço está ligado; pare-o antes: separador parar")
    try:
        esta = instalacao.adotar(dados, leitura.agora_utc()).id
    except (instalacao.Ilegivel, OSError) as erro:
        sair(Saida.RECUSADO, f"Não consegui saber que instalação é esta: {razao(erro)}.")
    with autorizacao.escrevendo(dados, migrar=True) as aberto:
        dona = procedencia.dono(aberto)
        if dona == esta:
            sair(Saida.RECUSADO, "O banco já é desta instalação: não há o que adotar.")
        with aberto.transacao():
            quando = texto_de(leitura.agora_utc())
            procedencia.tomar(aberto, esta, quando)
            detalhe = f"{motivo.strip()} (era de {dona or 'nenhuma'})"
            auditoria.registrar(aberto, quando, autorizacao.quem(), "banco adotado", esta, detalhe=detalhe)
    click.echo(f"O banco é agora desta instalação ({esta}).")
