"""Papers on the office's screens: by key and by mouse, for a coming event or that of the settings."""

import contextlib
import datetime as dt
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from textual.widgets import Select

from storage.office.planned import PlannedEvent
from tests.tui.offices import HOSTILE, Opens
from tests.tui.pilot import AtOffice
from tests.variants import by_key_and_by_mouse
from tui.office import papers as screens
from tui.office import planned
from tui.office.papers import PapersScreen
from tui.office.planned import ComingEvents

TODAY = dt.date(2035, 1, 4)
OLD, FAIR, EVENING = (
    PlannedEvent(name=name, place="Town Hall", date=date)
    for name, date in (
        ("Old Fair", dt.date(2035, 1, 3)),
        (HOSTILE, dt.date(2035, 3, 2)),
        ("Open Evening", dt.date(2035, 3, 9)),
    )
)

pytestmark = pytest.mark.usefixtures("quickly", "new_year", "without_documents")


@pytest.fixture
def new_year(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in (screens, planned):
        monkeypatch.setattr(module, "today", lambda: TODAY)


@pytest.fixture
def opens(in_office: Opens, new_office: Path) -> Opens:
    """Stands in front of the coming events of an open office that plans these."""

    @contextlib.asynccontextmanager
    async def opened(*events: PlannedEvent) -> AsyncIterator[AtOffice]:
        async with in_office(new_office, *events, event={"name": "Own Fair"}) as person:
            await person.press("e")
            yield person

    return opened


def offered(person: AtOffice) -> list[str]:
    screen = person.app.screen
    assert isinstance(screen, PapersScreen)
    return [str(prompt) for prompt, _ in screen.query_one("#event", Select)._options]


@by_key_and_by_mouse
async def test_papers_of_the_next_event_are_written_into_a_new_folder(
    opens: Opens, tmp_path: Path, *, by_mouse: bool
) -> None:
    async with opens(OLD, FAIR, EVENING) as person:
        await (person.click_on("#papers") if by_mouse else person.press("e"))
        assert offered(person) == [HOSTILE, "Open Evening", "Own Fair (in the settings)"]
        await person.fill("#place", str(tmp_path))
        await (person.click_on("#save") if by_mouse else person.press("enter"))
        assert "start-here.html first" in person.read()
        slip = (tmp_path / "papers" / "staff" / "slip.html").read_text("utf-8")
        assert "2 March 2035" in slip
        assert "[red]Day[/]" in slip

        await person.press("enter")
        assert (tmp_path / "papers-2" / "start-here.html").is_file()
        await person.press("escape")
        assert isinstance(person.app.screen, ComingEvents)


async def test_another_event_can_be_chosen_and_that_of_the_settings(opens: Opens, tmp_path: Path) -> None:
    async with opens(FAIR, EVENING) as person:
        await person.press("e", "space", "down", "down", "enter")
        await person.fill("#place", str(tmp_path))
        await person.press("enter")
        assert "Own Fair" in (tmp_path / "papers" / "en" / "notice.html").read_text("utf-8")


async def test_with_nothing_planned_the_settings_say_what_for(opens: Opens) -> None:
    async with opens() as person:
        await person.press("e")
        assert offered(person) == ["Own Fair (in the settings)"]


async def test_a_place_that_takes_nothing_is_told_in_one_sentence(opens: Opens, tmp_path: Path) -> None:
    async with opens(FAIR) as person:
        await person.press("e")
        await person.fill("#place", str(tmp_path / "nothing" / "here"))
        await person.press("enter")
        assert "Cannot" in person.read()
        assert not (tmp_path / "nothing").exists()
