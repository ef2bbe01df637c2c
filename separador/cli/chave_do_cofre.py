"""Creates the master key of the vault (`separador init`)."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from separador.cli.base.pastas_de_troca import Preparo


def criar_chave(preparo: "Preparo") -> None:
    """Creates the vault's master key, when none is given by other means.

    Creates none when a stored secret needs a lost key.
    """
    from separador.cofre import chave_mestra  # noqa: PLC0415 -- cryptography
    from separador.nucleo.erro import Recusa  # noqa: PLC0415

    dados = preparo.config.dados
    with preparo.como_o_servico():
        obtida = chave_mestra.obter(dados, os.environ)
        if not isinstance(obtida, Recusa) or obtida.erros[0].codigo != "SEP-COFRE-SEM-CHAVE":
            return
        if _ha_segredos(dados):
            click.echo(f"{obtida.erros[0].mensagem} {obtida.erros[0].o_que_fazer}", err=True)
            return
        arquivo = chave_mestra.criar_arquivo(dados, chave_mestra.gerar())
    click.echo(f"Chave mestra do cofre criada em {arquivo} (só o dono lê; guarde uma cópia fora desta máquina).")


def _ha_segredos(dados: Path) -> bool:
    """Says whether the vault holds anything: then a new key would only hide that the old one is lost."""
    from separador.banco import leitura as leitura_do_banco  # noqa: PLC0415

    banco = leitura_do_banco.abrir_leitura(dados)
    try:
        tem = banco is not None and banco.execute("SELECT 1 FROM sqlite_master WHERE name = 'segredo'").fetchone()
        return bool(tem and banco is not None and banco.execute("SELECT 1 FROM segredo LIMIT 1").fetchone())
    finally:
        leitura_do_banco.fechar(banco)
