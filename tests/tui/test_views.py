"""In every view of every app nothing is cut, each text stands out, each letter has another, each button does something,
no letter does anything where somebody may type, and no sentence stands there twice.

An app is gone through once in each size. All that is asked of a view is asked on the way. Other languages, and windows
that are too small, are asked less of.
"""

import inspect
from collections.abc import Awaitable, Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.actions import parse

from content.language import load_words
from tests.repeated import said_twice
from tests.tui.bare_letters import BareLetters
from tests.tui.contrast import PROBE, Pair, pairs_on, too_faint, touched
from tests.tui.fits import cut_buttons, cut_rows, everything_cut, said
from tests.tui.kiosks import Start
from tests.tui.letters import lacking
from tests.tui.made_up import make_up
from tests.tui.pilot import CRAMPED, HUGE, LARGE, SMALL, USUAL, AtKiosk, Person, Size
from tests.tui.views import (
    every_candidates_view,
    every_view_of_feedback,
)
from tests.tui.walks import (
    Walk,
    of_a_first_office,
    of_feedback,
    of_set_up,
    of_the_guide,
    of_the_kiosk,
    of_the_kiosk_in_practice,
    of_the_office,
    of_the_toolkit,
)
from tui.app import KioskApp
from tui.terminal.cursor import spot_on
from tui.terminal.themes import THEMES
from tui.widgets.button import Button

LISTS = {
    "new event, choosing the stage",
    "scopes, choosing a stage",
    "filter, choosing a status",
    "prepare laptops, choosing the programs",
    "papers, choosing the event",
}
"""Views of which a part lies under an open list."""
WORDS = load_words()
BEGINNINGS = {
    "welcome": WORDS.welcome.heading,
    "school, untouched": "Which type of school",
    "school, with help": WORDS.guidance.school.notes[0].title,
    "check": WORDS.check.heading,
    "ending, thanks": WORDS.thanks.heading,
    "idle warning": WORDS.idle.heading,
}
"""Where the cursor lies on a small window."""
TINY = (34, 11)
"""Smaller than anything is made for: nothing is asked there but that it goes on."""


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


def buttons_out_of_order(person: Person[Any]) -> Iterator[str]:
    """Rows where a way on does not stand before all else, or what leads out not after it; candidates have their own."""
    screen = person.app.screen
    if type(screen).__module__.startswith("tui.survey"):
        return
    for row in screen.query(".buttons"):
        buttons = [one for one in row.query(Button) if one.display and one.label]
        placed = sorted(buttons, key=lambda one: (one.region.y, one.region.x))
        ranks = [2 if _leads_out(one) else 0 if one.has_class("main") else 1 for one in placed]
        if ranks != sorted(ranks):
            yield f"order of buttons: {[one.id for one in placed]}"
        apart = row.content_region.right - placed[-1].region.right if 2 in ranks else 0
        if apart > 1 and not row.has_class("-wrapped") and not screen.has_class("-slim"):
            yield f"the way out does not stand at the right: {placed[-1].id}"


def _leads_out(button: Button) -> bool:
    return button.id in {"back", "cancel", "close", "lock", "quit", "last"}


def lost_readers(person: AtKiosk, view: str) -> Iterator[str]:
    """Screens of a candidate without a cursor, and those where it does not lie at the beginning with nothing marked."""
    spot = spot_on(person.app.screen)
    if not spot and not person.app.staff_open:
        yield "no cursor"
    if beginning := BEGINNINGS.get(view):
        assert spot
        said = person.lines()[spot.at.y][spot.at.x :]
        if spot.acts or not said.startswith(beginning):
            yield f"cursor at {said}"


RESIZED: dict[tuple[Callable[..., Walk], Size], Size] = {(of_the_office, TINY): USUAL, (of_a_first_office, LARGE): TINY}
"""Walks in which each view is also seen in another size, and shall lose nothing but room."""


@pytest.mark.parametrize(
    ("walk", "size", "least"),
    [
        (of_the_kiosk, SMALL, 60),
        (of_feedback, SMALL, 12),
        (of_set_up, SMALL, 15),
        (of_the_office, SMALL, 20),
        (of_a_first_office, SMALL, 6),
        (of_the_toolkit, SMALL, 20),
        (of_the_guide, SMALL, 7),
        *(
            pytest.param(walk, size, least, marks=pytest.mark.long)
            for walk, size, least in (
                (of_the_kiosk, LARGE, 60),
                (of_feedback, LARGE, 12),
                (of_the_kiosk_in_practice, SMALL, 50),
                *((of_the_office, size, 20) for size in (TINY, USUAL, LARGE, HUGE)),
                *((of_a_first_office, size, 6) for size in (USUAL, LARGE)),
                *((of_the_toolkit, size, 20) for size in (USUAL, LARGE)),
                *((of_the_guide, size, 7) for size in (USUAL, LARGE)),
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
    touched_before: set[object] = set()
    letters = BareLetters()
    async for person, view in walk(size, request.getfixturevalue):
        views.append(view)
        if size == SMALL and isinstance(person.app, KioskApp):
            faults += [f"{view}: {fault}" for fault in lost_readers(person, view)]
        if other := RESIZED.get((walk, size)):
            await person.resize(other)
            await person.resize(size)
        if size == TINY:
            continue
        pairs |= pairs_on(person, view)
        painted.update(*person.lines())
        faults += [f"{view}: {fault}" for fault in (*pointless_buttons(person), *buttons_out_of_order(person))]
        faults += [f"{view}: said twice: {sentence}" for sentence in said_twice(said(person))]
        if view not in LISTS:
            faults += await everything_cut(person, view)
            faults += await letters.faults(person, view)
        if "," not in view:
            async for how in touched(person, touched_before):
                pairs |= pairs_on(person, f"{view}, {how}")
    assert faults == []
    assert size == TINY or too_faint(pairs) == []
    assert lacking(painted) == {}
    assert len(views) >= least
    if walk is of_the_kiosk:
        assert {"●", "▸", "─"} < painted
        assert painted & set("▁▂▃▄▅▆▇"), "scroll bars"
        assert set(views) > set(BEGINNINGS)


async def too_wide(person: AtKiosk, view: str) -> list[str]:
    """Lines and buttons of wide letters that take more cells than there are, beside all else that is cut."""
    lines = [f"{view}: {line}" for line in person.lines() if cell_len(line) > person.app.size.width]
    seen = ((button, person.seen(button)) for button in person.app.screen.query(Button))
    buttons = [f"{view}: {one.id}" for one, part in seen if part and part.width < cell_len(str(one.render()))]
    return [*lines, *buttons, *await everything_cut(person, view)]


async def buttons_cut(person: AtKiosk, view: str) -> list[str]:
    """Buttons of which a part lies outside the window."""
    seen = ((button, person.seen(button)) for button in person.app.screen.query(Button))
    return [f"{view}: {button.id}" for button, part in seen if part not in {None, button.region}]


async def buttons_or_rows_cut(person: AtKiosk, view: str) -> list[str]:
    """What must be whole even on a window that is too small, but for the dialog there."""
    cut = () if view == "idle warning" else (*cut_buttons(person), *cut_rows(person))
    return [f"{view}: {what}" for what in cut]


@pytest.mark.parametrize(
    ("language", "size", "faults_on"),
    [
        ("en", CRAMPED, buttons_or_rows_cut),
        ("cy", SMALL, everything_cut),
        ("ja", USUAL, too_wide),
        ("he", SMALL, buttons_cut),
        pytest.param("he", LARGE, buttons_cut, marks=pytest.mark.long),
        *(pytest.param("cy", size, everything_cut, marks=pytest.mark.long) for size in (USUAL, LARGE)),
        *(pytest.param("ja", size, too_wide, marks=pytest.mark.long) for size in (SMALL, LARGE, HUGE)),
    ],
)
async def test_no_view_of_a_candidate_is_cut_in_any_language(  # noqa: PLR0913 - three of them are parameters
    start: Start,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    language: str,
    size: Size,
    faults_on: Callable[[AtKiosk, str], Awaitable[list[str]]],
) -> None:
    make_up(tmp_path, monkeypatch)
    faults: list[str] = []
    languages = {"languages": list(dict.fromkeys([language, "en"]))}
    async with start(size, survey=languages) as person:
        async for view in every_candidates_view(person):
            faults += await faults_on(person, view)
    async with start(size, survey=languages, feedback={"ask": "after"}) as person:
        async for view in every_view_of_feedback(person):
            faults += await faults_on(person, view)
    async with start(size, survey=languages, feedback={"ask": "alone"}) as person:
        faults += await faults_on(person, "feedback, welcome")
    assert faults == []


async def test_a_button_with_an_action_that_there_is_not_is_found(start: Start) -> None:
    async with start(SMALL) as person:
        button = person.app.screen.query_one("#start", Button)
        for action, found in (
            *(("app.focus_next", False), ("app.nothing", True)),
            *(("nothing", True), ("app.focus_next('one', 'two')", True), ("elsewhere.focus_next", True)),
        ):
            button.action = action
            assert bool(list(pointless_buttons(person))) == found, action
