"""Holds what the commands about certificates share: companies and certificates are found, refusals are shown."""

import re
from sqlite3 import Row
from typing import TYPE_CHECKING

import click

from separador.cli.base.cofre_aberto import recusar
from separador.cli.base.leitura import lendo

if TYPE_CHECKING:
    from separador.configuracao import Configuracao

opcao_empresa = click.option(
    "--empresa",
    metavar="CNPJ",
    help="CNPJ da empresa; com uma só na configuração, é ela.",
)


def empresa_de(config: "Configuracao", dita: str | None) -> str:
    """Returns the given CNPJ without punctuation; the only configured company when none is given."""
    if dita is not None:
        return re.sub(r"[./-]", "", dita).upper()
    if len(config.empresas) == 1:
        return config.empresas[0].cnpj
    raise click.UsageError("Há mais de uma empresa (ou nenhuma) na configuração: diga qual com --empresa CNPJ.")


def ativos(config: "Configuracao", empresa: str | None) -> list[Row]:
    """Returns the certificates in use, of a company or of all. It only reads."""
    from separador.capacidades.certificados import banco as tabela  # noqa: PLC0415

    with lendo(config.dados) as conexao:
        return tabela.ativos_lidos(conexao, empresa) if conexao is not None else []


def achar(config: "Configuracao", apelido: str, empresa: str | None) -> Row:
    """Returns the certificate of a nickname, or ends the command (1)."""
    from separador.capacidades.certificados.servico.instalacao import nao_ha  # noqa: PLC0415

    cnpj = empresa_de(config, empresa)
    achado = next((r for r in ativos(config, cnpj) if r["apelido"].casefold() == apelido.casefold()), None)
    if achado is None:
        recusar(nao_ha(cnpj, apelido), "Nada foi mostrado.")
    return achado
