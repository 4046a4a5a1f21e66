"""What people think of the event itself: offered once they were thanked, or asked alone, kept apart from all else."""

import contextlib
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from content.feedback import feedback_survey, usual_choices
from content.language import load_words
from content.survey import load_survey
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import ResponseOpener
from storage.errors import StoreError
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.open_event import OpenEvent
from storage.settings import SettingsFile
from tests.tui.kiosks import Codes, Start, changed
from tests.tui.pilot import LARGE, SMALL, USUAL, AtKiosk, Size
from tui.interview import Step
from tui.plain import PlainSurvey

WORDS, WELSH = load_words(), load_words("cy")
FEEDBACK = feedback_survey()
NO = tuple(question.declined.code for question in FEEDBACK.questions)
AFTER = {"ask": "after"}
ALONE = {"ask": "alone"}
every_size = pytest.mark.parametrize("size", [SMALL, USUAL, LARGE])


def opened(one: OpenEvent, office: OfficePrivateKey) -> list[Codes]:
    return sorted(ResponseOpener(office, one.event).open(sealed.sealed).codes for sealed in one.responses())


def kept(person: AtKiosk, office: OfficePrivateKey) -> tuple[list[Codes], list[Codes]]:
    """What is held of answers about background, and of feedback."""
    kiosk = person.app.kiosk
    assert kiosk.feedback is not None
    return opened(kiosk, office), opened(kiosk.feedback, office)


def standing(person: AtKiosk) -> Step:
    return person.app.survey.interview.step


async def answered(person: AtKiosk) -> None:
    """Answer about background until the offer stands there."""
    await person.press("1", *["1", "enter"] * 4, "enter")
    assert standing(person) is Step.OFFER


# What is offered


@every_size
async def test_after_the_thanks_feedback_is_offered_and_one_key_each_takes_it_or_leaves_it(
    start: Start, size: Size, office_key: OfficePrivateKey
) -> None:
    async with start(size, feedback=AFTER) as person:
        await answered(person)
        said = " ".join(person.read_unframed().split())
        assert WORDS.thanks.heading in said
        assert WORDS.feedback.offer[:30] in said
        assert kept(person, office_key) == ([(1, 1, 1, 1)], []), "thanked only once that is kept"
        await person.press("2")
        assert standing(person) is Step.WELCOME
        assert kept(person, office_key) == ([(1, 1, 1, 1)], [NO])
        await answered(person)
        await person.press("1", "escape")
        assert standing(person) is Step.OFFER, "from its first question there is a way back"
        await person.press("escape")
        assert standing(person) is Step.WELCOME
        assert kept(person, office_key) == ([(1, 1, 1, 1)] * 2, [NO] * 2)


@pytest.mark.parametrize("by_mouse", [False, True])
async def test_both_buttons_of_the_offer_stand_there_at_the_smallest_size(start: Start, *, by_mouse: bool) -> None:
    async with start(SMALL, feedback=AFTER) as person:
        await answered(person)
        leave, take = person.widget("#leave-it"), person.widget("#take-up")
        assert person.seen(leave)
        assert person.seen(take)
        assert leave.styles.background == take.styles.background, "neither looks like the one to press"
        await person.act(by_mouse, "1", "#take-up")
        assert standing(person) is Step.QUESTION
        assert person.app.survey.interview.survey.question_set == FEEDBACK.question_set


@every_size
async def test_four_prompts_are_answered_one_per_screen_as_the_questions_are_and_help_says_why(
    start: Start, size: Size, office_key: OfficePrivateKey
) -> None:
    async with start(size, feedback=AFTER) as person:
        await answered(person)
        await person.press("enter")
        for number, question in enumerate(FEEDBACK.questions, 1):
            said = " ".join(person.read_unframed().split())
            assert question.text in said
            assert WORDS.question.progress.format(number=number, total=4) in said
            await person.press("?")
            assert WORDS.feedback.why_asked[:30] in " ".join(person.read_unframed().split())
            await person.press("?", str(number), "enter")
        await person.press("enter")
        assert standing(person) is Step.THANKS
        assert WORDS.feedback.thanks[:40] in " ".join(person.read_unframed().split())
        assert kept(person, office_key) == ([(1, 1, 1, 1)], [(1, 2, 3, 4)])
        await person.press("enter")
        assert standing(person) is Step.WELCOME


@pytest.mark.usefixtures("seconds_stand_still")
async def test_an_offer_that_nobody_takes_up_is_a_no_after_a_while(start: Start, office_key: OfficePrivateKey) -> None:
    async with start(feedback=AFTER, kiosk={"thanks_seconds": 3}) as person:
        await answered(person)
        for _ in range(19):
            person.app.survey._tick()
        assert standing(person) is Step.OFFER, "nobody reads that in three seconds"
        person.app.survey._tick()
        await person.settle()
        assert standing(person) is Step.WELCOME
        assert kept(person, office_key) == ([(1, 1, 1, 1)], [NO])


async def test_who_declines_the_questions_is_offered_nothing(start: Start, office_key: OfficePrivateKey) -> None:
    async with start(feedback=AFTER) as person:
        await person.press("2", "enter")
        assert standing(person) is Step.WELCOME
        assert kept(person, office_key)[1] == []


async def test_feedback_that_is_forgotten_is_wiped_and_nothing_of_it_kept(
    start: Start, office_key: OfficePrivateKey
) -> None:
    async with start(feedback=AFTER) as person:
        await answered(person)
        await person.press("1", "1", "enter")
        assert person.app.survey.interview.under_way
        person.app.survey.reset()
        await person.settle()
        assert standing(person) is Step.WELCOME
        assert person.app.survey.interview.survey.question_set == load_survey().question_set
        assert kept(person, office_key) == ([(1, 1, 1, 1)], [])


async def test_feedback_that_cannot_be_kept_is_not_thanked_for_and_can_be_tried_again(
    start: Start, office_key: OfficePrivateKey, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start(feedback=AFTER) as person:
        await answered(person)
        feedback = person.app.kiosk.feedback
        assert feedback is not None

        def full(_row: object) -> None:
            raise StoreError("no room")

        with monkeypatch.context() as patch:
            patch.setattr(feedback._pool, "add", full)
            await person.press("1", *["6", "enter"] * 4, "enter")
            assert standing(person) is Step.FAILED
        await person.press("1")
        assert standing(person) is Step.THANKS
        assert kept(person, office_key) == ([(1, 1, 1, 1)], [(6, 6, 6, 6)])


async def test_an_organisers_own_list_is_what_is_asked(start: Start, office_key: OfficePrivateKey) -> None:
    own = ["More chairs", "More tea"]
    async with start(feedback={"ask": "after", "better": own}) as person:
        await answered(person)
        await person.press("1", *["1", "enter"] * 3)
        said = person.read()
        assert all(label in said for label in (*own, "Nothing: it was fine"))
        await person.press("2", "enter", "enter")
        assert kept(person, office_key)[1] == [(1, 1, 1, 2)]


async def test_feedback_alone_begins_with_its_own_welcome_and_asks_nothing_else(
    start: Start, office_key: OfficePrivateKey
) -> None:
    async with start(SMALL, feedback=ALONE) as person:
        said = " ".join(person.read_unframed().split())
        assert WORDS.feedback.heading in said
        assert WORDS.feedback.declining.rpartition(" ")[0][:20] in said
        await person.press("1", *["2", "enter"] * 4, "enter")
        assert standing(person) is Step.THANKS
        assert kept(person, office_key) == ([], [(2, 2, 2, 2)])
        await person.press("enter", "2", "enter")
        assert kept(person, office_key) == ([], sorted([(2, 2, 2, 2), NO]))


async def test_feedback_is_asked_in_welsh(start: Start) -> None:
    async with start(feedback=AFTER, survey={"languages": ["cy", "en"]}) as person:
        await answered(person)
        assert WELSH.feedback.offer[:25] in " ".join(person.read_unframed().split())
        await person.press("1")
        assert WELSH.feedback.questions[0].text in " ".join(person.read_unframed().split())


# In lines

Asks = Callable[..., tuple[str, tuple[list[Codes], list[Codes]]]]


@pytest.fixture
def ask(set_up_folder: Path, settings_file: SettingsFile, office_key: OfficePrivateKey) -> Asks:
    """Gives lines to the plain survey; returns what it says, and what is held afterwards."""

    def asked(*typed: str, **changes: dict[str, object]) -> tuple[str, tuple[list[Codes], list[Codes]]]:
        settings = changed(settings_file, **changes).settings
        said = io.StringIO()
        with contextlib.closing(Kiosk.open(set_up_folder, settings)) as kiosk:
            PlainSurvey(kiosk, settings, io.StringIO("".join(f"{line}\n" for line in typed)), said).run()
            assert kiosk.feedback is not None
            return said.getvalue(), (opened(kiosk, office_key), opened(kiosk.feedback, office_key))

    return asked


def test_in_lines_feedback_is_offered_and_asked_after_the_thanks(ask: Asks) -> None:
    said, held = ask(*"111111123451", feedback=AFTER)
    assert held == ([(1, 1, 1, 1)], [(2, 3, 4, 5)])
    places = [said.index(text) for text in (WORDS.thanks.text, WORDS.feedback.offer, WORDS.feedback.thanks)]
    assert places == sorted(places)


def test_in_lines_a_no_to_the_offer_counts_one_person(ask: Asks) -> None:
    said, held = ask(*"11111192", feedback=AFTER)
    assert held == ([(1, 1, 1, 1)], [NO])
    assert WORDS.plain.not_a_choice.format(first=1, last=2) in said


def test_in_lines_an_end_of_input_at_the_offer_keeps_nothing_of_it(ask: Asks) -> None:
    assert ask(*"111111", feedback=AFTER)[1] == ([(1, 1, 1, 1)], [])


def test_in_lines_feedback_can_be_all_that_is_asked(ask: Asks) -> None:
    said, held = ask("1", "?", *"12341", feedback=ALONE)
    assert held == ([], [(1, 2, 3, 4)])
    assert WORDS.feedback.heading in said
    assert WORDS.feedback.why_asked in said
    assert WORDS.welcome.who.format(organisation="Musterwerk") not in said


def test_the_usual_choices_fit_what_an_organiser_may_write() -> None:
    assert len(usual_choices()) == 5
    assert all(len(choice) <= 44 for choice in usual_choices())
