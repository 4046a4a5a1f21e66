"""Set-up on a bare laptop: by keys alone or by mouse, to a kiosk that opens. Who leaves early leaves nothing."""

import os
import re
from collections.abc import Mapping
from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input, Select

from storage.crypto.keys import (
    OfficePrivateKey,
    OfficePublicKey,
)
from storage.crypto.office_key import OfficeKeyFile
from storage.crypto.recovery_code import recovery_code, secret_of_code
from storage.events import STAGES
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.setup import SetupPlan
from storage.office_folder import NewOffice, make_office
from storage.settings import SettingsFile, find_settings
from tests.tui.pilot import SMALL, USUAL, run
from tests.tui.recorder import Recorder
from tests.tui.setup.steps import DETAILS, AtSetup, fill_in, shipped, to_office_key, to_passphrase
from tests.variants import by_key_and_by_mouse, usually
from tui.setup.setup import (
    Beginning,
    Details,
    Finish,
    OfficeKey,
    OfficePassphrase,
    OpenExisting,
    SetupApp,
    SetupEnd,
    StaffPassphrase,
)
from tui.shared.confirm import Confirm
from tui.shared.steps import RecoveryCheck, RecoveryCode, Step
from tui.speech import programs, sound
from tui.text.stages import explained

pytestmark = pytest.mark.usefixtures("quickly", "at_home")  # `test_cli` sets up with Argon2id

OFFICE_PASSPHRASE = "quartz lemon harbour tin orbit"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """Where the data folder will be."""
    return tmp_path / "data"


def write(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)


def files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


async def to_recovery_code(person: AtSetup, passphrase: str) -> None:
    await to_office_key(person, passphrase)
    await person.click_on("#here")
    await hand_in(person, {"first": OFFICE_PASSPHRASE, "second": OFFICE_PASSPHRASE})


async def hand_in(person: AtSetup, fields: Mapping[str, str]) -> None:
    """Fill in the fields of a step, and press Enter."""
    await fill_in(person, fields)
    await person.press("enter")


def read_code(person: AtSetup) -> dict[int, str]:
    """What someone copies from the screen to paper."""
    return {int(number): group for number, group in re.findall(r"(\d+) +([0-9A-Z]{4})\b", person.read_in("#code"))}


def at(person: AtSetup, step: type[Step]) -> bool:
    return type(person.app.screen) is step


# To the end


async def test_keys_alone_lead_to_a_kiosk(
    data: Path, office_pub: Path, office_key: OfficePrivateKey, staff_passphrase: str
) -> None:
    before = shipped(data).text
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        assert at(person, Beginning)
        await to_office_key(person, staff_passphrase)
        assert at(person, OfficeKey)
        await person.enter(str(office_pub))
        assert at(person, Finish)
        assert office_key.public.fingerprint in person.read()
        assert not files(data), "nothing is written before the last step"
        await person.press("enter")
        for text in ("Keys made and saved", "Self-test passed", "The window is"):
            assert f"✓ {text}" in await person.read_on(lambda: person.press("pagedown"))
        await person.press("escape")
        assert at(person, Finish), "there is no way back from what is done"
        await person.press("enter")
        assert person.app.return_value is SetupEnd.DONE
    saved = find_settings(None, data.parent, data)
    kiosk = Kiosk.open(data, saved.settings)
    assert (kiosk.event.name, kiosk.event.place, kiosk.event.stage) == ("Fair [b]1[/b]", "Leeds", "outreach")
    assert kiosk.office == office_key.public
    assert kiosk.unlock(staff_passphrase).public == kiosk.own
    kiosk.close()
    notes = [line for line in before.splitlines() if line.startswith("#")]
    assert len(notes) > 10
    assert [line for line in saved.text.splitlines() if line.startswith("#")] == notes
    assert {"idle_seconds = 120", "check_answers = true"} <= set(saved.text.splitlines()), "nor is another key lost"


@pytest.mark.long
async def test_the_mouse_and_typing_lead_to_a_kiosk_that_is_its_own_office(data: Path, staff_passphrase: str) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await person.click_on("#next")
        for name in ("organisation", "event", "place"):
            await person.click_on(f"#{name}")
            await person.write(DETAILS[name])
        await person.click_on("#stage")
        assert all(explained(stage) in person.read() for stage in STAGES), "each says whom it is about"
        option = next(y for y, line in enumerate(person.lines()) if "│" in line and explained("make-up") in line)
        await person.click(10, option)
        await person.click_on("#questions")
        option = next(y for y, line in enumerate(person.lines()) if "│" in line and "Only the key question" in line)
        await person.click(10, option)
        await person.click_on("#next")
        assert at(person, StaffPassphrase)
        for name in ("first", "second"):
            await person.click_on(f"#{name}")
            await person.write(staff_passphrase)
        await person.click_on("#next")
        await person.click_on("#here")
        assert at(person, OfficePassphrase)
        for name in ("first", "second"):
            await person.click_on(f"#{name}")
            await person.write(OFFICE_PASSPHRASE)
        await person.click_on("#next")
        assert at(person, RecoveryCode)
        paper = read_code(person)
        assert sorted(paper) == list(range(1, 9))
        await person.click_on("#next")
        assert at(person, RecoveryCheck)
        assert not any(group in person.read() for group in paper.values())
        for field in person.app.screen.query(Input):
            assert field.id
            await person.click_on(f"#{field.id}")
            await person.write(paper[int(field.id.removeprefix("group-")) + 1].lower())
        await person.click_on("#next")
        assert at(person, Finish)
        await person.click_on("#next")
        assert not any(group in person.read() for group in paper.values())
        await person.click_on("#next")
        assert person.app.return_value is SetupEnd.DONE
    saved = find_settings(None, data.parent, data).settings
    assert (saved.event.stage, saved.survey.questions) == ("make-up", "key")
    code = secret_of_code(" ".join(paper[number] for number in range(1, 9)))
    from_paper = OfficeKeyFile.from_file(data / "office" / "office.key").open_with_code(code)
    assert OfficePublicKey.from_file(data / "kiosk" / "office.pub") == from_paper.public
    assert OfficePublicKey.from_file(data / "office" / "office.pub") == from_paper.public


@pytest.mark.long
async def test_a_step_that_fails_at_the_end_can_be_tried_again(
    data: Path, office_pub: Path, staff_passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await to_office_key(person, staff_passphrase)
        await person.enter(str(office_pub))
        write(data, b"in the way")
        await person.press("enter")
        assert "! Cannot" in person.read()
        assert person.seen(person.widget("#back"))
        os.unlink(data)  # noqa: PTH108 - tests may wait for the disk
        await person.press("enter")
        assert "✓ Self-test passed" in person.read()


async def test_a_laptop_with_keys_and_no_event_is_asked_only_for_the_event(
    set_up_folder: Path, office_key: OfficePrivateKey
) -> None:
    async with run(SetupApp(shipped(set_up_folder), set_up_folder), USUAL) as person:
        assert at(person, Details)
        await fill_in(person, DETAILS)
        await person.click_on("#next")
        assert at(person, Finish)
        await person.press("enter")
        assert "✓ Self-test passed" in person.read()
    opened = Kiosk.open(set_up_folder, find_settings(None, set_up_folder, set_up_folder).settings)
    assert opened.office == office_key.public
    opened.close()


async def test_a_place_that_is_nearly_that_of_an_earlier_event_is_asked_about(
    set_up_folder: Path, settings_file: SettingsFile
) -> None:
    Kiosk.open(set_up_folder, settings_file.settings).close()
    async with run(SetupApp(shipped(set_up_folder), set_up_folder), SMALL) as person:
        await fill_in(person, DETAILS | {"place": "Leds"})
        await person.click_on("#next")
        assert "Did you mean “Leeds”?" in person.read_in(".beside")
        await person.press("f3")
        await person.click_on("#next")
        assert at(person, Finish)
        assert person.app.plan.details
        assert person.app.plan.details[1].place == "Leeds"


@pytest.mark.parametrize("how", ["escape", "mouse"])
@pytest.mark.sampled
async def test_and_going_back_from_there_leaves_set_up(set_up_folder: Path, how: str) -> None:
    async with run(SetupApp(shipped(set_up_folder), set_up_folder), USUAL) as person:
        await (person.click_on("#back") if how == "mouse" else person.press("escape"))
        assert person.app.return_value is SetupEnd.QUIT


# Mistakes


@pytest.mark.long
async def test_every_detail_but_the_statement_must_be_filled_in(data: Path) -> None:
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await person.press("2")
        for missing, what in (("organisation", "the organisation"), ("event", "the name"), ("place", "the place")):
            await fill_in(person, DETAILS | {missing: "  "})
            await person.click_on("#next")
            assert f"Please fill in {what}" in person.read_in(".beside")
            assert at(person, Details)
            assert person.app.focused is person.widget(f"#{missing}")
        for name, typed, said in (
            ("date", "11/23/2026", "“11/23/2026” is no day; write it like 2026-11-23 or 23/11/2026."),
            ("last_day", "1 Jan 2020", '"event.last_day" is before "event.date"'),
            ("place", "x" * 61, "at most 60 characters"),
        ):
            await fill_in(person, DETAILS | {"last_day": "", name: typed})
            await person.click_on("#next")
            assert said in person.read_in(".beside")
            assert person.app.focused is person.widget(f"#{name}"), "the focus is where the mistake is"
            assert person.widget(".beside").region.y == person.app.focused.region.bottom, "and what it is, below"


async def test_a_statement_that_is_pasted_is_taken_with_all_its_lines(data: Path) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await person.press("2")
        person.app.screen.query_one("#statement").focus()
        await person.settle()
        assert person.app._driver is not None
        person.app._driver.send_message(events.Paste("\ufeff\r\nWe ask everyone.\r\n\r\nIt helps us. "))
        await person.settle()
        assert person.app.screen.query_one("#statement", Input).value == "We ask everyone. It helps us. "


@pytest.mark.long
async def test_a_weak_or_mistyped_passphrase_is_refused(data: Path, staff_passphrase: str) -> None:
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await to_passphrase(person)
        for first, second, sentence in (
            ("password", "password", "too easy to guess"),
            ("Musterwerk Leeds 2026", "Musterwerk Leeds 2026", "too easy to guess"),
            (staff_passphrase, staff_passphrase + "s", "The two are not the same"),
        ):
            await hand_in(person, {"first": first, "second": second})
            assert at(person, StaffPassphrase)
            assert sentence in person.read_in(".beside")
            await person.press("shift+tab")
        await hand_in(person, {"first": f"  {staff_passphrase.replace(' ', '  ')}", "second": staff_passphrase})
        assert at(person, OfficeKey), "spacing makes no difference"


async def test_a_passphrase_is_typed_unseen_with_enter_from_field_to_field_and_suggested_in_the_open(
    data: Path,
) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await to_passphrase(person)
        suggested = person.read_in("#suggestion")
        assert len(suggested.split()) == 5
        await person.enter(suggested)
        assert person.app.focused is person.widget("#second")
        assert not person.app.screen.query(".beside"), "there is nothing to complain of yet"
        await person.write(suggested)
        assert set(person.read_in("#first")) <= {"•", " "}
        await person.press("f3")
        assert person.read_in("#suggestion") != suggested
        another = person.read_in("#suggestion")
        await person.click_on("#another")
        assert person.read_in("#suggestion") != another
        person.widget("#second").focus()
        await person.press("enter")
        assert [type(step) for step in person.app.screen_stack] == [Beginning, Details, StaffPassphrase, OfficeKey], (
            "a suggested passphrase is strong enough"
        )


@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_who_shows_what_they_type_types_it_once_and_it_is_not_shown_again(
    data: Path, staff_passphrase: str, *, by_mouse: bool
) -> None:
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await to_passphrase(person)
        suggested = person.read_in("#suggestion")
        await person.act(by_mouse, "f4", "#show")
        assert isinstance(person.app.focused, Input)
        await person.write(staff_passphrase)
        assert person.read_in("#first") == staff_passphrase
        assert not person.widget("#second").display
        await person.press("enter")
        assert at(person, OfficeKey), "the one field is the last"
        await person.press("escape")
        assert set(person.read_in("#first")) <= {"•", " "}
        assert not set(suggested.split()) & set(person.read().split()), "what was suggested is not shown again"
        await person.act(by_mouse, "f4", "#show")
        assert person.read_in("#first") == staff_passphrase
        await person.act(by_mouse, "f4", "#show")
        assert set(person.read_in("#first")) <= {"•", " "}
        await person.click_on("#next")
        assert at(person, OfficeKey)


@pytest.mark.usefixtures("set_up_writes_nothing")
@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_before_anything_is_written_set_up_says_what_and_a_change_is_one_step_away(
    data: Path, office_pub: Path, staff_passphrase: str, *, by_mouse: bool
) -> None:
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await to_office_key(person, staff_passphrase)
        await person.enter(str(office_pub))
        told = await person.read_on(lambda: person.press("pagedown"))
        for said in ("Musterwerk", "Fair [b]1[/b] · 23 November 2026 · Leeds", explained("outreach"), "All four"):
            assert said in told
        assert f"Settings go to {data / 'kiosk.toml'}".replace(" ", "") in told.replace(" ", "")
        await person.act(by_mouse, "f3", "#change")
        assert at(person, Details)
        await fill_in(person, {"place": "York"})
        await person.click_on("#next")
        assert at(person, Finish), "keys and passphrases are not asked for again"
        assert "· York" in await person.read_on(lambda: person.press("pagedown"))
        await person.press("enter")
        assert "✓ Keys made and saved." in person.read()
        assert "· York" not in person.read(), "what was done takes the place of what would be"
        await person.act(by_mouse, "f3", "#next")
        assert at(person, Finish) or person.app.return_value is SetupEnd.DONE


async def test_the_office_passphrase_must_not_be_the_staffs(data: Path, staff_passphrase: str) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await to_office_key(person, staff_passphrase)
        await person.click_on("#here")
        await hand_in(person, {"first": staff_passphrase, "second": staff_passphrase})
        assert at(person, OfficePassphrase)
        assert "This is the staff passphrase" in person.read_in(".beside")


@pytest.mark.long
async def test_a_wrong_group_of_the_recovery_code_is_refused(data: Path, staff_passphrase: str) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await to_recovery_code(person, staff_passphrase)
        paper = read_code(person)
        await person.press("enter")
        asked = [field.id or "" for field in person.app.screen.query(Input)]
        assert len(set(asked)) == 2
        right = {name: paper[int(name.removeprefix("group-")) + 1] for name in asked}
        for wrong in asked:
            await hand_in(person, right | {wrong: "0000"})
            assert at(person, RecoveryCheck)
            assert f"Group {int(wrong.removeprefix('group-')) + 1} is not the same" in person.read_in(".beside")
            await person.press("shift+tab")
        await person.press("escape")
        await person.say_yes()
        assert read_code(person) == paper, "going back, it can be looked at again"
        await person.press("enter")
        asked = [field.id or "" for field in person.app.screen.query(Input)]
        await hand_in(person, {name: paper[int(name.removeprefix("group-")) + 1] for name in asked})
        assert at(person, Finish)


@pytest.mark.long
async def test_what_is_typed_fast_lands_where_it_belongs_and_a_tab_and_enter_after_the_last_field_go_on(
    data: Path, staff_passphrase: str
) -> None:
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await person.hurry("2", *"Northfield Counsel", *["backspace"] * 3, *"cil", "tab", "tab", *"Spring Fair")
        await person.hurry("tab", "tab", "tab", *"Leeds", "enter", "enter", "enter")
        assert at(person, StaffPassphrase)
        details = person.app.screen_stack[-2]
        assert [field.value for field in details.query(Input)][:3] == ["Northfield Council", "", "Spring Fair"]
        assert [field.value for field in details.query(Input)][5] == "Leeds"
        await person.hurry(*staff_passphrase, "tab", *staff_passphrase, "tab", "enter")
        assert at(person, OfficeKey)
        assert person.app._driver
        person.app._driver.send_message(events.Paste("/media/stick\toffice\n.pub"))
        await person.pause()
        assert person.app.screen.query_one("#file", Input).value == "/media/stick office .pub"


@pytest.mark.usefixtures("set_up_writes_nothing")
@pytest.mark.long
async def test_set_up_ends_with_a_sound_test_that_notes_what_somebody_heard(
    data: Path, office_pub: Path, staff_passphrase: str, recorder: Recorder, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = recorder.named("espeak-ng")
    monkeypatch.setattr(programs, "find_program", lambda: found)
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await to_office_key(person, staff_passphrase)
        await hand_in(person, {"file": str(office_pub)})
        assert at(person, Finish)
        await person.press("f4")
        assert at(person, Finish), "there is nothing to test before the end"
        await person.press("enter", "f4", "n", "escape")
        await person.click_on("#sound-test")
        await person.press("y")
        assert at(person, Finish)
        report = await person.read_on(lambda: person.press("pagedown"))
        for said in ("✓ Reading aloud: ", "! The sound test was not heard: ", "✓ The sound test was heard."):
            assert said in report
        await person.click_on("#next")
        assert person.app.return_value is SetupEnd.DONE


@pytest.mark.usefixtures("set_up_writes_nothing")
@pytest.mark.long
async def test_where_nothing_can_be_played_set_up_says_so(
    data: Path, office_pub: Path, staff_passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sound, "has_output", lambda: False)
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await to_office_key(person, staff_passphrase)
        await fill_in(person, {"file": str(office_pub)})
        await person.press("enter", "enter")
        report = await person.read_on(lambda: person.press("pagedown"))
        assert "! Reading aloud: espeak-ng finds no sound output" in report


@pytest.mark.long
async def test_a_file_that_is_no_office_key_is_refused(
    data: Path, office_key: OfficePrivateKey, tmp_path: Path, staff_passphrase: str
) -> None:
    damaged, other = tmp_path / "damaged", tmp_path / "other"
    write(damaged, office_key.public.to_file()[:-20])
    write(other, b"shopping list")
    async with run(SetupApp(shipped(data), data), SMALL) as person:
        await to_office_key(person, staff_passphrase)
        for name, sentence in (
            ("", "Please give the name of the file"),
            (str(tmp_path / "missing"), "Cannot read"),
            (str(other), "is not a"),
            (str(damaged), "damaged"),
        ):
            await hand_in(person, {"file": name})
            assert at(person, OfficeKey)
            assert sentence in person.read_in(".beside")


# The office key


async def test_an_office_key_that_lies_about_is_found(
    data: Path, office_key: OfficePrivateKey, staff_passphrase: str, tmp_path: Path
) -> None:
    write(tmp_path / "home" / "Downloads" / "office.pub", office_key.public.to_file())
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await to_office_key(person, staff_passphrase)
        assert "(found)" in person.read()
        await person.press("enter")
        assert at(person, Finish)


async def test_the_office_key_of_this_laptop_is_offered(
    data: Path, office_key: OfficePrivateKey, staff_passphrase: str
) -> None:
    """After a set-up that broke off between the two keys."""
    make_office(data, NewOffice(office_key, OFFICE_PASSPHRASE))
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await to_office_key(person, staff_passphrase)
        assert "Use the office key on this laptop" in person.read()
        await person.click_on("#here")
        assert at(person, Finish)
        assert office_key.public.fingerprint in person.read()
        write(data / "office" / "office.pub", b"no key")
        await person.press("escape")
        await person.click_on("#here")
        assert at(person, OfficeKey)
        assert "is not an office public key file" in person.read_in("#message")


# Leaving, going back, opening


@pytest.mark.parametrize("steps", usually(1, [6, 4, 3, 0]))
@pytest.mark.long
async def test_leaving_before_the_end_leaves_nothing_written(
    data: Path, office_pub: Path, staff_passphrase: str, steps: int
) -> None:
    before = files(data.parent)
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        match steps:
            case 3:
                await to_office_key(person, staff_passphrase)
            case 4:
                await to_office_key(person, staff_passphrase)
                await person.enter(str(office_pub))
                assert at(person, Finish)
            case 6:
                await to_recovery_code(person, staff_passphrase)
                await person.press("enter")
                assert at(person, RecoveryCheck)
        for _ in range(9):
            if at(person, Beginning):
                break
            await person.press("escape")
            if isinstance(person.app.screen, Confirm):
                await person.say_yes()
        assert at(person, Beginning)
        await (person.click_on("#back") if steps % 2 else person.press("q"))
        assert person.app.return_value is SetupEnd.QUIT
    assert files(data.parent) == before


@pytest.mark.long
async def test_going_back_keeps_what_was_typed_before_and_asks_where_it_would_be_lost(
    data: Path, staff_passphrase: str
) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await to_office_key(person, staff_passphrase)
        await person.press("escape")
        assert at(person, StaffPassphrase)
        assert person.app.screen.query_one("#first", Input).value == staff_passphrase
        await person.press("escape")
        assert "What you typed on this screen would be lost." in person.read_unframed()
        await person.press("enter")
        assert at(person, StaffPassphrase)
        assert person.app.screen.query_one("#second", Input).value == staff_passphrase
        await person.press("escape")
        await person.say_yes()
        assert at(person, Details)
        for name, value in DETAILS.items():
            assert person.app.screen.query_one(f"#{name}", Input).value == value
        assert person.app.screen.query_one("#stage", Select).value == "outreach"
        await person.click_on("#next")
        assert at(person, StaffPassphrase)


@by_key_and_by_mouse
async def test_practice_can_come_first(data: Path, *, by_mouse: bool) -> None:
    async with run(SetupApp(shipped(data), data), USUAL) as person:
        await (person.click_on("#practise") if by_mouse else person.press("1"))
        assert person.app.return_value is SetupEnd.PRACTISE
    assert not files(data)


@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_what_exists_can_be_opened(data: Path, set_up_once: Path, *, by_mouse: bool) -> None:
    empty = data.with_name("empty")
    async with run(SetupApp(shipped(empty), empty), SMALL) as person:
        await (person.click_on("#open") if by_mouse else person.press("3"))
        assert at(person, OpenExisting)
        for wrong in ("", str(empty), "~/nowhere"):
            await hand_in(person, {"folder": wrong})
            assert "Fairstart was not set up in that folder" in person.read_in(".beside")
        await fill_in(person, {"folder": f" {set_up_once} "})
        await person.act(by_mouse, "enter", "#next")
        assert person.app.return_value is SetupEnd.OPEN
        assert person.app.plan.data.samefile(set_up_once)


def test_what_set_up_learned_shows_no_secret_to_whoever_prints_it(data: Path) -> None:
    key = OfficePrivateKey.generate()
    plan = SetupPlan(data, shipped(data), staff_passphrase="the staff passphrase")
    plan.office = office = NewOffice(key, OFFICE_PASSPHRASE)
    shown = repr(plan)
    assert "the staff passphrase" not in shown
    assert OFFICE_PASSPHRASE not in shown
    assert key.seed.hex() not in shown
    assert "".join(recovery_code(office.code)) not in shown
    assert repr(office.code) not in shown
