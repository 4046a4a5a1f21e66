"""Reading aloud, with whichever speech program the computer has.

What it is given is decided in `tui.speech.spoken`. A program is started for one text and ended with it. espeak-ng comes
before Speech Dispatcher, which is a service of its own and keeps what it has said.
"""

import contextlib
import math
import os
import shutil
import signal
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, assert_never

_ASKING = 10.0
"""Seconds that a program may take to list its voices."""

_CANCELLING = 2.0
"""Seconds that a program may take to cancel what it handed on."""

_SLOWEST = 0.2
"""Seconds a letter, three times what speech takes: without sound a program may wait for ever."""

_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0
"""CREATE_NO_WINDOW of Windows."""

USUAL = 100
PACES = (60, 80, USUAL, 125, 160, 200)
"""How fast speech may be, in per cent of what is usual."""

_SAPI = """
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Speech
$speech = New-Object System.Speech.Synthesis.SpeechSynthesizer
$voice = $speech.GetInstalledVoices() | Where-Object { $_.Enabled -and $_.VoiceInfo.Culture.Name -like 'LANGUAGE*' }
if (-not $voice) { exit 3 }
$speech.SelectVoice(($voice | Select-Object -First 1).VoiceInfo.Name)
$speech.Rate = PACE
$reader = New-Object System.IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8)
$speech.Speak($reader.ReadToEnd())
"""

Kind = Literal["espeak-ng", "spd-say", "say", "powershell"]


@dataclass(frozen=True)
class Program:
    """A speech program: `kind` is what it is called where it is at home, `path` where it lies here."""

    kind: Kind
    path: str

    @property
    def listing(self) -> list[str]:
        """What to start to learn its voices; nothing where it finds one by itself."""
        return {"spd-say": [self.path, "-L"], "say": [self.path, "-v", "?"]}.get(self.kind, [])

    def command(self, language: str, voices: str, pace: int = USUAL) -> list[str] | None:
        """What to start for a text, given on standard input; None where there is no voice for its language.

        Args:
            language: the language's code.
            voices: what `listing` printed.
            pace: how fast to speak, one of `PACES`.
        """
        match self.kind:
            case "espeak-ng":
                return [self.path, "-v", language, "-s", str(150 * pace // 100), "--stdin"]
            case "spd-say":
                listed = [line.split() for line in voices.splitlines()]
                spoken = any(len(words) > 1 and _speaks(words[-2], language) for words in listed)
                rate = [] if pace == USUAL else ["--rate", str(round(100 * math.log2(pace / 100)))]  # -100 to 100
                return [self.path, "--wait", *rate, "--language", language, "--"] if spoken else None
            case "say":
                listed = [line.partition("#")[0].split() for line in voices.splitlines()]
                named = [words for words in listed if len(words) > 1 and _speaks(words[-1], language)]
                named.sort(key=lambda words: not words[-1].endswith("_GB"))  # the first of all is there for fun
                rate = [] if pace == USUAL else ["-r", str(175 * pace // 100)]  # words a minute
                return [self.path, "-v", " ".join(named[0][:-1]), *rate, "-f", "-"] if named else None
            case "powershell":
                steps = round(10 * math.log(pace / 100, 3))  # from -10, a third as fast, to 10, three times
                script = _SAPI.replace("LANGUAGE", language).replace("PACE", str(steps))
                return [self.path, "-NoProfile", "-NonInteractive", "-Command", script]
            case _:
                assert_never(self.kind)


def _speaks(voice: str, language: str) -> bool:
    return voice.replace("_", "-").lower().split("-")[0] == language.lower().split("-")[0]


def find_program() -> Program | None:
    """The speech program of this computer, if it has one."""
    here: dict[str, tuple[Kind, ...]] = {"darwin": ("say",), "win32": ("powershell",)}
    kinds = here.get(sys.platform, ("espeak-ng", "spd-say"))
    found = ((kind, shutil.which(kind)) for kind in kinds)
    return next((Program(kind, path) for kind, path in found if path), None)


class Speech:
    """Says one text at a time. Saying blocks and belongs in a thread; hushing does not."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._speaking = threading.Lock()
        self._turn = 0
        self._pace = PACES.index(USUAL)
        self._voices = ""
        """What the program has said of its voices: asking takes one of them two seconds."""

    def hush(self) -> int:
        """Stop at once, also what is about to begin. Returns the turn of what is said next."""
        with self._lock:
            self._turn += 1
            if self._process:
                _kill(self._process)
            return self._turn

    def change_pace(self, step: int) -> None:
        """Speak slower or faster from the next text on; there is a slowest and a fastest."""
        self._pace = min(max(self._pace + step, 0), len(PACES) - 1)

    def usual_pace(self) -> None:
        """Speak at the usual speed again."""
        self._pace = PACES.index(USUAL)

    def say(self, text: str, language: str, turn: int) -> bool:
        """Say it in its turn, to its end or until it is hushed. Returns whether this computer could."""
        with self._speaking:
            try:
                could = self._say(text, language, turn)
            except (OSError, subprocess.SubprocessError):
                could = False
            return could or turn != self._turn

    def _say(self, text: str, language: str, turn: int) -> bool:
        program = self._program
        if program.listing and not self._voices:
            self._voices = self._run(program.listing, b"", _ASKING, turn).decode("utf-8", "replace")
        command = program.command(language, self._voices, PACES[self._pace])
        if command is None:
            return False
        if program.kind == "spd-say":
            command.append(text)
        try:
            self._run(command, text.encode(), _ASKING + _SLOWEST * len(text), turn)
        except subprocess.SubprocessError:
            if program.kind == "spd-say":  # it only handed the text on
                self._cancel()
            raise
        return True

    def _cancel(self) -> None:
        subprocess.run(  # noqa: S603 - as below
            [self._program.path, "--cancel"],
            check=False,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=_CANCELLING,
        )

    def _run(self, command: Sequence[str], typed: bytes, seconds: float, turn: int) -> bytes:
        """Returns what a program prints for what is typed into it, unless its turn is over before it begins."""
        with self._lock:
            if turn != self._turn:
                raise InterruptedError
            process = self._process = subprocess.Popen(  # noqa: S603 - a program found by name, and words of ours
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                creationflags=_NO_WINDOW,
                start_new_session=True,
            )
        with process:
            try:
                printed, errors = process.communicate(typed, timeout=seconds)
            finally:
                with self._lock:
                    self._process = None
                    _kill(process)
        if process.returncode or any(line.lower().startswith(b"error:") for line in errors.splitlines()):
            raise subprocess.SubprocessError
        return printed


def _kill(process: "subprocess.Popen[bytes]") -> None:
    """End a program, and what it has started."""
    if process.poll() is None:
        with contextlib.suppress(ProcessLookupError):
            process.kill() if sys.platform == "win32" else os.killpg(process.pid, signal.SIGKILL)
