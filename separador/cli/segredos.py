"""What the commands of the vault share: the vault opened, refusals shown, companies and certificates found."""

import os
import re
from collections.abc import Generator
from contextlib import contextmanager
from sqlite3 import Row
from typing import TYPE_CHECKING, NoReturn

import click

from separador.cli import guarda
from separador.cli.comum import Saida, sair
from separador.cli.leitura import lendo
from separador.dominio.erro import Recusa

if TYPE_CHECKING:
    from separador.banco.conexao import Banco
    from separador.cofre.cofre import Cofre
    from separador.configuracao import Configuracao

opcao_empresa = click.option(
    "--empresa",
    metavar="CNPJ",
    help="CNPJ da empresa; com uma só na configuração, é ela.",
)
opcao_senha_stdin = click.option(
    "--senha-stdin",
    "senha_stdin",
    is_flag=True,
    help="Lê a senha da entrada padrão, uma linha (depois da do usuário, se também for pedida).",
)


def recusar(recusa: Recusa, final: str = "Nada foi mudado.") -> NoReturn:
    """Every reason with what to do, and exit 1."""
    for erro in recusa.erros:
        click.echo(f"{erro.mensagem} {erro.o_que_fazer}", err=True)
    sair(Saida.RECUSADO, final)


@contextmanager
def com_cofre(config: "Configuracao") -> Generator[tuple["Banco", "Cofre"], None, None]:
    """Database and open vault, or the end of the command (1). No core dump of this process either."""
    from separador.servico.cofres import abrir_cofre  # noqa: PLC0415
    from separador.servico.sigilo import sem_despejo  # noqa: PLC0415

    sem_despejo()
    with guarda.escrevendo(config.dados, migrar=True) as banco:
        cofre = abrir_cofre(config.dados, banco, os.environ)
        if isinstance(cofre, Recusa):
            recusar(cofre)
        yield banco, cofre


def empresa_de(config: "Configuracao", dita: str | None) -> str:
    """The CNPJ said, without punctuation; the only configured company when none is said."""
    if dita is not None:
        return re.sub(r"[./-]", "", dita).upper()
    if len(config.empresas) == 1:
        return config.empresas[0].cnpj
    raise click.UsageError("Há mais de uma empresa (ou nenhuma) na configuração: diga qual com --empresa CNPJ.")


def ativos(config: "Configuracao", empresa: str | None) -> list[Row]:
    """Certificates in use, of a company or of all; read, never written."""
    from separador.banco import certificados as tabela  # noqa: PLC0415

    with lendo(config.dados) as conexao:
        return tabela.ativos_lidos(conexao, empresa) if conexao is not None else []


def achar(config: "Configuracao", apelido: str, empresa: str | None) -> Row:
    """The certificate of a nickname, or the end of the command (1)."""
    from separador.servico.instalacao import nao_ha  # noqa: PLC0415

    cnpj = empresa_de(config, empresa)
    achado = next((r for r in ativos(config, cnpj) if r["apelido"].casefold() == apelido.casefold()), None)
    if achado is None:
        recusar(nao_ha(cnpj, apelido), "Nada foi mostrado.")
    return achado
