"""Threads that wait for the disk, so that the flushes of a group reach it together."""

from concurrent.futures import Executor, ThreadPoolExecutor
from functools import cache

QUANTOS = 8


@cache
def fios() -> Executor:
    """Made in the process that uses them, at their first use: never before a fork."""
    return ThreadPoolExecutor(QUANTOS, thread_name_prefix="descarga")
