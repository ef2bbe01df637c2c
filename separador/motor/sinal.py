"""Gives the loop something to sleep on."""

import os
import threading


class Sinal(threading.Event):
    """An event that `select` can wait on too: other threads set it, the loop sleeps on it."""

    def __init__(self) -> None:
        super().__init__()
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        """Returns the descriptor for `select`."""
        return self._fd

    def set(self) -> None:
        """Wakes the loop."""
        super().set()
        os.eventfd_write(self._fd, 1)

    def clear(self) -> None:
        """Takes the wake-up back, so that the loop can sleep again."""
        super().clear()
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return

    def fechar(self) -> None:
        """Closes the descriptor."""
        os.close(self._fd)
