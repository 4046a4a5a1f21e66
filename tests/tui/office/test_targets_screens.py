"""Targets are set, seen and taken off the list at the office, by keys or by mouse alone."""

from __future__ import annotations

import contextlib
from functools import partial
from pathlib import Path

import pytest

from storage.crypto.keys import OfficePrivateKey
from storage.office.office import Office
from tests.tui.offices import Opens
from tests.tui.pilot import LARGE, SMALL, Size
from tests.variants import usually
from tui.office.targets import SetTarget, Targets

pytestmark = pytest.mark.usefixtures("quickly")


@pytest.fixture
def opens(in_office: Opens, used_office: Path) -> Opens:
    """Stands in an open office with two events."""
    return partial(in_office, used_office)


@pytest.mark.parametrize("size", usually(1, [SMALL, LARGE]), ids=str)
@pytest.mark.parametrize("by_mouse", usually(1, [False, True]), ids=str)
async def test_a_target_is_set_seen_changed_and_taken_off_the_list(
    opens: Opens, used_office: Path, office_key: OfficePrivateKey, size: Size, *, by_mouse: bool
) -> None:
    async with opens(size=size) as person:
        await person.act(by_mouse, "g", "#targets")
        assert "No target has been set yet." in person.read()
        await person.act(by_mouse, "a", "#add")
        assert isinstance(person.app.screen, SetTarget)
        person.widget("#value").focus()
        await person.write("lots")
        await person.act(by_mouse, "enter", "#next")
        if not by_mouse:  # through the fields that follow, then on
            await person.press("enter", "enter")
        assert "Write a share in per cent" in person.read()
        assert person.app.focused is person.widget("#value")
        await person.press(*["backspace"] * 4)
        await person.write("at least 1%")
        person.widget("#by").focus()
        await person.write("31/12/2099")
        await person.act(by_mouse, "enter", "#next")
        assert isinstance(person.app.screen, Targets)
        said = " ".join(person.read().split())
        assert "Professional: at least 1% by 31 December 2099" in said
        assert "reached" in said
        assert "For every 100 people from professional backgrounds" in said
        await person.press("enter")
        assert isinstance(person.app.screen, SetTarget)
        await person.click_on("#remove")
        await person.say_yes(by_mouse=by_mouse)
        assert "No target has been set yet." in person.read()
    with contextlib.closing(Office.open(used_office, office_key)) as office:
        assert office.targets.all() == []
