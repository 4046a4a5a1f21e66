"""Reading aloud, with whichever speech program the computer has.

What it is given is decided in `tui.spoken`. A program is started for one text and ended with it. espeak-ng comes before
Speech Dispatcher, which is a service of its own and keeps what it has said.
"""

import contextlib
import shutil
import subprocess
import sys
import threading
from collections.abc import Sequence
from dataclasses import dataclass

_ASKING = 10.0
"""Seconds that a program may take to list its voices."""

_SLOWEST = 0.2
"""Seconds a letter, three times what speech takes: without sound a program may wait for ever."""

_NO_WINDOW = 0x08000000 if sys.platform == "win32" else 0
"""CREATE_NO_WINDOW of Windows."""

_SAPI = """
$ErrorActionPreference = 'Stop'
Add-Type -AssemblyName System.Speech
$speech = New-Object System.Speech.Synthesis.SpeechSynthesizer
$voice = $speech.GetInstalledVoices() | Where-Object { $_.Enabled -and $_.VoiceInfo.Culture.Name -like 'LANGUAGE*' }
if (-not $voice) { exit 3 }
$speech.SelectVoice(($voice | Select-Object -First 1).VoiceInfo.Name)
$reader = New-Object System.IO.StreamReader([Console]::OpenStandardInput(), [Text.Encoding]::UTF8)
$speech.Speak($reader.ReadToEnd())
"""


@dataclass(frozen=True)
class Program:
    """A speech program: `kind` is what it is called where it is at home, `path` where it lies here."""

    kind: str
    path: str

    def command(self, language: str) -> list[str] | None:
        """What to start for a text in this language, given on standard input; None where there is no voice for it."""
        match self.kind:
            case "espeak-ng":
                return [self.path, "-v", language, "-s", "150", "--stdin"]
            case "spd-say":
                voices = [line.split() for line in self._asked("-L").splitlines()]
                spoken = any(len(words) > 1 and _speaks(words[-2], language) for words in voices)
                return [self.path, "--wait", "--language", language, "--"] if spoken else None
            case "say":
                voices = [line.partition("#")[0].split() for line in self._asked("-v", "?").splitlines()]
                named = [words for words in voices if len(words) > 1 and _speaks(words[-1], language)]
                return [self.path, "-v", " ".join(named[0][:-1]), "-f", "-"] if named else None
            case _:
                script = _SAPI.replace("LANGUAGE", language)
                return [self.path, "-NoProfile", "-NonInteractive", "-Command", script]

    def _asked(self, *arguments: str) -> str:
        """What it says of itself; nothing where it fails."""
        with contextlib.suppress(OSError, subprocess.SubprocessError):
            answer = subprocess.run(  # noqa: S603 - a program found by name, and words of ours
                [self.path, *arguments], capture_output=True, check=True, timeout=_ASKING, stdin=subprocess.DEVNULL
            )
            return answer.stdout.decode("utf-8", "replace")
        return ""


def _speaks(voice: str, language: str) -> bool:
    return voice.replace("_", "-").lower().split("-")[0] == language.lower().split("-")[0]


def find_program() -> Program | None:
    """The speech program of this computer, if it has one."""
    kinds = {"darwin": ("say",), "win32": ("powershell",)}.get(sys.platform, ("espeak-ng", "spd-say"))
    found = ((kind, shutil.which(kind)) for kind in kinds)
    return next((Program(kind, path) for kind, path in found if path), None)


def look_at_program() -> str:
    """A sentence about whether this computer can read aloud."""
    program = find_program()
    if program is None:
        return "This computer has no speech program: install espeak-ng, and candidates can listen."
    return f"Candidates can listen, through {program.kind}: offer headphones."


class Speech:
    """Says one text at a time. Saying blocks and belongs in a thread; hushing does not."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()
        self._wanted = 0

    def say(self, text: str, language: str) -> bool:
        """Say it, to its end or until it is hushed; whether this computer could."""
        with self._lock:
            self._wanted += 1
            wanted = self._wanted
        command = self._program.command(language)
        if command is None:
            return False
        if self._program.kind == "spd-say":
            command.append(text)
        try:
            process = self._started(command, wanted)
            errors = process.communicate(text.encode(), timeout=_ASKING + _SLOWEST * len(text))[1] if process else b""
        except (OSError, subprocess.TimeoutExpired):
            self._end(wanted)
            return False
        failed = process is not None and (process.returncode != 0 or b"error:" in errors.lower())
        return not failed or wanted != self._wanted

    def hush(self) -> None:
        """Stop at once, also what is about to begin."""
        self._end(self._wanted)

    def _end(self, wanted: int) -> None:
        """End what is being said, if it is still this."""
        with self._lock:
            if wanted != self._wanted:
                return
            self._wanted += 1
            process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.kill()
        if self._program.kind == "spd-say":  # it only handed the text on
            with contextlib.suppress(OSError):
                subprocess.Popen([self._program.path, "--cancel"], stderr=subprocess.DEVNULL)  # noqa: S603 - as above

    def _started(self, command: Sequence[str], wanted: int) -> "subprocess.Popen[bytes] | None":
        """The program at work, unless it was hushed meanwhile."""
        with self._lock:
            if wanted != self._wanted:
                return None
            self._process = subprocess.Popen(  # noqa: S603 - as above
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.PIPE,
                creationflags=_NO_WINDOW,
                start_new_session=True,
            )
            return self._process
