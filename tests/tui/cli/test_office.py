"""Handing over and the office without screens: what the commands print and return, and what they leave behind."""

import contextlib
import csv
import datetime as dt
import io
import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import msgspec
import pytest

import storage
import storage.office.groups
from content.survey import QUESTION_SET, load_survey
from storage.crypto.keys import (
    KioskPrivateKey,
    KioskPublicKey,
    OfficePrivateKey,
)
from storage.crypto.recovery_code import secret_of_code
from storage.crypto.sealing import Response, seal
from storage.data_folder import hold
from storage.events import Event
from storage.exchange.exports import EXPORT_SUFFIX, write_export
from storage.exchange.handover import State
from storage.exchange.receipts import RECEIPT_SUFFIX
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.office.decrypting import all_cores
from storage.office.importing import bring_all, find_exports
from storage.office.labels import OfficeEvent
from storage.office.office import Office
from storage.office_folder import office_key_file, unlock_office
from storage.report.sentences import MIX_CHANGES, MIXED
from storage.settings import SettingsFile, write_settings
from storage.wrong_tries import WrongTries
from tests.tui.cli.commands import STRONG, AtOffice, Done, Opens, Runs, is_one_sentence
from tests.tui.clock import Clock
from tests.tui.kiosks import changed
from tests.tui.offices import HOSTILE, OFFICE_PASSPHRASE, STRANGE, coins_of, office_of, people
from tests.tui.program import QUICKLY
from tests.waiting import WAIT
from tui.cli import office as commands
from tui.cli.running import CommandFailedError

STRANGER = KioskPrivateKey(STRANGE[:32]).public.fingerprint
EVENT = Event(
    name="Open Day",
    date=dt.date(2026, 3, 2),
    place="Leeds",
    stage="outreach",
    question_set=QUESTION_SET,
    office_key_id=bytes(16),
)
HOWS: tuple[list[str], ...] = ([], ["--json"], ["--csv"], ["--journey"], ["--stage", "outreach"])
"""Ways to have counts printed."""
WITH_PASSPHRASE = [
    ["counts"],
    ["close", "--yes"],
    ["export", "{there}"],
    ["receipt", "--delete", "{there}"],
    ["sync"],
    ["office", "import", "{there}"],
    ["office", "sync", "{there}"],
    ["office", "counts"],
    ["office", "events"],
    ["office", "report", "--to", "{there}"],
]

pytestmark = pytest.mark.usefixtures("quickly", "easy_unlock")


@dataclass(frozen=True)
class Laptop:
    """A data folder of a kiosk at which 37 people answered, and how its commands are run."""

    data: Path
    settings: SettingsFile
    ran: Runs

    def runs(self, *arguments: object, given: str = STRONG) -> Done:
        return self.ran(*arguments, "--data", self.data, "--passphrase-file", "-", given=f"{given}\n")

    def held(self) -> tuple[int, State]:
        with contextlib.closing(Kiosk.open(self.data, self.settings.settings)) as kiosk:
            return kiosk.held(), Outbox(kiosk).events()[0].state


@pytest.fixture
def post(tmp_path: Path) -> Path:
    """The folder that the laptop's settings name as the office's address."""
    path = tmp_path / "post"
    path.mkdir()
    return path


@pytest.fixture
def laptop(set_up_folder: Path, settings_file: SettingsFile, ran: Runs, post: Path, quickly_unlocked: None) -> Laptop:
    settings_file = changed(settings_file, office={"address": str(post)})
    write_settings(settings_file)
    with contextlib.closing(Kiosk.open(set_up_folder, settings_file.settings)) as kiosk:
        sealed = [kiosk.seal(Response((1, 1, 1, 1))).sealed for _ in range(37)]
        kiosk._pool._rewrite(kiosk._pool._open(), sorted(sealed))
    return Laptop(set_up_folder, settings_file, ran)


def responses_at(at: AtOffice) -> dict[str, int]:
    with contextlib.closing(Office.open(at.data, unlock_office(at.data, OFFICE_PASSPHRASE))) as office:
        return {one.event.name: one.responses for one in office.events()}


@pytest.fixture
def wide(wide_office: Path, ran: Runs) -> AtOffice:
    return AtOffice(wide_office, ran)


@pytest.fixture
def new(new_office: Path, ran: Runs) -> AtOffice:
    return AtOffice(new_office, ran)


@pytest.fixture
def answer(stick: Path, tmp_path: Path, office_key: OfficePrivateKey, kiosk_seed: bytes) -> Callable[[], None]:
    """Has an office bring in what lies on the stick, and leave its receipts."""

    def answered() -> None:
        data = tmp_path / "the-office"
        (data / "office").mkdir(parents=True)
        with contextlib.closing(Office.open(data, office_key)) as office, all_cores() as executor:
            office.accept(KioskPrivateKey(kiosk_seed).public)
            results = bring_all(office, find_exports([str(stick)]), executor, lambda _done, _of: None)
            assert all(one.brought and not one.problem for one in results)

    return answered


def files(folder: Path, suffix: str) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if path.suffix == suffix)


# export and receipt


def test_export_says_what_was_handed_over_and_writes_one_file(laptop: Laptop, stick: Path) -> None:
    for _ in range(2):
        assert laptop.runs("export", stick).answer().splitlines() == [
            f"37 answers handed over to {stick}, checked by reading the file back. Safe to repeat.",
            "Next: take it to the office. Its receipt lets this laptop delete what it holds.",
            f"This laptop's fingerprint: {KioskPublicKey.from_file(laptop.data / 'kiosk' / 'kiosk.pub').fingerprint}",
        ]
        assert len(list(stick.iterdir())) == len(files(stick, EXPORT_SUFFIX)) == 1
    assert laptop.held() == (37, State.EXPORTED)


def test_export_to_nowhere_is_one_sentence_and_loses_nothing(laptop: Laptop, stick: Path) -> None:
    for place in (stick / "nowhere", "nonsense://x/y"):
        laptop.runs("export", place).refusal()
    assert laptop.held() == (37, State.HELD)


@pytest.mark.parametrize("delete", [False, True])
def test_a_receipt_is_told_and_deletes_only_when_asked_to(
    laptop: Laptop, stick: Path, answer: Callable[[], None], *, delete: bool
) -> None:
    laptop.runs("export", stick)
    answer()
    done = laptop.runs("receipt", stick, *(["--delete"] if delete else [])).answer()
    lines = done.splitlines()
    assert lines[0] == "“Riverside Jobs Fair”: the office has all 37 responses, and has signed for it."
    assert lines[1].startswith("“Riverside Jobs Fair” is deleted here: 37 responses." if delete else "Nothing was")
    assert laptop.held() == ((0, State.DELETED) if delete else (37, State.RECEIVED))
    again = laptop.runs("receipt", stick / files(stick, RECEIPT_SUFFIX)[0], "--delete")
    assert (again.status, again.out == "") == ((1, True) if delete else (0, False))


@pytest.mark.parametrize("what", ["none", "junk", "not all"])
def test_a_receipt_that_is_missing_or_not_good_deletes_nothing(
    laptop: Laptop, stick: Path, answer: Callable[[], None], what: str
) -> None:
    laptop.runs("export", stick)
    if what == "not all":
        answer()
        with contextlib.closing(Kiosk.open(laptop.data, laptop.settings.settings)) as kiosk:
            kiosk.keep(kiosk.seal(Response((2, 2, 2, 2))))
    elif what == "junk":
        (stick / files(stick, EXPORT_SUFFIX)[0]).with_suffix(RECEIPT_SUFFIX).write_bytes(b"junk")
    laptop.runs("receipt", stick, "--delete").refusal()
    assert laptop.held()[0] == 37 + (what == "not all")


# sync at the laptop and at the office


def test_sync_as_json_says_the_same_and_standard_output_is_nothing_else(
    laptop: Laptop, new: AtOffice, post: Path, kiosk_seed: bytes
) -> None:
    event = {"name": "Riverside Jobs Fair", "date": "2026-11-23", "place": "Leeds", "stage": "outreach", "held": 37}
    nothing = json.loads(new.runs("sync", post, "--json").out)
    assert nothing == {"address": str(post), "new": 0, "files": []}
    sent = json.loads(laptop.runs("sync", "--json").out)
    assert sent["address"] == str(post)
    assert sent["problems"] == []
    (told,) = sent["events"]
    assert told.items() >= (event | {"sent": 37, "received": 0, "state": "sent", "may_be_deleted": False}).items()
    refused = new.runs("sync", post, "--json")
    assert refused.status == 1
    assert "has not accepted yet" in json.loads(refused.out)["files"][0]["problem"]
    accept = "--accept", KioskPrivateKey(kiosk_seed).public.fingerprint
    for count in (37, 0):
        fetched = json.loads(new.runs("sync", post, "--json", *accept).out)
        (file,) = fetched["files"]
        assert fetched["new"] == file["new"] == count
        assert (file["event"], file["id"], file["responses"]) == ("Riverside Jobs Fair", told["id"], 37)
        assert (file["unreadable"], file["problem"]) == (0, "")
        assert Path(file["file"]).parent == post
    (told,) = json.loads(laptop.runs("sync", "--json").out)["events"]
    assert told.items() >= {"sent": 37, "received": 37, "state": "received", "may_be_deleted": True}.items()
    _, _, described = Path(storage.__path__[0], "FORMAT.md").read_text("utf-8").partition("## 21. ")
    assert all(f"`{key}`" in described for key in (*sent, *told, *fetched, *file))


def test_sync_that_cannot_reach_its_place_tries_again_more_and_more_seldom_and_returns_1_with_the_reason(
    laptop: Laptop, post: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waited = list[float]()
    monkeypatch.setattr("tui.cli.staff.time.sleep", waited.append)
    post.rmdir()
    done = laptop.runs("sync")
    why = f"There is no folder {post}: plug the drive in, or choose another place."
    assert done.status == 1
    assert done.out.splitlines() == ["Riverside Jobs Fair, 23 November 2026: 37 responses, held here only"]
    tries = [f"{why} Trying again in {seconds} seconds." for seconds in (2, 8, 30)]
    assert done.err.splitlines() == [*tries, why]
    assert waited == [2, 8, 30]
    as_json = laptop.runs("sync", "--json")
    assert (as_json.status, json.loads(as_json.out)["problems"]) == (1, [why])


def test_sync_without_an_address_says_where_to_write_it(laptop: Laptop, new: AtOffice) -> None:
    write_settings(changed(laptop.settings, office={"address": ""}))
    for done in (laptop.runs("sync"), new.runs("sync")):
        done.refusal()
        assert "office.address" in done.err


@pytest.mark.parametrize("times", [[], ["end"], ["start"]])
def test_close_sends_only_if_the_settings_say_to_send_at_the_end(laptop: Laptop, post: Path, times: list[str]) -> None:
    write_settings(changed(laptop.settings, office={"sync": times}))
    done = laptop.runs("close", "--yes").answer()
    assert len(files(post, EXPORT_SUFFIX)) == ("end" in times)
    assert ("handed over, no receipt yet" in done) is ("end" in times)


# init


def test_init_makes_a_key_once_with_a_code_that_opens_it(ran: Runs, tmp_path: Path) -> None:
    data, passphrase = tmp_path / "one", tmp_path / "passphrase"
    passphrase.write_text(f"{OFFICE_PASSPHRASE}\nanother line\n", "utf-8")  # all of it is the passphrase
    done = ran("office", "init", "--data", data, "--passphrase-file", passphrase, "--name", " Ada  Lovelace ").answer()
    lines = done.splitlines()
    key = unlock_office(data, f"{OFFICE_PASSPHRASE} another line")
    assert key.coordinator == "Ada Lovelace"
    assert office_key_file(data).open_with_code(secret_of_code(lines[1])) == key
    assert lines[2:] == [
        f"Fingerprint: {key.public.fingerprint}",
        f"Give kiosks this file: {data / 'office' / 'office.pub'}",
    ]
    before = (data / "office" / "office.key").read_bytes()
    ran("office", "init", "--data", data, "--passphrase-file", passphrase).refusal()
    assert (data / "office" / "office.key").read_bytes() == before


@pytest.mark.parametrize("wrong", ["weak", "name", "unasked"])
def test_init_with_a_weak_passphrase_or_a_name_that_is_none_makes_nothing(
    ran: Runs, tmp_path: Path, wrong: str
) -> None:
    data = tmp_path / "one"
    every: dict[str, list[object]] = {
        "weak": ["--passphrase-file", "-"],
        "name": ["--passphrase-file", "-", "--name", " "],
        "unasked": [],
    }
    given = "password1" if wrong == "weak" else OFFICE_PASSPHRASE
    done = ran("office", "init", "--data", data, *every[wrong], given=given)
    assert (done.status, done.out) == (2 if wrong == "unasked" else 1, "")
    assert is_one_sentence(done.err.splitlines()[-1] + "\n"), done.err
    assert not (data / "office").exists()


# office import


def test_import_tells_each_file_keeps_what_is_good_and_returns_1_for_what_is_not(
    new: AtOffice, handed_over: Path
) -> None:
    familiar = new.runs("import", handed_over)
    assert familiar.status == 1, "no laptop is known yet"
    assert responses_at(new) == {}
    fingerprints = re.findall(r"fingerprint: ((?:\d+ )+\d+)", familiar.out)
    assert STRANGER in fingerprints
    (first,) = set(fingerprints) - {STRANGER}
    done = new.runs("import", handed_over, "--accept", first)
    assert done.status == 1
    assert done.err == (
        "Not every file was brought in: what was taken is kept, and --accept FINGERPRINT accepts a laptop.\n"
    )
    lines = done.out.splitlines()
    good = next(line.partition(": ")[0] for line in lines if "not taken" not in line)
    nowhere = new.runs("import", good, "--receipts", handed_over / "nowhere")
    assert (nowhere.status, nowhere.out.count("Its receipt could not be written")) == (1, 1)
    assert nowhere.err == "All is brought in, but not every receipt was written: try again with --receipts DIR.\n"
    assert len(lines) == 5
    assert lines[-1] == "2 files were brought in, 220 responses new. 2 files were not taken: see above."
    assert sum(": not taken. " in line for line in lines) == 2
    assert responses_at(new) == {HOSTILE: 120, "Autumn Intake": 100}
    assert len(files(handed_over, RECEIPT_SUFFIX)) == 2


def test_import_of_accepted_laptops_returns_0_and_again_adds_nothing(
    used: AtOffice, handed_over: Path, tmp_path: Path
) -> None:
    (handed_over / "fairstart-damaged.fairstart").unlink()
    receipts = tmp_path / "receipts"
    receipts.mkdir()
    for new in (7, 0):
        done = used.runs("import", handed_over, "--receipts", receipts, "--accept", STRANGER.replace(" ", "")).answer()
        assert done.splitlines()[-1] == f"3 files were brought in, {new} responses new. Safe to repeat."
    assert len(files(receipts, RECEIPT_SUFFIX)) == 3
    assert files(handed_over, RECEIPT_SUFFIX) == []
    one = used.runs("import", next(handed_over.iterdir()))
    assert (one.status, one.out.splitlines()[-1]) == (0, "1 file was brought in, 0 responses new. Safe to repeat.")


def test_a_cluster_that_others_could_listen_to_is_given_no_key_and_nothing_is_brought_in(
    used: AtOffice, handed_over: Path
) -> None:
    done = used.runs("import", handed_over, "--cluster", "tcp://10.0.0.1:8786").refusal()
    assert "is not private" in done
    assert sum(responses_at(used).values()) == 220
    assert used.runs("import", "--cluster", "tls://scheduler:8786").status == 2


@pytest.mark.parametrize("answer", ["yes", "no", None])
def test_import_asks_about_an_event_that_is_nearly_one_that_was_there(
    used: AtOffice, office_key: OfficePrivateKey, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, answer: str | None
) -> None:
    own = KioskPrivateKey(bytes(range(32)))
    with contextlib.closing(Office.open(used.data, office_key)) as office:
        office.accept(own.public)
        meant = next(one.event for one in office.events() if one.event.name == "Autumn Intake")
    typed = msgspec.structs.replace(meant, name="Autum Intake")
    sealed = [seal(Response((1, 1, 1, 1)), office_key.public, typed)]
    (tmp_path / "near.fairstart").write_bytes(write_export(own, office_key.public, typed, sealed))
    asked: list[str] = []

    def confirmed(question: str) -> bool:
        asked.append(question)
        return answer == "yes"

    if answer:
        monkeypatch.setattr(commands, "confirmed", confirmed)
        monkeypatch.setattr(commands, "somebody_is_there", lambda: True)
    done = used.runs("import", tmp_path)
    said = asked[0] if answer else done.err
    assert "“Autum Intake” is another event than “Autumn Intake”. Did you mean “Autumn Intake”?" in said
    assert done.status == 0
    assert ("Autum Intake" in responses_at(used)) == (answer != "yes")


def test_another_fingerprint_accepts_nobody(used: AtOffice, handed_over: Path) -> None:
    done = used.runs("import", handed_over, "--accept", STRANGER[:-1] + ("0" if STRANGER[-1] != "0" else "1"))
    assert done.status == 1
    assert "Hull Fair" not in responses_at(used)


def test_import_without_a_place_takes_what_this_laptop_itself_holds(
    laptop: Laptop, new_office: Path, tmp_path: Path
) -> None:
    shutil.copytree(new_office / "office", laptop.data / "office")
    (tmp_path / "staff").write_text(STRONG, "utf-8")
    own = ("import", "--staff-passphrase-file", tmp_path / "staff")
    assert (
        AtOffice(laptop.data, laptop.ran)
        .runs("import")
        .err.startswith("without a terminal to ask on, this needs --staff-passphrase-file")
    )
    for _ in range(2):
        done = AtOffice(laptop.data, laptop.ran).runs(*own).answer()
        assert done == "“Riverside Jobs Fair”: the office has all 37 responses, and has signed for it.\n"
    assert responses_at(AtOffice(laptop.data, laptop.ran)) == {"Riverside Jobs Fair": 37}
    assert laptop.held() == (37, State.RECEIVED)


def test_import_from_nowhere_is_one_sentence(used: AtOffice, tmp_path: Path) -> None:
    used.runs("import", tmp_path / "nowhere").refusal()


# office counts, events, report


def test_counts_as_json_and_csv_agree_with_the_text(used: AtOffice) -> None:
    text = used.runs("counts")
    document = json.loads(used.runs("counts", "--json").out)
    rows = list(csv.DictReader(io.StringIO(used.runs("counts", "--csv").out)))
    text.answer()
    assert text.out.splitlines()[0] == "All together: 2 events"
    assert text.out.splitlines()[1] == "220 responses held · 220 in the counts"
    assert (document["held"], document["in_counts"], len(document["events"])) == (220, 220, 2)
    questions = load_survey().questions
    assert [question["id"] for question in document["questions"]] == [question.id for question in questions]
    assert {row["question"] for row in rows} == {question.id for question in questions}
    told = set()
    for question in document["questions"]:
        for category in question["categories"]:
            same = (question["id"], category["id"])
            row = next(each for each in rows if (each["question"], each["category"]) == same)  # the stages come after
            assert row["count"] == str(category["count"])
            rounded = category["rounded"]
            assert f"{category['label']}: {f'about {rounded}' if rounded else 'under 10'}" in text.out
            told.add(rounded is None)
    assert told == {False, True}


@pytest.mark.parametrize(
    ("options", "title", "held"),
    [
        ([], "All together: 5 events", 184),
        (["--stage", "outreach"], "Outreach: 3 events", 104),
        (["--stage", " Make Up "], "Make-up: 1 event", 30),
        (["--stage", "make-up"], "Make-up: 1 event", 30),
        (["--place", "leeds"], "Leeds: 2 events", 110),
        (["--place", "lee"], "Leeds: 2 events", 110),
        (["--quarter", "2026q4"], "2026 Q4: 4 events", 154),
        (["--quarter", "Q4 2026"], "2026 Q4: 4 events", 154),
        (["--event", "small"], "Small Fair, 1 December 2026: 1 event", 4),
        (["--level", "3"], "Level 3: 2 events", 80),
        (["--level", "level 3"], "Level 3: 2 events", 80),
        (["--event", "leeds  fair"], "Leeds Fair, 1 October 2026: 1 event", 60),
        (["--stage", "outreach", "--quarter", "2026Q4", "--place", "LEEDS"], "Outreach · Leeds · 2026 Q4: 1 event", 60),
        (["--level", "3", "--stage", "Applicants"], "Applicants · Level 3: 1 event", 50),
        (["--place", "Hull", "--quarter", "2026 q4"], "Hull · 2026 Q4: 1 event", 40),
    ],
)
def test_counts_are_of_what_all_options_together_say_however_they_are_written(
    wide: AtOffice, options: list[str], title: str, held: int
) -> None:
    done = wide.runs("counts", *options).answer()
    lines = done.splitlines()
    assert lines[0] == title
    assert lines[1].startswith(f"{held} responses held")
    assert json.loads(wide.runs("counts", *options, "--json").out)["held"] == held


@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--stage", "lunch"], "No event has the stage “lunch”, only outreach, applicants and make-up."),
        (["--stage", "completion"], "No event has the stage “completion”, only outreach, applicants and make-up."),
        (["--place", "Paris"], "No event has the place “Paris”, only Hull, Leeds and York."),
        (["--quarter", "2025 Q1"], "No event has the quarter “2025 Q1”, only 2026 Q4 and 2027 Q1."),
        (["--level", "7"], "No event has the level “7”, only 2 and 3."),
        (
            ["--event", "None such"],
            "There is no event “None such”, only Hull Intake, Small Fair, Leeds Intake, Hull Fair and Leeds Fair.",
        ),
        (
            ["--stage", "outreach", "--quarter", "2027q1"],
            'No event has all of these: --stage "outreach", --quarter "2027q1". Leave one of them out.',
        ),
        (
            ["--place", "York", "--event", "Leeds Fair"],
            'No event has all of these: --place "York", --event "Leeds Fair". Leave one of them out.',
        ),
    ],
)
def test_what_fits_no_event_is_one_sentence_that_names_what_there_is(
    wide: AtOffice, options: list[str], said: str, tmp_path: Path
) -> None:
    for command in (["counts"], ["counts", "--journey"], ["report", "--to", tmp_path / "report"]):
        done = wide.runs(*command, *options)
        assert (done.status, done.out, done.err) == (1, "", f"{said}\n")
    assert not (tmp_path / "report").exists()


def at_place(name: str) -> OfficeEvent:
    return OfficeEvent(msgspec.structs.replace(EVENT, place=name), 10, 0, 0, 1, None, None)


def test_of_many_choices_few_are_named_and_one_that_is_meant_twice_must_be_given_letter_for_letter() -> None:
    places = [at_place(f"Place {number:02}") for number in range(20)]
    with pytest.raises(CommandFailedError, match=r"only Place 00, .*, Place 07 and 12 more\.$"):
        commands._scope(places, {"place": "Hull"})
    alike = [at_place("Hull"), at_place("HULL")]
    assert commands._scope(alike, {"place": "HULL"}).value("place") == "HULL"
    with pytest.raises(CommandFailedError, match="“hull” could be HULL and Hull: give it letter for letter"):
        commands._scope(alike, {"place": "hull"})
    with pytest.raises(CommandFailedError, match="No event has a level yet: leave --level out"):
        commands._scope(alike, {"level": "3"})


def test_two_events_of_one_name_are_told_apart_by_what_else_is_said_or_by_their_ids() -> None:
    leeds, hull = at_place("Leeds"), at_place("Hull")
    assert commands._scope([leeds, hull], {"event": "open day", "place": "hull"}).covers(hull)
    assert commands._scope([leeds, hull], {"event": leeds.event.id.hex().upper()}).covers(leeds)
    with pytest.raises(CommandFailedError, match=f"give the id of one, {leeds.event.id.hex()}, {hull.event.id.hex()}"):
        commands._scope([leeds, hull], {"event": "Open Day"})


def test_counts_of_several_stages_say_what_each_supports_and_json_has_each_stage_and_the_journey(
    wide: AtOffice,
) -> None:
    text = wide.runs("counts", "--place", "leeds").out
    assert MIXED in text
    assert re.search(r"^   Outreach: professional \d+% \(\d+ to \d+%\), ", text, re.MULTILINE)
    document = json.loads(wide.runs("counts", "--place", "leeds", "--json").out)
    assert [stage["stage"] for stage in document["stages"]] == ["outreach", "applicants"]
    assert [stage["stage"] for stage in document["journey"]["stages"]] == ["outreach", "applicants"]
    assert not any(part["benchmarks"] for question in document["questions"] for part in question["categories"])
    assert MIXED not in wide.runs("counts", "--stage", "outreach").out


def test_the_journey_goes_through_what_was_chosen_and_as_json_agrees_with_its_text(
    wide: AtOffice, used: AtOffice
) -> None:
    text = wide.runs("counts", "--journey", "--place", "hull").out
    document = json.loads(wide.runs("counts", "--journey", "--place", "hull", "--json").out)
    assert [(stage["stage"], stage["people"]) for stage in document["stages"]] == [("outreach", 40), ("make-up", 30)]
    assert "Outreach: 40 in the counts" in text
    assert "Applicants" not in text
    text = used.runs("counts", "--journey").out
    document = json.loads(used.runs("counts", "--journey", "--json").out)
    assert document["format"] == "fairstart journey 1"
    drop = document["drop"]
    assert drop["group"] == "working_class"
    assert f"by {-drop['high']} to {-drop['low']} points" in text
    assert len(document["changes"]) == text.count(" to applicants: ")


def test_the_trend_is_by_quarter_or_year_as_text_and_as_json(wide: AtOffice) -> None:
    text = wide.runs("counts", "--trend", "quarter", "--place", "hull").out
    document = json.loads(wide.runs("counts", "--trend", "quarter", "--place", "hull", "--json").out)
    assert [(one["period"], one["people"]) for one in document["periods"]] == [("2026 Q4", 40), ("2027 Q1", 30)]
    assert "2026 Q4: 40 in the counts" in text
    assert MIX_CHANGES in text
    by_year = json.loads(wide.runs("counts", "--trend", "year", "--json").out)
    assert [one["period"] for one in by_year["periods"]] == ["2026", "2027"]
    assert json.loads(wide.runs("counts", "--year", "2027", "--json").out)["held"] == 30


@pytest.mark.parametrize(
    "command",
    [
        ("events", "x" * 9000),
        ("laptops", "x" * 9000, "--revoke"),
        ("sticks", "--recall", "x" * 9000),
        ("counts", "--place", "x" * 9000),
        ("targets", "remove", "x" * 9000),
    ],
    ids=lambda command: command[0],
)
def test_a_name_that_nothing_has_is_repeated_in_short(used: AtOffice, command: tuple[str, ...]) -> None:
    done = used.runs(*command)
    assert (done.status, is_one_sentence(done.err), len(done.err) < 300) == (1, True, True)


def test_targets_are_set_shown_in_the_report_and_taken_off_the_list(used: AtOffice, tmp_path: Path) -> None:
    assert used.runs("targets").out.startswith("No target has been set yet.\n")
    refused = used.runs("targets", "set", "share", "lots", "--of", "working class")
    assert (refused.status, refused.err) == (1, "Write a share in per cent, such as 39 or at most 10: from 1 to 100.\n")
    done = used.runs("targets", "set", "people", "220", "--by", "31/12/2099")
    assert done.out.startswith("People who answered: at least 220 by 31 December 2099 · 220 · reached · id ")
    assert used.runs("targets", "set", "share", "1%", "--of", "Working class", "--stage", "outreach").status == 0
    document = json.loads(used.runs("targets", "--json").out)
    assert [(one["kind"], one["state"]) for one in document["targets"]] == [("share", "reached"), ("people", "reached")]
    assert {one["earlier"] for one in document["conversions"]} == {"outreach"}
    said = used.runs("targets").out
    assert said.splitlines()[0].startswith("Working class: at least 1% at outreach · ")
    assert "For every 100 people from working class backgrounds asked at outreach, about " in said
    folder = tmp_path / "report"
    assert used.runs("report", "--to", folder).out.startswith("12 files written to ")
    assert json.loads((folder / "scorecard.json").read_bytes())["targets"] == document["targets"]
    assert "Working class: at least 1% at outreach" in (folder / "scorecard.html").read_text("utf-8")
    for one in document["targets"]:
        assert used.runs("targets", "remove", one["id"]).out == "It is off the list.\n"
    again = used.runs("targets", "remove", "nonsense")
    assert again.err == 'There is no target “nonsense”: "fairstart office targets --json" lists them.\n'


def test_every_slice_is_in_one_table_with_the_numbers_of_its_own_counts(wide: AtOffice, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    done = wide.runs("report", "--everything", "--to", folder)
    assert done.out.startswith("10 files written to ")
    header, *rows = csv.reader((folder / "slices.csv").read_text("utf-8").splitlines())
    assert header == next(csv.reader((folder / "counts.csv").read_text("utf-8").splitlines()))
    metadata = json.loads((folder / "slices.csv-metadata.json").read_bytes())
    assert (metadata["url"], [one["name"] for one in metadata["tableSchema"]["columns"]]) == ("slices.csv", header)
    _, *alone = csv.reader(wide.runs("counts", "--place", "hull", "--stage", "outreach", "--csv").out.splitlines())
    assert [row for row in rows if row[0] == "Outreach · Hull"] == alone
    assert {row[0] for row in rows} >= {"All together", "Outreach", "Level 3", "2026", "Hull · 2027 Q1"}
    refused = wide.runs("report", "--to", folder, "--force")
    assert refused.err == f"There is a slices.csv of another report in {folder}: choose another folder.\n"


def test_counts_again_from_another_process_or_a_copy_are_the_same_to_the_byte(
    used: AtOffice, tmp_path: Path, ran: Runs
) -> None:
    copy = AtOffice(Path(shutil.copytree(used.data, tmp_path / "copy")), ran)
    for how in HOWS:
        first = used.runs("counts", *how)
        assert first.status == 0
        assert used.runs("counts", *how) == copy.runs("counts", *how) == first


def test_other_people_in_equal_noisy_groups_give_the_same_output_and_the_same_report_to_the_byte(
    new_office: Path, office_key: OfficePrivateKey, ran: Runs, tmp_path: Path
) -> None:
    ones, others = [people(40, [6, 6, 1]), people(30, [1, 1, 3])], [[(8, 3, 3, 3)] * 40, [(6, 1, 1, 2)] * 30]
    told = []
    for name, answers in (("one", ones), ("other", others)):
        (tmp_path / name).mkdir()
        at = AtOffice(office_of(tmp_path / name, new_office, office_key, answers), ran)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(storage.office.groups, "keyed_coins", coins_of(at.data, office_key, answers, ones))
            said = [
                at.runs("counts", *how) for how in ([], ["--json"], ["--csv"], ["--journey"], ["--stage", "outreach"])
            ]
        assert at.runs("report", "--to", tmp_path / name / "report").status == 0
        told.append((said, {path.name: path.read_bytes() for path in (tmp_path / name / "report").iterdir()}))
    assert told[0] == told[1]


@pytest.mark.parametrize(
    "wrong",
    [
        ["counts", "--json", "--csv"],
        ["counts", "--journey", "--csv"],
        ["counts", "--trend", "year", "--csv"],
        ["counts", "--trend", "year", "--journey"],
        ["report"],
        ["events", "--level", "3"],
        ["events", "Autumn Intake", "--level", "9"],
        ["events", "Autumn Intake", "--head-count", "-1"],
        ["counts", "more"],
        ["nonsense"],
        ["import", "--nonsense"],
    ],
)
def test_wrong_use_of_the_office_is_one_sentence(used: AtOffice, wrong: list[str]) -> None:
    done = used.runs(*wrong)
    assert (done.status, done.out) == (2, "")
    assert re.fullmatch(r'[^\n]+: see "fairstart --help"\.\n', done.err)


def test_events_are_listed_and_described(used: AtOffice) -> None:
    done = used.runs("events").answer()
    newest, oldest = done.splitlines()
    assert re.fullmatch(
        r"Autumn Intake, 2 November 2026, Leeds \(applicants\): 100 responses · 1 laptop · id [0-9a-f]{32}", newest
    )
    assert oldest.startswith(f"{HOSTILE}, 1 October 2026")
    said = used.runs("events", "Autumn Intake", "--head-count", 150)
    assert "150 came" in said.out
    said = used.runs("events", newest.rpartition(" ")[2], "--level", 3)
    assert "150 came · level 3" in said.out
    assert len(said.out.splitlines()) == 1
    for nonsense in (["Autumn Intake", "--head-count", 99], ["Nobody’s Fair", "--level", 3]):
        used.runs("events", *nonsense).refusal()
    assert "150 came · level 3" in used.runs("events").out
    assert "level 3" in used.runs("counts", "--level", 3).out.lower()


# office plan


FAIR = ["Spring Fair", "--place", "Hull", "--date", "2 March 2099"]


@dataclass(frozen=True)
class Planner:
    """A data folder of an office, and how its plans are changed: without a passphrase."""

    data: Path
    ran: Runs

    def runs(self, *arguments: object) -> Done:
        return self.ran("office", "plan", *arguments, "--data", self.data)

    def listed(self) -> list[dict[str, object]]:
        listed: list[dict[str, object]] = json.loads(self.runs("--json").out)
        return listed


@pytest.fixture
def planner(used_office: Path, ran: Runs) -> Planner:
    return Planner(used_office, ran)


def test_what_is_planned_is_listed_and_taken_off_again(planner: Planner) -> None:
    assert planner.runs() == Done(0, "", 'No event is planned yet. Add one with "fairstart office plan add".\n')
    more = ["--last-day", "4/3/2099", "--stage", "Applicants", "--level", 3]
    more += ["--expected", "1,200", "--languages", "cy,en"]
    line = (
        "Spring Fair, 2 March 2099 to 4 March 2099, Hull: "
        "applicants · level 3 · 1,200 people expected · cy, en · id [0-9a-f]{16}\n"
    )
    assert re.fullmatch(f"Planned: {line}", planner.runs("add", *FAIR, *more).answer())
    assert planner.runs("add", "Open Day", "--place", "Leeds", "--date", "1 March 2099").status == 0
    first, second = planner.runs().out.splitlines(keepends=True)
    assert first.startswith("Open Day, 1 March 2099, Leeds: outreach · id ")
    assert re.fullmatch(line, second)
    assert planner.runs("remove", "spring fair").status == 2
    assert planner.runs("remove", "spring fair", "--yes") == Done(0, "“Spring Fair” is off the list.\n", "")
    assert planner.runs("remove", first.split()[-1], "--yes").status == 0
    assert planner.listed() == []


def test_plans_as_json_have_every_key_that_the_specification_names(planner: Planner) -> None:
    planner.runs("add", *FAIR)
    (listed,) = planner.listed()
    assert listed.pop("id")
    assert listed == {
        "name": "Spring Fair",
        "place": "Hull",
        "date": "2099-03-02",
        "last_day": None,
        "stage": "outreach",
        "level": None,
        "expected": None,
        "languages": [],
        "feedback": "",
    }
    specified = (Path(storage.__path__[0]) / "FORMAT.md").read_text("utf-8").partition("`planned` is in no count")[2]
    for key in ("id", *listed):
        assert f"`{key}`" in specified.partition("**Who becomes a group.**")[0]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["add", *FAIR, "--date", "soon"], "“soon” is no day"),
        (["add", *FAIR, "--date", "2 March 2020"], "2 March 2020 has passed"),
        (["add", *FAIR, "--last-day", "1 March 2099"], "before the first"),
        (["add", *FAIR, "--stage", "party"], "“party” is no stage"),
        (["add", *FAIR, "--level", "9"], "The level must be"),
        (["add", *FAIR, "--expected", "many"], "How many people you expect must be"),
        (["add", *FAIR, "--languages", "xx"], "There is no language “xx”"),
        (["add", *FAIR, "--feedback", "xx"], "“xx” says nothing of feedback: write no, after or alone"),
        (["add", " ", *FAIR[1:]], "Please fill in the name"),
        (["add", "OPEN-DAY", "--place", "leeds", "--date", "1/3/2099"], "is planned for 1 March 2099"),
        (["remove", "Nobody’s Fair", "--yes"], "No event “Nobody’s Fair” is planned, only Open Day and Open Day."),
        (["remove", "Open Day", "--yes"], "Several events are called “Open Day”: give the id of one"),
    ],
)
def test_what_cannot_be_planned_is_one_sentence_and_changes_nothing(
    planner: Planner, arguments: list[str], told: str
) -> None:
    for place in ("Leeds", "York"):
        planner.runs("add", "Open Day", "--place", place, "--date", "1 March 2099")
    before = planner.listed()
    assert told in planner.runs(*arguments).refusal()
    assert planner.listed() == before


def test_nothing_is_planned_where_there_is_no_office(ran: Runs, tmp_path: Path) -> None:
    assert "office init" in Planner(tmp_path / "none", ran).runs("add", *FAIR).refusal()
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("answer", ["yes", "no", None])
def test_a_planned_event_that_is_nearly_one_that_is_known_is_asked_about(
    planner: Planner, monkeypatch: pytest.MonkeyPatch, answer: str | None
) -> None:
    if answer:
        monkeypatch.setattr(commands, "confirmed", lambda _: answer == "yes")
        monkeypatch.setattr(commands, "somebody_is_there", lambda: True)
    done = planner.runs("add", "Autum Intake", "--place", "Leeds", "--date", "2 March 2099")
    assert ("Did you mean “Autumn Intake”?" in done.err) == (answer is None)
    assert planner.listed()[0]["name"] == ("Autumn Intake" if answer == "yes" else "Autum Intake")


def test_a_report_has_what_the_counts_commands_write(used: AtOffice, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    done = used.runs("report", "--to", folder).answer()
    assert done == f"6 files written to {folder}. Open report.html first. They hold published counts only.\n"
    assert sorted(path.name for path in folder.iterdir()) == [
        *("counts.csv", "counts.csv-metadata.json", "counts.json", "counts.xlsx", "metadata.csv", "report.html")
    ]
    for name, option in (("counts.json", "--json"), ("counts.csv", "--csv")):
        assert (folder / name).read_bytes().decode() == used.runs("counts", option).out
    assert json.loads((folder / "counts.json").read_bytes())["journey"] == json.loads(
        used.runs("counts", "--journey", "--json").out
    )


@pytest.mark.parametrize(
    ("options", "title", "held"),
    [
        (["--journey"], "Socio-economic background along the apprenticeship journey", 220),
        (["--stage", "applicants"], "Socio-economic background: Applicants", 100),
        (["--event", "Autumn Intake"], "Socio-economic background: Autumn Intake, 2 November 2026", 100),
        (["--place", "Leeds"], "Socio-economic background: Leeds", 220),
        (["--quarter", "2026q4"], "Socio-economic background: 2026 Q4", 220),
        (["--place", "leeds", "--stage", "Applicants"], "Socio-economic background: Applicants · Leeds", 100),
    ],
)
def test_a_report_is_about_what_was_chosen(
    used: AtOffice, tmp_path: Path, options: list[str], title: str, held: int
) -> None:
    assert used.runs("report", *options, "--to", tmp_path / "report").status == 0
    about = dict(csv.reader((tmp_path / "report" / "metadata.csv").read_text("utf-8").splitlines()))
    assert (about["title"], about["held"]) == (title, str(held))
    page = (tmp_path / "report" / "report.html").read_text("utf-8")
    assert f"<h1>{title}</h1>" in page
    assert (">The journey<" in page.partition(">What the answers say<")[0]) == (options == ["--journey"])


def test_a_report_that_would_begin_with_the_journey_of_one_stage_is_refused(used: AtOffice, tmp_path: Path) -> None:
    refused = used.runs("report", "--journey", "--stage", "outreach", "--to", tmp_path / "report").refusal()
    assert refused == "A journey needs events of two stages or more, and these are of one.\n"
    assert not (tmp_path / "report").exists()


def test_a_report_is_written_over_another_only_by_force(used: AtOffice, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    assert used.runs("report", "--stage", "applicants", "--to", folder).status == 0
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert "--force" in used.runs("report", "--to", folder).refusal()
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert used.runs("report", "--to", folder, "--force").status == 0
    after = {path.name: path.read_bytes() for path in folder.iterdir()}
    assert after.keys() == before.keys()
    assert all(after[name] != before[name] for name in before.keys() - {"counts.csv-metadata.json"})


def test_a_report_that_cannot_be_written_is_one_sentence(used: AtOffice, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("kept", "utf-8")
    for place in (tmp_path / "file", tmp_path / "no" / "such" / "folder", "nonsense://there"):
        used.runs("report", "--to", place).refusal()
    assert (tmp_path / "file").read_text("utf-8") == "kept"


def test_an_office_without_events_says_so(new: AtOffice) -> None:
    assert new.runs("events").out == "Nothing has been brought in yet.\n"
    assert "Nothing has been brought in yet." in new.runs("counts", "--journey").out
    assert "0 responses held" in new.runs("counts").out
    for command in (["report", "--to", "report"], ["counts", "--place", "Leeds"], ["events", "Fair", "--level", 3]):
        refused = new.runs(*command).refusal()
        assert refused == 'Nothing has been brought in yet: begin with "fairstart office import".\n'


# What stops any of them


@pytest.mark.parametrize("command", WITH_PASSPHRASE, ids=" ".join)
def test_a_passphrase_that_is_wrong_missing_or_cannot_be_asked_for_shows_and_changes_nothing(
    laptop: Laptop, new_office: Path, handed_over: Path, command: list[str]
) -> None:
    shutil.copytree(new_office / "office", laptop.data / "office")
    filled = [word.format(there=handed_over) for word in command]
    kept = [path for path in (laptop.data / "kiosk").rglob("*") if path.is_file() and path.suffix != ".db-journal"]
    before = {path: path.read_bytes() for path in kept}
    there = sorted(handed_over.iterdir())
    assert "passphrase is not right" in laptop.runs(*filled, given="not the passphrase").refusal()
    laptop.ran(*filled, "--data", laptop.data, "--passphrase-file", laptop.data / "nowhere").refusal()
    laptop.ran(*filled, "--data", laptop.data, given=STRONG).refusal(2)
    assert sorted(handed_over.iterdir()) == there
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.parametrize("command", WITH_PASSPHRASE, ids=" ".join)
def test_after_wrong_passphrases_the_next_waits_as_on_the_screens_and_the_right_one_clears(
    laptop: Laptop, used_office: Path, handed_over: Path, monkeypatch: pytest.MonkeyPatch, command: list[str]
) -> None:
    shutil.copytree(used_office / "office", laptop.data / "office")
    own, other = ("office", "kiosk") if command[0] == "office" else ("kiosk", "office")
    filled = [word.format(there=handed_over) for word in command]
    clock, waited = Clock(), list[float]()

    def sleep(seconds: float) -> None:
        waited.append(seconds)
        clock.now += seconds

    monkeypatch.setattr("tui.cli.options.time.sleep", sleep)
    monkeypatch.setattr("tui.cli.options.WrongTries", partial(WrongTries, clock=clock.monotonic))
    (laptop.data / other / "wrong-tries").write_bytes(b"8")
    for wrong, seconds in enumerate(([], [], [], [2], [4]), 1):
        waited.clear()
        done = laptop.runs(*filled, given="not the passphrase")
        assert (done.status, done.out, waited) == (1, "", seconds)
        assert done.err.count("\n") == 1 + len(seconds)
        assert WrongTries(laptop.data / own).count == wrong
    waited.clear()
    right = laptop.runs(*filled, given=OFFICE_PASSPHRASE if own == "office" else STRONG)
    assert waited == [8]
    assert right.err.startswith("The last passphrase was not right: this one is tried in 8 seconds.\n")
    assert WrongTries(laptop.data / own).count == 0
    assert WrongTries(laptop.data / other).count == 8


@pytest.mark.parametrize("command", [each for each in WITH_PASSPHRASE if each != ["sync"]], ids=" ".join)
def test_while_a_kiosk_or_office_runs_on_the_folder_it_is_told_so(
    laptop: Laptop, tmp_path: Path, command: list[str]
) -> None:
    with hold(laptop.data):
        done = laptop.runs(*(word.format(there=tmp_path) for word in command)).refusal()
        assert done.startswith("Fairstart is already running on")


@pytest.mark.parametrize(
    "command", [["import", "{there}"], ["counts"], ["events"], ["report", "--to", "{there}"]], ids=" ".join
)
def test_without_an_office_it_says_how_to_make_one(ran: Runs, tmp_path: Path, command: list[str]) -> None:
    done = AtOffice(tmp_path / "data", ran).runs(*(word.format(there=tmp_path) for word in command)).refusal()
    assert done.endswith('holds no office key: run "fairstart office init" first.\n')
    assert not (tmp_path / "data" / "office").exists()


def test_a_damaged_store_of_the_office_is_one_sentence(used: AtOffice, handed_over: Path) -> None:
    (used.data / "office" / "office.db").write_bytes(b"not a database at all" * 500)
    for command in (["counts"], ["events"], ["report", "--to", "report"], ["import", handed_over]):
        used.runs(*command).refusal()


def test_without_a_terminal_the_offices_screens_say_so(ran: Runs, tmp_path: Path) -> None:
    ran("office", "--data", tmp_path / "data").refusal()


# In a program of its own


def test_no_command_of_handing_over_loads_textual(
    laptop: Laptop, used_office: Path, stick: Path, handed_over: Path
) -> None:
    code = f"""{QUICKLY}
import io, sys, tui.cli.main
from storage.crypto.keys import KioskPrivateKey
import storage.kiosk.kiosk, storage.kiosk.outbox
def unlock(_kiosk, _passphrase):
    return KioskPrivateKey(hashlib.sha256(b"a kiosk's seed").digest())
storage.kiosk.kiosk.Kiosk.unlock = unlock
storage.kiosk.outbox.ClosedOutbox.unlock = unlock
def run(*arguments):
    sys.argv, sys.stdin = ["fairstart", *arguments, "--passphrase-file", "-"], io.StringIO({OFFICE_PASSPHRASE!r})
    try:
        tui.cli.main.main()
    except SystemExit as ended:
        print("ended", ended.code, file=sys.stderr)
    print("after", arguments[:2], *sorted({{"textual", "rich"}} & set(sys.modules)), file=sys.stderr)
if __name__ == "__main__":
    run("export", {str(stick)!r}, "--data", {str(laptop.data)!r})
    run("receipt", {str(handed_over)!r}, "--data", {str(laptop.data)!r})
    run("sync", "--data", {str(laptop.data)!r})
    run("office", "sync", {str(handed_over)!r}, "--data", {str(used_office)!r})
    for command in (["import", {str(handed_over)!r}], ["counts", "--csv"], ["counts", "--journey"], ["events"]):
        run("office", *command, "--data", {str(used_office)!r})
    for command in (["counts"], ["report", "--to", {str(stick / "report")!r}]):
        run("office", *command, "--data", {str(used_office)!r})
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, timeout=WAIT)
    after = [line for line in done.stderr.splitlines() if line.startswith("after")]
    assert len(after) == 10
    assert all(line.endswith(")") for line in after), after
    assert [line for line in done.stderr.splitlines() if line.startswith("ended")] == ["ended 1"] * 3


AT_WORK = f"""{QUICKLY}
import signal, time
signal.signal(signal.SIGINT, signal.default_int_handler)  # what runs the tests may ignore it
import storage.office.decrypting
def result(opening, _progress):
    waiting = [opening._openings._executor.submit(time.sleep, 0.1) for _ in range(8)]
    if WHEN == "at work":
        waiting[0].result()
    print("AT WORK", flush=True)
    while True:
        time.sleep(0.05)
storage.office.decrypting.Opening.result = result
"""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux shows which signals a process ignores")
def test_processes_that_help_with_an_import_ignore_ctrl_c_from_the_moment_they_start() -> None:
    with all_cores() as executor:
        executor.submit(int)
        for each in executor._processes:
            status = Path(f"/proc/{each}/status").read_text("ascii")
            masks = [int(mask, 16) for mask in re.findall(r"^Sig(?:Blk|Ign):\s*(\w+)", status, re.MULTILINE)]
            assert any(mask >> signal.SIGINT - 1 & 1 for mask in masks), status


@pytest.mark.parametrize("when", ["starting", "at work"])
@pytest.mark.sampled
def test_ctrl_c_during_an_import_says_stopped_and_nothing_else(
    program: Opens, used_office: Path, handed_over: Path, tmp_path: Path, when: str
) -> None:
    (tmp_path / "passphrase").write_text(OFFICE_PASSPHRASE, "utf-8")
    importing = program(
        *("office", "import", handed_over, "--data", used_office, "--passphrase-file", tmp_path / "passphrase"),
        first=f"WHEN = {when!r}\n{AT_WORK}",
    )
    importing.once_said("AT WORK", "\x03")
    assert importing.end() == 1
    said = importing.written.rpartition(b"AT WORK")[2].decode()
    assert re.sub(r"\x1b\[[?\d;]*[a-zA-Z]|\^C|\s", "", said).endswith("Stopped.")
    assert b"Traceback" not in importing.written
    assert b"Error" not in importing.written
    assert OFFICE_PASSPHRASE.encode() not in importing.written
    key = unlock_office(used_office, OFFICE_PASSPHRASE)
    with contextlib.closing(Office.open(used_office, key)) as office:
        assert office.check() == 220


def test_on_a_terminal_a_stranger_is_asked_about_and_a_no_takes_nothing(
    program: Opens, used_office: Path, handed_over: Path
) -> None:
    (handed_over / "fairstart-damaged.fairstart").unlink()
    importing = program("office", "import", handed_over, "--data", used_office, first=QUICKLY)
    importing.once_said("Office passphrase:", f"{OFFICE_PASSPHRASE}\n")
    importing.says(STRANGER)
    importing.once_said("Then accept it", "n\n")
    assert importing.end() == 1
    assert b"1 file was not taken" in importing.written
    assert OFFICE_PASSPHRASE.encode() not in importing.written
