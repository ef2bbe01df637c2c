"""The collector of reference cycles, told what kind of program this is."""

import gc

JOVENS = 20_000
"""Objects made before it looks for cycles among the new ones; there are hardly any, and a group makes thousands."""


def poupar_coletor() -> None:
    """What is loaded now lives as long as the process; what a group makes goes with the group, without the collector.

    Twenty-five microseconds per document, and no page of the fork server's copied only because it was looked at.
    """
    gc.freeze()
    gc.set_threshold(JOVENS, 20, 20)
