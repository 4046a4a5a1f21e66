"""What is cut on the screen that somebody is in front of: buttons, lines, words; and what it has to say."""

from collections.abc import AsyncIterator, Iterator
from typing import Any

from rich.cells import cell_len
from textual.containers import VerticalScroll
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Input, Static

from tests.tui.pilot import Person
from tui.widgets.button import Button
from tui.widgets.chart import Drawing
from tui.widgets.reading import Reading
from tui.widgets.rows import Rows

SHORTENED = {"event", "small", "bar-place"}
"""One-line texts that end in … where they have to: a long name of an event must not push the question away."""


def shown(person: Person[Any], kind: type[Widget]) -> Iterator[Widget]:
    """Widgets of the top screen that are not hidden."""
    for widget in person.app.screen.query(kind):
        if all(part.display for part in widget.ancestors_with_self if isinstance(part, Widget)):
            yield widget


def cut_buttons(person: Person[Any]) -> Iterator[str]:
    """Buttons that are not wholly inside the window, or show less than their label."""
    read = person.read()
    for button in shown(person, Button):
        assert isinstance(button, Button)
        if any(isinstance(part, VerticalScroll) for part in button.ancestors):
            continue  # can be scrolled to; looked at as a text
        label = str(button.render())
        if person.seen(button) != button.region or " ".join(label.split()) not in read:
            yield f"button {button.id}: {label}"


def words_of(text: Widget) -> list[str]:
    """What a widget has to say; a word longer than the widget, such as the name of a file, may be broken."""
    if isinstance(text, Reading):
        room = text.scrollable_content_region.width - 1
        words = ((word, room - cell_len(one.lead)) for one in text._page.passages for word in one.text.split())
        return [word for word, room in words if cell_len(word) <= room]
    return [word for word in str(text.render()).split() if cell_len(word) <= text.size.width]


async def cut_texts(person: Person[Any]) -> list[str]:
    """Texts of which a word is not painted where they stand, or that reach out of the window at the side."""
    lying: dict[VerticalScroll | Reading | None, dict[Widget, list[str]]] = {}
    for text in (*shown(person, Static), *shown(person, Reading)):
        if text.id not in SHORTENED and (words := words_of(text)):
            scrolls = next(
                (part for part in text.ancestors_with_self if isinstance(part, VerticalScroll | Reading)), None
            )
            lying.setdefault(scrolls, {})[text] = words
    cut = []
    for scrolls, texts in lying.items():
        painted = dict.fromkeys(texts, "")
        async for strips in scrolled_through(person, scrolls):
            for text in texts:
                if region := person.seen(text):
                    part = strips[region.y : region.bottom]
                    painted[text] += " ".join(strip.crop(region.x, region.right).text for strip in part) + " "
                    if (region.x, region.right) != (text.region.x, text.region.right):
                        cut.append(f"{text} reaches out at the side")
        cut += [f"{text}: {word}" for text, words in texts.items() for word in {*words} - {*painted[text].split()}]
    return cut


async def scrolled_through(person: Person[Any], scrolls: VerticalScroll | Reading | None) -> AsyncIterator[list[Strip]]:
    """What is painted, from the top to the end of what scrolls, which is then where it begins again."""
    last = int(scrolls.max_scroll_y) if scrolls else 0
    if not scrolls or not last:
        yield person.app.screen._compositor.render_strips()
        return
    for top in (*range(0, last, max(person.app.size.height // 2, 1)), last):
        scrolls.scroll_to(y=top, animate=False)
        await person.pause()
        yield person.app.screen._compositor.render_strips()
    scrolls.scroll_home(animate=False)
    await person.pause()


def cut_rows(person: Person[Any]) -> Iterator[str]:
    """Rows that are wider than where they are painted."""
    for rows in shown(person, Rows):
        assert isinstance(rows, Rows)
        lines = (*rows._page.scrolled, *rows._page.pinned)
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


def said(person: Person[Any]) -> Iterator[str]:
    """The texts of the screen, whole, wherever it is scrolled to: a paragraph each."""
    for text in shown(person, Static):
        yield from str(text.render()).split("\n")
    for reading in shown(person, Reading):
        assert isinstance(reading, Reading)
        yield from "".join(passage.text for passage in reading._page.passages).split("\n")
    for chart in shown(person, Drawing):
        assert isinstance(chart, Drawing)
        lines = ["".join(piece.text for piece in line) for line in chart._lines]
        yield from " ".join(line or "\n" for line in lines).split("\n")


async def everything_cut(person: Person[Any], view: str) -> list[str]:
    found = [
        *cut_buttons(person),
        *cut_rows(person),
        *cut_charts(person),
        *cut_fields(person),
        *await cut_texts(person),
    ]
    return [f"{view}: {what}" for what in found]
