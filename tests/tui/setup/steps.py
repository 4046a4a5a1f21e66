"""The first steps of set-up, as somebody goes through them by keys."""

from collections.abc import Mapping
from pathlib import Path

from textual.widgets import Input

from storage.settings import SettingsFile, find_settings
from tests.tui.pilot import Person
from tui.setup.setup import SetupApp

AtSetup = Person[SetupApp]

DETAILS = {
    "organisation": "Musterwerk",
    "statement": "",
    "event": "Fair [b]1[/b]",
    "date": "23 Nov 2026",
    "place": "Leeds",
}


def shipped(data: Path) -> SettingsFile:
    """The settings of a laptop that nobody has set up."""
    return find_settings(None, data.parent, data)


async def fill_in(person: AtSetup, fields: Mapping[str, str]) -> None:
    """Type into the fields of a step by keys alone, from the first on; fields that are not named stay as they are."""
    first = person.app.screen.query(Input).first()
    while person.app.focused is not first:
        await person.press("shift+tab")
    for _ in person.app.screen.query(Input):
        field = person.app.focused
        assert isinstance(field, Input)
        if (text := fields.get(field.id or "")) is not None:
            await person.press("end", "ctrl+u")
            await person.write(text)
        await person.press("tab")
    await person.press("shift+tab")
    while not isinstance(person.app.focused, Input):
        await person.press("shift+tab")


async def to_details(person: AtSetup) -> None:
    await person.press("2")
    await fill_in(person, DETAILS)


async def to_passphrase(person: AtSetup) -> None:
    await to_details(person)
    await person.press("enter", "enter", "enter")  # past who answers and the questions


async def to_office_key(person: AtSetup, passphrase: str) -> None:
    await to_passphrase(person)
    await fill_in(person, {"first": passphrase, "second": passphrase})
    await person.press("enter")
