"""No full collection of garbage holds up a key press: all is collected only while nobody is answering."""

import gc

import pytest

from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile
from tests.tui.kiosks import Start
from tests.tui.pilot import USUAL, run
from tui.app import KioskApp
from tui.interview import Step


@pytest.fixture
def collected(monkeypatch: pytest.MonkeyPatch, seconds_stand_still: None) -> list[str]:
    """What the collector was asked for."""
    asked: list[str] = []
    monkeypatch.setattr(gc, "collect", lambda: asked.append("collect"))
    monkeypatch.setattr(gc, "freeze", lambda: asked.append("freeze"))
    return asked


async def test_once_all_is_there_the_old_generation_is_left_alone_and_afterwards_it_is_as_before(
    kiosk: Kiosk, settings_file: SettingsFile, collected: list[str]
) -> None:
    before = gc.get_threshold()
    async with run(KioskApp(lambda: kiosk, settings_file), USUAL) as person:
        while not person.app.survey._ready:
            await person.pause()
        young, middle, old = gc.get_threshold()
        assert 0 < young <= 100_000
        assert middle >= 1_000_000
        assert old >= 1_000_000
        assert collected == ["freeze"]
    assert gc.get_threshold() == before


@pytest.mark.parametrize("leaving", ["stopped", "went back", "thanked"])
async def test_all_is_collected_when_the_welcome_is_back_and_not_before(
    start: Start, collected: list[str], leaving: str
) -> None:
    async with start() as person:
        collected.clear()
        await person.press("1", "3", "enter", "2", "enter")
        if leaving == "thanked":
            await person.press("1", "enter", "1", "enter", "enter")
        assert collected == []
        await person.press(*{"stopped": ["x", "2"], "went back": [*["escape"] * 3, "2"], "thanked": ["enter"]}[leaving])
        assert person.app.survey.interview.step is Step.WELCOME
        assert collected == ["collect"]


async def test_while_the_kiosk_waits_all_is_collected_once_a_minute(start: Start, collected: list[str]) -> None:
    async with start(kiosk={"thanks_seconds": 60}) as person:
        survey = person.app.survey
        collected.clear()
        for _ in range(180):
            survey._tick()
        await person.pause()
        assert collected == ["collect"] * 3
        await person.press("1")
        for _ in range(210):
            survey._tick()
        await person.pause()
        assert collected == ["collect"] * 3
        await person.press("x", "2")
        collected.clear()
        for _ in range(50):
            survey._tick()
        await person.pause()
        assert survey.interview.step is Step.DECLINED
        assert collected == []


@pytest.mark.parametrize("leaves", ["candidate", "staff"])
async def test_all_is_collected_once_more_when_what_was_left_has_gone(
    start: Start, collected: list[str], leaves: str
) -> None:
    async with start() as person:
        survey = person.app.survey
        if leaves == "candidate":
            await person.press("1", "x")
        else:
            person.app.lock()
        collected.clear()
        survey._tick()
        await person.pause()
        assert collected == []
        survey._tick()
        await person.pause()
        assert collected == ["collect"]
