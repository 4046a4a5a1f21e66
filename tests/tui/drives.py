"""Drives that are plugged into a computer of the tests."""

from pathlib import Path
from typing import Any

import pytest

from storage.exchange import drives as places
from storage.exchange.drives import Drive
from tests.tui.pilot import Person
from tui.widgets import chooser
from tui.widgets.chooser import PlaceChooser


class Drives:
    """The drives of a computer that has none until one is plugged in."""

    def __init__(self) -> None:
        self.found: list[Drive] = []

    def __call__(self) -> list[Drive]:
        return list(self.found)


def plug_in(*paths: Path) -> None:
    """Plug drives in, with whatever is on them."""
    assert isinstance(places.drives, Drives)
    places.drives.found += map(Drive, paths)


def pull_out() -> None:
    """Pull out whatever is plugged in."""
    assert isinstance(places.drives, Drives)
    places.drives.found.clear()


@pytest.fixture(autouse=True)
def drives(monkeypatch: pytest.MonkeyPatch) -> Drives:
    """Whatever is plugged into the computer that tests this is left alone."""
    found = Drives()
    monkeypatch.setattr(places, "drives", found)
    monkeypatch.setattr(chooser, "drives", found)
    return found


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A drive that can be plugged in."""
    path = tmp_path / "STICK"
    path.mkdir()
    return path


@pytest.fixture
def plugged_in(stick: Path) -> Path:
    """The same, plugged in."""
    plug_in(stick)
    return stick


DRIVES = (Path("/media/ann/STICK"), Path("/media/ann/INTENSO-64-OF-THE-OUTREACH-TEAM"))
"""That look as drives do, and are pulled out again before anything is written to them."""


async def look_for_drives(person: Person[Any]) -> None:
    """What the screen does every other second."""
    person.app.screen.query_one(PlaceChooser)._look()
    await person.settle()
