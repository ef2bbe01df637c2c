"""Does the part of `separador init` about ownership: the id of the installation, the corners in the folders."""

import os
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.cli.base.comum import Saida, sair

if TYPE_CHECKING:
    from separador.nucleo.rota import Rota
    from separador.pastas.posse.instalacao import Quem
    from separador.pastas.posse.marca import Marca

_SAIDA = (
    "Se a pasta foi mudada de lugar: separador init --mesma-instalacao. "
    "Se é uma cópia, e a original continua em uso: separador init --nova-instalacao"
)


def desta_instalacao(dados: Path, entregar: Callable[[Path, list[Path]], None]) -> "Quem":
    """Returns this installation, made when the data folder has none. `entregar` gives new files to the service's owner.

    Ends the command when the data folder is not where it was made, because two services with one id would take each
    other's files.
    """
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    try:
        havia = instalacao.ler(dados) is not None
        nossa = instalacao.adotar(dados, datetime.now(UTC))
        difere = instalacao.diferenca(dados, nossa)
    except instalacao.Ilegivel:
        sair(Saida.USO, f"O arquivo {dados / instalacao.ARQUIVO} não pôde ser lido. {_SAIDA}")
    if difere is not None:
        sair(Saida.USO, f"A pasta de dados {dados} não é a que esta instalação conhece ({difere}). {_SAIDA}")
    if not havia:
        entregar(dados, [dados / instalacao.ARQUIVO])
    return instalacao.quem(nossa)


def confirmar_instalacao(dados: Path, *, nova: bool) -> None:
    """Records that the data folder was moved here, or that it is a copy and so another installation. Ends the
    command."""
    from separador.motor import trava  # noqa: PLC0415
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    if not dados.is_dir():
        sair(Saida.RECUSADO, f"A pasta de dados {dados} não existe; crie-a com: separador init")
    agora = datetime.now(UTC)
    posse = trava.tomar(dados, agora=agora)
    if isinstance(posse, trava.Detentor):
        sair(Saida.OCUPADO, f"A pasta de dados está em uso: {posse}.")
    with posse:
        feita = (instalacao.renovar if nova else instalacao.reafirmar)(dados, agora)
    if nova:
        texto = (
            f"Esta pasta de dados é agora a instalação {feita.id}. As pastas das rotas continuam da outra; "
            "para ficar com as de uma rota: separador init --rota N --assumir"
        )
    else:
        texto = f"Esta pasta de dados é a instalação {feita.id}, neste lugar."
    sair(Saida.FEITO, texto)


def assumir_pastas(dados: Path, rotas: "Sequence[Rota]", entregar: Callable[[Path, list[Path]], None]) -> None:
    """Takes the folders of the routes over from another installation. Ends the command when one cannot be taken.

    The origin goes last: what lay in the destinations tells which of the origin's claims were published.
    """
    from separador.pastas.erros import FalhaDePasta  # noqa: PLC0415
    from separador.pastas.posse import cerca  # noqa: PLC0415
    from separador.pastas.posse.marca import ler_marca  # noqa: PLC0415

    dados.mkdir(mode=0o750, parents=True, exist_ok=True)
    quem = desta_instalacao(dados, entregar)
    servico = dados.stat()
    dono = (servico.st_uid, servico.st_gid) if os.geteuid() == 0 else None
    assumidas = []
    try:
        for pasta in dict.fromkeys(p for r in rotas for p in reversed(r.pastas())):
            marca = ler_marca(pasta)
            if marca is None or not (marca.de_outra(quem) or cerca.incompleta(pasta, marca, quem)):
                continue
            feita = cerca.assumir(pasta, quem, datetime.now(UTC), dono)
            assumidas.append(feita)
            click.echo(f"{pasta} assumida (época {feita.marca.epoca}); arquivos da outra instalação: {feita.levados}.")
        cerca.concluir(assumidas, dono)
    except FalhaDePasta as falha:
        sair(Saida.RECUSADO, f"{falha.mensagem}. {falha.o_que_fazer}")
    if any(a.levados for a in assumidas):
        click.echo("O que ela tinha em mãos segue quando o serviço desta instalação estiver ligado.")


def postos(pasta: Path, marca: "Marca") -> list[Path]:
    """Returns what a new sentinel brings with it in a folder."""
    propria = pasta / ".separador"
    canto = propria / marca.canto
    return [propria, canto, canto / "trabalho", propria / "marca"]
