"""Tells systemd the service's state by sd_notify datagrams: READY, STATUS, WATCHDOG, STOPPING, RELOADING.

Outside systemd (no NOTIFY_SOCKET) every call does nothing.
"""

import socket
from collections.abc import Mapping
from dataclasses import dataclass

_MAIS_TEMPO_US = 120_000_000
"""What a start that goes on may take from then on: as long as the unit gives it at first."""


@dataclass(frozen=True, slots=True)
class Notificador:
    """Sends the datagrams. `endereco` is the socket's name; None = nobody listens.

    `intervalo_cao_s`: time between two calls of `vivo` (half of what systemd tolerates); None = no watchdog here.
    """

    endereco: str | None
    intervalo_cao_s: float | None = None

    def pronto(self, estado: str) -> bool:
        """Says that the service serves (READY=1), with a first status."""
        return self._enviar(f"READY=1\nSTATUS={_uma_linha(estado)}")

    def estado(self, texto: str) -> bool:
        """Sends one line for `systemctl status`."""
        return self._enviar(f"STATUS={_uma_linha(texto)}")

    def comecando(self, estado: str) -> bool:
        """Says, before READY, that the start goes on: systemd waits for another while (EXTEND_TIMEOUT_USEC)."""
        return self._enviar(f"EXTEND_TIMEOUT_USEC={_MAIS_TEMPO_US}\nSTATUS={_uma_linha(estado)}")

    def vivo(self) -> bool:
        """Says that the loop made progress.

        It is never called from a timer of its own, which would hide a loop that hangs.
        """
        return self._enviar("WATCHDOG=1")

    def parando(self, estado: str) -> bool:
        """Says that the service stops taking files (STOPPING=1)."""
        return self._enviar(f"STOPPING=1\nSTATUS={_uma_linha(estado)}")

    def _enviar(self, mensagem: str) -> bool:
        """Returns whether the datagram was handed over. A deaf or full socket never stops or delays the service."""
        if self.endereco is None:
            return False
        nome = "\0" + self.endereco[1:] if self.endereco.startswith("@") else self.endereco
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as saida:
            saida.setblocking(False)
            try:
                saida.sendto(mensagem.encode("utf-8", "replace"), nome)
            except OSError:
                return False
        return True


@dataclass(slots=True)
class SinalDeVida:
    """Feeds the watchdog of systemd, as often as it wants. Only progress of the loop feeds it."""

    notificador: Notificador
    _proximo_s: float = 0.0

    def dar(self, agora_s: float) -> None:
        """Says that the loop goes on, when it is time. `agora_s`: the monotonic clock."""
        intervalo_s = self.notificador.intervalo_cao_s
        if intervalo_s is not None and agora_s >= self._proximo_s:
            self._proximo_s = agora_s + intervalo_s / 2
            self.notificador.vivo()


def do_ambiente(ambiente: Mapping[str, str], pid: int) -> Notificador:
    """Reads NOTIFY_SOCKET, WATCHDOG_USEC and WATCHDOG_PID as sd_notify(3) and sd_watchdog_enabled(3) define them."""
    endereco = ambiente.get("NOTIFY_SOCKET", "")
    if endereco[:1] not in ("/", "@"):
        return Notificador(None)
    limite_us = ambiente.get("WATCHDOG_USEC", "")
    e_para_mim = ambiente.get("WATCHDOG_PID", str(pid)) == str(pid)
    if not (e_para_mim and limite_us.isdecimal() and int(limite_us)):
        return Notificador(endereco)
    return Notificador(endereco, int(limite_us) / 2e6)


def _uma_linha(texto: str) -> str:
    return " ".join(texto.split())
