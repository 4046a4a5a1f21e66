"""The start of a program that was built, beside the installed one."""

import importlib.util
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from tests.benchmarks.kiosk import WELCOME_PAINTED, milliseconds, set_up_kiosk, spread
from tests.benchmarks.terminal import Terminal
from tui.deploy.build import build
from tui.deploy.built import folder_name

_RUNS = 15


def built() -> Iterator[str]:
    """Start to first paint of the kiosk: built and unpacked, in turn with the one that is installed."""
    if importlib.util.find_spec("PyInstaller") is None:
        yield "start of a built program: not measured, as PyInstaller is not installed"
        return
    with tempfile.TemporaryDirectory(prefix="fairstart-benchmark-") as folder, set_up_kiosk() as command:
        archive = build(Path(folder))
        shutil.unpack_archive(archive, folder)
        program = str(Path(folder, folder_name(archive.name), "fairstart"))
        yield f"built: {archive.stat().st_size / 2**20:.0f} MB packed"
        times: dict[str, list[float]] = {"built": [], "installed": []}
        for _ in range(_RUNS + 1):
            for name, seconds in times.items():
                started = Terminal(command[2:], program=program) if name == "built" else Terminal(command)
                seconds.append(started.wait_for(WELCOME_PAINTED) - started.started)
                started.end()
    measured = {name: taken[1:] for name, taken in times.items()}  # the first start compiles, and reads from the disk
    ratios = [mine / other for mine, other in zip(measured["built"], measured["installed"], strict=True)]
    yield f"start to first paint, built / installed kiosk: {spread(ratios)}"
    yield "  " + "; ".join(f"{name} {milliseconds(taken)}" for name, taken in measured.items())
