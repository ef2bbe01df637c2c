"""Copies the installation, proves a copy, puts it back (`separador copia`)."""

import os
from pathlib import Path

import click

from separador.capacidades.copias.cli.comum import aberta, da_maquina, dizendo, opcao_da_copia
from separador.cli.base import chamada, leitura
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.nucleo.texto.quantidade import milhar, quantos

_MOSTRADOS = 20
_PASTA = click.Path(path_type=Path, file_okay=False)


@click.group(
    cls=Grupo,
    preguicosos={
        "ensaio": "separador.capacidades.copias.cli.ensaio:ensaio",
        "reconstruir": "separador.capacidades.copias.cli.reconstruir:reconstruir",
    },
    help="Cópias da instalação inteira, feitas com o serviço ligado, conferidas e restauradas. A chave mestra do cofre "
    "não vai nelas: guarde-a à parte.",
)
def copia() -> None:
    """Groups the commands of copies."""


def _frase() -> bytes | None:
    from separador.capacidades.copias.servico.cofre import frase  # noqa: PLC0415

    return frase(os.environ)


@copia.command(
    options_metavar="[OPÇÕES]",
    help="Faz uma cópia da instalação em DESTINO, com o serviço ligado ou não: banco, documentos, originais, recibos, "
    "cofre cifrado e configuração sem segredos. O que já está em DESTINO e não muda não é copiado de novo.",
)
@click.argument("destino", metavar="DESTINO", type=_PASTA)
@click.option("--para-sempre", type=click.IntRange(0), default=0, metavar="N", help="Ficam as N cópias mais novas.")
@click.option("--diaria", type=click.IntRange(0), default=0, metavar="D", help="Fica a última de cada um de D dias.")
@click.option("--semanal", type=click.IntRange(0), default=0, metavar="S", help="Fica a última de S semanas.")
@click.option("--mensal", type=click.IntRange(0), default=0, metavar="M", help="Fica a última de M meses.")
@click.option("--recomecar", is_flag=True, help="DESTINO já teve cópias, e agora está vazio de propósito.")
@passar_opcoes
def fazer(
    opcoes: Opcoes, destino: Path, para_sempre: int, diaria: int, semanal: int, mensal: int, recomecar: bool
) -> None:
    """Exits with 1 when no copy was made, with 3 when the folder does not answer. Without a rule no copy goes."""
    from separador.capacidades.copias.dominio.poda import Regra  # noqa: PLC0415
    from separador.capacidades.copias.servico.fazer import fazer as copiar  # noqa: PLC0415
    from separador.pastas import faixas  # noqa: PLC0415

    config = opcoes.configuracao()
    faixas.usar(config.dados)
    regra = Regra(para_sempre, diaria, semanal, mensal)
    with dizendo():
        feita = copiar(config, destino, leitura.agora_utc(), frase=_frase(), regra=regra, recomecar=recomecar)
    arquivos = quantos(feita.arquivos, "arquivo", "arquivos")
    click.echo(f"Cópia {feita.nome} em {destino}: {arquivos}, {milhar(feita.novos)} novos no acervo.")
    if feita.podadas:
        click.echo(f"Saíram {quantos(len(feita.podadas), 'cópia antiga', 'cópias antigas')}.")
    if not feita.com_frase:
        click.echo("O cofre está nela fechado com a chave mestra, que não vai na cópia: guarde-a à parte.")
    for nome in feita.sem_manifesto[:_MOSTRADOS]:
        fazer_o_que = "Esta foi feita inteira; apague a pasta daquela, que não serve mais."
        click.echo(f"O manifesto da cópia {nome} falta, ou está cortado ou alterado. {fazer_o_que}", err=True)
    for aviso in feita.avisos[:_MOSTRADOS]:
        click.echo(aviso, err=True)
    if feita.avisos:
        sair(
            Saida.RECUSADO,
            f"A cópia foi feita sem {quantos(len(feita.avisos), 'arquivo ou pasta', 'arquivos ou pastas')} de fora.",
        )
    if feita.sem_manifesto:
        sair(Saida.RECUSADO)


@copia.command(
    options_metavar="[OPÇÕES]",
    help="Prova que a cópia está inteira, sem tocar na instalação: a soma de cada arquivo, o banco, o documento "
    "processado de cada autorizado, e o cofre, que deve abrir com a chave mestra desta máquina ou com a frase.",
)
@click.argument("destino", metavar="DESTINO", type=_PASTA)
@opcao_da_copia
@passar_opcoes
def conferir(opcoes: Opcoes, destino: Path, nome: str | None) -> None:
    """Exits with 1 when anything of it is not as it was copied, and names it."""
    from separador.capacidades.copias.servico import conferir as prova  # noqa: PLC0415
    from separador.capacidades.copias.servico import destino as lugar  # noqa: PLC0415

    dados = da_maquina(opcoes)
    with dizendo(), aberta(destino) as arvore:
        feita = prova.conferir(arvore, lugar.escolher(arvore, nome), dados, _frase(), os.environ)
    for problema in feita.problemas[: prova.MOSTRADOS]:
        click.echo(problema, err=True)
    if feita.problemas:
        sair(Saida.RECUSADO, f"A cópia {feita.nome} NÃO está inteira: {milhar(len(feita.problemas))} problema(s).")
    arquivos = quantos(len(feita.manifesto.arquivos), "arquivo", "arquivos")
    autorizados = quantos(feita.processados, "documento autorizado", "documentos autorizados")
    segredos = quantos(feita.segredos, "segredo", "segredos")
    click.echo(f"A cópia {feita.nome} está inteira: {arquivos}, {autorizados} com o processado, {segredos} no cofre.")


@copia.command(
    options_metavar="[OPÇÕES]",
    help="Põe a cópia inteira em uma PASTA vazia, provando cada arquivo, e diz o comando init que vem depois. Nada da "
    "instalação em uso é tocado.",
)
@click.argument("destino", metavar="DESTINO", type=_PASTA)
@click.option("--em", "pasta", required=True, metavar="PASTA", type=_PASTA, help="A pasta vazia que a recebe.")
@opcao_da_copia
@passar_opcoes
def restaurar(opcoes: Opcoes, destino: Path, pasta: Path, nome: str | None) -> None:
    """Exits with 1, and the folder as it was or shown as unfinished, when the copy could not be put back."""
    from separador.capacidades.copias.servico import configuracao  # noqa: PLC0415
    from separador.capacidades.copias.servico import destino as lugar  # noqa: PLC0415
    from separador.capacidades.copias.servico.restaurar import restaurar as por_de_volta  # noqa: PLC0415

    da_maquina(opcoes)
    with dizendo(), aberta(destino) as arvore:
        qual = lugar.escolher(arvore, nome)
        fatos = por_de_volta(arvore, qual, pasta, chamada.conta(), leitura.agora_utc()).fatos
    arquivo = pasta.absolute() / configuracao.ARQUIVO
    click.echo(f"A cópia {qual} está em {pasta}: dados em {pasta / fatos.dados}, configuração em {arquivo}.")
    for caminho, onde in fatos.externos.items():
        click.echo(f"Devolva {caminho} a {onde}, onde a configuração o procura.")
    for chave in fatos.ocultos:
        click.echo(f"A chave {chave} foi copiada sem o segredo; escreva-a de novo na configuração.")
    click.echo(
        "Ponha a chave mestra do cofre no lugar (dados/cofre/chave-mestra, 0600), e diga o que esta pasta é agora:\n"
        f"  no lugar da original, que não existe mais:  separador --config {arquivo} init --mesma-instalacao\n"
        f"  ao lado da original, que continua em uso:   separador --config {arquivo} init --nova-instalacao"
    )
