"""Makes an older database whole from the files beside it (`separador copia reconstruir`)."""

import os

import click

from separador.banco.leitura import ARQUIVO
from separador.capacidades.copias.cli.comum import dizendo
from separador.cli.base import autorizacao, leitura
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.nucleo.texto.quantidade import milhar, quantos

_MOSTRADOS = 20


@click.command(
    options_metavar="[OPÇÕES]",
    help="Torna inteiro um banco mais antigo que os arquivos ao lado dele (SEP-BANCO-ANTIGO): lê fiscal/ e arquivo/ e "
    "escreve de volta documentos, protocolos, eventos e versões assinadas, conferindo cada assinatura. Do que tem "
    "original e não tem resposta, o serviço pergunta à SEFAZ uma vez, ao ligar. Nada é publicado de novo. Só com o "
    "serviço desligado; pode ser repetido.",
)
@passar_opcoes
def reconstruir(opcoes: Opcoes) -> None:
    """Exits with 1 when a file could not be written back, each named; with 4 while a service uses the database."""
    from separador.capacidades.copias.servico.reconstruir.obra import reconstruir as refazer  # noqa: PLC0415
    from separador.capacidades.copias.servico.reconstruir.preparo import contexto_de  # noqa: PLC0415
    from separador.motor import trava  # noqa: PLC0415
    from separador.motor.relogio import da_maquina  # noqa: PLC0415
    from separador.motor.trabalho.sem_despejo import sem_despejo  # noqa: PLC0415
    from separador.pedidos.dono import em_nome_do_dono  # noqa: PLC0415

    config = opcoes.configuracao()
    if not (config.dados / ARQUIVO).is_file():
        sair(Saida.RECUSADO, f"Não há banco em {config.dados}; ligue o serviço uma vez, que o cria, e desligue-o.")
    with em_nome_do_dono(config.dados):
        tomada = trava.tomar(config.dados, agora=leitura.agora_utc())
    if not isinstance(tomada, trava.Trava):
        sair(Saida.OCUPADO, "O serviço está ligado; pare-o antes: separador parar")
    sem_despejo()
    with tomada, dizendo(), autorizacao.escrevendo(config.dados, migrar=True) as banco:
        contexto = contexto_de(config, banco, da_maquina(), os.environ)
        feito = refazer(contexto, autorizacao.quem())
    for problema in feito.problemas[:_MOSTRADOS]:
        click.echo(problema, err=True)
    click.echo(
        f"Escritos de volta: {quantos(feito.documentos, 'documento', 'documentos')}, "
        f"{quantos(feito.eventos, 'evento', 'eventos')}; atualizados: {milhar(feito.atualizados)}."
    )
    if feito.perguntas:
        click.echo(f"À SEFAZ, ao ligar o serviço: {quantos(feito.perguntas, 'pergunta', 'perguntas')}.")
    if feito.problemas:
        sair(Saida.RECUSADO, f"{milhar(len(feito.problemas))} não puderam ser; o resto está feito.")
