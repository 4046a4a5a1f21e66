"""The guide on screens: every page is reached and read to its end by keyboard alone and by mouse alone."""

from typing import Any

import pytest

from tests.tui.pilot import LARGE, SMALL, Person, Size, run
from tui.guide.app import GuideApp, GuideHome, GuidePage
from tui.text.guide import all_pages
from tui.widgets.reading import Reading

PAGES = {page.name: page for page in all_pages()}


def top(person: Person[Any]) -> str:
    return next(title for line in person.lines() if (title := line.strip(" ▁▂▃▄▅▆▇█")))


@pytest.mark.parametrize("size", [SMALL, LARGE])
async def test_a_page_is_chosen_and_read_to_the_end_by_keyboard(size: Size) -> None:
    async with run(GuideApp("light"), size) as person:
        await person.press("down", "enter")
        assert isinstance(person.app.screen, GuidePage)
        assert top(person) == "At an event"
        seen: set[str] = set()
        while not seen.issuperset(person.lines()):
            seen.update(person.lines())
            await person.press("pagedown")
        assert "keeps what was said" in " ".join(person.read().split())
        await person.press("home")
        assert top(person) == "At an event"
        await person.press("end")
        assert top(person) != "At an event"
        await person.press("escape")
        assert isinstance(person.app.screen, GuideHome)
        await person.press("q")
    assert not person.app.is_running


async def test_headings_are_steps_forward_and_back() -> None:
    async with run(GuideApp("light", PAGES["laptops"]), SMALL) as person:
        await person.press("n")
        assert top(person) == "Installing"
        await person.press("n")
        assert top(person) == "The first start"
        await person.press("p", "p", "p")
        assert top(person) == "Laptops"


async def test_the_mouse_alone_does_it_too() -> None:
    async with run(GuideApp("light"), SMALL) as person:
        await person.click(4, 6)
        assert isinstance(person.app.screen, GuidePage)
        await person.click_on("#next")
        assert top(person) == "Candidates and staff"
        await person.click_on("#back")
        await person.click_on("#quit")
    assert not person.app.is_running


async def test_no_click_on_a_link_opens_anything_and_no_mark_of_markdown_is_left() -> None:
    async with run(GuideApp("light", PAGES["index"]), LARGE) as person:
        reading = person.widget("#page")
        assert isinstance(reading, Reading)
        painted = " ".join(person.lines())
        assert "At an event: from the first candidate" in painted
        assert not [mark for mark in ("](", "**", "`", "##") if mark in painted]
        for y in range(reading.size.height):
            await person.click(8, y)
        assert isinstance(person.app.screen, GuidePage)
