"""Whatever a file, a drive or a folder is called and a driver says, no screen passes it on to the terminal as it is."""

import contextlib
import io
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from msgspec.structs import replace
from rich.segment import Segment
from textual.color import Color
from textual.widgets import Input

from storage.crypto.keys import SEED_SIZE, KioskPrivateKey, OfficePrivateKey
from storage.exchange.locations import Site
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.setup import SetupPlan
from storage.settings import SettingsFile, find_settings
from storage.text import printable
from tests.tui.drives import look_for_drives, plug_in
from tests.tui.foreign import NAMES, WORST, names, only_where_names_are_bytes, steers
from tests.tui.kiosks import Start
from tests.tui.offices import STRANGE
from tests.tui.pilot import HUGE, Person, run
from tests.tui.program import Program
from tui.office.app import OfficeApp
from tui.office.event import KeyScreen
from tui.office.import_screen import BringIn
from tui.office.report import ReportScreen
from tui.plain import PlainSurvey
from tui.setup.setup import Finish, OfficeKey, SetupApp
from tui.shared.place_screen import PlaceScreen
from tui.staff.hand_over import HandOverScreen
from tui.terminal.filters import SteersNothing
from tui.toolkit.app import ToolkitApp
from tui.toolkit.plan import BringBack, SavePlan
from tui.toolkit.session import Session
from tui.widgets.button import Button
from tui.widgets.chooser import PlaceChooser

pytestmark = [pytest.mark.usefixtures("quickly", "at_home"), only_where_names_are_bytes]


@pytest.fixture
def stick(tmp_path: Path) -> Path:
    """A drive whose name is as bad as can be, plugged in."""
    path = tmp_path / WORST
    path.mkdir()
    plug_in(path)
    return path


def is_harmless(person: Person[Any]) -> bool:
    return not any(steers(segment.text) for line in person.painted() for segment in line)


def names_on_one_line(person: Person[Any], path: Path) -> bool:
    """Whether a path is painted whole, with a sign in place of each letter that would steer, the end of a line too."""
    return "".join(printable(str(path)).split()) in "".join(person.read_unframed().split())


def lines_of(person: Person[Any], name: str) -> int:
    """How many lines a text has, however many it takes where it is painted."""
    return len(str(person.widget(name).render()).splitlines())


async def choose_the_drive(person: Person[Any], screen: PlaceScreen) -> None:
    """Open a screen, and press the button of the one drive, which is one line."""
    person.app.push_screen(screen)
    await person.settle()
    await look_for_drives(person)
    assert person.widget("#drive-1").content_size.height == 1
    assert "<1B>]52;" in person.read_in("#drive-1"), "it can be told which drive it is"
    assert is_harmless(person)
    person.app.screen.query_one(PlaceChooser).choose(1)
    await person.settle()
    assert is_harmless(person)
    assert person.read_in("#message")


@pytest.fixture
def many_exports(handed_over: Path, stick: Path) -> Path:
    """The same export on that stick under every bad name."""
    good = next(path for path in sorted(handed_over.iterdir()) if "damaged" not in path.name)
    for name in NAMES.values():
        shutil.copy(good, stick / f"{name}.fairstart")
    return stick


async def test_each_file_that_is_brought_in_has_one_line(
    used_office: Path, many_exports: Path, office_key: OfficePrivateKey, settings_file: SettingsFile
) -> None:
    app = OfficeApp(used_office, settings_file)
    async with run(app, HUGE) as person:
        app.open_office(office_key)
        assert app.office
        app.office.accept(KioskPrivateKey(STRANGE[:SEED_SIZE]).public)
        await choose_the_drive(person, BringIn(app.office, settings_file.settings))
        assert person.read_in("#message").startswith(f"{len(NAMES)} files were brought in")
        assert lines_of(person, "#results") == len(NAMES)


async def test_a_folder_or_a_drive_of_the_office_is_named_on_one_line(
    used_office: Path, tmp_path: Path, stick: Path, office_key: OfficePrivateKey, settings_file: SettingsFile
) -> None:
    data = Path(shutil.copytree(used_office, tmp_path / "elsewhere" / WORST))
    app = OfficeApp(data, settings_file)
    async with run(app, HUGE) as person:
        assert names_on_one_line(person, data)
        app.open_office(office_key)
        assert app.office
        await choose_the_drive(person, KeyScreen(office_key.public, data))
        assert names_on_one_line(person, data)
        assert person.read_in("#message").endswith("checked by reading it back. Next: take it to each laptop.")
        assert names_on_one_line(person, stick)
        await choose_the_drive(person, ReportScreen(app.office, app.office.events(), settings_file.settings, data))
        assert person.read_in("#message").endswith("Open report.html first.")


@pytest.mark.usefixtures("stick")
@pytest.mark.parametrize("refused", [False, True], ids=["written", "refused by a driver"])
async def test_a_drive_that_is_handed_over_to_and_what_its_driver_says_stay_one_line(
    start: Start, kiosk: Kiosk, kiosk_seed: bytes, monkeypatch: pytest.MonkeyPatch, *, refused: bool
) -> None:
    def fails(*_given: object) -> None:
        raise OSError(5, WORST)

    if refused:
        monkeypatch.setattr(Site, "_write", fails)
    async with start(HUGE) as person:
        await choose_the_drive(person, HandOverScreen(kiosk, KioskPrivateKey(kiosk_seed), lambda: None))
        said = person.read_in("#message")
        assert said.startswith("Cannot write to" if refused else "0 answers handed over")
        assert lines_of(person, "#message") == 1


@contextlib.contextmanager
def session_of(data: Path, settings_file: SettingsFile) -> Iterator[Session]:
    with contextlib.closing(Session.open(data, settings_file.settings)) as session:
        yield session


async def test_a_plan_that_is_saved_or_brought_back_is_named_on_one_line(
    tmp_path: Path, stick: Path, settings_file: SettingsFile
) -> None:
    (tmp_path / "toolkit").mkdir()
    app = ToolkitApp(tmp_path / "toolkit", settings_file.settings)
    async with run(app, HUGE) as person:
        with session_of(tmp_path / "toolkit", settings_file) as session:
            await choose_the_drive(person, SavePlan(session, lambda _records: session.advice(None)))
            assert person.read_in("#message").startswith("Saved as")
            (stick / f"action-plan{WORST}.csv").write_text("id,status\nF1,done\n", "utf-8")
            await choose_the_drive(person, BringBack(session))
            assert "would make 1 change" in person.read_in("#message")
            assert lines_of(person, "#message") == 1


async def test_set_up_names_its_folder_and_an_office_key_that_it_found_on_one_line(
    tmp_path: Path, stick: Path, office_key: OfficePrivateKey, settings_file: SettingsFile
) -> None:
    (stick / "office.pub").write_bytes(office_key.public.to_file())
    data = tmp_path / "elsewhere" / WORST
    plan = SetupPlan(data, find_settings(None, tmp_path, data))
    app = SetupApp(plan.current, data)
    async with run(app, HUGE) as person:
        app.push_screen(OfficeKey(plan))
        await person.settle()
        assert person.app.screen.query_one("#file", Input).value == str(stick / "office.pub")
        assert "]52;c;" in person.read_in("#file")
        assert is_harmless(person)
        plan.office, plan.staff_passphrase = office_key.public, "violet anchor mustard kite plough"
        plan.details = (
            settings_file.settings.organisation,
            settings_file.settings.event,
            settings_file.settings.survey,
        )
        app.push_screen(Finish(plan))
        await person.settle()
        assert names_on_one_line(person, plan.data)
        app.screen.query_one("#next", Button).press()
        await person.settle()
        assert "Settings saved in" in person.read_in("#report")
        assert names_on_one_line(person, data / "kiosk.toml")
        assert is_harmless(person)


def test_plain_lines_steer_nothing_whatever_the_organisation_is_called(
    kiosk: Kiosk, settings_file: SettingsFile
) -> None:
    settings = settings_file.settings
    organisation = replace(settings.organisation, name=f"{NAMES['title']}Ours{NAMES['eight bits']}{NAMES['turned']}")
    sink = io.StringIO()
    PlainSurvey(kiosk, replace(settings, organisation=organisation), io.StringIO(), sink).run()
    assert "Ours" in sink.getvalue()
    assert not steers(sink.getvalue().replace("\n", ""))


@given(names)
def test_whatever_is_painted_steers_nothing_and_takes_as_many_cells(text: str) -> None:
    before = [Segment(text), Segment("as it is")]
    after = SteersNothing().apply(before, Color(0, 0, 0))
    assert not steers("".join(segment.text for segment in after).replace("\u200c", "").replace("\u200d", ""))
    assert [segment.cell_length for segment in after] == [segment.cell_length for segment in before]


async def test_ordinary_text_of_any_script_is_painted_as_it_is() -> None:
    for text in ("Ysgol Dŵr y Felin", "مدرسة النور", "क्\u200dष", "👩\u200d🚀", "a\u00a0b", "▸ ● ━"):
        segments = [Segment(text)]
        assert [segment.text for segment in SteersNothing().apply(segments, Color(0, 0, 0))] == [text]


def test_a_real_terminal_gets_nothing_of_it(used_office: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(used_office, tmp_path / "elsewhere" / WORST))
    office = Program(tmp_path, "office", "--data", data)
    try:
        office.shows("Everything is kept in")
        office.shows("owned")
    finally:
        office.give_up()
    assert b"\x1b]52" not in office.written
    assert b"\x1b]0;" not in office.written
    assert not {letter for letter in office.written.decode() if letter in "\u202e\u2066\u200b\ufeff\u2028\x85\x9b\x9d"}
