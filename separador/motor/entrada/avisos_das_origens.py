"""Hears the system's notices about every origin, each device apart, so that one that hangs makes no other deaf."""

import threading
from collections.abc import Sequence
from pathlib import Path

from separador.pastas import faixas
from separador.pastas.avisos_do_sistema import AvisosDoSistema, Surda, Toque
from separador.pastas.erros import SemResposta


class AvisosDasOrigens:
    """One `AvisosDoSistema` for each device that an origin is on.

    To set a watch is to wait for the device, so it goes by lane.
    """

    def __init__(self, pastas: Sequence[Path], tocou: threading.Event, *, desligada: bool) -> None:
        self._pastas = pastas
        self._tocou = tocou
        self._desligada = desligada
        self._por_disco: dict[str | None, tuple[list[Path], AvisosDoSistema]] = {}

    def armar(self) -> list[Surda]:
        """Watches every folder that is not watched now. Returns those that cannot be watched, with the reason."""
        self._repartir()
        surdas: list[Surda] = []
        for pastas, avisos in self._por_disco.values():
            try:
                surdas += faixas.fazer(pastas[0], avisos.armar)
            except SemResposta:
                continue  # the look at the folder says so; it is watched again when it answers
        return surdas

    def _repartir(self) -> None:
        """Sorts the folders by device. What is mounted may have changed, and then the watches of a device are new."""
        atuais: dict[str | None, list[Path]] = {}
        for pasta in self._pastas:
            atuais.setdefault(faixas.dispositivo(pasta), []).append(pasta)
        for disco in [d for d, (pastas, _) in self._por_disco.items() if atuais.get(d) != pastas]:
            self._fechar_um(*self._por_disco.pop(disco))
        for disco, pastas in atuais.items():
            if disco not in self._por_disco:
                self._por_disco[disco] = (pastas, AvisosDoSistema(pastas, self._tocou, desligada=self._desligada))

    def recolher(self) -> dict[Path, Toque]:
        """Returns the events since the last call."""
        return {pasta: toque for _, avisos in self._por_disco.values() for pasta, toque in avisos.recolher().items()}

    def fechar(self) -> None:
        """Stops listening. A device that does not answer is left alone; its thread ends with the process."""
        for pastas, avisos in self._por_disco.values():
            self._fechar_um(pastas, avisos)
        self._por_disco.clear()

    def _fechar_um(self, pastas: Sequence[Path], avisos: AvisosDoSistema) -> None:
        try:
            faixas.fazer(pastas[0], avisos.fechar)
        except SemResposta:
            return
