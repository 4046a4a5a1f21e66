"""The programs that speak: how each is asked for a language, that one speaks at a time, and that all of them stop."""

import os
import shutil
import subprocess
import threading
import time
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace

import psutil
import pytest

from tests.storage.needs import not_tested
from tests.tui.recorder import GOES_ON, Recorder
from tui.speech import programs as speech
from tui.speech.programs import PACES, USUAL, Kind, Program, Speech, find_program


def say(spoken: Speech, text: str, language: str = "en") -> bool:
    """Say a text in its turn, which is now."""
    return spoken.say(text, language, spoken.hush())


def wait_until(happened: Callable[[], bool]) -> None:
    for _ in range(2000):
        if happened():
            return
        time.sleep(0.005)
    raise AssertionError("did not happen")


class Saying:
    """Somebody who says a text in a thread."""

    def __init__(self, spoken: Speech, text: str = "Hello.", language: str = "en") -> None:
        self.outcome: bool | None = None
        self._given = (text, language, spoken.hush())
        self._spoken = spoken
        self._thread = threading.Thread(target=self._say)
        self._thread.start()

    def _say(self) -> None:
        self.outcome = self._spoken.say(*self._given)

    def ended(self) -> bool:
        """Whether it ends, before it would by itself."""
        self._thread.join(20)
        return not self._thread.is_alive()


SPD_SAY = """\
                     NAME                 LANGUAGE                  VARIANT
                Afrikaans                       af                     none
  English (Great Britain)                    en-GB                     none
     English (Scotland)                en-GB-SCOTLAND                  none
        English (America)                    en-US                     none
   English (America)+Alex                    en-US                     Alex
                    Welsh                       cy                     none
"""
"""Of spd-say 0.11, with some voices left out."""

SAY = """\
Albert              en_US    # Hello! My name is Albert.
Bad News            en_US    # Hello! My name is Bad News.
Daniel              en_GB    # Hello! My name is Daniel.
Eddy (English (UK)) en_GB    # Hello! My name is Eddy.
Eddy (German (Germany)) de_DE    # Hallo! Ich heiße Eddy.
Flo (French (Canada)) fr_CA    # Bonjour! Je m’appelle Flo.
Majed               ar_001    # مرحبًا! اسمي ماجد.
"""
"""Of macOS 14, with some voices left out."""


def test_espeak_ng_is_given_the_text_on_its_standard_input_alone(recorder: Recorder) -> None:
    spoken = Speech(recorder.named("espeak-ng"))
    assert say(spoken, "Ydych chi’n dal yno?\n\nQuestion “1” & $HOME; -v", "cy")
    assert recorder.said == [(["-v", "cy", "-s", "150", "--stdin"], "Ydych chi’n dal yno?\n\nQuestion “1” & $HOME; -v")]


@pytest.mark.parametrize(
    ("language", "spoken"), [("en", True), ("cy", True), ("af", True), ("ar", False), ("c", False)]
)
def test_spd_say_speaks_only_languages_that_it_lists(recorder: Recorder, language: str, *, spoken: bool) -> None:
    recorder.lists(SPD_SAY)
    assert say(Speech(recorder.named("spd-say")), "--help me", language) is spoken
    expected = [(arguments, "") for arguments in [["--wait", "--language", language, "--", "--help me"]] if spoken]
    assert [(said.arguments, said.text.replace("--help me", "")) for said in recorder.said] == expected


@pytest.mark.parametrize(
    ("language", "voice"),
    [("en", "Daniel"), ("de", "Eddy (German (Germany))"), ("fr", "Flo (French (Canada))"), ("ar", "Majed"), ("cy", "")],
)
def test_say_is_asked_for_a_plain_voice_of_the_language(recorder: Recorder, language: str, voice: str) -> None:
    recorder.lists(SAY)
    assert say(Speech(recorder.named("say")), "Hello.", language) is bool(voice)
    assert recorder.said == ([(["-v", voice, "-f", "-"], "Hello.")] if voice else [])


@pytest.mark.parametrize(
    ("kind", "voices", "paces"),
    [
        ("espeak-ng", "", [["-s", speed] for speed in ("90", "120", "150", "187", "240", "300")]),
        ("spd-say", SPD_SAY, [["--rate", rate] if rate else [] for rate in ("-74", "-32", "", "32", "68", "100")]),
        ("say", SAY, [["-r", rate] if rate else [] for rate in ("105", "140", "", "218", "280", "350")]),
        ("powershell", "", [[f"$speech.Rate = {rate}"] for rate in (-5, -2, 0, 2, 4, 6)]),
    ],
)
def test_each_program_speaks_slower_and_faster(
    recorder: Recorder, kind: Kind, voices: str, paces: list[list[str]]
) -> None:
    recorder.lists(voices)
    spoken = Speech(recorder.named(kind))
    for _ in range(9):
        spoken.change_pace(-1)
    for _ in paces:
        assert say(spoken, "Hello.")
        spoken.change_pace(1)
    spoken.usual_pace()
    assert say(spoken, "Hello.")
    joined = ["\x1f".join(said.arguments) for said in recorder.said]
    for arguments, pace in zip(joined, [*paces, paces[2]], strict=True):
        assert "\x1f".join(pace) in arguments
        assert pace or not {"--rate", "-r"} & set(arguments.split("\x1f"))


@pytest.mark.parametrize("kind", ["spd-say", "say"])
@pytest.mark.parametrize("answers", ["", "exit 1", "echo", "echo en", "printf '\\377\\376\\n'"])
def test_a_program_that_says_nothing_sound_about_its_voices_has_none(
    recorder: Recorder, kind: Kind, answers: str
) -> None:
    recorder.answers(answers)
    assert not say(Speech(recorder.named(kind)), "Hello.")
    assert recorder.said == []


@pytest.mark.parametrize("language", ["en", "cy", "ar"])
def test_windows_is_asked_for_a_voice_of_the_language(recorder: Recorder, language: str) -> None:
    assert say(Speech(recorder.named("powershell")), "Helo ’na.", language)
    (said,) = recorder.said
    *options, script = said.arguments
    assert options == ["-NoProfile", "-NonInteractive", "-Command"]
    assert f"-like '{language}*'" in script
    assert "LANGUAGE" not in script
    assert said.text == "Helo ’na."


@pytest.mark.parametrize(
    ("platform", "there", "found"),
    [
        ("linux", {"espeak-ng", "spd-say", "say"}, "espeak-ng"),
        ("linux", {"spd-say", "say", "powershell"}, "spd-say"),
        ("linux", {"say"}, None),
        ("darwin", {"espeak-ng", "say"}, "say"),
        ("darwin", {"espeak-ng"}, None),
        ("win32", {"espeak-ng", "powershell"}, "powershell"),
    ],
)
def test_each_computer_speaks_with_what_it_comes_with(
    platform: str, there: set[str], found: Kind | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "sys", SimpleNamespace(platform=platform))
    monkeypatch.setattr(shutil, "which", lambda kind: f"/there/{kind}" if kind in there else None)
    assert find_program() == (Program(found, f"/there/{found}") if found else None)


@pytest.mark.parametrize("does", ["exit 1", "echo 'Error: no such voice' >&2", "echo 'ALSA\nerror: none' >&2; exit 0"])
def test_a_program_that_fails_or_tells_of_an_error_has_not_spoken(recorder: Recorder, does: str) -> None:
    recorder.does(does)
    assert not say(Speech(recorder.named("espeak-ng")), "Hello.")


def test_what_a_program_grumbles_is_no_error(recorder: Recorder) -> None:
    recorder.does("echo 'ALSA lib conf.c: function snd_func_refer returned error: No such file or directory' >&2")
    assert say(Speech(recorder.named("espeak-ng")), "Hello.")


def test_a_program_that_is_not_there_has_not_spoken(tmp_path: Path) -> None:
    for kind in ("espeak-ng", "spd-say", "say", "powershell"):
        assert not say(Speech(Program(kind, str(tmp_path / "none"))), "Hello.")


def test_hushing_ends_a_program_with_all_that_it_started(recorder: Recorder) -> None:
    recorder.does(f'(echo "$(exec sh -c \'echo $PPID\')" >> "$here/pids"; {GOES_ON}) & {GOES_ON}')
    spoken = Speech(recorder.named("espeak-ng"))
    saying = Saying(spoken)
    wait_until(lambda: len(recorder.running) == 2)
    spoken.hush()
    assert saying.ended()
    assert saying.outcome, "to be hushed is no failure"
    wait_until(lambda: not recorder.running)


def test_what_is_hushed_before_it_begins_never_begins(recorder: Recorder) -> None:
    spoken = Speech(recorder.named("espeak-ng"))
    turn = spoken.hush()
    spoken.hush()
    assert spoken.say("Hello.", "en", turn), "to be hushed is no failure"
    assert recorder.said == []


@pytest.mark.parametrize("kind", ["spd-say", "say"])
def test_hushing_does_not_wait_for_voices_to_be_listed(recorder: Recorder, kind: Kind) -> None:
    recorder.answers(GOES_ON)
    spoken = Speech(recorder.named(kind))
    saying = Saying(spoken)
    wait_until(lambda: bool(recorder.asked))
    spoken.hush()
    assert saying.ended()
    assert saying.outcome
    assert recorder.running == []


def test_speech_dispatcher_is_told_to_cancel_what_it_was_handed(recorder: Recorder) -> None:
    recorder.lists(SPD_SAY)
    recorder.does(GOES_ON)
    spoken = Speech(recorder.named("spd-say"))
    saying = Saying(spoken)
    wait_until(lambda: bool(recorder.said))
    assert recorder.asked == ["-L"]
    spoken.hush()
    assert saying.ended()
    assert recorder.asked == ["-L", "--cancel"]
    assert recorder.running == []
    spoken.hush()
    assert recorder.asked == ["-L", "--cancel"], "what others have it say is left alone"


@pytest.mark.parametrize(("kind", "stuck"), [("espeak-ng", "text"), ("spd-say", "voices"), ("spd-say", "text")])
def test_a_program_that_never_ends_is_ended(
    recorder: Recorder, kind: Kind, stuck: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    recorder.lists(SPD_SAY)
    if stuck == "voices":
        recorder.answers(f'[ "$1" = --cancel ] || {GOES_ON}')
    else:
        recorder.does(GOES_ON)
    monkeypatch.setattr(speech, "_ASKING", 0.1)
    monkeypatch.setattr(speech, "_SLOWEST", 0.0)
    assert not say(Speech(recorder.named(kind)), "Hello.")
    assert recorder.running == []


def test_a_long_text_may_take_longer(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "_ASKING", 0.0)
    monkeypatch.setattr(speech, "_SLOWEST", 0.001)
    recorder.does("sleep 0.05")
    assert not say(Speech(recorder.named("espeak-ng")), "a")
    assert say(Speech(recorder.named("espeak-ng")), "a" * 5000)


def test_one_program_speaks_at_a_time_and_the_last_that_was_asked_for_is_heard(recorder: Recorder) -> None:
    recorder.does(GOES_ON)
    spoken = Speech(recorder.named("espeak-ng"))
    first = Saying(spoken, "First.")
    wait_until(lambda: bool(recorder.said))
    second = Saying(spoken, "Second.")
    wait_until(lambda: len(recorder.said) == 2)
    assert len(recorder.running) == 1
    assert first.ended()
    spoken.hush()
    assert second.ended()
    assert recorder.running == []


@pytest.mark.long
def test_whenever_it_is_hushed_it_is_silent(recorder: Recorder) -> None:
    recorder.does(GOES_ON)
    spoken = Speech(recorder.named("espeak-ng"))
    for step in range(200):
        saying = Saying(spoken)
        time.sleep(step / 10_000)
        spoken.hush()
        assert saying.ended()
        assert recorder.running == []


def espeak() -> str:
    return shutil.which("espeak-ng") or not_tested("espeak-ng is not installed")


@pytest.mark.parametrize("language", ["en", "cy"])
def test_the_real_espeak_ng_makes_sound_of_it_longer_where_it_is_slower(language: str) -> None:
    lengths = []
    for pace in PACES:
        command = Program("espeak-ng", espeak()).command(language, "", pace)
        assert command
        said = subprocess.run([*command, "--stdout"], input=b"1: Helo, hello.", capture_output=True, check=True)
        assert said.stdout.startswith(b"RIFF")
        assert said.stderr == b""
        lengths.append(len(said.stdout))
    assert lengths == sorted(set(lengths), reverse=True)
    assert lengths[PACES.index(USUAL)] > 20_000


def test_the_real_espeak_ng_has_no_voice_for_a_language_that_it_does_not_know() -> None:
    assert not say(Speech(Program("espeak-ng", espeak())), "Hello.", "xx")


def test_the_real_espeak_ng_pauses_between_texts_that_are_parted_by_an_empty_line() -> None:
    """A number that follows the option before it without a pause would be taken for part of that."""

    def heard(parted: str) -> int:
        text = parted.join(["1: state-run or state-funded school", "2: independent school"])
        quietly = [espeak(), "-v", "en", "-q", "-x", "--stdin"]
        said = subprocess.run(quietly, input=text.encode(), capture_output=True, check=True).stdout
        return len(said.decode().strip().splitlines())

    assert heard("\n\n") > heard("\n")


def test_no_program_is_started_with_anything_of_the_kiosk(recorder: Recorder) -> None:
    """No file and no terminal is open in it: only pipes, for what it is given and what it says."""
    if not Path("/proc/self/fd").exists():
        not_tested("only Linux tells what a program has open")
    recorder.does('ls -l /proc/$$/fd > "$here/open"')
    with (recorder.folder / "secret").open("w") as secret:
        os.set_inheritable(secret.fileno(), True)  # noqa: FBT003 - it takes nothing else
        assert say(Speech(recorder.named("espeak-ng")), "Hello.")
    opened = (recorder.folder / "open").read_text("utf-8")
    assert opened.count("pipe:") >= 2
    assert "secret" not in opened
    assert "/dev/pts" not in opened
    assert "/dev/tty" not in opened


def test_texts_one_after_another_leave_nothing_behind(recorder: Recorder) -> None:
    spoken = Speech(recorder.named("espeak-ng"))
    say(spoken, "Hello.")
    before = psutil.Process().num_fds()
    for number in range(5):
        assert say(spoken, f"{number}")
    assert psutil.Process().num_fds() == before
    assert [said.text for said in recorder.said] == ["Hello.", *"01234"]
