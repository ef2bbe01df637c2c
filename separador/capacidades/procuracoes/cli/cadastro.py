"""Writes the registries to YAML and reads them again, without secrets (`separador cadastro`)."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from separador.cli.base import autorizacao, chamada, leitura
from separador.cli.base.arquivos import ArquivoDeSaida
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.cli.base.grupo import Grupo

if TYPE_CHECKING:
    from separador.configuracao.tipos import ErroConfig


@click.group(
    cls=Grupo,
    help="Exporta e importa os cadastros (escritórios, usuários, procurações) em YAML. Senhas e segredos não vão no "
    "arquivo: depois de importar, cada usuário define a sua, e cada acesso recebe a dele.",
)
def cadastro() -> None:
    """Groups export and import."""


@cadastro.command(options_metavar="[OPÇÕES]", help="Escreve os cadastros em ARQUIVO (ou na tela), sem segredos.")
@click.argument("arquivo", metavar="[ARQUIVO]", required=False, type=ArquivoDeSaida())
@passar_opcoes
def exportar(opcoes: Opcoes, arquivo: Path | None) -> None:
    """Replaces an existing file at once, never half."""
    import yaml  # noqa: PLC0415

    from separador.capacidades.procuracoes.servico import cadastro as servico  # noqa: PLC0415
    from separador.configuracao.gravacao import gravar  # noqa: PLC0415

    with leitura.lendo(opcoes.configuracao().dados) as banco:
        tudo = servico.exportar(banco) if banco is not None else {}
    texto = yaml.safe_dump(tudo, allow_unicode=True, sort_keys=False)
    if arquivo is None:
        click.echo(texto, nl=False)
        return
    if not chamada.entregar(arquivo, texto.encode(), modo=0o600):
        gravar(arquivo, texto.encode(), modo=0o600)
    nomes = {"escritorios": "escritórios", "usuarios": "usuários", "procuracoes": "procurações"}
    quantos = ", ".join(f"{len(tudo.get(k, []))} {nome}" for k, nome in nomes.items())
    click.echo(f"{arquivo}: {quantos}, sem segredos.")


@cadastro.command(
    options_metavar="[OPÇÕES]",
    help="Lê os cadastros de ARQUIVO (- para a entrada padrão): inclui o que falta e altera o que existe; o que o "
    "arquivo não nomeia fica como está. Com um erro que seja, nada é mudado.",
)
@click.argument("arquivo", metavar="ARQUIVO", type=click.Path(path_type=Path, dir_okay=False, allow_dash=True))
@click.option("--conferir", "so_conferir", is_flag=True, help="Só confere o arquivo; não muda nada.")
@passar_opcoes
def importar(opcoes: Opcoes, arquivo: Path, so_conferir: bool) -> None:
    """Exits with 1 and shows every error and its line."""
    from separador.capacidades.procuracoes.servico import cadastro as servico  # noqa: PLC0415
    from separador.configuracao.tipos import ErroConfig  # noqa: PLC0415

    dados = opcoes.configuracao().dados
    lido = servico.ler(_bytes(arquivo), arquivo)
    if isinstance(lido, list):
        _recusar(arquivo, lido)
    if so_conferir:
        sair(Saida.FEITO, f"{arquivo}: em ordem.")
    with autorizacao.escrevendo(dados, migrar=True) as banco:
        feito = servico.importar(banco, lido, quem=autorizacao.quem(), agora=leitura.agora_utc())
    if isinstance(feito, ErroConfig):
        _recusar(arquivo, [feito])
    click.echo(f"Importados: {feito.escritorios} escritórios, {feito.usuarios} usuários, {feito.acessos} procurações.")
    if feito.sem_senha:
        click.echo(f"Falta a senha de: {', '.join(feito.sem_senha)} (separador procuracao senha NOME).")


def _bytes(arquivo: Path) -> bytes:
    from separador.configuracao.tipos import ErroConfig  # noqa: PLC0415
    from separador.configuracao.yaml_seguro import TAMANHO_MAXIMO, ler_bytes  # noqa: PLC0415

    if str(arquivo) == "-":
        return sys.stdin.buffer.read(TAMANHO_MAXIMO)
    if not arquivo.exists():
        sair(Saida.RECUSADO, f"O arquivo {arquivo} não existe. Nada foi mudado.")
    lido = ler_bytes(arquivo)
    if isinstance(lido, ErroConfig):
        _recusar(arquivo, [lido])
    return lido


def _recusar(arquivo: Path, erros: "list[ErroConfig]") -> NoReturn:
    for erro in erros:
        click.echo(f"{arquivo}: {erro}", err=True)
    sair(Saida.RECUSADO, "Nada foi mudado.")
