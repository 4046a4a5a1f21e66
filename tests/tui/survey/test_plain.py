"""The survey as plain lines, through pipes and at a terminal; what is kept is opened with the office key."""

import io
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest

from content.language import load_words
from content.survey import load_survey
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import Response, SealedResponse
from storage.errors import StoreError
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile
from tests.tui.kiosks import Codes, Held, changed, opened_with
from tests.tui.program import CLEARS_SOON, HASTY, LEFT, Program, programs
from tests.waiting import WAIT
from tui.plain import PlainSurvey
from tui.terminal.process import FAULT

WORDS = load_words()
SURVEY = load_survey()
WIPED = b"\x1b[H\x1b[2J\x1b[3J"
THANKS_SOON = "import tui.plain\ntui.plain._THANKS_SECONDS = 0.3\n"
Asks = Callable[..., str]
KioskAfter = Callable[[Program], list[Codes]]


@pytest.fixture
def ask(kiosk: Kiosk, settings_file: SettingsFile) -> Asks:
    """Gives lines to the survey and returns all that it says."""

    def asked(*typed: str, **survey: object) -> str:
        settings = changed(settings_file, survey=survey).settings
        said = io.StringIO()
        PlainSurvey(kiosk, settings, io.StringIO("".join(f"{line}\n" for line in typed)), said).run()
        return said.getvalue()

    return asked


@pytest.fixture
def plain(set_up_folder: Path, settings_file: SettingsFile, tmp_path: Path) -> Iterator[Callable[..., Program]]:
    """Starts the real program in a terminal of its own."""
    with programs(tmp_path, "plain", "--data", set_up_folder) as program:

        def opened(first: str = "") -> Program:
            started = program(first=first)
            started.shows("Type 1 to start")
            return started

        yield opened


def run(data: Path, typed: bytes, **more: str) -> subprocess.CompletedProcess[bytes]:
    """Run the real program with pipes."""
    return subprocess.run(
        [sys.executable, "-c", "from tui.cli.main import main; main()", "plain", "--data", data],
        input=typed,
        capture_output=True,
        check=False,
        timeout=WAIT,
        env={**os.environ, "PYTHONUTF8": "1", **more},
    )


@pytest.fixture
def kiosk_after(set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey) -> KioskAfter:
    """Ends a person's program as its terminal would and opens what is held then."""

    def ended(person: Program) -> list[Codes]:
        person.type("\x04")
        assert person.end() == 0
        assert person.terminal() == person.before
        return opened_with(office_key, set_up_folder, settings_file)

    return ended


# Through pipes


def test_what_is_kept_is_what_was_typed_and_every_official_word_is_said_exactly_and_in_order(
    ask: Asks, held: Held
) -> None:
    said = ask("1", "6", "3", "3", "2", "1")
    assert held() == [(6, 3, 3, 2)]
    official = [
        line
        for question in SURVEY.questions
        for line in (question.text, *(f"{each.code}. {each.label} {each.detail}".strip() for each in question.options))
    ]
    assert [line for line in said.splitlines() if line in official] == official
    assert said.count(WORDS.plain.noted) == 4
    assert f"{WORDS.thanks.heading}. {WORDS.thanks.text}" in said
    assert said.endswith(WORDS.plain.ended + "\n")


def test_every_answer_on_offer_can_be_given_with_spaces_around_it(ask: Asks, held: Held) -> None:
    everyone = [tuple(min(code, len(question.options)) for question in SURVEY.questions) for code in range(1, 10)]
    ask(*(line for codes in everyone for line in (" 1 ", *(f"\t{code} " for code in codes), "1")))
    assert sorted(held()) == everyone


def test_saying_no_is_one_response_that_prefers_not_to_say(ask: Asks, held: Held) -> None:
    said = ask("2")
    assert held() == [tuple(question.declined.code for question in SURVEY.questions)]
    assert WORDS.thanks.declined_text in said
    assert WORDS.plain.how in said
    assert SURVEY.questions[0].text not in said


def test_the_welcome_says_who_asks_and_why_and_all_the_promises(ask: Asks) -> None:
    said = ask()
    welcome = WORDS.welcome
    for text in (welcome.heading, welcome.why, welcome.voluntary, welcome.anonymous, welcome.declining):
        assert text in said
    assert welcome.who.format(organisation="Musterwerk") in said
    assert welcome.time_all in said
    assert ask("?").count(WORDS.plain.again) == 2, "and how to be told something again"
    assert WORDS.plain.unseen not in said  # through a pipe there is nothing to hide


def test_help_is_the_notes_of_the_question_asked(ask: Asks, held: Held) -> None:
    said = ask("?", "1", "?", "1", "?", "1", "?", "1", "?", "1", "?", "1")
    for question in SURVEY.questions:
        for note in WORDS.guidance.notes(question.id):
            assert said.count(f"{note.title}: {note.text}\n") == 1
    assert said.count(WORDS.guidance.after) == 4
    assert held() == [(1, 1, 1, 1)]


def test_going_back_keeps_answers_and_enter_keeps_the_one_that_stands(ask: Asks, held: Held) -> None:
    said = ask("1", "6", "3", "b", "b", "", "4", "", "3", "2", "b", "1", "1")
    assert held() == [(6, 4, 3, 1)] or held() == [(6, 4, 2, 1)]
    assert WORDS.plain.kept in said


def test_going_back_from_the_first_question_drops_everything_once_that_is_confirmed(ask: Asks, held: Held) -> None:
    said = ask("1", "6", "b", "b", "b", "1", "s", "b", "2", "1", "s")
    assert held() == []
    assert said.count(WORDS.stopping.heading) == 2
    assert said.count(SURVEY.questions[0].option(6).label) == 5, "four times as an option, and once as asked for"
    assert said.count(WORDS.welcome.heading) == 2
    assert WORDS.question.choose_first not in said
    assert said.count(WORDS.plain.not_a_choice.format(first=1, last=9)) == 1  # nothing is left to show


def test_answers_are_said_again_only_when_asked_for(ask: Asks) -> None:
    labels = [SURVEY.questions[0].option(6), SURVEY.questions[1].option(3)]
    unasked = ask("1", "6", "3", "3", "2", "1")
    assert [unasked.count(f"\n{label.label}\n") for label in labels] == [0, 0]
    shown = ask("1", "6", "b", "s", "", "3", "3", "2", "s", "2", "1")
    assert [shown.count(f"\n{label.label}\n") for label in labels] == [3, 2]


def test_stopping_anywhere_keeps_nothing_and_welcomes_the_next(ask: Asks, held: Held) -> None:
    said = ask("1", "x", *(line for answered in range(1, 5) for line in ("1", *"6332"[:answered], "x", "x", "2")))
    assert held() == []
    assert said.count(WORDS.welcome.heading) == 6


def test_one_x_is_taken_for_a_slip_once_there_is_something_to_lose(ask: Asks, held: Held) -> None:
    said = ask("1", "6", "x", "1", "3", "x", "1", "3", "2", "x", "1", "1")
    assert held() == [(6, 3, 3, 2)]
    assert said.count(WORDS.plain.stopping_prompt) == 3


# Again


def page(number: int) -> str:
    """The lines of a question."""
    question = SURVEY.questions[number - 1]
    options = [f"{each.code}. {each.label} {each.detail}".strip() for each in question.options]
    return "\n".join([WORDS.question.progress.format(number=number, total=4), question.text, *options]) + "\n"


@pytest.mark.parametrize("word", ["q", " Q "])
def test_what_is_asked_is_said_again_at_every_prompt(
    ask: Asks, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    def full(_sealed: SealedResponse) -> None:
        raise StoreError("The answers could not be kept on this laptop.")

    monkeypatch.setattr(kiosk, "keep", full)
    said = ask(word, "1", word, "6", "zebra", word, "3", "3", "?", word, "2", word, "1", word, "2")
    assert [said.count(page(number)) for number in (1, 2, 3, 4)] == [2, 2, 1, 2]
    assert said.count(WORDS.welcome.heading) == 3
    assert said.count(WORDS.check.text) == 2
    assert said.count(WORDS.failed.text) == 2


def test_the_last_lines_are_said_again_as_often_as_they_are_asked_for(ask: Asks, held: Held) -> None:
    label = f"\n{SURVEY.questions[0].option(6).label}\n"
    said = ask("1", "a", "a", "zebra", "a", "?", "a", "6", "a", "b", "s", "a", "a", "", "3", "3", "2", "1")
    assert held() == [(6, 3, 3, 2)]
    assert said.count(page(1)) == 4  # thrice, and on the way back
    assert said.count(WORDS.plain.not_a_choice.format(first=1, last=9)) == 2
    assert said.count(WORDS.guidance.after) == 2
    assert said.count(WORDS.plain.noted + "\n\n" + page(2)) == 2
    assert said.count(label) == 3


@pytest.mark.parametrize("typed", ["a3", "a 3", " A  3"])
def test_one_answer_is_said_again_and_not_given(ask: Asks, held: Held, typed: str) -> None:
    option = SURVEY.questions[0].option(3)
    said = ask("1", typed, "a9", "6", "a7", "3", "3", "2", "1")
    assert said.count(f"\n3. {option.label} {option.detail}\n") == 2
    assert said.count("\n9. ") == 2
    assert said.count(WORDS.plain.not_a_choice.format(first=1, last=6)) == 1, "there is no seventh"
    assert held() == [(6, 3, 3, 2)]


def test_who_comes_next_is_told_nothing_again_of_what_was_said_before(ask: Asks) -> None:
    after = ask("1", "6", "b", "s", "x", "2", "a", "q").partition(WORDS.plain.next_person)[2]
    assert after.count(WORDS.welcome.heading) == 3
    assert SURVEY.questions[0].option(6).label not in after


NO_ANSWERS = [
    *("0", "10", "11", "-1", "+1", "1.0", "01", "one", "²", "\u0661", "\uff11"),
    *("1 1", "1;2", "[b]", "\x1b[A", "\x00"),
]


def test_what_is_not_an_answer_is_said_so_and_asked_again(ask: Asks, held: Held) -> None:
    said = ask(*NO_ANSWERS, "1", *NO_ANSWERS, "6", "3", "3", "2", *NO_ANSWERS, "1")
    assert held() == [(6, 3, 3, 2)]
    assert said.count(WORDS.plain.not_a_choice.format(first=1, last=9)) == len(NO_ANSWERS)
    assert said.count(WORDS.plain.not_a_choice.format(first=1, last=2)) == 2 * len(NO_ANSWERS)
    assert "\x1b" not in said
    assert "\x00" not in said


def test_neither_a_number_of_another_question_nor_an_empty_line_is_an_answer(ask: Asks, held: Held) -> None:
    said = ask("", "1", "", "", "9", "7", "6", "6", "5", "5", "4", "", "1")
    for last in (6, 5, 4):
        assert said.count(WORDS.plain.not_a_choice.format(first=1, last=last)) == 1
    assert said.count(WORDS.question.choose_first) == 2
    assert held() == [(9, 6, 5, 4)]


def test_several_candidates_one_after_the_other(ask: Asks, held: Held) -> None:
    said = ask("1", "1", "1", "1", "1", "1", "2", "1", "3", "x", "2", "1", "2", "2", "2", "2", "1")
    assert sorted(held()) == [(1, 1, 1, 1), (2, 2, 2, 2), (9, 6, 5, 4)]
    assert said.count(WORDS.welcome.heading) == 5
    assert said.count(WORDS.plain.next_person) == 4


def test_the_end_of_the_input_before_sending_keeps_nothing(ask: Asks, held: Held) -> None:
    for typed in ("", "1", "16", "1633", "16332"):
        said = ask(*typed)
        assert held() == []
        assert said.endswith(WORDS.plain.ended + "\n")
        assert WORDS.thanks.text not in said


def test_the_key_question_alone(ask: Asks, held: Held) -> None:
    said = ask("1", "6", "1", questions="key")
    assert held() == [(6, 0, 0, 0)]
    assert WORDS.welcome.time_key in said
    assert SURVEY.questions[1].text not in said


def test_without_the_check_the_last_answer_sends(ask: Asks, held: Held) -> None:
    said = ask("1", "6", "3", "3", "2", check_answers=False)
    assert held() == [(6, 3, 3, 2)]
    assert WORDS.check.heading not in said


def test_a_failure_to_keep_is_said_and_can_be_tried_again_or_left(
    ask: Asks, held: Held, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch
) -> None:
    offered: list[SealedResponse] = []
    keep = kiosk.keep

    def full(sealed: SealedResponse) -> None:
        offered.append(sealed)
        if len(offered) in {1, 2, 4}:
            raise StoreError("The answers could not be kept on this laptop.") if len(offered) > 1 else MemoryError
        keep(sealed)

    monkeypatch.setattr(kiosk, "keep", full)
    said = ask("1", "6", "3", "3", "2", "1", "1", "", "3", "1", "2", "2")
    assert said.count(f"{WORDS.failed.heading}. {WORDS.failed.text}") == 3
    assert said.count(WORDS.plain.not_a_choice.format(first=1, last=2)) == 2  # a slip of the finger loses nothing
    assert said.count(WORDS.thanks.text) == 1
    assert WORDS.thanks.declined_text not in said
    assert offered[0] == offered[1] == offered[2] != offered[3]
    assert held() == [(6, 3, 3, 2)]


@pytest.mark.parametrize("left", ["2", "x", " X "])
def test_a_failure_to_keep_can_be_left_like_any_question(
    ask: Asks, held: Held, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, left: str
) -> None:
    def full(_sealed: SealedResponse) -> None:
        raise StoreError("The answers could not be kept on this laptop.")

    monkeypatch.setattr(kiosk, "keep", full)
    said = ask("1", "6", "3", "3", "2", "1", left)
    assert said.count(WORDS.welcome.heading) == 2
    assert WORDS.plain.not_a_choice.format(first=1, last=2) not in said
    assert WORDS.thanks.text not in said
    assert held() == []


def test_who_is_thanked_is_in_the_counts_and_a_fault_in_counting_leaves_them_thanked(
    kiosk: Kiosk, settings_file: SettingsFile, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    said = io.StringIO()
    counted: list[Response] = []

    def count_once(response: Response) -> None:
        assert WORDS.thanks.text not in said.getvalue()
        counted.append(response)
        raise StoreError("The counts are full.")

    monkeypatch.setattr(kiosk, "count", count_once)
    survey = PlainSurvey(kiosk, settings_file.settings, io.StringIO("1\n6\n3\n3\n2\n1\n"), said)
    survey.run()
    assert counted == [Response((6, 3, 3, 2))]
    assert said.getvalue().count(f"{WORDS.thanks.heading}. {WORDS.thanks.text}\n") == 1
    assert said.getvalue().count(WORDS.welcome.heading) == 2, "the next person is welcome"
    assert WORDS.failed.heading not in said.getvalue()
    assert held() == [(6, 3, 3, 2)]


def test_the_same_bytes_whoever_answers_what(ask: Asks) -> None:
    """What is said tells nobody who overhears it what was answered."""
    assert ask("1", "6", "3", "3", "2", "1") == ask("1", "1", "1", "1", "1", "1")


# The real program, through pipes


def test_through_a_pipe_it_answers_with_lines_alone(
    set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> None:
    done = run(set_up_folder, b"1\n6\n3\n3\n2\n1\n2\n")
    assert (done.returncode, done.stderr) == (0, b"")
    assert not [byte for byte in done.stdout.replace(os.linesep.encode(), b"\n") if byte < 32 and byte != 10]
    assert sorted(opened_with(office_key, set_up_folder, settings_file)) == [(6, 3, 3, 2), (9, 6, 5, 4)]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.sampled
def test_answers_piped_by_another_system_are_those_that_were_given(
    encoding: str, set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> None:
    """A mark that was taken for part of the first answer once made a refusal of the second."""
    done = run(set_up_folder, "1\r\n2\r\n3\r\n3\r\n2\r\n1\r\n".encode(encoding))
    assert (done.returncode, done.stderr) == (0, b"")
    assert opened_with(office_key, set_up_folder, settings_file) == [(2, 3, 3, 2)]


def test_marks_between_files_that_were_put_together_are_no_answers(ask: Asks, held: Held) -> None:
    ask("\ufeff1", "2", "3", "3", "2", "1", "\ufeff1", "2", "3", "3", "2", "1")
    assert held() == [(2, 3, 3, 2)] * 2


@pytest.mark.parametrize("utf8", ["1", "0"])
@pytest.mark.sampled
def test_bytes_that_are_not_text_and_lines_without_end_are_only_no_answers(
    utf8: str, set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey
) -> None:
    typed = [
        b"1",
        b"\xff\xfe\x80",
        b"6",
        b"\xc3",
        b"1" * 5000,
        b"3" * (1 << 20),
        b"3",
        b"\x00\x1b[2J",
        b"3",
        b"2",
        b"1",
    ]
    more = {"PYTHONUTF8": utf8, "PYTHONIOENCODING": "utf-8:strict" if utf8 == "1" else "latin-1"}
    done = run(set_up_folder, b"\n".join(typed) + b"\n", **more)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.count(b"That is not one of the answers.") == 5
    assert not [byte for byte in done.stdout.replace(os.linesep.encode(), b"\n") if byte < 32 and byte != 10]
    assert opened_with(office_key, set_up_folder, settings_file) == [(6, 3, 3, 2)]


def test_who_stops_listening_sees_no_traceback(set_up_folder: Path, settings_file: SettingsFile) -> None:
    program = subprocess.Popen(
        [sys.executable, "-c", "from tui.cli.main import main; main()", "plain", "--data", set_up_folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with program:
        assert program.stdout is not None
        assert program.stderr is not None
        assert program.stdin is not None
        program.stdout.read(1)
        program.stdout.close()
        program.stdin.write(b"1\n6\n" * 5)
        program.stdin.close()
        assert program.stderr.read() == b""
    assert program.returncode == 1


# The real program, at a terminal


def test_at_a_terminal_what_is_typed_stays_unseen_and_is_seen_again_at_the_end(
    plain: Callable[..., Program], kiosk_after: KioskAfter
) -> None:
    person = plain()
    assert person.echoed
    assert not person.echoes()
    assert WORDS.plain.unseen in person.text()
    for typed, then in (
        ("1", "Question 1 of 4"),
        ("6", "2 of 4"),
        ("3", "3 of 4"),
        ("3", "4 of 4"),
        ("2", "Ready to send?"),
    ):
        person.type(typed + "\n")
        person.says(then)
    before = len(person.written)
    person.type("zebra\n")
    person.says("That is not one of the answers.")
    assert b"zebra" not in person.written[before:]
    person.type("1\n")
    person.once_said(WORDS.thanks.text, "\n")
    person.shows("Type 1 to start")
    assert kiosk_after(person) == [(6, 3, 3, 2)]
    lines = re.sub(rb"\x1b\[(\?1049[hl]|H|[23]J)", b"", person.written).decode().replace("\r\n", "\n")
    assert not {"\x1b", "\r"} & set(lines), "but for what wipes, it is lines alone"
    assert "\n" * 4 not in lines


def test_keys_that_stop_programs_do_nothing(plain: Callable[..., Program]) -> None:
    person = plain()
    person.type("1\n")
    person.shows(WORDS.plain.more_prompt.strip())
    person.type("\x03\x1a\x1c\x13\n")  # the last would hold what is said back, until somebody finds the key for it
    person.type("6\n")
    person.says("Question 2 of 4")
    assert person.process.status() != psutil.STATUS_STOPPED


@pytest.mark.parametrize("ending", ["terminate", "hang up"])
@pytest.mark.sampled
def test_being_told_to_end_lets_typing_be_seen_again_and_keeps_nothing(
    ending: str, plain: Callable[..., Program], set_up_folder: Path, settings_file: SettingsFile
) -> None:
    person = plain()
    person.type("1\n6\n")
    person.says("Question 2 of 4")
    if ending == "terminate":
        assert person.terminate() == 0
        assert person.terminal() == person.before
    else:
        person.hang_up()
        person.process.wait(timeout=WAIT)
    kiosk = Kiosk.open(set_up_folder, settings_file.settings)
    assert kiosk.held() == 0
    kiosk.close()


@pytest.fixture
def soon_idle(settings_file: SettingsFile) -> None:
    settings_file.path.write_text(settings_file.text + "\n[kiosk]\nidle_seconds = 31\n", "utf-8")


def test_who_answers_the_warning_goes_on_where_they_were(
    soon_idle: None, plain: Callable[..., Program], kiosk_after: KioskAfter
) -> None:
    person = plain(HASTY)
    person.type("1\n6\n")
    person.says(WORDS.plain.idle.format(seconds=30))
    person.type("9\n")  # whatever is typed goes on, and answers nothing
    person.wait_until(lambda: person.written.count(b"Your answer:") >= 2)
    person.type("3\n3\n2\n1\n")
    person.wait_until(lambda: person.written.endswith(b" in 30 seconds. "))
    assert kiosk_after(person) == [(6, 3, 3, 2)]


def test_a_forgotten_interview_is_cleared_from_memory_and_screen(
    soon_idle: None, plain: Callable[..., Program], kiosk_after: KioskAfter
) -> None:
    person = plain(HASTY + CLEARS_SOON)
    person.type("1\n6\n3\n")
    person.says(WORDS.plain.cleared)
    before, _, after = person.written.partition(WORDS.plain.cleared.encode())
    assert before.endswith(WIPED)
    person.type("q\n")
    person.wait_until(lambda: person.written.count(WORDS.welcome.heading.encode()) == 3)
    after = person.written.partition(WORDS.plain.cleared.encode())[2]
    assert b"Are you still there?" not in after  # nobody is hurried on the welcome
    assert kiosk_after(person) == []


@pytest.mark.long
def test_nobody_is_hurried_on_a_welcome_that_is_as_usual(soon_idle: None, plain: Callable[..., Program]) -> None:
    person = plain(HASTY + CLEARS_SOON)
    person.type("?\n")
    person.wait_until(lambda: person.written.count(WORDS.plain.how.encode()) == 2)
    time.sleep(1)
    person.type("?\n")
    person.wait_until(lambda: person.written.count(WORDS.plain.how.encode()) == 3)
    assert b"Are you still there?" not in person.written
    assert person.written.count(WORDS.welcome.heading.encode()) == 1


@pytest.mark.long
def test_a_language_that_somebody_chose_and_left_goes_back_by_itself(
    soon_idle: None, settings_file: SettingsFile, plain: Callable[..., Program]
) -> None:
    settings_file.path.write_text(
        settings_file.path.read_text("utf-8") + '[survey]\nlanguages = ["en", "cy"]\n', "utf-8"
    )
    person = plain(HASTY + CLEARS_SOON)
    person.type("3\n")
    person.says(load_words("cy").welcome.heading)
    person.says(load_words("cy").plain.cleared)
    person.wait_until(lambda: person.written.count(WORDS.welcome.heading.encode()) == 2)


SHOWN = SURVEY.questions[0].option(6).label.encode()
"""What stands alone on a line where an answer is shown, and on offer is followed by more."""


@pytest.mark.parametrize(
    ("typed", "ending"),
    [
        ("1\n6\n3\n3\n2\n2\n1\n", "\n"),
        pytest.param("1\n6\n3\n3\n2\n2\n1\n", "", marks=pytest.mark.long),
        ("1\n6\nb\ns\n", "x\n2\n"),
        ("1\n6\nb\ns\n", "\x04"),
    ],
    ids=["Enter", "time", "stop", "end"],
)
@pytest.mark.sampled
def test_answers_that_were_shown_are_gone_before_the_next_person(
    typed: str, ending: str, plain: Callable[..., Program]
) -> None:
    person = plain(THANKS_SOON if not ending else "")
    person.type(typed)
    person.wait_until(lambda: SHOWN + b"\r\n" in person.written)
    person.says(WORDS.thanks.text if "2\n2\n1" in typed else "Your answer:")
    if ending:
        person.type(ending)
    gone = WORDS.plain.ended if ending == "\x04" else WORDS.plain.next_person
    person.says(gone)
    between = person.written.rpartition(SHOWN)[2].partition(gone.encode())[0]
    assert WIPED in between
    assert between.endswith(LEFT if ending == "\x04" else WIPED + b"\r\n")


def test_the_thank_you_stands_until_enter_and_is_said_again_and_enter_pressed_twice_is_pressed_once(
    plain: Callable[..., Program],
) -> None:
    person = plain()
    thanks = f"{WORDS.thanks.heading}. {WORDS.thanks.text}".encode()

    def again(said: int) -> bool:
        return thanks in person.written[said:]

    person.type("1\n6\n3\n3\n2\n1\n\n")
    for word in "aq":
        person.wait_until(lambda: person.written.endswith(b" in 30 seconds. "))
        said = len(person.written)
        person.type(f"{word}\n")
        person.wait_until(partial(again, said))
    person.wait_until(lambda: person.written.endswith(b" in 30 seconds. "))
    assert WORDS.plain.next_person.encode() not in person.written
    person.type("\n")
    person.says(WORDS.plain.next_person)


NO = tuple(question.declined.code for question in SURVEY.questions)


def test_a_no_is_taken_back_by_b_and_counts_once_it_is_left_at_that(
    plain: Callable[..., Program], kiosk_after: KioskAfter
) -> None:
    person = plain()
    person.type("2\n\n")  # Enter pressed twice is pressed once
    person.says(WORDS.declined.text)
    person.wait_until(lambda: person.written.endswith(b" in 30 seconds. "))
    person.type("b\n")
    person.wait_until(lambda: person.written.count(WORDS.welcome.heading.encode()) == 2)
    assert WORDS.plain.next_person.encode() not in person.written
    person.type("2\n")
    person.wait_until(lambda: person.written.count(WORDS.declined.heading.encode()) == 2)
    person.type("\n")
    person.says(WORDS.plain.next_person)
    assert kiosk_after(person) == [NO]


def test_a_no_counts_by_itself_once_its_time_has_gone(plain: Callable[..., Program], kiosk_after: KioskAfter) -> None:
    person = plain(THANKS_SOON)
    person.type("2\n")
    person.says(WORDS.plain.next_person)
    assert kiosk_after(person) == [NO]


def test_a_screenful_waits_until_it_is_read_and_what_is_typed_there_answers(
    plain: Callable[..., Program], kiosk_after: KioskAfter
) -> None:
    """The other screen keeps nothing that has scrolled away, so nothing scrolls away unread."""
    person = plain()
    option = SURVEY.questions[0].option

    def has_more() -> bool:
        return person.text().endswith(WORDS.plain.more_prompt.strip())

    person.type("1\n")
    person.wait_until(has_more)
    assert SURVEY.questions[0].text[:60] in person.text()
    assert option(9).label not in person.text()
    person.type("\n")
    person.shows(option(9).label)
    first, *_, last = WORDS.guidance.notes("occupation")
    person.type("?\n")
    person.wait_until(has_more)
    assert first.title in person.text()
    person.type("\n")
    person.once_shown(last.title, "?\n")
    person.wait_until(has_more)
    person.type("6\n")
    person.once_said("Question 2 of 4", "x\n2\n")
    person.says(WORDS.plain.next_person)
    assert kiosk_after(person) == []


def test_a_fault_is_one_sentence(plain: Callable[..., Program]) -> None:
    person = plain(
        "from tui.interview import Interview\ndef hurt(*_):\n    raise RuntimeError('secret')\nInterview.decline = hurt"
    )
    person.type("2\n")
    assert person.end() == 1
    assert person.written.rpartition(b"or 2 to say no: ")[2] == b"\r\n" + WIPED + LEFT + FAULT.encode() + b"\r\n"
    assert person.terminal() == person.before
