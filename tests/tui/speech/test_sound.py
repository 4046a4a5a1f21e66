"""Whether anybody can hear this computer: what it says of itself, and the sound test, where a person decides."""

import os
import sys
from collections.abc import Mapping
from functools import partial
from pathlib import Path
from types import SimpleNamespace

import pytest

from content.language import load_words
from storage.doctor import Verdict
from tests.storage.needs import not_tested
from tests.tui.kiosks import Start
from tests.tui.pilot import LARGE, SMALL, AtKiosk, Size
from tests.tui.recorder import GOES_ON, Recorder
from tui.shared.sound_check import SoundTest
from tui.speech import programs, sound
from tui.speech.programs import find_program
from tui.speech.sound import has_output, look_at_sound

WORDS = load_words()
HELLO = WORDS.welcome.heading
NO_SOUND = "echo 'error: No such file or directory' >&2"
"""As espeak-ng does, which then ends as if all were well."""


@pytest.fixture
def aloud(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Everything that is given to the speech program of this computer."""
    found = recorder.named("espeak-ng")
    monkeypatch.setattr(programs, "find_program", lambda: found)
    return recorder


# What the computer says


@pytest.mark.parametrize(
    ("here", "output"),
    [
        ({"pcm": "00-00: ALC295 Analog : ALC295 Analog : playback 1 : capture 1\n"}, True),
        ({"pcm": "00-00: Camera : USB Audio : capture 1\n"}, False),
        ({"pcm": ""}, False),
        ({}, False),
        ({"pulse/native": ""}, None),
        ({"pipewire-0": ""}, None),
        ({"PULSE_SERVER": "tcp:elsewhere"}, None),
    ],
)
def test_linux_tells_what_it_can_play_through(
    here: Mapping[str, str], output: object, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "sys", SimpleNamespace(platform="linux"))
    monkeypatch.setattr(sound, "_PLAYS", tmp_path / "pcm")
    monkeypatch.setattr(os, "getuid", lambda: 1000, raising=False)
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(tmp_path))
    monkeypatch.delenv("PULSE_SERVER", raising=False)
    for name, content in here.items():
        if name.isupper():
            monkeypatch.setenv(name, content)
        else:
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(content, "utf-8")
    assert has_output() is output


@pytest.mark.parametrize("outputs", [0, 2])
def test_windows_counts_what_it_can_play_through_and_nobody_asks_macos(
    outputs: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    counts = SimpleNamespace(winmm=SimpleNamespace(waveOutGetNumDevs=lambda: outputs))
    monkeypatch.setattr(sound, "ctypes", SimpleNamespace(windll=counts))
    monkeypatch.setattr(sound, "sys", SimpleNamespace(platform="win32"))
    assert has_output() is bool(outputs)
    monkeypatch.setattr(sound, "sys", SimpleNamespace(platform="darwin"))
    assert has_output() is None


def test_a_computer_without_a_speech_program_is_to_fix(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "find_program", lambda: None)
    assert look_at_sound("en").verdict is Verdict.FIX


def test_the_real_espeak_ng_without_a_sound_output_is_not_all_right(monkeypatch: pytest.MonkeyPatch) -> None:
    found = find_program()
    if sys.platform != "linux" or found is None or has_output() is not False:
        not_tested("a laptop with espeak-ng and without sound")
    monkeypatch.setattr(programs, "find_program", lambda: found)
    for output in (False, True):  # it says so itself as well
        monkeypatch.setattr(sound, "has_output", partial(bool, output))
        assert look_at_sound("en").verdict is Verdict.FIX


# What a person says


async def facts(person: AtKiosk) -> str:
    """What the staff area says about reading aloud."""
    return await person.read_below("#reads-aloud")


@pytest.mark.usefixtures("easy_unlock")
@pytest.mark.parametrize("size", [SMALL, pytest.param(LARGE, marks=pytest.mark.long)])
@pytest.mark.parametrize("by_mouse", [False, True])
@pytest.mark.sampled
async def test_only_who_heard_it_can_say_that_it_was_heard(
    as_staff: Start, aloud: Recorder, size: Size, *, by_mouse: bool
) -> None:
    async with as_staff(size) as person:
        await person.press("s")
        assert [said.text for said in aloud.said] == [HELLO]
        assert "Did you hear it?" in person.read_unframed()
        await person.act(by_mouse, "n", "#unheard")
        assert "Then candidates hear nothing." in person.read_unframed()
        await person.press("y")  # nothing was asked
        await person.act(by_mouse, "a", "#again")
        assert [said.text for said in aloud.said] == [HELLO, HELLO]
        await person.act(by_mouse, "escape", "#close")
        assert "the sound test was not heard" in await facts(person)
        await person.press("s")
        await person.act(by_mouse, "y", "#heard")
        assert "the sound test was heard: offer headphones." in await facts(person)


@pytest.mark.usefixtures("easy_unlock")
async def test_what_was_not_played_is_not_asked_after(as_staff: Start, aloud: Recorder) -> None:
    aloud.does(NO_SOUND)
    async with as_staff(SMALL) as person:
        await person.press("s")
        assert "Nothing was played. espeak-ng cannot speak here" in person.read_unframed()
        assert "Did you hear it?" not in person.read_unframed()
        await person.press("y", "n", "escape")
        assert not isinstance(person.app.screen, SoundTest)
        assert "the sound test was not heard" in await facts(person)


@pytest.mark.usefixtures("easy_unlock")
async def test_it_is_silent_once_it_is_closed_and_says_nothing_of_what_was_not_answered(
    as_staff: Start, aloud: Recorder
) -> None:
    aloud.does(GOES_ON)
    async with as_staff(SMALL) as person:
        await person.begin("s")
        await person.until(lambda: bool(aloud.said))
        assert "Did you hear it?" not in person.read_unframed()
        await person.press("escape")
        await person.until(lambda: not aloud.running)
        assert "Try the sound test before the event." in await facts(person)


@pytest.mark.usefixtures("easy_unlock")
async def test_staff_are_told_where_nothing_can_be_heard(as_staff: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sound, "has_output", lambda: False)
    async with as_staff(SMALL) as person:
        read = await facts(person)
        assert "Reading aloud is on, but this laptop has no sound output" in read
