"""Walks through every view of every app, in a window of a size: what is asked of each view is asked on the way."""

from collections.abc import AsyncIterator, Callable
from typing import Any

from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.pilot import Person, Size, run
from tests.tui.views import (
    every_first_office_view,
    every_guide_view,
    every_kiosk_view,
    every_office_view,
    every_setup_view,
    every_toolkit_view,
    every_view_of_feedback,
)
from tui.guide.app import GuideApp
from tui.office.app import OfficeApp
from tui.setup.setup import SetupApp
from tui.toolkit.app import ToolkitApp

Walk = AsyncIterator[tuple[Person[Any], str]]


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


async def of_feedback(size: Size, fixture: Callable[[str], Any]) -> Walk:
    languages = {"languages": ["en", "cy"]}
    async with fixture("start")(size, feedback={"ask": "after"}, survey=languages) as person:
        async for view in every_view_of_feedback(person):
            yield person, view
    async with fixture("start")(size, feedback={"ask": "alone"}, survey=languages) as person:
        yield person, "feedback, welcome"


async def of_set_up(size: Size, fixture: Callable[[str], Any]) -> Walk:
    fixture("set_up_writes_nothing")
    settings = fixture("shipped_settings")
    async with run(SetupApp(settings, settings.path.parent), size) as person:
        async for view in every_setup_view(person, fixture("staff_passphrase"), fixture("office_pub")):
            yield person, view


async def of_the_office(size: Size, fixture: Callable[[str], Any]) -> Walk:
    fixture("quickly")
    async with run(OfficeApp(fixture("used_office"), fixture("settings_file")), size) as person:
        async for view in every_office_view(person, OFFICE_PASSPHRASE, fixture("handed_over")):
            yield person, view


async def of_a_first_office(size: Size, fixture: Callable[[str], Any]) -> Walk:
    async with run(OfficeApp(fixture("tmp_path") / "none", fixture("settings_file")), size) as person:
        async for view in every_first_office_view(person, OFFICE_PASSPHRASE):
            yield person, view


async def of_the_toolkit(size: Size, fixture: Callable[[str], Any]) -> Walk:
    folder = fixture("tmp_path_factory").mktemp("plans")
    async with run(ToolkitApp(fixture("tmp_path") / "none", fixture("settings_file").settings), size) as person:
        async for view in every_toolkit_view(person, folder):
            yield person, view


async def of_the_guide(size: Size, fixture: Callable[[str], Any]) -> Walk:
    async with run(GuideApp("light"), size) as person:
        async for view in every_guide_view(person):
            yield person, view


ALL: tuple[Callable[[Size, Callable[[str], Any]], Walk], ...] = (
    of_the_kiosk,
    of_feedback,
    of_set_up,
    of_the_office,
    of_a_first_office,
    of_the_toolkit,
    of_the_guide,
)
"""Each of them, once."""
