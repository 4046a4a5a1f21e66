"""Staff change how a running event asks, and a slip in its name; kiosk.toml keeps its notes, and candidates get it."""

from pathlib import Path

import pytest
from textual.widgets import Select, Static

from storage.crypto.sealing import Response
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile, find_settings
from tests.tui.kiosks import Start, answered
from tests.tui.pilot import LARGE, SMALL, AtKiosk, Size, run
from tui.app import KioskApp, Outcome
from tui.staff.event_settings import EventSettings
from tui.staff.home import StaffHome

pytestmark = pytest.mark.usefixtures("easy_unlock")
NOTES = {"# Written by Ada, for the autumn fair.", 'name = "Musterwerk"  # as on the banner'}
FIXED = "cannot be changed any more"


async def opens(person: AtKiosk, *, by_mouse: bool = False) -> None:
    """From the staff area to the settings."""
    await person.act(by_mouse, "g", "#settings")
    assert isinstance(person.app.screen, EventSettings)


def choose(person: AtKiosk, name: str, value: object) -> None:
    """Choose in a list, however it is unfolded."""
    field = person.widget(f"#{name}")
    assert isinstance(field, Select)
    field.value = value


@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.parametrize("size", [SMALL, LARGE], ids=["60x20", "120x40"])
@pytest.mark.sampled
async def test_what_is_changed_is_written_with_every_note_kept_and_shown_once_staff_lock(
    as_staff: Start, settings_file: SettingsFile, size: Size, *, by_mouse: bool
) -> None:
    async with as_staff(size) as person:
        await opens(person, by_mouse=by_mouse)
        assert person.app.focused is person.widget("#statement")
        await person.write("It helps us to be fair.")
        choose(person, "offers-cy", value=True)
        choose(person, "language", "cy")
        choose(person, "theme", "dark")
        choose(person, "check_answers", value=False)
        choose(person, "read_aloud", value=False)
        await person.fill("#idle_seconds", "60")
        await person.fill("#last_day", "24 Nov 2026")
        await person.act(by_mouse, "enter", "#save")
        assert isinstance(person.app.screen, StaffHome)
        assert "Candidates have them once you lock." in await person.read_below("#changed")
        await person.act(by_mouse, "l", "#lock")
        assert person.app.return_value is Outcome.SETTINGS
        changed = person.app.settings_file
    on_disk = find_settings(settings_file.path, None, settings_file.path.parent)
    assert on_disk.settings == changed.settings
    assert set(on_disk.text.splitlines()) >= NOTES
    async with run(KioskApp(lambda: person.app.kiosk, changed), size) as next_one:
        settings = next_one.app.settings
        assert settings.survey.languages == ("cy", "en")
        assert "It helps us to be fair." in next_one.read()
        assert next_one.app.theme == "fairstart-dark"
        assert (settings.kiosk.idle_seconds, settings.survey.check_answers) == (60, False)
        assert next_one.app.survey.words.language == "cy"


async def test_without_a_change_locking_goes_on_as_ever(as_staff: Start) -> None:
    async with as_staff() as person:
        await opens(person)
        await person.press("escape", "l")
        assert person.app.return_value is None
        assert not person.app._exit


@pytest.mark.parametrize(
    ("name", "mistake"),
    [
        ("idle_seconds", ("soon", "type a whole number")),
        ("idle_seconds", ("10", "a whole number from 30 to 900")),
        ("thanks_seconds", ("1000", "a whole number from 3 to 60")),
        ("last_day", ("31/2/2027", "is no day")),
        ("last_day", ("1/1/2020", "is before")),
        ("event", ("", "Please fill this in")),
        ("date", ("", "Please fill this in")),
    ],
)
@pytest.mark.sampled
async def test_a_mistake_is_told_beside_its_field_and_nothing_is_saved(
    as_staff: Start, set_up_folder: Path, name: str, mistake: tuple[str, str]
) -> None:
    before = (set_up_folder / "kiosk.toml").read_bytes()
    async with as_staff(SMALL) as person:
        await opens(person)
        typed, said = mistake
        await person.fill(f"#{name}", typed)
        await person.click_on("#save")
        assert said in person.read_in(".beside")
        assert person.app.focused is person.widget(f"#{name}")
    assert (set_up_folder / "kiosk.toml").read_bytes() == before


async def test_a_slip_in_the_events_name_is_corrected_while_nobody_has_answered(
    as_staff: Start, kiosk: Kiosk, settings_file: SettingsFile
) -> None:
    async with as_staff(SMALL) as person:
        await opens(person)
        await person.fill("#event", "Riverside jobs fair")
        await person.fill("#date", "24/11/2026")
        await person.click_on("#save")
        assert person.app.return_value is Outcome.NEW_EVENT
    settings = find_settings(settings_file.path, None, settings_file.path.parent).settings
    again = Kiosk.open(kiosk.data, settings)
    assert (again.event.name, str(again.event.date)) == ("Riverside jobs fair", "2026-11-24")
    assert EventFolder.known(again.data, again.register) == [again.event], "the wrong one has left nothing"
    assert not [path for path in (kiosk.data / "kiosk").iterdir() if path.name.startswith(".")]
    again.close()


@pytest.mark.parametrize("why", ["answered", "ended", "handed over"])
@pytest.mark.sampled
async def test_once_something_goes_by_the_name_a_sentence_says_why_it_stays(
    as_staff: Start, kiosk: Kiosk, why: str, tmp_path: Path
) -> None:
    match why:
        case "answered":
            answered(kiosk, [Response((1, 1, 1, 1))])
        case "ended":
            kiosk.end_event()
        case _:
            kiosk._folder.note(kiosk._folder.noted.with_file(b"an export of nobody"))
    async with as_staff(SMALL) as person:
        await opens(person)
        assert not person.app.screen.query("#event, #place, #date")
        assert any(FIXED in str(text.render()) for text in person.app.screen.query(Static))
        await person.fill("#last_day", "25/11/2026")
        await person.click_on("#save")
        assert isinstance(person.app.screen, StaffHome)
        assert person.app.settings_file.settings.event.name == "Riverside Jobs Fair"


def test_an_event_that_somebody_has_answered_is_never_discarded(kiosk: Kiosk) -> None:
    answered(kiosk, [Response((1, 1, 1, 1))])
    with pytest.raises(Exception, match="Somebody has answered meanwhile"):
        kiosk.discard_event()
    assert kiosk.held() == 1
