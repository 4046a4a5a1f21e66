"""Whether anybody can hear this computer speak: a speech program is there without a loudspeaker too.

A program is asked to speak, a silence, and tells whether it could; the system tells whether there is anything to play
sound through. Whether it is loud enough, or comes out where somebody listens, only a person can tell: the sound test.
"""

import ctypes
import os
import sys
from pathlib import Path

from storage.doctor import Finding, Verdict
from tui.speech import programs

NO_PROGRAM = "This computer has no speech program: install espeak-ng, or turn reading aloud off."

_SILENCE = " "
"""What a program takes for a text, and opens its output for, with nothing to hear."""


def look_at_sound(language: str) -> Finding:
    """What can be told without a person of whether candidates can have this language read aloud."""
    subject = "Reading aloud"
    program = programs.find_program()
    if program is None:
        return Finding(subject, Verdict.FIX, NO_PROGRAM)
    output = has_output()
    speech = programs.Speech(program)
    if output is False or not speech.say(_SILENCE, language, speech.hush()):
        return Finding(subject, Verdict.FIX, cannot_speak(program))
    if output:
        return Finding(subject, Verdict.SOUND, f"Candidates can listen, through {program.kind}: offer headphones.")
    return Finding(
        subject,
        Verdict.UNKNOWN,
        f"{program.kind} speaks, but this laptop does not show where to: try the sound test in the staff area.",
    )


def cannot_speak(program: programs.Program) -> str:
    """Why nothing can be heard, and what to do."""
    if has_output():
        return f"{program.kind} cannot speak here: check its voices and the laptop’s sound settings."
    return f"{program.kind} finds no sound output: plug in headphones or loudspeakers, or turn reading aloud off."


def has_output() -> bool | None:
    """Whether this computer has something to play sound through; None where only a person can tell."""
    if sys.platform == "win32":
        return bool(ctypes.windll.winmm.waveOutGetNumDevs())
    if sys.platform != "linux":
        return None  # macOS says it after seconds
    if _PLAYS.is_file() and "playback" in _PLAYS.read_text("utf-8"):
        return True
    return None if _served() else False


_PLAYS = Path("/proc/asound/pcm")
"""Lists what ALSA can play and record through."""


def _served() -> bool:
    """Whether sound goes to a server, which may have a wireless headset, another computer, or nothing at all."""
    own = Path(os.environ.get("XDG_RUNTIME_DIR", f"/run/user/{os.getuid()}"))
    return "PULSE_SERVER" in os.environ or any((own / name).exists() for name in ("pulse/native", "pipewire-0"))
