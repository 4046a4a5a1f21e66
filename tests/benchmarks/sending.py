"""Key presses of a candidate while all that a laptop holds is sent to a server, beside those while nothing is."""

import contextlib
import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from unittest import mock

import tomlkit

from storage.crypto.sealing import SEALED_SIZE
from storage.data_folder import handing_over
from storage.errors import InUseError, PlaceError
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.sending import send
from storage.progress import unreported
from storage.settings import Settings
from tests.benchmarks.kiosk import STAFF_WORDS, WELCOME_PAINTED, milliseconds, painted, set_up_kiosk
from tests.benchmarks.terminal import Terminal
from tests.storage.exchange.servers import ssh_server
from tui.cli.main import main

_HELD = 2000
"""Responses: a file of 4 MiB."""
_BLOCKS, _KEYS = 6, 50
_GO = "FAIRSTART_BENCHMARK_GO"
_SEND = ["-c", "from tests.benchmarks.sending import sending_kiosk; sending_kiosk()"]


def sending() -> Iterator[str]:
    """Blocks of key presses, in turn while nothing is sent and while it is: by the kiosk's thread, and by a command."""
    with (
        tempfile.TemporaryDirectory(prefix="fairstart-benchmark-") as folder,
        ssh_server(Path(folder)) as server,
        set_up_kiosk() as command,
    ):
        data, go = Path(command[-1]), Path(folder) / "go"
        _hold_many(data)
        settings = tomlkit.parse((data / "kiosk.toml").read_text("utf-8"))
        settings["office"] = {"address": server.address(server.root / "in")}
        (data / "kiosk.toml").write_text(settings.as_string(), "utf-8")
        (data / "passphrase").write_text(STAFF_WORDS, "utf-8")
        with mock.patch.dict(os.environ, {"HOME": str(server.home), _GO: str(go)}):
            terminal = Terminal([*_SEND, *command[2:]])
            terminal.wait_for(WELCOME_PAINTED)
            terminal.settle()
            painted(terminal, "1", "Question 1")
            by_thread = _in_turn(terminal, lambda: _while_there_is(go, data))
            by_command = _in_turn(
                terminal, lambda: _again_and_again([*command, "sync", "--passphrase-file", str(data / "passphrase")])
            )
            terminal.end()
        yield _compared("the kiosk sends", *by_thread)
        yield _compared('"fairstart sync" sends', *by_command)


def sending_kiosk() -> None:
    """The kiosk, with a thread that sends for as long as there is a certain file."""
    opened = Kiosk.open

    def opened_and_sent(data: Path, settings: Settings) -> Kiosk:
        kiosk = opened(data, settings)
        threading.Thread(target=_send_for_ever, args=(kiosk, settings.office.address), daemon=True).start()
        return kiosk

    with mock.patch.object(Kiosk, "open", opened_and_sent):
        main()


def _send_for_ever(kiosk: Kiosk, address: str) -> None:
    key, go = kiosk.unlock(STAFF_WORDS), Path(os.environ[_GO])
    while True:
        if go.exists():
            send(Outbox(kiosk), key, address, unreported, _fail)
        time.sleep(0.01)


def _fail(_seconds: int, error: PlaceError) -> None:
    raise error


def _hold_many(data: Path) -> None:
    (store,) = (data / "kiosk").glob("*/responses.db")
    with contextlib.closing(sqlite3.connect(store)) as connection, connection:
        rows = sorted(os.urandom(SEALED_SIZE) for _ in range(_HELD))
        connection.executemany("INSERT INTO response VALUES (?)", ((row,) for row in rows))


def _in_turn(
    terminal: Terminal, at_work: Callable[[], contextlib.AbstractContextManager[None]]
) -> tuple[list[float], list[float]]:
    quiet, sent = list[float](), list[float]()
    for _ in range(_BLOCKS):
        quiet += _keys(terminal)
        with at_work():
            time.sleep(0.3)
            sent += _keys(terminal)
    return quiet, sent


def _keys(terminal: Terminal) -> list[float]:
    return [painted(terminal, "67"[turn % 2], "●") for turn in range(_KEYS)]


@contextlib.contextmanager
def _while_there_is(go: Path, data: Path) -> Iterator[None]:
    go.touch()
    try:
        yield
    finally:
        go.unlink()
        _until_it_is_done(data)


def _until_it_is_done(data: Path) -> None:
    while True:
        with contextlib.suppress(InUseError), handing_over(data):
            return
        time.sleep(0.01)


@contextlib.contextmanager
def _again_and_again(command: list[str]) -> Iterator[None]:
    done = threading.Event()

    def run() -> None:
        while not done.is_set():
            subprocess.run([sys.executable, *command], check=True, capture_output=True)

    running = threading.Thread(target=run)
    running.start()
    try:
        yield
    finally:
        done.set()
        running.join()


def _compared(what: str, quiet: list[float], sent: list[float]) -> str:
    ratio = statistics.median(sent) / statistics.median(quiet)
    return (
        f"key press to painted answer while {what} / while nothing is sent: {ratio:.2f} "
        f"({milliseconds(sent)}; against {milliseconds(quiet)})"
    )
