"""On the smallest window the screens are made for, nothing is cut: no button, no line, no word."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.widget import Widget
from textual.widgets import Input, Static

from storage.settings import SettingsFile
from tests.tui.kiosks import Start
from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.pilot import CRAMPED, LARGE, SMALL, USUAL, Person, Size, run
from tests.tui.views import (
    every_first_office_view,
    every_kiosk_view,
    every_office_view,
    every_setup_view,
    every_toolkit_view,
)
from tui.office.app import OfficeApp
from tui.setup.setup import SetupApp
from tui.toolkit.app import ToolkitApp
from tui.widgets.button import Button
from tui.widgets.chart import Drawing
from tui.widgets.reading import Reading
from tui.widgets.rows import Rows

SHORTENED = {"event", "small"}
"""One-line texts that end in … where they have to: a long name of an event must not push the question away."""


def shown(person: Person[Any], kind: type[Widget]) -> Iterator[Widget]:
    """Widgets of the top screen that are not hidden."""
    for widget in person.app.screen.query(kind):
        if all(part.display for part in widget.ancestors_with_self if isinstance(part, Widget)):
            yield widget


def cut_buttons(person: Person[Any]) -> Iterator[str]:
    """Buttons that are not wholly inside the window, or show less than their label."""
    for button in shown(person, Button):
        assert isinstance(button, Button)
        if any(isinstance(part, VerticalScroll) for part in button.ancestors):
            continue  # can be scrolled to; looked at as a text
        label = str(button.render())
        if person.seen(button) != button.region or " ".join(label.split()) not in person.read():
            yield f"button {button.id}: {label}"


def words_of(text: Widget) -> list[str]:
    """What a widget has to say; a word longer than the widget, such as the name of a file, may be broken."""
    said = " ".join(passage.text for passage in text._passages) if isinstance(text, Reading) else str(text.render())
    return [word for word in said.split() if cell_len(word) <= text.size.width]


async def cut_texts(person: Person[Any]) -> list[str]:
    """Texts of which a word is not painted where they stand, or that reach out of the window at the side."""
    cut = []
    for text in (*shown(person, Static), *shown(person, Reading)):
        words = words_of(text)
        if not words or text.id in SHORTENED:
            continue
        seen = ""
        scrolls = next((part for part in text.ancestors_with_self if isinstance(part, VerticalScroll | Reading)), None)
        last = int(scrolls.max_scroll_y) if scrolls else 0
        for top in {*range(0, last, max(text.app.size.height // 2, 1)), last}:
            if scrolls and last:
                scrolls.scroll_to(y=top, animate=False)
                await person.pause()
            if region := person.seen(text):
                strips = person.app.screen._compositor.render_strips()[region.y : region.bottom]
                seen += " ".join(strip.crop(region.x, region.right).text for strip in strips) + " "
                if (region.x, region.right) != (text.region.x, text.region.right):
                    cut.append(f"{text} reaches out at the side")
        painted = seen.split()
        cut += [f"{text}: {word}" for word in words if word not in painted]
        if scrolls and last:
            scrolls.scroll_home(animate=False)
            await person.pause()
    return cut


def cut_rows(person: Person[Any]) -> Iterator[str]:
    """Rows that are wider than where they are painted."""
    for rows in shown(person, Rows):
        assert isinstance(rows, Rows)
        lines = (*rows._scrolled, *rows._pinned)
        yield from (line.text for line in lines if 6 + cell_len(line.text) > rows.scrollable_content_region.width)


def cut_charts(person: Person[Any]) -> Iterator[str]:
    """Lines of the counts that are wider than where they are painted."""
    for chart in shown(person, Drawing):
        assert isinstance(chart, Drawing)
        for line in chart._lines:
            text = "".join(piece.text for piece in line)
            if cell_len(text) > chart.scrollable_content_region.width:
                yield f"chart: {text}"


def cut_fields(person: Person[Any]) -> Iterator[str]:
    """Fields of too few cells for a name or a date."""
    for field in shown(person, Input):
        if field.size.width < 20 or (person.seen(field) and field.region.right > person.app.size.width):
            yield f"field {field.id}"


async def everything_cut(person: Person[Any], view: str) -> list[str]:
    found = [
        *cut_buttons(person),
        *cut_rows(person),
        *cut_charts(person),
        *cut_fields(person),
        *await cut_texts(person),
    ]
    return [f"{view}: {what}" for what in found]


@pytest.mark.usefixtures("easy_unlock")
@pytest.mark.parametrize(
    ("size", "practice"),
    [(SMALL, False), *(pytest.param(*how, marks=pytest.mark.long) for how in ((SMALL, True), (LARGE, False)))],
)
async def test_no_view_of_the_kiosk_is_cut(
    start: Start,
    staff_passphrase: str,
    size: Size,
    practice: bool,  # noqa: FBT001 - a parameter
) -> None:
    cut: list[str] = []
    async with start(size, practice=practice) as person:
        async for view in every_kiosk_view(person, staff_passphrase):
            if view != "new event, choosing the stage":  # the open list lies over the rest
                cut += await everything_cut(person, view)
    assert cut == []


@pytest.mark.usefixtures("set_up_writes_nothing")
async def test_no_view_of_set_up_is_cut(
    shipped_settings: SettingsFile, staff_passphrase: str, office_pub: Path
) -> None:
    cut: list[str] = []
    async with run(SetupApp(shipped_settings, shipped_settings.path.parent), SMALL) as person:
        async for view in every_setup_view(person, staff_passphrase, office_pub):
            cut += await everything_cut(person, view)
    assert cut == []


@pytest.mark.usefixtures("quickly")
@pytest.mark.parametrize("size", [SMALL, *(pytest.param(size, marks=pytest.mark.long) for size in (USUAL, LARGE))])
async def test_no_view_of_the_office_is_cut(
    settings_file: SettingsFile, used_office: Path, handed_over: Path, tmp_path: Path, size: Size
) -> None:
    cut: list[str] = []
    views = 0
    async with run(OfficeApp(used_office, settings_file.settings), size) as person:
        async for view in every_office_view(person, OFFICE_PASSPHRASE, handed_over):
            views += 1
            if view != "scopes, choosing a stage":  # the open list lies over the rest
                cut += await everything_cut(person, view)
    async with run(OfficeApp(tmp_path / "none", settings_file.settings), size) as person:
        async for view in every_first_office_view(person, OFFICE_PASSPHRASE):
            views += 1
            cut += await everything_cut(person, view)
    assert cut == []
    assert views > 25


@pytest.mark.parametrize("size", [SMALL, *(pytest.param(size, marks=pytest.mark.long) for size in (USUAL, LARGE))])
async def test_no_view_of_the_toolkit_is_cut(settings_file: SettingsFile, tmp_path: Path, size: Size) -> None:
    cut: list[str] = []
    views = 0
    folder = tmp_path / "plans"
    folder.mkdir()
    async with run(ToolkitApp(tmp_path / "none", settings_file.settings), size) as person:
        async for view in every_toolkit_view(person, folder):
            views += 1
            if view != "filter, choosing a status":  # the open list lies over the rest
                cut += await everything_cut(person, view)
    assert cut == []
    assert views > 20


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


async def test_on_a_window_that_is_too_small_every_button_of_the_candidate_is_whole(
    start: Start, staff_passphrase: str
) -> None:
    cut: list[str] = []
    async with start(CRAMPED) as person:
        async for view in every_kiosk_view(person, staff_passphrase):
            if view == "idle warning":
                continue
            if view == "unlock":
                break
            cut += [f"{view}: {what}" for what in (*cut_buttons(person), *cut_rows(person))]
    assert cut == []
