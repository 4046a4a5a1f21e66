"""In every view of every app nothing is cut, each text stands out, each letter has another, each button does something.

An app is gone through once in each size. All that is asked of a view is asked on the way.
"""

import inspect
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest
from textual.actions import parse

from tests.tui.contrast import PROBE, Pair, pairs_on, too_faint, touched
from tests.tui.fits import everything_cut
from tests.tui.kiosks import Start
from tests.tui.letters import lacking
from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.pilot import LARGE, SMALL, USUAL, Person, Size, run
from tests.tui.views import (
    every_first_office_view,
    every_kiosk_view,
    every_office_view,
    every_setup_view,
    every_toolkit_view,
)
from tui.office.app import OfficeApp
from tui.setup.setup import SetupApp
from tui.terminal.themes import THEMES
from tui.toolkit.app import ToolkitApp
from tui.widgets.button import Button

Walk = AsyncIterator[tuple[Person[Any], str]]
LISTS = {"new event, choosing the stage", "scopes, choosing a stage", "filter, choosing a status"}
"""Views of which a part lies under an open list."""


async def of_the_kiosk(size: Size, fixture: Callable[[str], Any], *, practice: bool = False) -> Walk:
    fixture("easy_unlock")
    async with fixture("start")(size, practice=practice, survey={"languages": ["en", "cy"]}) as person:
        await person.press("3")
        yield person, "choice of colours"
        await person.press("escape")
        async for view in every_kiosk_view(person, fixture("staff_passphrase")):
            yield person, view


async def of_the_kiosk_in_practice(size: Size, fixture: Callable[[str], Any]) -> Walk:
    async for view in of_the_kiosk(size, fixture, practice=True):
        yield view


async def of_set_up(size: Size, fixture: Callable[[str], Any]) -> Walk:
    fixture("set_up_writes_nothing")
    settings = fixture("shipped_settings")
    async with run(SetupApp(settings, settings.path.parent), size) as person:
        async for view in every_setup_view(person, fixture("staff_passphrase"), fixture("office_pub")):
            yield person, view


async def of_the_office(size: Size, fixture: Callable[[str], Any]) -> Walk:
    fixture("quickly")
    async with run(OfficeApp(fixture("used_office"), fixture("settings_file").settings), size) as person:
        async for view in every_office_view(person, OFFICE_PASSPHRASE, fixture("handed_over")):
            yield person, view


async def of_a_first_office(size: Size, fixture: Callable[[str], Any]) -> Walk:
    async with run(OfficeApp(fixture("tmp_path") / "none", fixture("settings_file").settings), size) as person:
        async for view in every_first_office_view(person, OFFICE_PASSPHRASE):
            yield person, view


async def of_the_toolkit(size: Size, fixture: Callable[[str], Any]) -> Walk:
    folder = fixture("tmp_path_factory").mktemp("plans")
    async with run(ToolkitApp(fixture("tmp_path") / "none", fixture("settings_file").settings), size) as person:
        async for view in every_toolkit_view(person, folder):
            yield person, view


def pointless_buttons(person: Person[Any]) -> Iterator[str]:
    """Buttons whose action is none of their screen's, or of the app's, or is not given what it takes."""
    for button in person.app.screen.query(Button):
        if not button.action:
            continue
        namespace, name, parameters = parse(button.action)
        owner = {"": button.screen, "screen": button.screen, "app": person.app}.get(namespace)
        method = getattr(owner, f"_action_{name}", None) or getattr(owner, f"action_{name}", None)
        try:
            inspect.signature(method).bind(*parameters)  # type: ignore[arg-type]
        except TypeError:
            yield f"button {button.id}: {button.action}"


@pytest.mark.parametrize(
    ("walk", "size", "least"),
    [
        (of_the_kiosk, SMALL, 60),
        (of_the_kiosk_in_practice, SMALL, 50),
        (of_set_up, SMALL, 15),
        (of_the_office, SMALL, 20),
        (of_a_first_office, SMALL, 6),
        (of_the_toolkit, SMALL, 20),
        *(
            pytest.param(walk, size, least, marks=pytest.mark.long)
            for walk, size, least in (
                (of_the_kiosk, LARGE, 60),
                *((of_the_office, size, 20) for size in (USUAL, LARGE)),
                *((of_a_first_office, size, 6) for size in (USUAL, LARGE)),
                *((of_the_toolkit, size, 20) for size in (USUAL, LARGE)),
            )
        ),
    ],
)
async def test_every_view_can_be_read_by_everyone_and_each_button_does_something(
    walk: Callable[[Size, Callable[[str], Any]], Walk],
    size: Size,
    least: int,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("tui.widgets.button.shown_key", lambda key: key.replace("⏎", "E"))  # as where it is lacking
    monkeypatch.setitem(THEMES, "light", PROBE)
    views: list[str] = []
    faults: list[str] = []
    pairs: set[Pair] = set()
    painted: set[str] = set()
    async for person, view in walk(size, request.getfixturevalue):
        views.append(view)
        pairs |= pairs_on(person, view)
        painted.update(*person.lines())
        faults += [f"{view}: {fault}" for fault in pointless_buttons(person)]
        if view not in LISTS:
            faults += await everything_cut(person, view)
        if "," not in view:
            async for how in touched(person):
                pairs |= pairs_on(person, f"{view}, {how}")
    assert faults == []
    assert too_faint(pairs) == []
    assert lacking(painted) == {}
    assert len(views) >= least
    assert walk is not of_the_kiosk or {"●", "▸", "─"} < painted
    assert walk is not of_the_kiosk or painted & set("▁▂▃▄▅▆▇"), "scroll bars"


async def test_a_button_with_an_action_that_there_is_not_is_found(
    start: Start,
) -> None:
    async with start(SMALL) as person:
        button = person.app.screen.query_one("#start", Button)
        for action, found in (
            *(("app.focus_next", False), ("app.nothing", True)),
            *(("nothing", True), ("app.focus_next('one', 'two')", True), ("elsewhere.focus_next", True)),
        ):
            button.action = action
            assert bool(list(pointless_buttons(person))) == found, action
