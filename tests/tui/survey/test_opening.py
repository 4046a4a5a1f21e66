"""The welcome is painted before the kiosk is open: what is done meanwhile waits, and what opening tells is shown."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager, closing

import pytest

from content.feedback import usual_choices
from content.language import load_words
from storage.crypto.sealing import Response
from storage.errors import StoreDamagedError
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile
from tests.storage.disk import failing
from tests.tui.gate import Gate
from tests.tui.kiosks import changed
from tests.tui.pilot import SMALL, AtKiosk, run
from tui.app import KioskApp
from tui.interview import Step
from tui.shared.unlock import Unlock

WORDS = load_words()
Begins = Callable[..., AbstractAsyncContextManager[AtKiosk]]


@pytest.fixture
def opening(kiosk: Kiosk, settings_file: SettingsFile, gate: Gate) -> Begins:
    """In front of a kiosk that opens once the gate does."""

    @asynccontextmanager
    async def begins(settings: SettingsFile = settings_file, opened: Kiosk = kiosk) -> AsyncIterator[AtKiosk]:
        def open_kiosk() -> Kiosk:
            gate.hold()
            return opened

        async with run(KioskApp(open_kiosk, settings), SMALL) as person:
            await person.until(gate.reached.is_set)
            yield person

    return begins


def step_of(person: AtKiosk) -> Step:
    return person.app.survey.interview.step


async def opens(person: AtKiosk, gate: Gate) -> None:
    gate.open()
    await person.until(lambda: person.app.survey._ready)
    await person.settle()


@pytest.mark.parametrize("keys", [("1",), ("enter",), ("down", "1"), ("1", "6"), ("1", "1", "enter"), ("1", "2")])
async def test_who_starts_before_it_is_open_is_asked_once_it_is_and_nothing_is_answered_unseen(
    opening: Begins, gate: Gate, keys: tuple[str, ...]
) -> None:
    async with opening() as person:
        await person.begin(*keys)
        assert step_of(person) is Step.WELCOME
        await opens(person, gate)
        interview = person.app.survey.interview
        assert (interview.step, interview.position, interview.answers) == (Step.QUESTION, 0, {})
        assert "Question 1" in person.read()
        await person.press("6")
        assert list(person.app.survey.interview.answers.values()) == [6]


async def test_a_click_before_it_is_open_waits_as_keys_do(opening: Begins, gate: Gate) -> None:
    async with opening() as person:
        seen = person.seen(person.widget("#start"))
        assert seen
        await person.tap(seen.x + 1, seen.y)
        assert step_of(person) is Step.WELCOME
        await opens(person, gate)
        assert step_of(person) is Step.QUESTION


@pytest.mark.parametrize("keys", [("f2",), ("3",), ("2",), ("s", "x", "?", "escape", "up", "pagedown", "space", "p")])
async def test_other_keys_before_it_is_open_do_then_what_they_always_do(
    opening: Begins, gate: Gate, keys: tuple[str, ...]
) -> None:
    async with opening() as person:
        await person.begin(*keys)
        assert not isinstance(person.app.screen, Unlock)
        await opens(person, gate)
        asks = {"f2": WORDS.button.staff, "3": WORDS.look.heading, "2": WORDS.declined.heading}
        assert asks.get(keys[0], "Hello.") in person.read()


async def test_an_event_that_has_ended_is_closed_whatever_was_pressed(
    opening: Begins, gate: Gate, kiosk: Kiosk
) -> None:
    kiosk.end_event()
    async with opening() as person:
        await person.begin("1", "2", "enter", "escape", "up", "down", "pageup", "pagedown", "space", "s", "x", "?")
        await opens(person, gate)
        assert step_of(person) is Step.CLOSED
        assert "Hello." not in person.read()


async def test_an_event_is_called_what_it_was_called_first(
    opening: Begins, gate: Gate, kiosk: Kiosk, settings_file: SettingsFile
) -> None:
    loud = changed(settings_file, event={"name": kiosk.event.name.upper()})
    async with opening(loud) as person:
        assert kiosk.event.name.upper() in person.read()
        await opens(person, gate)
        assert kiosk.event.name in person.read()
        assert kiosk.event.name.upper() not in person.read()


async def test_feedback_that_has_begun_goes_on_with_its_own_choices(
    opening: Begins, gate: Gate, kiosk: Kiosk, settings_file: SettingsFile
) -> None:
    alone = changed(settings_file, feedback={"ask": "alone"})
    with closing(Kiosk.open(kiosk.data, alone.settings)) as begun:
        assert begun.feedback
        said = Response.of(
            {question.id: 1 for question in begun.feedback.event.survey.questions}, begun.feedback.event.survey
        )
        begun.feedback.keep(begun.feedback.seal(said))
    other = changed(settings_file, feedback={"ask": "alone", "better": ("Parking", "Food")})
    with closing(Kiosk.open(kiosk.data, other.settings)) as asked:
        async with opening(other, asked) as person:
            await person.begin("1")
            await opens(person, gate)
            assert person.app.survey.interview.survey == asked.asks_alone
            assert usual_choices()[0] in str(person.app.survey.interview.survey)


class PanicError(BaseException):
    """As `cryptography` raises where its own code is at fault."""


async def test_a_panic_while_it_opens_ends_the_app_too(settings_file: SettingsFile) -> None:
    app = KioskApp(failing(PanicError), settings_file)
    async with run(app, SMALL) as person:
        await person.until(lambda: app.failure is not None)
    assert isinstance(app.failure, RuntimeError)


async def test_why_it_does_not_open_is_what_the_app_ends_with(settings_file: SettingsFile) -> None:
    why = StoreDamagedError("damaged")
    app = KioskApp(failing(why), settings_file)
    async with run(app, SMALL) as person:
        await person.until(lambda: app.failure is not None)
    assert app.failure is why
