"""Makes the folders by month in which files are published, below a root that is ours."""

import os
import uuid
from contextlib import suppress
from datetime import datetime
from pathlib import Path

from separador.banco import rotas
from separador.motor.contexto import Contexto
from separador.motor.desfecho.epocas import epoca_livre
from separador.pastas import faixas, saude
from separador.pastas.criacao import MODO_DOS_DADOS, criar_nossas
from separador.pastas.disco import PROPRIA, sincronizar_pasta
from separador.pastas.erros import PastaSumiu, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.posse.instalacao import Quem
from separador.pastas.posse.marca import Marca, de_outra


def garantir_raiz(contexto: Contexto, raiz: Path) -> None:
    """Makes sure that a folder in which we make folders by date is there and is ours, with our corner in it.

    It is made the first time and never again, because its absence later means a lost mount. What lies in `dados` is
    ours by its place. Raises FalhaDePasta.
    """
    cantos = contexto.cantos
    if cantos.nome(raiz) is not None and faixas.fazer(raiz, saude.ler_marca, raiz) is not None:
        return
    propria = raiz.is_relative_to(contexto.dados)
    esperada = None if propria else rotas.marcas(contexto.banco).get(str(raiz))
    epoca = epoca_livre(contexto.banco)
    marca = faixas.fazer(raiz, _garantir, raiz, esperada, contexto.agora(), cantos.quem, propria=propria, epoca=epoca)
    if esperada is None and not propria:
        rotas.marcar(contexto.banco, str(raiz), marca.uuid)
    cantos.anotar(raiz, marca)


def _garantir(raiz: Path, esperada: str | None, agora: datetime, quem: Quem, *, propria: bool, epoca: int) -> Marca:
    with traduzindo(raiz):
        marca = saude.ler_marca(raiz)
    if esperada is not None and (marca is None or marca.uuid != esperada):
        raise PastaSumiu(raiz, detalhe="a marca da pasta não é a que o serviço conhece")
    if marca is None or not marca.instalacao or (propria and not abertos.existe(raiz / PROPRIA / marca.canto)):
        if propria:
            with traduzindo(raiz):
                criar_nossas(raiz)
        marca = saude.inicializar(raiz, str(uuid.uuid4()), agora, "separador", quem, refazer=propria, epoca=epoca)
    if marca.de_outra(quem):
        raise de_outra(raiz, marca)
    return marca


def garantir_pasta(contexto: Contexto, raiz: Path, mes: str) -> Path:
    """Returns the folder of a month (`dados/fiscal/AAAA-MM`, `autorizados/AAAAMM`), made when missing. Files are
    renamed into it from our corner of `raiz`. Raises FalhaDePasta."""
    garantir_raiz(contexto, raiz)
    return faixas.fazer(raiz, _criar_mes, raiz, raiz / mes)


def _criar_mes(raiz: Path, pasta: Path) -> Path:
    with traduzindo(raiz):
        try:
            abertos.abrir(pasta, raiz)
        except FileNotFoundError:
            with suppress(FileExistsError):
                os.mkdir(abertos.em(raiz, os.fsencode(pasta.name)), MODO_DOS_DADOS)
            sincronizar_pasta(raiz)
    return pasta
