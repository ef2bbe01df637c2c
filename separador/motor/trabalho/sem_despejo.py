"""Prevents core dumps of a process that holds keys."""

import contextlib
import ctypes
import os
import resource

PR_SET_DUMPABLE = 4


def sem_despejo() -> None:
    """Keeps this memory out of core files and crash handlers, and away from other processes of the same user.

    On a kernel that knows no prctl only the limit holds, which is enough against core files.
    """
    with contextlib.suppress(OSError, ValueError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, AttributeError):
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) != 0:
            raise OSError(ctypes.get_errno(), os.strerror(ctypes.get_errno()))
