"""Finds the configuration that a command works with: the file, or what the running service goes on with."""

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import click

from separador.cli.base.comum import Saida, mostrar_erros, sair
from separador.nucleo import capacidade, fuso

if TYPE_CHECKING:
    from separador.configuracao import Configuracao, Invalida

_DITO = "separador.configuracao_com_erro"


def em_vigor(arquivo: Path) -> "Configuracao | Invalida":
    """Returns the configuration of the file.

    When it has a mistake, a command that reads, or that orders what the service carries out, gets the last good one
    while the service runs, and says so in one line on stderr. Any other gets the mistake.
    """
    from separador.configuracao import Invalida, carregar  # noqa: PLC0415 -- PyYAML only where it is needed

    lida = carregar(arquivo)
    if not isinstance(lida, Invalida):
        fuso.usar(lida.fuso)
        return lida
    boa = _do_servico(arquivo) if _serve_a_ultima_boa() else None
    if boa is None:
        return lida
    fuso.usar(boa.fuso)
    _dizer(lida)
    return boa


def _serve_a_ultima_boa() -> bool:
    """Says whether the command of now is one that a capability marks so, by its first word."""
    ctx = click.get_current_context(silent=True)
    palavra = ""
    while ctx is not None and ctx.parent is not None:
        palavra, ctx = ctx.info_name or "", ctx.parent
    return any(c.nome == palavra and c.com_a_ultima_boa for c in capacidade.comandos())


def _do_servico(arquivo: Path) -> "Configuracao | None":
    from separador.configuracao import ultima_boa  # noqa: PLC0415
    from separador.motor.trava import quem_detem  # noqa: PLC0415

    for boa in ultima_boa.procurar(arquivo):
        try:
            if quem_detem(boa.dados) is not None:
                return boa
        except OSError:
            continue
    return None


def _dizer(invalida: "Invalida") -> None:
    ctx = click.get_current_context()
    if ctx.meta.get(_DITO) is None:
        ctx.meta[_DITO] = True
        mais = f" (e mais {len(invalida.erros) - 1})" if len(invalida.erros) > 1 else ""
        dito = " ".join(str(invalida.erros[0]).split())
        click.echo(
            f"Atenção: {invalida.arquivo} tem um erro{mais}: {dito}. O serviço segue com a última configuração boa.",
            err=True,
        )


def sem_configuracao(arquivo: Path) -> NoReturn:
    """Ends the command (2) as it would end without a user: with the errors of the configuration, and what helps."""
    from separador.configuracao import Invalida, carregar  # noqa: PLC0415 -- PyYAML only where it is needed

    lida = carregar(arquivo)
    if isinstance(lida, Invalida):
        mostrar_erros(lida)
    sair(
        Saida.USO,
        "A configuração tem erro, e sem ela não se sabe em que pasta estão os usuários. Corrija o arquivo "
        f"{arquivo} em um editor, confira-o (separador config conferir) e repita. Nada foi mudado.",
    )
