"""Changes the master key, and makes and restores the encrypted backup (`separador cofre`). Shows no secret."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.cli.base import autorizacao, terminal
from separador.cli.base.cofre_aberto import com_cofre, opcao_senha_stdin, recusar
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.grupo import Grupo
from separador.cli.base.leitura import agora_utc
from separador.nucleo.erro import Recusa
from separador.nucleo.fuso import dia_e_hora
from separador.nucleo.texto.quantidade import quantos

if TYPE_CHECKING:
    from separador.cofre.chave_mestra import ChaveMestra
    from separador.cofre.copia_cifrada import Conteudo
    from separador.cofre.copias import Prova
    from separador.configuracao import Configuracao


@click.group(cls=Grupo, name="cofre", help="A chave mestra e a cópia cifrada dos segredos e cadastros.")
def cofre() -> None:
    """Groups the vault's commands."""


@cofre.command(
    options_metavar="[OPÇÕES]",
    help="Sorteia uma chave mestra e a escreve na saída padrão, para quem a guarda fora do arquivo (credencial do "
    "systemd ou variável). Exemplo: separador cofre chave | sudo systemd-creds encrypt --name=separador-cofre - "
    "/etc/separador/separador-cofre.cred",
)
def chave() -> None:
    """Writes the key where it does not stay on a screen, unless the person insists."""
    from separador.cofre import chave_mestra  # noqa: PLC0415

    if sys.stdout.isatty():
        click.confirm("A chave vai aparecer na tela. Mostrar assim mesmo?", abort=True, err=True)
    click.echo(chave_mestra.escrever(chave_mestra.gerar()))


@cofre.command(
    name="girar-chave",
    options_metavar="[OPÇÕES]",
    help="Troca a chave mestra e fecha tudo de novo com ela, de uma vez. Quando a chave vem de credencial ou variável, "
    "ponha antes a nova na primeira linha e a atual na segunda.",
)
@passar_opcoes
def girar_chave(opcoes: Opcoes) -> None:
    """Does everything under the database's write lock. A crash at any point leaves a vault that opens."""
    from separador.cofre import chave_mestra  # noqa: PLC0415
    from separador.cofre.banco import TabelaDeSegredos  # noqa: PLC0415
    from separador.cofre.cofre import abrir  # noqa: PLC0415

    config = opcoes.configuracao()
    with autorizacao.escrevendo(config.dados, migrar=True) as banco:
        with banco.transacao():
            mestra = chave_mestra.obter(config.dados, os.environ)
            if isinstance(mestra, Recusa):
                recusar(mestra)
            nova = _com_chave_nova(mestra)
            aberto = abrir(TabelaDeSegredos(banco), mestra)
            if isinstance(aberto, Recusa):
                recusar(aberto)
            fechados = aberto.refechar(nova)
        _aposentar(nova)
    ditos = quantos(fechados, "segredo fechado", "segredos fechados")
    click.echo(f"Chave trocada: {ditos} de novo. Cópias do banco feitas antes não abrem com ela.")


def _com_chave_nova(mestra: "ChaveMestra") -> "ChaveMestra":
    """Returns the master key with the new key current and the old one still beside it.

    A key in a file is on disk in this form before anything is closed with the new key.
    """
    from separador.cofre import chave_mestra  # noqa: PLC0415

    if len(mestra.chaves) > 1:  # from the administrator, or from a rotation that a crash interrupted
        return mestra
    if mestra.arquivo is None:
        sair(
            Saida.RECUSADO,
            f"A chave vem de {mestra.origem}, que só o administrador muda: gere uma (separador cofre chave), ponha-a "
            "na primeira linha e a atual na segunda, repita este comando e depois tire a antiga. Nada foi mudado.",
        )
    return chave_mestra.regravar(mestra, (chave_mestra.gerar(), *mestra.chaves), mestra.aposentadas)


def _aposentar(nova: "ChaveMestra") -> None:
    from separador.cofre import chave_mestra  # noqa: PLC0415

    if nova.arquivo is None:
        click.echo(f"Agora tire a chave antiga de {nova.origem}.")
        return
    velhas = tuple(c.id for c in nova.chaves[1:])
    chave_mestra.regravar(nova, nova.chaves[:1], (*nova.aposentadas, *velhas))


@cofre.command(options_metavar="[OPÇÕES]", help="Abre cada segredo para provar que a chave mestra é a certa.")
@click.option("--aceitar", is_flag=True, help="Dá por certo um banco restaurado de cópia mais antiga.")
@passar_opcoes
def conferir(opcoes: Opcoes, aceitar: bool) -> None:
    """Exits with 1 when a secret does not open, or the database is older than one seen before."""
    from separador.cofre import versao_vista  # noqa: PLC0415
    from separador.cofre.banco import geracao  # noqa: PLC0415
    from separador.cofre.cofre import CofreError  # noqa: PLC0415

    config = opcoes.configuracao()
    with com_cofre(config) as (banco, aberto):
        try:
            conferidos = aberto.conferir()
        except CofreError as erro:
            sair(Saida.RECUSADO, f"{str(erro)[:1].upper()}{str(erro)[1:]}. Restaure uma cópia do banco.")
        if aceitar:
            versao_vista.aceitar(config.dados, geracao(banco))
        antigo = versao_vista.conferir(config.dados, geracao(banco))
    if antigo is not None:
        sair(Saida.RECUSADO, f"{antigo.mensagem} {antigo.o_que_fazer}")
    click.echo(f"O cofre abre: {quantos(conferidos, 'segredo conferido', 'segredos conferidos')}.")


@cofre.command(
    options_metavar="[OPÇÕES]",
    help="Grava em ARQUIVO uma cópia cifrada dos segredos e dos cadastros (certificados, procurações, usuários). A "
    "frase é perguntada; sem ela a cópia não se abre. A chave mestra não vai na cópia.",
)
@click.argument("arquivo", metavar="ARQUIVO", type=click.Path(path_type=Path, dir_okay=False))
@opcao_senha_stdin
@passar_opcoes
def copia(opcoes: Opcoes, arquivo: Path, senha_stdin: bool) -> None:
    """Writes a new file, 0600, to disk, and opens it again before it says that the copy is done."""
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.cofre import copia_cifrada as formato  # noqa: PLC0415
    from separador.cofre import copias  # noqa: PLC0415

    config = opcoes.configuracao()
    if arquivo.exists():
        sair(Saida.RECUSADO, f"{arquivo} já existe; escolha outro nome. Nada foi mudado.")
    frase = terminal.pedir_senha("Frase da cópia", pela_entrada=senha_stdin, de_novo=True).encode()
    with com_cofre(config) as (banco, aberto):
        conteudo = copias.reunir(banco, aberto, texto_de(agora_utc()))
    provada = copias.provar(conteudo)
    fechada = formato.fechar(conteudo, frase)
    if isinstance(provada, Recusa):
        recusar(provada)
    if isinstance(fechada, Recusa):
        recusar(fechada)
    _gravar(arquivo, fechada)
    if formato.abrir(arquivo.read_bytes(), frase) != conteudo:
        arquivo.unlink()
        sair(Saida.RECUSADO, f"A cópia gravada em {arquivo} não voltou igual; foi apagada. Confira o disco.")
    click.echo(f"Cópia em {arquivo}: {_tem(provada)}.")


def _gravar(arquivo: Path, dados: bytes) -> None:
    fd = os.open(arquivo, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    with os.fdopen(fd, "wb") as aberto:
        aberto.write(dados)
        aberto.flush()
        os.fsync(fd)


@cofre.command(
    options_metavar="[OPÇÕES]",
    help="Restaura a cópia em uma instalação nova (cofre vazio), provando antes que ela está inteira: cada segredo "
    "abre, cada chave é a do seu certificado.",
)
@click.argument("arquivo", metavar="ARQUIVO", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.option("--conferir", "so_conferir", is_flag=True, help="Só prova a cópia; não escreve nada.")
@opcao_senha_stdin
@passar_opcoes
def restaurar(opcoes: Opcoes, arquivo: Path, so_conferir: bool, senha_stdin: bool) -> None:
    """Exits with 1, and nothing changed, when the copy is not good or the vault is not empty."""
    from separador.banco.instante import instante_de  # noqa: PLC0415
    from separador.cofre import copia_cifrada as formato  # noqa: PLC0415
    from separador.cofre import copias  # noqa: PLC0415

    config = opcoes.configuracao()
    frase = terminal.pedir_senha("Frase da cópia", pela_entrada=senha_stdin).encode()
    conteudo = formato.abrir(arquivo.read_bytes(), frase)
    if isinstance(conteudo, Recusa):
        recusar(conteudo)
    provada = copias.provar(conteudo) if so_conferir else _devolver(config, conteudo)
    if isinstance(provada, Recusa):
        recusar(provada)
    feito = "está inteira" if so_conferir else "foi restaurada"
    click.echo(f"A cópia de {dia_e_hora(instante_de(conteudo.feita_em), segundos=False)} {feito}: {_tem(provada)}.")


def _tem(provada: "Prova") -> str:
    """Returns how much a copy has."""
    segredos = quantos(provada.segredos, "segredo", "segredos")
    return f"{segredos}, {quantos(provada.certificados, 'certificado', 'certificados')} com chave"


def _devolver(config: "Configuracao", conteudo: "Conteudo") -> "Prova | Recusa":
    from separador.cofre import copias  # noqa: PLC0415

    with com_cofre(config) as (banco, aberto):
        return copias.devolver(banco, aberto, conteudo)
