"""Python that has imported the commands already, to run each of them in a process of its own."""

import ctypes
import json
import os
import select
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from tests.waiting import WAIT

INTERPRETER = """
import json, os, sys
import tui.cli.commands, tui.cli.main
answers = os.dup(1)
request = b""
while piece := os.read(0, 1 << 16):
    request += piece
    if request.endswith(b"\\n"):
        if not (child := os.fork()):
            break
        os.write(answers, b"%d\\n" % os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        request = b""
else:
    os._exit(0)
code, arguments, folder, streams, environment = json.loads(request)
for number, stream in enumerate(streams):
    os.dup2(os.open(stream, os.O_RDWR), number)
os.chdir(folder)
os.environ.update(environment)
sys.argv[1:] = arguments
exec(code)
"""
"""Python as a command finds it once `tui.cli.commands` is imported. Each request is a process that goes on there."""


def lose_root() -> None:
    """Let file permissions hold for root too, by giving up what passes over them in the program about to start."""
    if sys.platform == "linux" and os.geteuid() == 0:
        for capability in (1, 2):  # CAP_DAC_OVERRIDE and CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


KEPT = ("PATH", "PYTHONPATH", "SYSTEMROOT", "USERPROFILE", "LOCALAPPDATA", "APPDATA", "TEMP", "WINEPREFIX")
"""What a program that tests start has of the environment: Windows' own lets nothing start without."""


def environment(**more: str) -> dict[str, str]:
    """The environment of a program that tests start."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    pipes = {"PYTHONUTF8": "1"} if sys.platform == "win32" else {}  # in place of LANG, which says nothing there
    return {**kept, **pipes, "LANG": "C.UTF-8", "TERM": "xterm", **more}


def in_process_of_its_own(
    code: str, arguments: Sequence[str | Path], folder: Path, given: str, **more: str
) -> "subprocess.CompletedProcess[str]":
    """Run code without a terminal in the folder `working` of this one, from Python's start on."""
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        input=given,
        capture_output=True,
        check=False,
        encoding="utf-8",
        timeout=WAIT,
        cwd=folder / "working",
        env=environment(**more),
        preexec_fn=None if sys.platform == "win32" else lose_root,
    )


class _ForkingInterpreter:
    """Runs code without a terminal, each time in a new process, of which starting Python and importing are done."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    def __call__(
        self, code: str, arguments: Sequence[str], folder: Path, given: str, **environment: str
    ) -> "subprocess.CompletedProcess[str]":
        """Run it in the folder `working` of this one, and give what it said; its streams are files beside."""
        streams = [folder / name for name in ("stdin", "stdout", "stderr")]
        for stream, content in zip(streams, (given, "", ""), strict=True):
            stream.write_text(content, "utf-8")
        request = [code, arguments, str(folder / "working"), list(map(str, streams)), environment]
        assert self._process.stdin
        assert self._process.stdout
        self._process.stdin.write(json.dumps(request).encode() + b"\n")
        self._process.stdin.flush()
        if not select.select([self._process.stdout], [], [], 60)[0]:
            self._process.kill()  # its answer is for nobody else
        answer = self._process.stdout.readline()
        assert answer, f"it did not end, or could not begin: {arguments}"
        status = int(answer)
        said = [stream.read_text("utf-8") for stream in streams[1:]]
        for stream in streams:
            stream.unlink()
        return subprocess.CompletedProcess(arguments, status, *said)


Interpreter = Callable[..., "subprocess.CompletedProcess[str]"]
"""Runs code with arguments in a folder's `working`, with what it is given."""


@pytest.fixture(scope="session")
def interpreter() -> Iterator[Interpreter]:
    if sys.platform == "win32":  # which cannot fork
        yield in_process_of_its_own
        return
    with subprocess.Popen(
        [sys.executable, "-c", INTERPRETER],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        preexec_fn=lose_root,  # noqa: PLW1509 - no thread runs yet, or none that matters
    ) as process:
        yield _ForkingInterpreter(process)
        assert process.stdin
        process.stdin.close()
