"""A candidate chooses a language on the welcome screen; the next person starts in the usual one.

Whatever the language, the codes that are kept are the same. Languages that do not exist show that screens hold for
letters from right to left and for wide ones: see `made_up`.
"""

import unicodedata
from dataclasses import replace
from pathlib import Path

import pytest
from bidi import get_display
from textual import events

from content.language import load_words
from content.survey import load_survey
from storage.crypto.sealing import Response
from tests.tui.clock import Clock
from tests.tui.kiosks import Held, Start
from tests.tui.made_up import make_up
from tests.tui.pilot import CRAMPED, LARGE, SMALL, USUAL, AtKiosk, Size
from tests.tui.staff.unlocking import unlock
from tui.interview import Interview, Step
from tui.staff.home import StaffHome
from tui.survey.choice import Choice
from tui.survey.screen import SurveyScreen
from tui.widgets.answers import Answers
from tui.widgets.writing import as_seen

ENGLISH, WELSH = load_words("en"), load_words("cy")
BOTH = {"languages": ["en", "cy"]}
ANSWERS = (6, 3, 2, 4)


@pytest.fixture
def made_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Packs of languages that do not exist."""
    make_up(tmp_path, monkeypatch)


def language(person: AtKiosk) -> str:
    """The language that everything on the screen is in: that of the welcome, else of the words around."""
    survey = person.app.survey
    said = person.read()
    if survey.interview.step is Step.WELCOME:
        assert survey.words.welcome.heading in said
        assert survey.words.button.decline in said
    return survey.words.language


async def answer(person: AtKiosk, *answers: int) -> None:
    """Answer from the welcome to the thank-you."""
    await person.press("1")
    for code in answers:
        await person.press(str(code), "enter")
    await person.press("enter")


# Choosing


@pytest.mark.parametrize("how", ["digit", "click", "tab"])
async def test_of_two_languages_the_other_is_one_press_away_and_back(start: Start, how: str) -> None:
    async with start(SMALL, survey=BOTH) as person:
        for there, its_name, others_name in (("cy", "Cymraeg", "English"), ("en", "English", "Cymraeg")):
            assert its_name in person.read_in("#language")
            if how == "digit":
                await person.press("4")
            elif how == "click":
                await person.click_on("#language")
            else:
                button = person.widget("#language")
                while not button.has_focus:
                    await person.press("tab")
                await person.press("enter")
            assert language(person) == there
            assert others_name in person.read_in("#language")


async def test_everything_that_is_asked_and_said_is_in_the_language(start: Start, held: Held) -> None:
    async with start(LARGE, survey=BOTH) as person:
        await person.press("4", "1")
        for place, question in enumerate(WELSH.asked(load_survey()).questions):
            said = await person.read_on(lambda: person.press("pagedown"))
            assert person.read_in("#official") == question.text
            assert WELSH.question.progress.format(number=place + 1, total=4) in said
            assert WELSH.guidance.notes(question.id)[0].title in said
            for name in ("back", "stop", "next", "read_aloud"):
                assert getattr(WELSH.button, name) in said
            await person.press("enter")
            assert person.read_in("#note") == WELSH.question.choose_first
            shown = person.app.screen.query_one(Answers)
            assert [row.label for row in shown._page.rows] == [option.label for option in question.options]
            await person.press(str(ANSWERS[place]), "enter")
        assert WELSH.check.heading in person.read()
        assert WELSH.check.hidden in person.read()
        await person.press("s")
        assert WELSH.check.answered in person.read()
        await person.press("enter")
        assert WELSH.thanks.heading in person.read()
        assert WELSH.thanks.text in person.read()
        assert held() == [ANSWERS]


async def test_the_same_answers_are_the_same_bytes_in_every_language(start: Start, held: Held) -> None:
    async with start(survey=BOTH) as person:
        await answer(person, *ANSWERS)
        await person.press("enter", "4")
        await answer(person, *ANSWERS)
        await person.press("enter", "4", "2", "enter")
        assert held().count(ANSWERS) == 2
        assert max(held()) == (9, 6, 5, 4)
    packed = set()
    for words in (ENGLISH, WELSH):
        interview = Interview(words.asked(load_survey()), check_answers=False).start()
        for code in ANSWERS:
            interview = interview.answer(code).next()
        packed.add(Response.of(interview.answers))
    assert len(packed) == 1


async def test_a_double_click_on_the_language_changes_it_once(start: Start) -> None:
    async with start(USUAL, survey=BOTH) as person:
        seen = person.seen(person.widget("#language"))
        assert seen
        for beside in (0, 1):
            await person.tap(seen.x + 2 + beside, seen.y)
        await person.pause()
        assert language(person) == "cy"
        await person.click_on("#look")
        assert isinstance(person.app.screen, Choice)
        assert WELSH.look.returns in person.read()


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("languages", [["en", "cy"], ["en", "cy", "he"]])
async def test_keys_pressed_ahead_of_the_choice_are_for_the_choice(
    start: Start, held: Held, languages: list[str]
) -> None:
    async with start(survey={"languages": languages}) as person:
        await person.hurry("4", "2", "3", "2", "1")
        await person.settle()
        assert held() == []
        if len(languages) == 2:  # in Welsh, and the 2 declined
            assert person.app.survey.interview.step is Step.DECLINED
        assert person.app.survey._shown.id in {"welcome", "question", "ending"}
        assert person.app.survey.interview.survey == person.app.survey.words.asked(load_survey())


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("key", ["3", "4"])
@pytest.mark.parametrize("button", ["#start", "#decline", "#staff"])
@pytest.mark.sampled
async def test_a_click_ahead_of_the_choice_presses_nothing(start: Start, key: str, button: str) -> None:
    async with start(survey={"languages": ["en", "cy", "he"]}) as person:
        seen, driver = person.seen(person.widget(button)), person.app._driver
        assert seen
        assert driver
        driver.send_message(events.Key(key, key))
        for kind in (events.MouseDown, events.MouseUp):
            driver.send_message(kind(None, seen.x + 2, seen.y, 0, 0, 1, shift=False, meta=False, ctrl=False))
        await person.settle()
        assert [type(screen) for screen in person.app.screen_stack] == [SurveyScreen, Choice]
        untouched = person.app.survey.interview
        assert untouched.step is Step.WELCOME
        await person.press("escape")
        await person.click_on(button)
        assert person.app.staff_open == (button == "#staff") == (person.app.survey.interview is untouched)


# The next person


@pytest.mark.parametrize(
    "leaving",
    [
        "thanked, in time",
        "stopped",
        *(pytest.param(how, marks=pytest.mark.long) for how in ("thanked", "declined", "not saved")),
    ],
)
async def test_the_next_person_starts_in_the_usual_language(start: Start, leaving: str) -> None:
    async with start(survey=BOTH) as person:
        await person.press("4")
        if leaving == "stopped":
            await person.press("1", "3", "x", "2")
        elif leaving == "not saved":
            person.app.survey.show(person.app.survey.interview.start().answer(1))
            person.app.survey.interview = replace(person.app.survey.interview, step=Step.FAILED)
            await person.press("2", "2")
        else:
            await (person.press("2") if leaving == "declined" else answer(person, *ANSWERS))
            await person.settle()
            if leaving == "thanked, in time":
                for _ in range(person.app.settings.kiosk.thanks_seconds):
                    person.app.survey._tick()
            else:
                await person.press("enter")
            await person.settle()
        assert person.app.survey.interview.step is Step.WELCOME
        assert language(person) == "en"
        assert person.app.survey.interview.survey == load_survey()


async def test_a_language_stays_as_who_chose_it_goes_back_and_goes_once_they_have_left(
    start: Start, clock: Clock
) -> None:
    async with start(survey=BOTH) as person:
        await person.press("4", "1", "escape")
        assert language(person) == "cy"
        clock.now += person.app.settings.kiosk.idle_seconds - 1
        person.app.watch_idle()
        await person.pause()
        assert language(person) == "cy"
        clock.now += 2
        person.app.watch_idle()
        await person.pause()
        assert language(person) == "en"


async def test_the_usual_language_is_the_first_in_the_settings(start: Start) -> None:
    async with start(survey={"languages": ["cy", "en"]}) as person:
        assert language(person) == "cy"
        await person.press("4")
        await answer(person, *ANSWERS)
        await person.press("enter")
        assert language(person) == "cy"


@pytest.mark.parametrize("keys", [(), ("1", "3")])
async def test_an_event_that_ends_says_so_in_the_usual_language(start: Start, keys: tuple[str, ...]) -> None:
    async with start(survey=BOTH) as person:
        await person.press("4", *keys)
        person.app.survey.post_message(person.app.survey.EventEnded())
        await person.pause()
        assert ENGLISH.closed.heading in person.read()
        assert ENGLISH.button.staff in person.read_in("#staff-again")
        assert person.app.survey.query_one(Answers)._chosen is None, "nor is an answer left that is out of sight"


# Three and more


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("how", ["digit", "arrows", "click"])
async def test_of_three_languages_one_is_chosen_by_its_own_name(start: Start, how: str) -> None:
    names = {"languages": ["en", "cy", "he", "ja"]}
    async with start(SMALL, survey=names) as person:
        assert ENGLISH.button.language in person.read_in("#language")
        await person.press("4")
        assert isinstance(person.app.screen, Choice)
        assert "Cymraeg" in person.read()
        assert ENGLISH.language_choice.returns in person.read()
        assert as_seen(load_words("he").name) in person.read()
        if how == "digit":
            await person.press("2")
        elif how == "arrows":
            await person.press("down", "down", "up", "0")
        else:
            y = next(y for y, line in enumerate(person.lines()) if "Cymraeg" in line)
            await person.click(SMALL[0] // 2, y)
        assert language(person) == "cy"
        await person.press("4", "escape")
        assert language(person) == "cy"


@pytest.mark.usefixtures("made_up")
async def test_a_choice_that_is_left_open_closes_and_changes_nothing(start: Start, clock: Clock) -> None:
    async with start(survey={"languages": ["en", "cy", "he"]}) as person:
        await person.press("4")
        clock.now += person.app.settings.kiosk.idle_seconds + 1
        person.app.watch_idle()
        await person.pause()
        assert not isinstance(person.app.screen, Choice)
        assert language(person) == "en"


# What staff are told


@pytest.mark.usefixtures("easy_unlock")
@pytest.mark.parametrize(("languages", "marked"), [(["en"], False), (["en", "cy"], True)])
async def test_a_draft_is_offered_and_is_marked_to_staff_and_not_to_candidates(
    start: Start, staff_passphrase: str, languages: list[str], *, marked: bool
) -> None:
    async with start(LARGE, survey={"languages": languages}) as person:
        assert "draft" not in person.read()
        assert bool(person.seen(person.widget("#language"))) == marked
        await person.press("4")
        assert language(person) == languages[-1], "of one language there is nothing to choose"
        await unlock(person, staff_passphrase)
        assert isinstance(person.app.screen, StaffHome)
        assert ("Cymraeg (a draft)" in person.read()) == marked
        assert ("say so beside your results" in person.read()) == marked


# How it looks


@pytest.mark.usefixtures("made_up")
@pytest.mark.parametrize("size", [SMALL, LARGE])
@pytest.mark.sampled
async def test_from_right_to_left_all_is_the_other_way_round(start: Start, held: Held, size: Size) -> None:
    width = size[0]
    async with start(size, survey={"languages": ["he", "en"]}) as person:
        words = person.app.survey.words
        heading = next(line for line in person.lines() if get_display(words.welcome.heading, base_dir="R") in line)
        assert len(heading) > width * 0.7, "texts stand at the right"
        start_button, decline = (person.seen(person.widget(name)) for name in ("#start", "#decline"))
        assert start_button
        assert decline
        assert start_button.x < decline.x < width / 2, "the way on is at the left"
        await person.press("1", "2", "down")
        for sign in ("● 2", "○ 3 ◂"):
            assert any(sign in line for line in person.lines())
        seen = person.app.survey.query_one("Answers").region
        spot = person.app.survey.spot
        assert spot
        assert spot.acts
        assert spot.at.x >= seen.right - 2, "the cursor stands where a row begins"
        guidance = person.widget("#guidance").region
        assert size == SMALL or guidance.x == 1, "help stands at the left"
        y = next(y for y, line in enumerate(person.lines()) if "○ 3 ◂" in line)
        await person.click(seen.x + seen.width // 2, y)
        await person.press("enter", "1", "enter", "1", "enter", "1", "enter", "enter")
        assert (3, 1, 1, 1) in held()
        await person.press("enter", "4")
        shown = person.seen(person.widget("#start"))
        assert shown
        assert shown.right >= width - 2, "and back in a language from left to right"
        assert not person.app.survey.has_class("-rtl")


@pytest.mark.usefixtures("made_up")
async def test_every_line_from_right_to_left_is_in_the_order_in_which_it_is_seen(start: Start) -> None:
    async with start(USUAL, survey={"languages": ["he", "en"]}) as person:
        await person.press("1")
        question = person.app.survey.interview.question
        painted = "\n".join(person.lines())
        wrapped = question.text.split()
        for word in wrapped:
            assert get_display(word, base_dir="R") in painted
        first = [line for line in person.lines() if get_display(wrapped[0]) in line]
        assert first[0].rstrip().endswith(get_display(wrapped[0]))
        assert question.text not in painted


def test_arabic_letters_are_joined_and_numbers_keep_their_order() -> None:
    seen = as_seen("سؤال 12 من 34")
    assert "12" in seen
    assert "34" in seen
    assert seen.index("34") < seen.index("12")
    assert all("ARABIC" not in unicodedata.name(letter) or "FORM" in unicodedata.name(letter) for letter in seen)


async def test_on_a_window_that_is_too_small_the_language_can_be_chosen_by_mouse(start: Start) -> None:
    async with start(CRAMPED, survey=BOTH) as person:
        await person.click_on("#language")
        assert language(person) == "cy"
