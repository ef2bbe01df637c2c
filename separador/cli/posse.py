"""Does the part of `separador init` about ownership: the id of the installation, the corners in the folders."""

from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from separador.cli.base.comum import Saida, sair

if TYPE_CHECKING:
    from separador.pastas.posse.instalacao import Quem

_SAIDA = (
    "Se a pasta foi mudada de lugar: separador init --mesma-instalacao. "
    "Se é uma cópia, e a original continua em uso: separador init --nova-instalacao"
)


def desta_instalacao(dados: Path) -> "Quem":
    """Returns this installation, made when the data folder has none. Call it under the account of the service.

    Ends the command when the data folder is not where it was made, because two services with one id would take each
    other's files.
    """
    from separador.pastas.posse import instalacao  # noqa: PLC0415

    try:
        nossa = instalacao.adotar(dados, datetime.now(UTC))
        difere = instalacao.diferenca(dados, nossa)
    except instalacao.Ilegivel:
        sair(Saida.USO, f"O arquivo {dados / instalacao.ARQUIVO} não pôde ser lido. {_SAIDA}")
    if difere is not None:
        sair(Saida.USO, f"A pasta de dados {dados} não é a que esta instalação conhece ({difere}). {_SAIDA}")
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
        if nova and (dados / "separador.db").is_file():
            _tomar_o_banco(dados, feita.id, agora)
    if nova:
        texto = (
            f"Esta pasta de dados é agora a instalação {feita.id}. As pastas das rotas continuam da outra; "
            "para ficar com as de uma rota: separador init --rota N --assumir"
        )
    else:
        texto = f"Esta pasta de dados é a instalação {feita.id}, neste lugar."
    sair(Saida.FEITO, texto)


def _tomar_o_banco(dados: Path, nova: str, agora: datetime) -> None:
    """Makes the database that was copied with the data folder the new installation's own: else it is refused."""
    from separador.banco import procedencia  # noqa: PLC0415
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.cli.base.escrita import escrevendo  # noqa: PLC0415

    with escrevendo(dados, migrar=True) as banco:
        procedencia.tomar(banco, nova, texto_de(agora))
