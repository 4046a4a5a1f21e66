"""The process that the crash tests harm: it keeps responses in a pool and says what it has done.

    python keeper.py POOL SCRATCH [PRAGMA=VALUE=ANSWER ...]
    python keeper.py DATA SCRATCH

For each line "SEED COUNT CALLS" on standard input, a forked child checks the pool as a starting kiosk does, then adds
COUNT responses made from SEED, trying each thing twice at most. One line goes to standard output as it happens:

    started PID | checked | offered HEX | thanked | refused | closed | ended STATUS

Given a data folder, the child is a whole kiosk: it keeps and counts COUNT people's real responses, then ends the event
("closed"). A fourth number on the line is of people whom it has counted before, whose responses the folder holds. Its
groups have the noise of `known_coins(SEED)`, so that noise drawn a second time would be seen.

"thanked" follows the return of `Pool.add`, as the thank-you screen follows the return of `Kiosk.keep`. Forking makes
hundreds of runs cost one start of Python. CALLS harmless system calls of each kind are made on SCRATCH beforehand: a
fault that strace injects into a fixed one of each child's calls then falls on a different real one in each child.
PRAGMAs given are set in place of the product's, for the controls.
"""

import contextlib
import os
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path
from random import Random
from unittest import mock

from storage.crypto.sealing import SEALED_SIZE, SealedResponse
from storage.database import PRAGMAS
from storage.errors import StoreError
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.pool import RESPONSES, Pool
from storage.settings import parse
from tests.storage.counts.people import known_coins, people


def say(words: str) -> None:
    os.write(1, f"{words}\n".encode())  # at once: a killed process loses what it buffers


def make_harmless_calls(scratch: Path, calls: int) -> None:
    for _ in range(calls):
        descriptor = os.open(scratch, os.O_RDWR | os.O_CREAT)
        os.pread(descriptor, 1, 0)
        os.pwrite(descriptor, b"", 0)
        os.write(descriptor, b"")
        os.fsync(descriptor)
        os.fdatasync(descriptor)
        os.ftruncate(descriptor, 0)
        os.close(descriptor)
        with contextlib.suppress(FileNotFoundError):
            scratch.with_name("missing").unlink()


def attempt(action: Callable[[], object], done: str) -> bool:
    for _ in range(2):
        try:
            action()
        except StoreError:
            say("refused")
        else:
            say(done)
            return True
    return False


def keep(path: Path, seed: int, count: int) -> None:
    random = Random(seed)  # noqa: S311 - stands in for sealed bytes, and must be repeatable
    pool = Pool(path, RESPONSES)
    attempt(pool.check, "checked")
    for _ in range(count):
        sealed = SealedResponse(random.randbytes(SEALED_SIZE))
        say(f"offered {sealed.sealed.hex()}")
        attempt(partial(pool.add, sealed), "thanked")
    pool.close()


def keep_and_count(data: Path, seed: int, count: int, before: int) -> None:
    mock.patch("storage.kiosk.counting.system_coins", known_coins(seed)).start()
    settings = parse((data / "kiosk.toml").read_text("utf-8"), "kiosk.toml")
    opened: list[Kiosk] = []
    if not attempt(lambda: opened.append(Kiosk.open(data, settings)), "checked"):
        return
    (kiosk,) = opened
    everyone = people(before + count, seed)
    for response in everyone[:before]:
        kiosk.count(response)
    for response in everyone[before:]:
        sealed = kiosk.seal(response)
        say(f"offered {sealed.sealed.hex()}")
        if attempt(partial(kiosk.keep, sealed), "thanked"):
            kiosk.count(response)
    attempt(kiosk.end_event, "closed")
    kiosk.close()


def main(path: Path, scratch: Path, pragmas: list[str]) -> None:
    for pragma in pragmas:
        name, value, answer = pragma.split("=")
        PRAGMAS[name] = (value, int(answer) if answer.isdigit() else answer)
    for line in sys.stdin:
        seed, count, calls, *before = map(int, line.split())
        child = os.fork()
        if child == 0:
            say(f"started {os.getpid()}")
            make_harmless_calls(scratch, calls)
            if path.is_dir():
                keep_and_count(path, seed, count, *before)
            else:
                keep(path, seed, count)
            os._exit(0)
        say(f"ended {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}")


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3:])
