"""Sets up the collector of reference cycles for this kind of program."""

import atexit
import gc

JOVENS = 20_000
"""Number of new objects after which it looks for cycles.

There are hardly any, and a group makes thousands of objects.
"""


def poupar_coletor() -> None:
    """Freezes what is loaded now, because it lives as long as the process, and lets the collector run seldom.

    What a group makes goes with the group, without the collector. This saves twenty-five microseconds per document. No
    page of the fork server is copied only because the collector looked at it.
    """
    gc.freeze()
    gc.set_threshold(JOVENS, 20, 20)


def poupar_o_de_um_comando() -> None:
    """Does the same for a process that runs one command, before it imports what the command needs.

    Modules are no garbage: looking for some among them is a fifth of a short command, most of it at the very end, when
    the process gives its memory back anyway.
    """
    gc.set_threshold(JOVENS, 20, 20)
    atexit.register(gc.freeze)
