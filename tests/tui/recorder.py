"""Programs in the place of those that speak, which write down what they are given."""

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil
import pytest

from tui.speech.programs import Kind, Program

GOES_ON = "exec sleep 30"
LASTS = 'while [ ! -e "$here/over" ]; do sleep 0.01; done'
SCRIPT = r"""#!/bin/sh
here='{here}'
echo $$ >> "$here/pids"
case "$*" in
-L | '-v ?' | --cancel)
    echo "$*" >> "$here/asked"
    . "$here/answers"
    exit
    ;;
esac
{{ printf '%s\037' "$@"; printf '\036'; cat; printf '\035'; }} > "$here/part$$"
cat "$here/part$$" >> "$here/said"
rm "$here/part$$"
. "$here/does"
"""


class Said(NamedTuple):
    """What a program was given."""

    arguments: list[str]
    text: str

    @property
    def lines(self) -> list[str]:
        """The texts that it was given, one by one."""
        return [line for line in self.text.split("\n") if line]


class Recorder:
    """A folder with speech programs that write down what they are given; they end at once, unless told otherwise."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.does("")
        self.answers("")

    def named(self, kind: Kind) -> Program:
        """One of them, by the name of the program in whose place it stands."""
        path = self.folder / kind
        path.write_text(SCRIPT.format(here=self.folder), "utf-8")
        path.chmod(0o755)
        return Program(kind, str(path))

    def does(self, script: str) -> None:
        """What each does once it has been given a text."""
        (self.folder / "does").write_text(f"{script}\n", "utf-8")

    def answers(self, script: str) -> None:
        """What each does when it is asked about voices, or told to cancel."""
        (self.folder / "answers").write_text(f"{script}\n", "utf-8")

    def lists(self, voices: str) -> None:
        """Let it answer with these voices."""
        (self.folder / "voices").write_text(voices, "utf-8")
        self.answers(f"cat '{self.folder}/voices'")

    def ends(self) -> None:
        """Let those that last come to their end."""
        (self.folder / "over").touch()

    def lasts(self) -> None:
        """Let each last until it is told that it is over."""
        (self.folder / "over").unlink(missing_ok=True)
        self.does(LASTS)

    @property
    def said(self) -> list[Said]:
        """Everything that was given to be said, in order."""
        records = self._read("said").split("\x1d")[:-1]
        parted = [record.partition("\x1e") for record in records]
        return [Said(arguments.split("\x1f")[:-1], text) for arguments, _, text in parted]

    def has_said(self, texts: int) -> bool:
        """Whether it was given so many texts to say."""
        return len(self.said) == texts

    @property
    def asked(self) -> list[str]:
        """Everything else that was asked, in order."""
        return self._read("asked").splitlines()

    @property
    def running(self) -> list[int]:
        """Those of the programs that have not ended, or that nobody has noticed to have ended."""
        return [pid for pid in map(int, self._read("pids").split()) if _runs(pid)]

    def give_up(self) -> None:
        """Leave none of them running."""
        for pid in self.running:
            psutil.Process(pid).kill()

    def _read(self, name: str) -> str:
        path = self.folder / name
        return path.read_text("utf-8") if path.exists() else ""


def _runs(pid: int) -> bool:
    try:
        process = psutil.Process(pid)
        left = (
            process.status() == psutil.STATUS_ZOMBIE and process.ppid() != os.getpid()
        )  # to the system, to be noticed
    except psutil.NoSuchProcess:
        return False
    return not left


@pytest.fixture
def recorder(tmp_path: Path) -> Iterator[Recorder]:
    if sys.platform == "win32":
        pytest.skip("NOT TESTED: programs in the place of those that speak are scripts of a shell")
    made = Recorder(tmp_path / "recorder")
    yield made
    made.give_up()
