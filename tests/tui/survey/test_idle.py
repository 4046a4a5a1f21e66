"""A forgotten interview is cleared, after a warning that anyone can wave away; forgotten staff screens lock."""

import threading

import pytest
from textual import events

from content.language import load_words
from storage.crypto.sealing import SealedResponse
from storage.kiosk.kiosk import Kiosk
from tests.tui.clock import Clock
from tests.tui.kiosks import Held, Start
from tests.tui.pilot import SMALL, AtKiosk
from tests.tui.staff.unlocking import unlock
from tests.waiting import WAIT
from tui.app import AUTO_LOCK_SECONDS
from tui.interview import Step
from tui.survey.idle import WARNING_SECONDS, IdleWarning
from tui.survey.screen import SurveyScreen

IDLE = load_words().idle
IDLE_SECONDS = 40


async def wait(person: AtKiosk, clock: Clock, seconds: float) -> None:
    """Let nobody touch anything for a while, from when every touch before is dealt with."""
    await person.pause()
    clock.now += seconds
    person.app.watch_idle()
    await person.pause()


def warned(person: AtKiosk) -> bool:
    return isinstance(person.app.screen, IdleWarning) and IDLE.heading in person.read()


def behaviour(seconds: int = IDLE_SECONDS) -> dict[str, object]:
    return {"idle_seconds": seconds}


async def to(person: AtKiosk, step: Step) -> None:
    """Go to a step, with an answer given where there are any."""
    await person.press("1", "3")
    if step is Step.CHECK:
        await person.press("enter", *(key for _ in range(3) for key in ("1", "enter")))
    assert person.app.survey.interview.step is step


@pytest.mark.parametrize("step", [Step.QUESTION, Step.CHECK])
async def test_an_untouched_interview_is_warned_about(start: Start, clock: Clock, step: Step) -> None:
    async with start(SMALL, kiosk=behaviour()) as person:
        await to(person, step)
        await wait(person, clock, IDLE_SECONDS - 1)
        assert not warned(person)
        await wait(person, clock, 1)
        assert warned(person)


async def test_the_warning_comes_when_the_settings_say(start: Start, clock: Clock) -> None:
    async with start(kiosk=behaviour(900)) as person:
        await to(person, Step.QUESTION)
        await wait(person, clock, 899)
        assert not warned(person)
        await wait(person, clock, 1)
        assert warned(person)


async def test_somebody_is_asked_once_however_often_is_looked_before(start: Start, clock: Clock) -> None:
    async with start(kiosk=behaviour()) as person:
        await to(person, Step.QUESTION)
        clock.now += IDLE_SECONDS
        person.app.watch_idle()
        person.app.watch_idle()
        await person.pause()
        assert warned(person)
        await person.press("x")
        assert not warned(person)


async def test_it_counts_down_and_then_wipes_everything(start: Start, held: Held, clock: Clock) -> None:
    async with start(kiosk=behaviour()) as person:
        await to(person, Step.QUESTION)
        await wait(person, clock, IDLE_SECONDS)
        warning = person.app.screen
        assert isinstance(warning, IdleWarning)
        assert WARNING_SECONDS == 30
        for _ in range(WARNING_SECONDS - 1):
            left = warning._left
            assert IDLE.text.format(seconds=left) == person.read_in("#countdown")
            warning.count_down()
            if warning._left <= 0:
                break
            await person.pause()
        warning.count_down()
        await person.pause()
        assert isinstance(person.app.screen, SurveyScreen)
        assert person.app.survey.interview == person.app.survey.interview.reset()
        assert load_words().welcome.heading in person.read()
        await person.settle()
        assert held() == []


@pytest.mark.parametrize("step", [Step.QUESTION, Step.CHECK])
@pytest.mark.sampled
async def test_any_key_goes_on_and_does_nothing_else(start: Start, clock: Clock, step: Step) -> None:
    async with start(kiosk=behaviour()) as person:
        await to(person, step)
        before, painted = person.app.survey.interview, person.lines()
        for key in ("x", "3", "5", "enter", "escape", "f2", "s", "space", "down", "question_mark", "tab", "ctrl+c"):
            await wait(person, clock, IDLE_SECONDS)
            assert warned(person)
            await person.press(key)
            assert not warned(person)
            assert person.app.survey.interview is before
            assert person.lines() == painted
            await wait(person, clock, IDLE_SECONDS - 1)
            assert not warned(person), "the key counted as a touch"


async def test_a_click_anywhere_goes_on_and_does_nothing_else(start: Start, clock: Clock) -> None:
    async with start(kiosk=behaviour()) as person:
        await to(person, Step.QUESTION)
        before = person.app.survey.interview
        for x, y in ((1, 1), (10, 8), (40, 12), (75, 23)):
            await wait(person, clock, IDLE_SECONDS)
            assert warned(person)
            await person.click(x, y)
            assert not warned(person)
            assert person.app.survey.interview is before


async def test_the_button_goes_on_too(start: Start, clock: Clock) -> None:
    async with start(kiosk=behaviour()) as person:
        await to(person, Step.QUESTION)
        before = person.app.survey.interview
        await wait(person, clock, IDLE_SECONDS)
        await person.click_on("#go-on")
        assert not warned(person)
        assert person.app.survey.interview is before


async def test_nobody_is_warned_on_the_welcome_or_the_thank_you(start: Start, clock: Clock) -> None:
    async with start(kiosk={**behaviour(), "thanks_seconds": 60}) as person:
        await wait(person, clock, 100_000)
        assert not warned(person)
        await person.press("2")
        await wait(person, clock, 100_000)
        assert not warned(person)
        assert "one person who chose not to answer" in person.read()
        await person.press("escape")
        await to(person, Step.CHECK)
        await person.press("enter")
        await person.settle()
        assert person.app.survey.interview.step is Step.THANKS
        await wait(person, clock, 100_000)
        assert not warned(person)


async def test_a_response_on_its_way_to_the_disk_is_left_alone(
    start: Start, held: Held, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = threading.Event()
    keep = Kiosk.keep

    def slow(kiosk: Kiosk, sealed: SealedResponse) -> None:
        assert disk.wait(WAIT)
        keep(kiosk, sealed)

    monkeypatch.setattr(Kiosk, "keep", slow)
    async with start(kiosk=behaviour()) as person:
        try:
            await to(person, Step.CHECK)
            await person.begin("enter")
            await wait(person, clock, 100_000)
            assert not warned(person)
            assert person.app.survey.interview.step is Step.SENDING
        finally:
            disk.set()
        await person.settle()
        assert held() == [(3, 1, 1, 1)]
        assert load_words().thanks.heading in person.read()


async def test_touching_anything_puts_the_warning_off(start: Start, clock: Clock) -> None:
    async with start(kiosk=behaviour()) as person:
        await to(person, Step.QUESTION)
        for touch in (person.press("f9"), person.click(2, 0), person.wheel(30, 12)):
            clock.now += IDLE_SECONDS - 1
            await touch
            await wait(person, clock, 0)
            assert not warned(person)
        await wait(person, clock, IDLE_SECONDS)
        assert warned(person)


async def test_a_mouse_that_is_only_moved_is_nobody(start: Start, clock: Clock) -> None:
    """A table that shakes moves a mouse."""
    async with start(kiosk=behaviour()) as person:
        await to(person, Step.QUESTION)
        clock.now += IDLE_SECONDS - 1
        await person.mouse(events.MouseMove, 30, 12)
        await wait(person, clock, 1)
        assert warned(person)
        await person.mouse(events.MouseMove, 31, 12)
        assert warned(person)


async def test_a_second_warning_does_not_pile_up_on_the_first(start: Start, clock: Clock) -> None:
    async with start(kiosk=behaviour()) as person:
        await to(person, Step.QUESTION)
        await wait(person, clock, IDLE_SECONDS)
        await wait(person, clock, IDLE_SECONDS)
        await wait(person, clock, AUTO_LOCK_SECONDS)
        assert len(person.app.screen_stack) == 2
        await person.press("x")
        assert not warned(person)


@pytest.mark.usefixtures("easy_unlock")
async def test_forgotten_staff_screens_lock(start: Start, clock: Clock, staff_passphrase: str) -> None:
    assert AUTO_LOCK_SECONDS == 300
    async with start(kiosk=behaviour()) as person:
        for opened in ("unlock", "home", "new-event", "counts", "why", "end-event"):
            await person.press("f2")
            if opened != "unlock":
                await person.write(staff_passphrase)
                await person.press("enter")
                await person.settle()
            await person.press(*{"new-event": "n", "counts": "c", "why": "c?", "end-event": "e"}.get(opened, ""))
            await person.settle()
            assert person.app.staff_open
            await wait(person, clock, AUTO_LOCK_SECONDS - 1)
            assert person.app.staff_open
            assert not warned(person)
            await wait(person, clock, 1)
            assert not person.app.staff_open
            assert load_words().welcome.heading in person.read()


async def test_looking_for_somebody_idle_while_the_kiosk_ends_does_no_harm(start: Start, clock: Clock) -> None:
    async with start() as person:
        await person.press("1")
    clock.now += IDLE_SECONDS * 100
    assert not person.app.screen_stack
    person.app.watch_idle()


@pytest.mark.usefixtures("easy_unlock")
async def test_staff_who_are_at_work_are_not_locked_out(start: Start, clock: Clock, staff_passphrase: str) -> None:
    async with start() as person:
        await unlock(person, staff_passphrase)
        for _ in range(3):
            clock.now += AUTO_LOCK_SECONDS - 1
            await person.press("down")
            await wait(person, clock, 0)
            assert person.app.staff_open
