"""No core dump of a process that holds keys (CERT-06)."""

import contextlib
import ctypes
import os
import resource

PR_SET_DUMPABLE = 4


def sem_despejo() -> None:
    """Neither a core file nor a handler gets this memory, and no other process of the same user may look into it.

    A kernel that knows no prctl leaves the limit, which is enough for files.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
