"""What the loop sleeps on."""

import os
import threading


class Despertador(threading.Event):
    """An event that a `select` can wait on too: other threads set it, the loop sleeps on it."""

    def __init__(self) -> None:
        super().__init__()
        self._fd = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)

    def fileno(self) -> int:
        """For `wait`."""
        return self._fd

    def set(self) -> None:
        """Wake the loop."""
        super().set()
        os.eventfd_write(self._fd, 1)

    def clear(self) -> None:
        """Heard."""
        super().clear()
        try:
            os.eventfd_read(self._fd)
        except BlockingIOError:
            return

    def fechar(self) -> None:
        """Give the descriptor back."""
        os.close(self._fd)
