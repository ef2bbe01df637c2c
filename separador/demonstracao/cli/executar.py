"""Runs the local SEFAZ, the service and the panel in one terminal (`separador simulador executar`, `make run`)."""

import os
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair

if TYPE_CHECKING:
    from separador.configuracao import Configuracao
    from separador.demonstracao.treinamento import Titular, Treinamento


_SO_O_SERVICO = (
    "O serviço foi desligado. O painel continua aqui: INICIAR SERVIÇO, ou separador iniciar em outro terminal, liga-o"
    " de novo (o que ele diz: separador log). Ctrl+C termina tudo."
)


@click.command(
    name="executar",
    options_metavar="[OPÇÕES]",
    help="Liga a SEFAZ local, o serviço e o painel neste terminal, até Ctrl+C: um CT-e solto na pasta volta "
    "autorizado. Empresa sem o certificado configurado ganha um sem valor, feito na hora; cadastros de emissão ainda "
    "vazios ganham pessoas inventadas. Em ambiente que não é o simulado, só o serviço e o painel.",
)
@passar_opcoes
def executar(opcoes: Opcoes) -> None:
    """Exits with the code of the service, or with 2 when the SEFAZ could not start."""
    from separador.configuracao.tipos import Ambiente  # noqa: PLC0415 -- the help of all commands must be quick
    from separador.demonstracao.treinamento import (  # noqa: PLC0415
        Treinamento,
        ja_ligada,
        por_cadastros,
        por_certificados,
    )

    config = opcoes.configuracao()
    if config.ambiente is not Ambiente.SIMULADO:
        click.echo(f"O ambiente configurado é {config.ambiente}: só o serviço e o painel, sem a SEFAZ local.")
        sair(_ate_o_fim(Treinamento(opcoes.arquivo.absolute(), os.environ), config.dados))
    pasta = _pasta_da_sefaz(config)
    variaveis, feitos = por_certificados(_titulares(config), pasta / "senhas", os.environ, datetime.now(UTC))
    for feito in feitos:
        click.echo(f"Certificado de treino, sem valor, criado em {feito}.")
    for feito in por_cadastros(config.emissao.cadastros):
        click.echo(f"Cadastro de treino, com pessoas inventadas, escrito em {feito}.")
    treinamento = Treinamento(opcoes.arquivo.absolute(), os.environ | variaveis)
    if ja_ligada(config.sefaz.simulador):
        click.echo(f"Já há uma SEFAZ local em {config.sefaz.simulador}; é ela que vai responder.")
    else:
        _ligar(treinamento, config.sefaz.simulador, pasta)
    sair(_ate_o_fim(treinamento, config.dados))


def _ate_o_fim(treinamento: "Treinamento", dados: Path) -> int:
    """Runs the panel and the service, and ends everything in order. Returns the exit code of the service."""
    treinamento.ligar_painel()
    try:
        codigo = treinamento.executar_servico()
        if codigo == Saida.FEITO and treinamento.fica:
            click.echo(_SO_O_SERVICO)
            treinamento.esperar_o_fim()
            _desligar_de_novo(dados)
        return codigo
    finally:
        treinamento.desligar_painel()
        treinamento.desligar_sefaz()


def _desligar_de_novo(dados: Path) -> None:
    """Stops the service that was started again meanwhile: without the SEFAZ of this terminal it has none."""
    from separador.motor.trava import quem_detem  # noqa: PLC0415
    from separador.pedidos.processo import parar_solto  # noqa: PLC0415

    if quem_detem(dados) is not None:
        click.echo(parar_solto(dados)[1])


def _ligar(treinamento: "Treinamento", endereco: str, pasta: Path) -> None:
    try:
        treinamento.ligar_sefaz(endereco, pasta)
    except RuntimeError as erro:
        sair(Saida.USO, f"{str(erro).capitalize()}.")


def _pasta_da_sefaz(config: "Configuracao") -> Path:
    """Returns the folder in which the authority's file is expected to appear."""
    ca = config.sefaz.ca
    return ca.parent if ca is not None and ca.name == "ca.pem" else config.dados / "simulador"


def _titulares(config: "Configuracao") -> list["Titular"]:
    from separador.configuracao.tipos import MeioSenha  # noqa: PLC0415
    from separador.demonstracao.treinamento import Titular  # noqa: PLC0415

    return [
        Titular(e.cnpj, e.nome, e.certificado.arquivo, e.certificado.senha.valor)
        for e in config.empresas
        if e.certificado is not None and e.certificado.senha is not None and e.certificado.senha.meio is MeioSenha.ENV
    ]
