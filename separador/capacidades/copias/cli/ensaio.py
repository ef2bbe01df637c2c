"""Rehearses a copy (`separador copia ensaio`)."""

import os
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from separador.capacidades.copias.cli.comum import aberta, da_maquina, dizendo, opcao_da_copia
from separador.cli.base import leitura
from separador.cli.base.comum import Opcoes, Saida, passar_opcoes, sair
from separador.nucleo.texto.quantidade import quantos

if TYPE_CHECKING:
    from separador.capacidades.copias.servico.arvore import Arvore
    from separador.capacidades.copias.servico.ensaio import Ensaio
    from separador.configuracao import Configuracao

_PRAZO_S = 120.0
_PASTA = click.Path(path_type=Path, file_okay=False)


@click.command(
    options_metavar="[OPÇÕES]",
    help="Ensaia a volta da cópia: restaura em uma pasta provisória, como outra instalação, refaz o banco, liga ali o "
    "serviço com rotas próprias e sem rede, passa um original arquivado por cte-validar e um arquivo por mover, roda "
    "verificar e compara as contagens. Sem DESTINO, o da cópia mais nova. Nada da instalação em uso é tocado.",
)
@click.argument("destino", metavar="[DESTINO]", required=False, type=_PASTA)
@opcao_da_copia
@click.option("--em", "onde", metavar="PASTA", type=_PASTA, help="Onde fazer a pasta provisória; cabe nela a cópia.")
@passar_opcoes
def ensaio(opcoes: Opcoes, destino: Path | None, nome: str | None, onde: Path | None) -> None:
    """Exits with 1 when the copy did not serve, and says why. The temporary folder goes in any case."""
    from separador.banco.instante import texto_de  # noqa: PLC0415
    from separador.capacidades.copias.servico import destino as lugar  # noqa: PLC0415
    from separador.capacidades.copias.servico import estado  # noqa: PLC0415

    dados = da_maquina(opcoes)
    if destino is None:
        sabida = estado.mais_nova(dados) if dados is not None else None
        if sabida is None:
            sair(Saida.RECUSADO, "Não sei de cópia nenhuma desta instalação; diga o DESTINO.")
        destino = sabida[0]
    with dizendo():
        pasta = Path(tempfile.mkdtemp(prefix="separador-ensaio-", dir=onde))
        try:
            with aberta(destino) as arvore:
                qual = lugar.escolher(arvore, nome)
                visto = _ensaiar(arvore, qual, pasta, dados)
        finally:
            shutil.rmtree(pasta, ignore_errors=True)
        linha = f"cópia {qual} de {destino}: " + (visto.problemas[0] if visto.problemas else "certo")
        if dados is not None:
            quando = texto_de(leitura.agora_utc())
            estado.anotar(dados, destino, ensaiada=quando, ensaio=linha if visto.problemas else "certo")
    for problema in visto.problemas:
        click.echo(problema, err=True)
    if visto.problemas:
        sair(Saida.RECUSADO, f"Ensaio da cópia {qual}: NÃO serviu.")
    documentos = quantos(visto.documentos, "documento", "documentos")
    click.echo(
        f"Ensaio da cópia {qual}: certo. {documentos}, {visto.refeitos} refeitos dos arquivos; mover: certo; "
        f"cte-validar: {visto.validado}."
    )


def _ensaiar(arvore: "Arvore", qual: str, pasta: Path, dados: Path | None) -> "Ensaio":
    from separador.capacidades.copias.servico import ensaio as servico  # noqa: PLC0415
    from separador.capacidades.copias.servico.configuracao import ARQUIVO  # noqa: PLC0415
    from separador.capacidades.copias.servico.restaurar import restaurar  # noqa: PLC0415
    from separador.configuracao import Configuracao, carregar  # noqa: PLC0415
    from separador.motor.relogio import da_maquina as relogio  # noqa: PLC0415

    agora = leitura.agora_utc()
    fatos = restaurar(arvore, qual, pasta, "ensaio", agora).fatos
    visto = servico.Ensaio()
    servico.contar(pasta / fatos.dados, fatos, visto)
    config = servico.preparar(pasta, fatos, agora)
    ambiente = {**os.environ, **servico.chave_para(dados, os.environ)}
    restaurada = carregar(pasta / ARQUIVO)
    assert isinstance(restaurada, Configuracao)  # noqa: S101 -- `preparar` has read it
    servico.completar_banco(restaurada, relogio(), ambiente, visto)
    _pastas(config)
    with servico.ligado(config, ambiente):
        servico.mandar(config, servico.original_da(config), _PRAZO_S, visto)
        servico.verificar(config, ambiente, visto, com_externos=bool(fatos.externos))
    return visto


def _pastas(config: "Configuracao") -> None:
    """Makes and marks the folders of the rehearsal's routes."""
    import uuid  # noqa: PLC0415

    from separador.cli.base.pastas_de_troca import Preparo  # noqa: PLC0415
    from separador.cli.posse import desta_instalacao  # noqa: PLC0415
    from separador.pastas.saude import inicializar  # noqa: PLC0415

    preparo, quem = Preparo.de(config), desta_instalacao(config.dados)
    for rota in config.rotas:
        for pasta in rota.pastas():
            preparo.criar(pasta)
            inicializar(pasta, str(uuid.uuid4()), leitura.agora_utc(), f"rota {rota.id}", quem)
