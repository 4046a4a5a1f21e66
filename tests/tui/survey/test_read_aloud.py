"""The kiosk reads aloud: what is said on every view, never what was chosen, and silence at any touch."""

import asyncio
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from content.language import load_words
from content.survey import load_survey
from storage.kiosk.kiosk import Kiosk
from tests.tui.clock import Clock
from tests.tui.kiosks import Held, Start
from tests.tui.pilot import SMALL, USUAL, AtKiosk, Size
from tests.tui.program import HURTFUL, Opens
from tests.tui.recorder import GOES_ON, Recorder, Said
from tests.tui.staff.unlocking import unlock
from tests.variants import usually
from tests.waiting import WAIT
from tui.interview import Step
from tui.speech import programs as speech
from tui.speech.programs import Program, find_program
from tui.survey.idle import WARNING_SECONDS, IdleWarning

BOTH = {"languages": ["en", "cy"]}
IDLE_SECONDS = 40
QUESTIONS = load_survey().questions
WORDS = load_words()


@pytest.fixture
def aloud(recorder: Recorder, monkeypatch: pytest.MonkeyPatch) -> Recorder:
    """Everything that is given to the speech program of this computer, which is found as any is."""
    recorder.named("espeak-ng")
    monkeypatch.setenv("PATH", str(recorder.folder), prepend=":")
    monkeypatch.setattr(speech, "find_program", find_program)
    return recorder


async def hear(person: AtKiosk, aloud: Recorder, key: str = "r") -> Said:
    """Have what stands here read, to its end, and the next screens not; without the sentence about those."""
    before = len(aloud.said)
    await person.press(key)
    assert len(aloud.said) == before + 1
    assert not person.app.survey.aloud.reading
    said = aloud.said[-1]
    on = person.app.survey.words.speech.on
    assert said.lines[-1] == on
    assert said.text.split("\n\n") == said.lines, "empty lines, at which programs pause"
    person.app.survey.aloud.listens = False
    return said._replace(text=said.text.removesuffix(f"\n\n{on}"))


async def listen(person: AtKiosk, aloud: Recorder, key: str = "r") -> None:
    """Have something read that goes on, and the next screens not."""
    before = len(aloud.said)
    await person.begin(key)
    await person.until(lambda: len(aloud.said) == before + 1)
    assert person.app.survey.aloud.reading
    assert len(aloud.running) == 1
    person.app.survey.aloud.listens = False
    await person.pause()


async def silent(person: AtKiosk, aloud: Recorder) -> None:
    """See that nothing speaks, and that nothing is about to."""
    assert not person.app.survey.aloud.reading
    assert WORDS.speech.note not in person.read()
    async with asyncio.timeout(5):
        await person.settle()
    assert aloud.running == []


async def wait(person: AtKiosk, clock: Clock, seconds: float) -> None:
    """Let nobody touch anything for a while."""
    clock.now += seconds
    person.app.watch_idle()
    await person.pause()


async def answer_all(person: AtKiosk, codes: Iterable[int]) -> None:
    for code in codes:
        await person.press(str(code), "enter")


# What is said


@pytest.mark.parametrize("language", ["cy", pytest.param("en", marks=pytest.mark.long)])
@pytest.mark.long
async def test_every_view_is_read_in_the_language_that_it_is_shown_in(
    language: str, start: Start, aloud: Recorder
) -> None:
    words = load_words(language)
    survey = words.asked(load_survey())
    async with start(survey=BOTH) as person:
        if language == "cy":
            await person.press("4")

        async def reads(*lines: str) -> None:
            said = await hear(person, aloud)
            assert said.arguments == ["-v", language, "-s", "150", "--stdin"]
            assert said.lines == list(lines)

        heading, why, points, declining = words.promises(
            "Musterwerk", person.app.settings.organisation.statement, survey
        )
        await reads(heading, why, *points, declining, words.speech.welcome, words.speech.language)
        await person.press("1")
        for number, question in enumerate(survey.questions, 1):
            options = [f"{option.code}: {option.label} {option.detail}".strip() for option in question.options]
            progress = words.question.progress.format(number=number, total=4)
            await reads(progress, question.text, *options, words.question.hint, words.speech.question)
            await person.press("?")
            await reads(*(text for note in words.guidance.said(question.id) for text in note), words.speech.help)
            await person.press("escape", str(number), "enter")
        check = [f"{number}: {question.text}" for number, question in enumerate(survey.questions, 1)]
        check = [words.check.heading, words.check.text, *check, words.speech.check]
        await reads(*check)
        await person.press("s")
        await reads(*check)
        person.app.survey.show(replace(person.app.survey.interview, step=Step.FAILED))
        await person.pause()
        await reads(words.failed.heading, words.failed.text, words.speech.failed)
        await person.press("2")
        await reads(words.stopping.heading, words.stopping.text, words.speech.stopping)
        await person.press("1", "1")
        await reads(words.speech.thanks)
        thanked = aloud.said[-1]
        await person.press("enter", *(["4"] if language == "cy" else []), "2")
        await reads(words.speech.thanks)
        assert aloud.said[-1] == thanked, "whether somebody declined is not told"


@pytest.mark.parametrize("language", ["cy", pytest.param("en", marks=pytest.mark.long)])
async def test_the_end_of_an_event_is_read_in_the_usual_language(
    language: str, start: Start, aloud: Recorder, kiosk: Kiosk
) -> None:
    closed = load_words(language).closed
    async with start(survey={"languages": [language, *({"en", "cy"} - {language})]}) as person:
        await person.press("4")
        kiosk.end_event()
        person.app.survey_ended()
        await person.pause()
        said = await hear(person, aloud)
        assert said.arguments[:2] == ["-v", language]
        assert said.lines == [closed.heading, closed.text]


async def test_a_letter_or_a_key_of_the_number_pad_reads_and_so_does_the_button(start: Start, aloud: Recorder) -> None:
    async with start() as person:
        said = await hear(person, aloud)
        assert await hear(person, aloud, "asterisk") == said
        assert WORDS.button.read_aloud in person.read()
        await person.click_on("#read")
        assert len(set(map(str, aloud.said))) == 1
        assert len(aloud.said) == 3


class Listener:
    """A candidate who sees nothing, has pressed R once, and presses only what was said to them."""

    def __init__(self, person: AtKiosk, aloud: Recorder) -> None:
        self._person = person
        self._aloud = aloud

    async def begins(self) -> None:
        await self._person.press("r")

    @property
    def heard(self) -> str:
        """What was said last, and what was said before it: an answer is noted after its question was read."""
        return "\n".join(said.text for said in self._aloud.said[-2:])

    async def presses(self, pattern: str) -> None:
        """Press the one key that a sentence names."""
        (key,) = set(re.findall(pattern, self.heard))
        await self._person.press(key.lower())

    async def chooses(self, label: str) -> None:
        """Press the number that was said before an answer."""
        await self.presses(rf"(?m)^(\d): {re.escape(label)}(?: |$)")


@pytest.mark.parametrize(
    ("language", "codes"),
    [
        ("en", (6, 3, 1, 2)),
        ("cy", (4, 1, 2, 3)),
        pytest.param("en", (9, 6, 5, 4), marks=pytest.mark.long),
        pytest.param("cy", (1, 4, 5, 1), marks=pytest.mark.long),
    ],
)
@pytest.mark.sampled
async def test_somebody_who_only_listens_answers_everything(
    language: str, codes: Sequence[int], start: Start, aloud: Recorder, held: Held
) -> None:
    words = load_words(language)
    asked = words.asked(load_survey()).questions
    press = {"en": "[Pp]ress", "cy": "[Pp]wyswch"}[language]
    async with start(survey={"languages": [language]}) as person:
        listener = Listener(person, aloud)
        await listener.begins()
        await listener.presses(rf"{press} (\d)(?: to start| i ddechrau)")
        for number, (question, code) in enumerate(zip(asked, codes, strict=True), 1):
            assert aloud.said[-1].lines[0] == words.question.progress.format(number=number, total=len(asked))
            assert question.text in listener.heard
            await listener.chooses(question.option(code).label)
            assert aloud.said[-1].lines == [words.plain.noted]
            await listener.presses(rf"(?:Then|Yna) {press} (\w+)\.")
        assert aloud.said[-1].lines[0] == words.check.heading
        await listener.presses(rf"{press} (\w+)(?: to send| i anfon)")
        assert aloud.said[-1].lines == [words.speech.thanks]
    assert held() == [tuple(codes)]


@pytest.mark.long
async def test_somebody_who_listens_can_change_an_answer(start: Start, aloud: Recorder, held: Held) -> None:
    async with start() as person:
        listener = Listener(person, aloud)
        await person.press("1")
        await answer_all(person, (1, 1, 1, 1))
        await listener.begins()
        await listener.chooses(QUESTIONS[2].text)
        await listener.chooses("no")
        await person.press("enter", "enter")
    assert held() == [(1, 1, 2, 1)]


async def test_each_new_screen_is_read_to_who_listens_until_they_turn_it_off(start: Start, aloud: Recorder) -> None:
    async with start(survey=BOTH) as person:

        async def hears(first: str, *keys: str) -> None:
            before = len(aloud.said)
            await person.press(*keys)
            assert [said.lines[0] for said in aloud.said[before:]] == [first]

        progress = WORDS.question.progress.format
        await hears(WORDS.welcome.heading, "r")
        assert aloud.said[-1].lines[-1] == WORDS.speech.on
        await hears(progress(number=1, total=4), "1")
        assert WORDS.speech.on not in aloud.said[-1].text, "it is said once"
        await hears(WORDS.question.choose_first, "enter")
        await hears(WORDS.guidance.occupation.notes[0].title, "?")
        await person.press("escape")
        await hears(WORDS.plain.noted, "3")
        await hears(progress(number=2, total=4), "enter")
        await hears(progress(number=1, total=4), "escape")
        await hears(WORDS.stopping.heading, "escape")
        await hears(progress(number=1, total=4), "1")
        person.app.survey.interview = person.app.survey.interview.reset().start()
        await hears(WORDS.welcome.heading, "escape")
        await hears(load_words("cy").welcome.heading, "4")
        await hears(WORDS.welcome.heading, "4")
        await hears(progress(number=1, total=4), "1")
        aloud.does(GOES_ON)
        before = len(aloud.said)
        await person.begin("r")
        await person.until(lambda: len(aloud.said) == before + 1)
        await person.press("r", "2", "enter", "enter")
        await silent(person, aloud)
        assert len(aloud.said) == before + 1


async def test_who_listens_hears_the_answer_that_the_arrow_keys_stand_at_and_hears_it_again(
    start: Start, aloud: Recorder
) -> None:
    async with start() as person:

        async def hears(line: str, *keys: str) -> None:
            before = len(aloud.said)
            await person.press(*keys)
            assert [said.lines for said in aloud.said[before:]] == [[line]]

        def said(code: int) -> str:
            option = QUESTIONS[0].option(code)
            return f"{code}: {option.label} {option.detail}".strip()

        await person.press("1", "a", "<")
        assert aloud.said == [], "nobody listens"
        await person.press("r", "a")
        assert aloud.said[1].lines == aloud.said[0].lines[:-1], "with nothing marked all is said again"
        await person.press("down")
        for key, code in (("down", 2), ("a", 2), ("A", 2), ("down", 3), ("up", 2), ("a", 2)):
            await hears(said(code), key)
        await person.press("3")
        for key, code in (("a", 3), ("down", 4), ("up", 3), ("up", 2)):
            await hears(said(code), key)
        before = len(aloud.said)
        await person.click_on("#again")
        assert [each.lines for each in aloud.said[before:]] == [[said(2)]]


@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_who_listens_makes_it_slower_and_faster_and_the_next_person_hears_the_usual_speed(
    start: Start, aloud: Recorder, *, by_mouse: bool
) -> None:
    def speed() -> int:
        return int(aloud.said[-1].arguments[3])

    async with start(SMALL) as person:
        await person.press("1", "down", "r")
        usual = speed()
        for key, name, slowest in (("<", "#slower", 90), (">", "#faster", 300)):
            speeds = [speed()]
            for _ in range(7):
                await person.act(by_mouse, key, name)
                speeds.append(speed())
                assert len(aloud.said[-1].lines) == 1, "the answer that is marked"
            assert speeds == sorted(speeds, reverse=key == "<")
            assert speeds[-2:] == [slowest] * 2
        for key in (",", ".", ","):
            await person.press(key)
        assert speed() == 240
        person.app.survey.reset()
        await person.press("1", "r")
        assert speed() == usual == 150


@pytest.mark.parametrize("size", [SMALL, pytest.param(USUAL, marks=pytest.mark.long)])
@pytest.mark.parametrize("language", ["cy", "en"])
@pytest.mark.sampled
async def test_what_who_listens_can_do_is_shown_to_them_alone(
    start: Start, aloud: Recorder, language: str, size: Size
) -> None:
    button = load_words(language).button
    shown = [f"{button.again} A", f"{button.slower} <", f"{button.faster} >"]
    async with start(size, survey={"languages": [language]}) as person:
        untouched = person.lines()
        await person.press("r")
        for keys in ((), ("1",), ("3", "enter")):
            await person.press(*keys)
            assert all(text in person.read() for text in shown)
        aloud.does(GOES_ON)
        await person.begin("r")
        await person.until(lambda: bool(aloud.running))
        await person.press("r")
        assert not any(text in person.read() for text in shown), "turned off"
        await person.begin("r")
        person.app.survey.reset()
        await person.pause()
        assert person.lines() == untouched


# Never what was chosen


async def test_nothing_that_is_said_depends_on_what_was_chosen(start: Start, aloud: Recorder) -> None:
    """Neither on a question, nor on the check, hidden or shown, nor on coming back to a question."""
    heard = []
    async with start() as person:
        for codes in ((6, 3, 3, 2), (9, 6, 5, 4)):
            before = len(aloud.said)
            await person.press("1")
            for code in codes:
                await person.press(str(code), "s")
                await hear(person, aloud)
                await person.press("up")
                await hear(person, aloud)
                await person.press(str(code), "enter")
            await hear(person, aloud)
            await person.press("s")
            await hear(person, aloud)
            await person.press("1")
            await hear(person, aloud)
            await person.press("escape", "escape")
            await hear(person, aloud)
            await person.press("x", "2")
            heard.append(aloud.said[before:])
    assert len(heard[0]) == 2 * 4 + 2 + 1 + 1
    assert all(each == heard[0] for each in heard)


@pytest.mark.long
async def test_each_answer_to_a_question_leaves_what_is_said_as_it_is(start: Start, aloud: Recorder) -> None:
    async with start() as person:
        await person.press("1")
        for question in QUESTIONS:
            untouched = await hear(person, aloud)
            for option in question.options:
                await person.press(str(option.code))
                assert await hear(person, aloud) == untouched
            await person.press("enter")


async def test_the_marked_option_is_read_first_until_it_is_chosen(start: Start, aloud: Recorder) -> None:
    async with start() as person:
        await person.press("1")
        untouched = await hear(person, aloud)

        def marked(code: int) -> list[str]:
            option = QUESTIONS[0].option(code)
            label = f"{option.label} {option.detail}".strip()
            return [WORDS.speech.marked.format(number=code, label=label), *untouched.lines]

        for code in (1, 2, 3):
            await person.press("down")
            assert (await hear(person, aloud)).lines == marked(code)
        await person.press("space")
        for key in ("down", "up", "up", "up", "s"):
            assert await hear(person, aloud) == untouched
            await person.press(key)
        await person.press("enter", "escape", "down", "down")
        assert await hear(person, aloud) == untouched, "a gap would tell what is hidden"


async def test_listening_writes_no_file(
    start: Start, aloud: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = [tmp_path / name for name in ("working", "temporary", "home")]
    for place in places:
        place.mkdir()
    for name in ("TMPDIR", "HOME"):
        monkeypatch.setenv(name, str(places[1 if name == "TMPDIR" else 2]))
    monkeypatch.chdir(places[0])

    def files() -> dict[Path, int]:
        found = [path for path in tmp_path.rglob("*") if aloud.folder not in path.parents and path != aloud.folder]
        return {path: path.stat().st_mtime_ns for path in found}

    async with start() as person:
        await person.settle()
        before = files()
        await hear(person, aloud)
        await person.press("1", "3")
        await hear(person, aloud)
        aloud.does(GOES_ON)
        await listen(person, aloud)
        await person.press("x")
        await silent(person, aloud)
        assert files() == before


# Silence


async def test_any_key_stops_it_and_none_starts_it_again_and_digits_and_enter_do_what_they_do(
    start: Start, aloud: Recorder
) -> None:
    aloud.does(GOES_ON)
    async with start() as person:
        await person.press("1")
        for key in ("r", "asterisk", "f9", "down", "tab", "?", "?", "escape"):
            await listen(person, aloud)
            heard = len(aloud.said)
            await person.press(key)
            await silent(person, aloud)
            assert len(aloud.said) == heard
        assert person.app.survey.interview.step is Step.WELCOME
        await person.press("1")
        for key, answer, position in (("3", 3, 0), ("enter", None, 1)):
            await listen(person, aloud)
            await person.press(key)
            await silent(person, aloud)
            interview = person.app.survey.interview
            assert (interview.answer_here, interview.position) == (answer, position)


async def test_a_click_anywhere_stops_it_and_so_does_the_button(start: Start, aloud: Recorder) -> None:
    aloud.does(GOES_ON)
    async with start() as person:
        for x, y in ((1, 0), (40, 1), (30, 10), (79, 23)):
            await listen(person, aloud)
            await person.click(x, y)
            await silent(person, aloud)
        await listen(person, aloud)
        heard = len(aloud.said)
        assert WORDS.button.stop_reading in person.read()
        await person.click_on("#read")
        await silent(person, aloud)
        assert len(aloud.said) == heard
        assert WORDS.button.stop_reading not in person.read()
        await person.wheel(30, 10)
        await listen(person, aloud)
        await person.wheel(30, 10)
        assert person.app.survey.aloud.reading, "scrolling goes with listening"
        await person.press("f9")


async def test_a_click_while_it_reads_chooses_what_lies_under_the_mouse(start: Start, aloud: Recorder) -> None:
    """The line that says what is read must not go, and move everything, between pressing and letting go."""
    aloud.does(GOES_ON)
    async with start() as person:
        await person.press("1")
        await listen(person, aloud)
        lines = person.lines()
        numbers = [re.match(r" +(\d) ○", line) for line in lines]
        seen = {int(found[1]): y for y, found in enumerate(numbers) if found}
        assert set(seen) >= {1, 2, 3, 4, 9}
        for code in (1, 2, 3):
            for y in (seen[code], seen[code + 1] - 1):
                person.app.survey.reset()
                await person.press("1")
                await listen(person, aloud)
                assert person.lines() == lines
                await person.click(20, y)
                await silent(person, aloud)
                assert person.app.survey.interview.answer_here == code


@pytest.mark.parametrize(
    "keys", ["rr", "r" * 20, *(pytest.param(keys, marks=pytest.mark.long) for keys in ("rrr", "r1", "1r3\n"))]
)
async def test_keys_faster_than_it_can_follow_leave_at_most_one_program_that_the_next_key_stops(
    keys: str, start: Start, aloud: Recorder
) -> None:
    aloud.does(GOES_ON)
    async with start() as person:
        for pressed in (keys, keys[::-1]):
            await person.hurry(*("enter" if key == "\n" else key for key in pressed))
            if not person.app.survey.aloud.reading:
                await silent(person, aloud)
                continue
            await person.until(lambda: bool(aloud.running))
            assert len(aloud.running) == 1
            await person.press("f9")
            await silent(person, aloud)


@pytest.mark.parametrize("keys", ["r1", *(pytest.param(keys, marks=pytest.mark.long) for keys in ("rr", "r\n"))])
async def test_a_key_close_behind_the_one_that_stops_it_does_not_start_it_again(
    keys: str, start: Start, aloud: Recorder
) -> None:
    aloud.does(GOES_ON)
    async with start() as person:
        await listen(person, aloud)
        await person.hurry(*("enter" if key == "\n" else key for key in keys))
        if keys == "rr":
            assert person.app.survey.aloud.reading
            await person.press("f9")
        await silent(person, aloud)


@pytest.mark.usefixtures("easy_unlock")
async def test_staff_who_come_find_silence(start: Start, aloud: Recorder, staff_passphrase: str) -> None:
    aloud.does(GOES_ON)
    async with start() as person:
        await listen(person, aloud)
        await person.press("f2")
        await silent(person, aloud)
        await person.write("r*" + "\b")
        assert len(aloud.said) == 1, "what is typed is no wish"
        person.app.lock()
        await person.pause()
        await listen(person, aloud)
        person.app.survey.use_speech(None)
        await person.pause()
        await silent(person, aloud)


async def test_nothing_goes_on_speaking_when_the_kiosk_ends(start: Start, aloud: Recorder) -> None:
    aloud.does(GOES_ON)
    async with start() as person:
        await listen(person, aloud)
        person.app.end()
    end = time.monotonic() + WAIT
    while aloud.running:
        assert time.monotonic() < end
        await asyncio.sleep(0.005)


async def test_the_next_person_finds_silence_and_no_line_about_reading(start: Start, aloud: Recorder) -> None:
    aloud.does(GOES_ON)
    async with start() as person:
        untouched = person.lines()
        await person.press("2")
        await listen(person, aloud)
        await person.press("enter")
        await silent(person, aloud)
        assert person.lines() == untouched


HURT_WHILE_READING = """
from tui.app import KioskApp
watch = KioskApp.watch_idle
KioskApp.watch_idle = lambda app: hurt() if app.survey.aloud.reading else watch(app)
"""


@pytest.mark.parametrize(
    "ending", ["told to end", *(pytest.param(ending, marks=pytest.mark.long) for ending in ("a fault", "hung up"))]
)
@pytest.mark.long
def test_when_the_real_program_ends_so_does_what_it_says(ending: str, aloud: Recorder, program: Opens) -> None:
    aloud.does(GOES_ON)
    hurt = HURTFUL + HURT_WHILE_READING if ending == "a fault" else ""
    opened = program(first=hurt, PATH=f"{aloud.folder}:/usr/bin:/bin")
    opened.start_survey()
    opened.type("\x1b")
    opened.once_shown("Hello.", "r")
    opened.wait_until(lambda: bool(aloud.said))
    match ending:
        case "told to end":
            opened.process.terminate()
        case "hung up":
            opened.hang_up()
    if ending == "hung up":
        opened.process.wait(timeout=20)
    else:
        opened.end()
    assert aloud.running == []


# Time


def behaviour() -> Mapping[str, object]:
    return {"idle_seconds": IDLE_SECONDS}


async def test_nobody_is_warned_while_it_reads_and_time_begins_when_it_ends(
    start: Start, aloud: Recorder, clock: Clock
) -> None:
    aloud.lasts()
    async with start(kiosk=behaviour()) as person:
        await person.press("1")
        await listen(person, aloud)
        for _ in range(5):
            await wait(person, clock, IDLE_SECONDS * 2)
            assert not isinstance(person.app.screen, IdleWarning)
        aloud.ends()
        await person.settle()
        await silent(person, aloud)
        await wait(person, clock, IDLE_SECONDS - 1)
        assert not isinstance(person.app.screen, IdleWarning)
        await wait(person, clock, 1)
        assert isinstance(person.app.screen, IdleWarning)


@pytest.mark.usefixtures("seconds_stand_still")
async def test_the_thank_you_stays_while_it_is_read(start: Start, aloud: Recorder) -> None:
    aloud.lasts()
    async with start(kiosk={"thanks_seconds": 3}) as person:
        for heard, key in enumerate(("r", "2"), 1):
            await person.begin(key)
            await person.until(partial(aloud.has_said, heard))
        for _ in range(9):
            person.app.survey._tick()
        assert person.app.survey.interview.step is Step.DECLINED
        aloud.ends()
        await person.settle()
        for _ in range(3):
            person.app.survey._tick()
        await person.settle()
        after = person.app.survey.interview
        assert after.step is Step.WELCOME


async def test_who_has_listened_hears_the_warning_once_and_any_key_only_goes_on(
    start: Start, aloud: Recorder, clock: Clock
) -> None:
    async with start(kiosk=behaviour()) as person:
        await person.press("1", "r")
        interview = person.app.survey.interview
        for key in ("3", "r", "x"):
            heard = len(aloud.said)
            aloud.does(GOES_ON)
            await wait(person, clock, IDLE_SECONDS)
            await person.until(partial(aloud.has_said, heard + 1))
            assert aloud.said[-1].lines == [WORDS.idle.heading, WORDS.idle.text.format(seconds=WARNING_SECONDS)]
            assert WORDS.idle.heading in person.read()
            await wait(person, clock, WARNING_SECONDS - 1)
            await person.press(key)
            await silent(person, aloud)
            assert len(aloud.said) == heard + 1
            assert len(person.app.screen_stack) == 1
            assert person.app.survey.interview is interview


async def test_the_warning_runs_out_although_it_is_being_read(start: Start, aloud: Recorder, clock: Clock) -> None:
    async with start(kiosk=behaviour()) as person:
        await person.press("1", "3", "r")
        aloud.does(GOES_ON)
        await wait(person, clock, IDLE_SECONDS)
        warning = person.app.screen
        assert isinstance(warning, IdleWarning)
        assert person.app.survey.aloud.reading
        for _ in range(WARNING_SECONDS):
            warning.count_down()
        await person.pause()
        await silent(person, aloud)
        assert person.app.survey.interview == person.app.survey.interview.reset()


async def test_nobody_else_hears_the_warning(start: Start, aloud: Recorder, clock: Clock) -> None:
    """Neither who has not listened, nor who comes after somebody who has."""
    async with start(kiosk=behaviour()) as person:
        await person.press("1")
        await wait(person, clock, IDLE_SECONDS)
        await person.press("space")
        assert aloud.said == []
        await person.press("r", "x", "1")
        await wait(person, clock, IDLE_SECONDS)
        assert isinstance(person.app.screen, IdleWarning)
        await person.settle()
        assert len(aloud.said) == 1


@pytest.mark.parametrize("gone", ["declined", "forgotten", "event ended"])
async def test_who_comes_after_a_listener_is_read_nothing(
    start: Start, aloud: Recorder, clock: Clock, gone: str
) -> None:
    async with start(kiosk=behaviour()) as person:
        await person.press("r")
        match gone:
            case "declined":
                await person.press("2", "enter")
            case "forgotten":
                await wait(person, clock, IDLE_SECONDS)
            case "event ended":
                person.app.survey_ended()
                await person.pause()
        heard = len(aloud.said)
        await person.press("1", "3", "enter")
        assert len(aloud.said) == heard == (2 if gone == "declined" else 1)
        assert not person.app.survey.aloud.listens


@pytest.mark.long
async def test_a_program_that_never_ends_does_not_hold_the_kiosk_for_ever(
    start: Start, aloud: Recorder, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(speech, "_ASKING", 1.0)
    monkeypatch.setattr(speech, "_SLOWEST", 0.0)
    aloud.does(GOES_ON)
    async with start(kiosk=behaviour()) as person:
        await person.press("1")
        await listen(person, aloud)
        await person.settle()
        assert WORDS.speech.unavailable in person.read()
        await silent(person, aloud)
        await wait(person, clock, IDLE_SECONDS)
        assert isinstance(person.app.screen, IdleWarning)


# Where it cannot


def fails(aloud: Recorder) -> Program:
    aloud.does("exit 1")
    return aloud.named("espeak-ng")


def has_no_sound(aloud: Recorder) -> Program:
    aloud.does("echo 'error: No such file or directory' >&2")
    return aloud.named("espeak-ng")


def has_no_voice(aloud: Recorder) -> Program:
    aloud.lists("NAME LANGUAGE VARIANT\nFrench fr none\n")
    return aloud.named("spd-say")


def was_removed(aloud: Recorder) -> Program:
    return Program("espeak-ng", str(aloud.folder / "none"))


@pytest.fixture(params=usually(2, [fails, was_removed, has_no_sound, has_no_voice]))
def mute(recorder: Recorder, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest) -> Recorder:
    """What is given to a program that is found and cannot speak."""
    found = request.param(recorder)
    monkeypatch.setattr(speech, "find_program", lambda: found)
    return recorder


async def test_where_it_cannot_read_one_sentence_says_so_and_the_survey_goes_on(
    mute: Recorder, start: Start, held: Held
) -> None:
    async with start(SMALL, survey=BOTH) as person:
        for language in ("en", "cy"):
            unavailable = load_words(language).speech.unavailable
            await person.press("r")
            assert person.lines()[0].strip() == unavailable
            await silent(person, mute)
            person.app.survey.aloud.listens = False
            await person.press("4")
            assert unavailable not in person.read()
        await person.press("1")
        await answer_all(person, (1, 2, 3, 4))
        await person.press("enter")
    assert held() == [(1, 2, 3, 4)]


@pytest.mark.parametrize("size", [SMALL, pytest.param(USUAL, marks=pytest.mark.long)])
@pytest.mark.parametrize("language", ["cy", pytest.param("en", marks=pytest.mark.long)])
async def test_headphones_are_asked_for_while_it_reads(
    language: str, size: Size, start: Start, aloud: Recorder
) -> None:
    note = load_words(language).speech.note
    aloud.does(GOES_ON)
    async with start(size, survey={"languages": [language]}) as person:
        await person.press("1")
        assert note not in person.read()
        await listen(person, aloud)
        assert person.lines()[0].strip() == note
        await person.press("f9")
        assert note not in person.read()


# Staff


async def use(person: AtKiosk, passphrase: str, *keys: str) -> str:
    """What staff read once they have pressed these keys in the staff area."""
    await unlock(person, passphrase)
    await person.press(*keys)
    read = await person.read_on(lambda: person.press("down", "down", "down"))
    await person.press("l")
    return read


async def offered(person: AtKiosk, aloud: Recorder) -> bool:
    """Whether a candidate is offered to have the welcome read; see that the key agrees."""
    heard = len(aloud.said)
    await person.press("r")
    seen = WORDS.button.read_aloud in person.read() or WORDS.button.stop_reading in person.read()
    assert seen is (len(aloud.said) > heard)
    await person.press("f9")
    return seen


@pytest.mark.usefixtures("easy_unlock")
@pytest.mark.parametrize("allowed", [False, pytest.param(True, marks=pytest.mark.long)])
async def test_the_settings_say_whether_it_reads_and_staff_change_that(
    start: Start, aloud: Recorder, staff_passphrase: str, *, allowed: bool
) -> None:
    said = {True: "Reading aloud is on: offer headphones.", False: "Reading aloud is off."}
    async with start(kiosk={"read_aloud": allowed}) as person:
        assert await offered(person, aloud) is allowed
        assert said[allowed] in await use(person, staff_passphrase)
        read = await use(person, staff_passphrase, "r")
        assert said[not allowed] in read
        assert said[allowed] not in read
        assert await offered(person, aloud) is not allowed
        assert said[allowed] in await use(person, staff_passphrase, "r")
        assert await offered(person, aloud) is allowed


@pytest.mark.long
@pytest.mark.usefixtures("easy_unlock")
async def test_a_computer_that_cannot_speak_offers_it_to_nobody(
    start: Start, recorder: Recorder, staff_passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(recorder.folder))
    monkeypatch.setattr(speech, "find_program", find_program)
    async with start() as person:
        assert not await offered(person, recorder)
        for keys in ((), ("r",)):
            assert "read aloud" not in (read := (await use(person, staff_passphrase, *keys)).lower())
            assert "reading aloud" not in read
        assert not await offered(person, recorder)
        recorder.named("espeak-ng")
        await use(person, staff_passphrase, "r")
        assert not await offered(person, recorder), "a key without its button does nothing"
