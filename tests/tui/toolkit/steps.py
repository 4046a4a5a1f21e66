"""What somebody does at the toolkit, and what they then see."""

from __future__ import annotations

import contextlib
import csv
import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

from textual import events
from textual.widgets import Input, OptionList, Select, Static, TextArea

from content.toolkit import Entry, load_toolkit
from storage.settings import Settings, parse
from storage.toolkit.checklist import Checklist, Record
from tests.tui.kiosks import KIOSK_TOML
from tests.tui.pilot import AtToolkit, Person
from tui.toolkit.browse import Browse
from tui.toolkit.entry import EntryView
from tui.toolkit.entry_list import EntryList
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

Opens = Callable[..., contextlib.AbstractAsyncContextManager[AtToolkit]]
"""Opens the toolkit in a window of some size."""
KIT = load_toolkit()


def settings(text: str = KIOSK_TOML) -> Settings:
    return parse(text, "kiosk.toml")


def kept(data: Path, event: str = "") -> dict[str, Record]:
    """What the checklist on the disk says, as another program reads it."""
    with contextlib.closing(Checklist.open(data)) as checklist:
        return checklist.records(event)


async def paste(person: Person[Any], text: str) -> None:
    """Put text from elsewhere into the field that has the cursor, as a terminal does."""
    assert person.app._driver is not None
    person.app._driver.send_message(events.Paste(text))
    await person.settle()


async def choose(person: Person[Any], title: str, *, by_mouse: bool = False) -> None:
    """Go to the row of a list that begins with a title, and open it."""
    listed, place = next(
        (listed, number)
        for listed in person.app.screen.query(OptionList)
        for number in range(listed.option_count)
        if str(listed.get_option_at_index(number).prompt).lstrip("○◐●– ").startswith(title)
    )
    if listed.id == "chapters" and not by_mouse:
        await person.press("right")
    if by_mouse:
        await click_row(person, listed, place)
    else:
        for _ in range(listed.option_count):
            if listed.highlighted == place:
                break
            await person.press("down" if (listed.highlighted or 0) < place else "up")
        await person.press("enter")


async def click_row(person: Person[Any], listed: OptionList, place: int) -> None:
    """Click on a row of a list, after turning the wheel until it is seen."""
    await person.until(lambda: person.seen(listed) is not None)
    for _ in range(200):
        person.painted()  # a list counts its lines as it is painted
        await person.pause()
        seen = person.seen(listed)
        assert seen
        y = listed.region.y + listed.gutter.top + listed._index_to_line[place] - listed.scroll_offset.y
        if seen.y <= y < seen.bottom:
            await person.click(seen.x + 4, y)
            return
        await person.wheel(seen.x + 4, seen.y, down=y >= seen.bottom)
    raise AssertionError(f"row {place} is never seen")


async def find(person: Person[Any], name: str) -> Browse:
    """Go to an entry by its id, from a screen that has Search."""
    await person.press("s")
    await person.enter(name)
    screen = person.app.screen
    assert isinstance(screen, Browse)
    return screen


async def field(person: Person[Any], key: str, text: str) -> None:
    """Go into a field by its key, and type."""
    await person.press(key)
    await person.write(text)


def message(person: Person[Any]) -> str:
    return str(person.app.screen.query_one("#message", Static).render())


def shown_in(person: Person[Any], name: str) -> str:
    """What a field says."""
    field = person.app.screen.query_one(f"#{name}")
    assert isinstance(field, Input | TextArea)
    return field.value if isinstance(field, Input) else field.text


def chosen_status(person: Person[Any]) -> list[str]:
    return [button.label for button in person.app.screen.query("#status Button").results(Button) if "●" in button.label]


def the_line(person: Person[Any], title: str) -> str:
    """The row of the list of entries with this title."""
    listed = person.app.screen.query_one("#entries", OptionList)
    prompts = [str(listed.get_option_at_index(number).prompt) for number in range(listed.option_count)]
    return next(prompt for prompt in prompts if prompt.endswith(title))


async def select(person: Person[Any], name: str, row: int, *, by_mouse: bool) -> None:
    """Choose in one of the fields that open a list."""
    field = person.app.screen.query_one(name, Select)
    if by_mouse:
        await person.click_on(name)
        await person.until(lambda: field.expanded)
        await click_row(person, field.query_one(OptionList), row)
    else:
        for _ in range(8):
            if person.app.focused is field:
                break
            await person.press("tab")
        await person.press("space", *["home", *["down"] * row], "enter")


async def wheel_to(person: Person[Any], name: str) -> None:
    """Turn the wheel over the entry until all of a widget is seen."""
    for _ in range(60):
        seen = person.seen(person.widget(name))
        if seen and seen.height >= person.widget(name).size.height:
            return
        entry = person.seen(person.widget("#entry"))
        assert entry
        await person.wheel(entry.x + 1, entry.y + 1)
    raise AssertionError(f"{name} is never seen")


async def to_place(person: Person[Any], folder: Path, *, by_mouse: bool) -> None:
    """Choose a folder: by mouse it is the one drive that is plugged in."""
    if by_mouse:
        person.app.screen.query_one(PlaceChooser)._look()
        await person.settle()
        await person.click_on("#drive-1")
    else:
        for _ in range(8):
            if person.app.focused is person.widget("#place"):
                break
            await person.press("tab")
        await person.press("end", "ctrl+u")
        await person.enter(str(folder))
    await person.settle()


async def lead(person: Person[Any], row: int, *, by_mouse: bool) -> None:
    """Unfold a term of the entry, or follow a link."""
    if by_mouse:
        more = person.app.screen.query_one("#more", OptionList)
        more.scroll_visible(animate=False)
        await click_row(person, more, row)
    else:
        await person.press("l", "home", *["down"] * row, "enter")


def edit_csv(path: Path, name: str, **cells: str) -> None:
    """What a colleague does in a spreadsheet."""
    rows = list(csv.DictReader(io.StringIO(path.read_text("utf-8-sig"))))
    for row in rows:
        if row["id"] == name:
            row.update(cells)
    with path.open("w", encoding="utf-8", newline="") as file:
        sheet = csv.DictWriter(file, list(rows[0]))
        sheet.writeheader()
        sheet.writerows(rows)


def the_entries(person: Person[Any]) -> list[Entry]:
    screen = person.app.screen
    assert isinstance(screen, Browse)
    return [entry for entry in screen.query_one(EntryList).rows if entry]


def the_entry(person: Person[Any]) -> Entry:
    screen = person.app.screen
    assert isinstance(screen, Browse)
    entry = screen.query_one(EntryView).entry
    assert entry
    return entry
