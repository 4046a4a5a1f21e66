"""What memory gives away: nothing to other processes, and nothing of what is over.

What was in a block of memory is still in it when it has been freed: a passphrase, a seed, a painted answer. So
`keep_others_out` shuts the process to debuggers and has the C library overwrite what it frees, and `collect` drops what
nobody needs any more and fills the free blocks of Python's own allocator once.

Measured before: Python on the C library's allocator, with every block overwritten as it is freed (PYTHONMALLOC and
GLIBC_TUNABLES), leaves as little, but a start takes a third longer and a key press a tenth. Filling takes 5 to 10 ms
beside the 30 to 50 of a collection, while nobody is answering, and no start and no key press waits for it.
"""

from __future__ import annotations

import functools
import gc
import math
import os
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    import ctypes

Done = TypeVar("Done")

_PR_SET_DUMPABLE = 4
_M_PERTURB = -6
_PATTERN = 0xA5
_THREAD_SIZES, _OF_EACH = range(24, 1033, 16), 32
"""Of blocks that glibc keeps for a thread that has freed them: seven, or sixteen from 2.43 on. When one is taken it may
add as many others. It overwrites all but these."""

_USUAL = gc.get_threshold()
_UNTIL_PAINTED = 50_000
"""The collector's threshold: so many objects more than before."""

_HEADER = sys.getsizeof(b"")
_SIZES = range(48, 513, 16)
"""Of the blocks that Python's allocator cuts, but for the two that hold no more than a number (Objects/obmalloc.c)."""
_POOL = (1 << 14) - 48
"""Bytes that are cut into blocks of one size."""
_POOLS = 63
"""In a row where the system has just given new memory, or one more."""
_GIVEN = 1 << 20
"""Bytes that the system gives at once."""
_FILLS_POOLS = 480
"""The size that leaves nothing over in a pool but bytes that no other size comes to either."""
_MOST = 1 << 25
"""Bytes that are filled of one size at most: with an allocator that cuts in another way, there would be no end."""


@functools.cache
def _glibc() -> ctypes.PyDLL | None:
    """The C library, where it is glibc."""
    if sys.platform != "linux":
        return None
    import ctypes  # 2 ms, which the first picture does without

    library = ctypes.PyDLL(None)
    if not hasattr(library, "gnu_get_libc_version"):
        return None
    library.malloc.restype, library.malloc.argtypes = ctypes.c_void_p, [ctypes.c_size_t]
    library.memset.argtypes = [ctypes.c_void_p, ctypes.c_int, ctypes.c_size_t]
    library.free.argtypes = [ctypes.c_void_p]
    return library


def keep_others_out() -> None:
    """Let no other process of the account read this one, and have the C library overwrite what it frees. Linux only."""
    glibc = _glibc()
    if glibc:
        glibc.prctl(_PR_SET_DUMPABLE, 0, 0, 0, 0)
        glibc.mallopt(_M_PERTURB, _PATTERN)


def collect_later() -> None:
    """Look for garbage less often until the first picture, which makes none: a start takes a sixth less of its time."""
    gc.set_threshold(_UNTIL_PAINTED)


def collect_as_usual() -> None:
    """Look for it as Python does, once there is a picture; who has chosen otherwise meanwhile keeps to that."""
    if gc.get_threshold()[0] == _UNTIL_PAINTED:
        gc.set_threshold(*_USUAL)


def collect() -> None:
    """Drop everything that nobody needs any more, and overwrite the memory that is free."""
    gc.collect()
    _fill_free_blocks()
    overwrite_thread_cache()
    _overwrite_gathered(0)


def _overwrite_gathered(zero: int) -> dict[int, int]:
    """Overwrite where Python itself, from 3.14 on, gathers what a dict is made of: up to five pairs of the last one."""
    return {zero: zero, 1: zero, 2: zero, 3: zero, 4: zero}


def overwrite_thread_cache() -> None:
    """Overwrite what glibc keeps of the blocks that this thread has freed."""
    glibc = _glibc()
    if glibc:
        blocks = [(glibc.malloc(size), size) for size in _THREAD_SIZES for _ in range(_OF_EACH)]
        for block, size in blocks:
            glibc.memset(block, _PATTERN, size)
        for block, _ in blocks:
            glibc.free(block)


async def in_clean_thread(act: Callable[..., Done], *given: object) -> Done:
    """Do what takes a while with a passphrase in a thread, and leave nothing of it in what that thread keeps."""
    import asyncio  # whoever calls this has it; plain lines start without

    def acted() -> Done:
        try:
            return act(*given)
        finally:
            overwrite_thread_cache()

    return await asyncio.to_thread(acted)


def _fill_free_blocks() -> None:
    """Take every free block, with zeros in it, and give it back.

    First come all free pools, up to memory that is new: there blocks lie one after the other. They may also do so where
    what was freed last lies first, so the system has to say that it gave some. Then, of every size, what is free in
    pools that are in use, up to a whole pool: it was not in use.
    """
    before = _mapped()
    taken = [_row_of_pools()]
    while _mapped() < before + _GIVEN and sum(map(len, taken)) * _FILLS_POOLS < _MOST:
        taken.append(_row_of_pools())
    for size in _SIZES:
        if sys.getsizeof(taken[-1][0]) * len(taken[-1]) < _MOST:
            taken.append(_blocks(size, _blocks_in_pool(size), apart=size))
    for blocks in taken:
        blocks.reverse()  # given back from the last to the first, they would be taken for new memory the next time


def _mapped() -> float:
    """Bytes of address space that the system has given; without end where it does not say."""
    if sys.platform != "linux":
        return math.inf
    pages = Path("/proc/self/statm").read_text("ascii").split()[0]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def _row_of_pools() -> list[bytes]:
    return _blocks(_FILLS_POOLS, _POOLS * _blocks_in_pool(_FILLS_POOLS), apart=2 * _FILLS_POOLS)


def _blocks_in_pool(size: int) -> int:
    return _POOL // size


def _blocks(size: int, in_a_row: int, apart: int) -> list[bytes]:
    """Blocks of a size, until this many in a row each lay at most so many bytes after the one before."""
    blocks: list[bytes] = []
    last = run = 0
    while run < in_a_row and len(blocks) * size < _MOST:
        blocks.append(bytes(size - _HEADER))
        run = run + 1 if 0 < id(blocks[-1]) - last <= apart else 1
        last = id(blocks[-1])
    return blocks
