"""Shows the service at work on sample files, in folders of its own (`separador demo`)."""

import os
import shutil
import signal
import sys
import tempfile
import time
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import TYPE_CHECKING

import click

from separador.cli.base.comum import Saida, sair

if TYPE_CHECKING:
    from separador.demonstracao.instalacao import Instalacao
    from separador.demonstracao.tela import Tela

INTERROMPIDO = 130


@click.command(
    options_metavar="[OPÇÕES]",
    help="Mostra o serviço trabalhando: liga-o em pastas próprias, solta arquivos de exemplo (bons e ruins) e retornos "
    "e termina com uma tabela do que aconteceu com cada um. Leva poucos segundos e não toca na sua instalação. Em um "
    "terminal, mostra depois o painel sobre essas pastas, até Ctrl+C.",
)
@click.option(
    "--pasta",
    metavar="PASTA",
    type=click.Path(path_type=Path, file_okay=False),
    help="Onde montar a demonstração; é refeita a cada vez e fica lá no fim. Sem ela: uma pasta temporária.",
)
@click.option(
    "--manter",
    is_flag=True,
    help="Não apaga a pasta temporária no fim (se algo sair diferente do esperado, ela fica de todo modo).",
)
def demo(pasta: Path | None, manter: bool) -> None:
    """Exits with 0: every outcome as expected; 1: some other; 2: folder in use for something else; 4: another runs."""
    from separador.demonstracao.demo import Direcao  # noqa: PLC0415 -- the help of all commands must be quick
    from separador.demonstracao.instalacao import Instalacao, InstalacaoOcupada  # noqa: PLC0415
    from separador.demonstracao.painel import mostrar  # noqa: PLC0415
    from separador.demonstracao.tela import FORTE, Tela  # noqa: PLC0415

    onde = (pasta or Path(tempfile.mkdtemp(prefix="separador-demo-"))).absolute()
    _so_uma(onde)
    tela = Tela(click.echo, time.monotonic, cores=_com_cores(), largura=_largura())
    instalacao = Instalacao(onde, os.environ)
    for sinal in (signal.SIGTERM, signal.SIGHUP):
        signal.signal(sinal, _interromper)
    try:
        codigo = Direcao(instalacao, tela, lambda: datetime.now(UTC)).executar()
        if sys.stdout.isatty() and sys.stdin.isatty():
            mostrar(instalacao, tela)
    except InstalacaoOcupada as ocupado:
        sair(Saida.USO, str(ocupado))
    except KeyboardInterrupt:
        codigo = INTERROMPIDO
        tela.texto()
        tela.texto("Demonstração interrompida; o serviço dela foi desligado.", FORTE)
    if pasta is None and not manter and codigo != Saida.RECUSADO:
        instalacao.desmontar()
    elif codigo != INTERROMPIDO:
        _despedir(tela, instalacao)
    sair(codigo)


def _so_uma(pasta: Path) -> None:
    """Refuses the folder of a demonstration that is still running."""
    from separador.motor.trava import quem_detem  # noqa: PLC0415

    dados = pasta / "var"
    detentor = quem_detem(dados) if dados.is_dir() else None
    if detentor is not None:
        sair(Saida.OCUPADO, f"Uma demonstração ainda está em andamento em {pasta}: {detentor}.")


def _interromper(_numero: int, _quadro: FrameType | None) -> None:
    raise KeyboardInterrupt


def _com_cores() -> bool:
    return sys.stdout.isatty() and "NO_COLOR" not in os.environ


def _largura() -> int:
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else 0


def _despedir(tela: "Tela", instalacao: "Instalacao") -> None:
    from separador.demonstracao.tela import FRACO  # noqa: PLC0415

    tela.texto()
    tela.texto(f"As pastas ficaram em {_daqui(instalacao.pasta)}. Veja por dentro:", FRACO)
    for comando in ("falhas", "cte listar", "rastrear pedido-1009-cte.xml"):
        tela.texto(f"   {_programa()} --config {_daqui(instalacao.config)} {comando}", FRACO)


def _programa() -> str:
    """Returns the command by which the person can call the program again."""
    ao_lado = Path(sys.executable).with_name("separador")
    achado = shutil.which("separador")
    return "separador" if achado is not None and Path(achado) == ao_lado else _daqui(ao_lado)


def _daqui(caminho: Path) -> str:
    """Returns the path as one would type it from the current folder."""
    relativo = os.path.relpath(caminho)
    return str(caminho) if relativo.startswith("..") else relativo
