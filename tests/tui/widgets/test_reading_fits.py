"""On the smallest window the screens are made for, the welcome fits, and long names push nothing away."""

import asyncio

from textual.containers import VerticalScroll

from tests.tui.fits import everything_cut
from tests.tui.kiosks import Start
from tests.tui.pilot import HUGE, SMALL
from tui.widgets.reading import Reading


async def test_the_whole_welcome_fits_the_smallest_window_without_scrolling(start: Start) -> None:
    async with start(SMALL) as person:
        welcome = person.widget("#welcome")
        assert all(part.max_scroll_y == 0 for part in (*welcome.query(VerticalScroll), *welcome.query(Reading)))
        words = person.app.survey.words.welcome
        for text in (words.heading, words.voluntary, words.anonymous, words.time_all, words.declining):
            assert text in person.read()


async def test_the_longest_names_cut_nothing_else(start: Start) -> None:
    longest = "Wideworded Organisation " * 2 + "of twelve wd"
    assert len(longest) == 60
    async with start(SMALL, organisation={"name": longest}, event={"name": longest}) as person:
        assert not await everything_cut(person, "welcome")
        await person.press("1")
        assert "Question 1 of 4" in person.lines()[0]
        assert not await everything_cut(person, "question")


async def test_help_is_wrapped_for_its_place_in_the_very_first_picture_of_it(start: Start) -> None:
    async with start(HUGE) as person:
        await person.press("1")
        person.widget("#guidance").styles.width = 30
        while person.widget("#guidance").size.width > 30:
            await asyncio.sleep(0)
            person.app.screen._on_timer_update()  # lays out anew; nobody is told of it yet
        first = person.read_in("#guidance").split("│")
        await person.pause()
        assert person.read_in("#guidance").split("│")[:8] == first[:8]
