"""Moves originals out of the work folder into the archive, the last step of a file's life."""

import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from separador.motor.contexto import Contexto
from separador.motor.entrada.lotes import rota_do_lote
from separador.motor.pasta_com_falha import avisar_pasta
from separador.pastas import faixas
from separador.pastas.arquivo_de_originais import arquivar
from separador.pastas.disco import juntar, sincronizar_pasta
from separador.pastas.erros import FalhaDePasta, SemResposta, traduzindo
from separador.pastas.lugar import abertos
from separador.pastas.tomada import limpar_lote


@dataclass(frozen=True, slots=True)
class Original:
    """A claim that has its outcome: the place where it lies and the place where it goes (relative to `dados`)."""

    trabalho: str
    lote: str
    nome: bytes
    guardado_em: bytes


def arquivar_terminados(contexto: Contexto, originais: Sequence[Original]) -> None:
    """Moves originals to the archive. A failure here loses nothing: recovery and the next hour try it again."""
    dados, destinos = os.fsencode(contexto.dados) + b"/", dict[bytes, Path]()
    tocados: set[Path] = set()
    lotes = {par: _Lote.de(contexto, *par) for par in {(o.trabalho, o.lote) for o in originais}}
    for original in originais:
        lote = lotes[original.trabalho, original.lote]
        pasta, _, nome = original.guardado_em.rpartition(b"/")
        destino = destinos.setdefault(pasta, Path(os.fsdecode(dados + pasta)))
        origem = lote.caminho + original.nome
        try:
            if faixas.fazer(lote.trabalho, _guardar, lote, origem, destino, nome):
                tocados.add(destino)
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)
            lote.vazio = False
    for destino in tocados:
        try:
            sincronizar_pasta(destino)
        except FalhaDePasta as falha:
            avisar_pasta(contexto, falha)
    for (trabalho, nome_do_lote), lote in lotes.items():
        if lote.vazio:
            _limpar(contexto, Path(trabalho), nome_do_lote)


def _limpar(contexto: Contexto, trabalho: Path, lote: str) -> None:
    """Removes the folder of a finished lote. Recovery removes one that stays because its disk does not answer."""
    try:
        faixas.fazer(trabalho, limpar_lote, trabalho, lote)
    except SemResposta as falha:
        avisar_pasta(contexto, falha)


@dataclass(slots=True)
class _Lote:
    """The facts that the originals of one lote share. `caminho` ends in the slash."""

    trabalho: Path
    caminho: bytes
    marcador: bytes
    vazio: bool = True

    @classmethod
    def de(cls, contexto: Contexto, trabalho: str, lote: str) -> "_Lote":
        rota = rota_do_lote(contexto, lote)
        marcador = rota.marcador.encode() if rota is not None and rota.marcador is not None else b""
        return cls(Path(trabalho), juntar(Path(trabalho) / lote, b""), marcador)


def _guardar(lote: _Lote, origem: bytes, destino: Path, nome: bytes) -> bool:
    """Moves one original. Done again, also after an overdue call that went on meanwhile, it ends the same. Says whether
    it was there to be moved: else the folder `destino` may not even exist."""
    guardado = arquivar(origem, destino, nome) is not None
    _tirar_marcador(lote, os.path.basename(origem))
    return guardado


def _tirar_marcador(lote: _Lote, nome: bytes) -> None:
    """Removes the producer's marker, which was claimed with its file and is not needed any more. Its ending counts in
    any case."""
    if not lote.marcador:
        return
    with traduzindo(lote.trabalho), suppress(FileNotFoundError):
        aqui = abertos.onde(lote.caminho)
        for achado in os.listdir(aqui):
            if achado.startswith(nome) and achado[len(nome) :].lower() == lote.marcador.lower():
                os.unlink(aqui + achado)
