"""The toolkit without screens: what its commands print and return, and what they leave on the disk."""

import contextlib
import csv
import io
import json
import os
import re
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from content.toolkit import AUDIENCES, Check, Entry, Item, MustHave, load_toolkit
from storage import private_files as files
from storage.toolkit.checklist import FILE_NAME, NOTE_LENGTH, OWNER_LENGTH, STATUSES, Checklist, Edit
from tests.tui.cli.commands import RUN, Done, Opens, Runs, contents, is_one_sentence
from tests.tui.kiosks import KIOSK_TOML
from tests.tui.pilot import unspaced
from tests.waiting import WAIT

STEERING = "\x1b]0;owned\x07\u202eend"
"""Names a terminal's window, rings its bell and turns the writing round."""
PER_CHAPTER = {"data": 21, "culture": 30, "outreach": 32, "hiring": 47, "progression": 33, "advocacy": 11}
CHECK, OF_NO_EVENT = "O1.11.1", "H4.2.1"
READING = [["list"], ["list", "--json"], ["search", "school"], ["search", "school", "--json"], ["show", "F1"]]
READING += [["show", "F1", "--json"], ["show", CHECK], ["export"], ["export", "--format", "csv"]]
READING += [["export", "--format", "html"]]
WRITING = [["set", "F1", "done"], ["import", "{table}", "--yes"]]


@dataclass(frozen=True)
class Desk:
    """A data folder, and how the toolkit's commands are run on it."""

    data: Path
    ran: Runs

    def runs(self, *arguments: object, given: str = "") -> Done:
        return self.ran("toolkit", *arguments, "--data", self.data, given=given)

    def does(self, *arguments: object) -> str:
        """What a command prints that must succeed in silence."""
        done = self.runs(*arguments)
        assert (done.status, done.err) == (0, ""), done
        return done.out

    def json(self, *arguments: object) -> Any:  # noqa: ANN401 - whatever the document is
        return json.loads(self.does(*arguments, "--json"))

    def refuses(self, *arguments: object, status: int = 1) -> str:
        """The sentence of a command that must fail; nothing in the data folder may change."""
        before = contents(self.data)
        done = self.runs(*arguments)
        assert (done.status, done.out) == (status, ""), done
        assert is_one_sentence(done.err), done.err
        assert not steers(done.err), done.err
        assert contents(self.data) == before
        return done.err

    def listed(self, *options: object) -> list[str]:
        """The ids that `list` names, the same as text and as JSON."""
        ids = [line.split()[0] for line in self.does("list", *options).splitlines()]
        assert ids == [each["id"] for each in self.json("list", *options)]
        return ids


@pytest.fixture(autouse=True)
def unflushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing here asks what a power cut leaves."""
    monkeypatch.setattr(files, "flush", lambda _descriptor: None)


@pytest.fixture
def desk(tmp_path: Path, ran: Runs) -> Desk:
    """A computer that nobody has set up: there is not even a data folder."""
    return Desk(tmp_path / "data", ran)


@pytest.fixture
def begun(desk: Desk) -> Desk:
    """A checklist with something in it."""
    desk.does("set", "D1.1", "done", "--owner", "Zoë", "--note", "First line\nSecond, with a needle")
    desk.does("set", "H2.1", "in-progress", "--review", "2020-11-23")
    return desk


@pytest.fixture
def kiosk_toml(tmp_path: Path) -> Path:
    path = tmp_path / "our-kiosk.toml"
    path.write_text(KIOSK_TOML, "utf-8")
    return path


def steers(text: str) -> bool:
    """Whether text holds anything that a terminal would obey."""
    return any(not letter.isprintable() for letter in text if letter != "\n")


def table(path: Path, *rows: str, header: str = "id,status,owner,review_date,note") -> Path:
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return path


def one_of_each_kind() -> list[Entry]:
    return list({type(entry): entry for entry in load_toolkit().entries.values()}.values())


# list


def test_list_names_all_196_items_in_order_with_their_status(desk: Desk) -> None:
    lines = desk.does("list").splitlines()
    actions = load_toolkit().actions
    assert len(lines) == len(actions) == 196
    for line, item in zip(lines, actions, strict=True):
        assert re.fullmatch(rf"{re.escape(item.id)} +not started +{re.escape(item.title)}", line)
    blank = {"status": "not started", "owner": "", "review": None, "note": ""}
    assert desk.json("list") == [{"id": item.id, "title": item.title, **blank} for item in actions]


def test_list_shows_what_is_noted(begun: Desk) -> None:
    lines = {line.split()[0]: line for line in begun.does("list").splitlines()}
    assert re.fullmatch(r"D1\.1 +done  .*\(Zoë\)", lines["D1.1"])
    assert re.fullmatch(r"H2\.1 +in progress  .*\(overdue, review on 23 November 2020\)", lines["H2.1"])
    (noted,) = [each for each in begun.json("list") if each["id"] == "D1.1"]
    assert noted["note"] == "First line\nSecond, with a needle"
    assert (noted["status"], noted["owner"], noted["review"]) == ("done", "Zoë", None)
    assert {"2020-11-23"} == {each["review"] for each in begun.json("list", "--status", "in-progress")}


def test_each_option_of_list_chooses_however_it_is_written_and_all_narrow_one_another_down(begun: Desk) -> None:
    kit = load_toolkit()
    for chapter, items in PER_CHAPTER.items():
        ids = begun.listed("--chapter", chapter.upper())
        assert (len(ids), {kit.chapter_of[each].id for each in ids}) == (items, {chapter})
    for words in (["--must-haves"], *(["--chapter", each] for each in ("must-haves", "must haves", "Must-Haves"))):
        assert begun.listed(*words) == [f"F{number}" for number in range(1, 23)]
    assert begun.listed("--must-haves", "--chapter", "hiring") == ["F11", "F12", "F13", "F14"]
    for audience in AUDIENCES:
        wanted = [item.id for item in kit.actions if audience in item.audience]
        assert begun.listed("--audience", audience.replace(" ", "-")) == begun.listed("--audience", audience) == wanted
    begun.does("set", "D1.2", "done")
    assert begun.listed("--status", "done") == ["D1.1", "D1.2"]
    assert begun.listed("--status", "done", "--owner", "Zoë") == ["D1.1"]
    assert begun.listed("--status", "done", "--chapter", "data", "--audience", "employer") == ["D1.1", "D1.2"]


@pytest.mark.parametrize(
    "words",
    [("in-progress", "in progress", "In  Progress"), ("not-relevant", "not relevant"), ("done", "DONE")],
    ids=lambda words: words[0],
)
def test_a_status_may_be_written_with_hyphens_or_spaces(desk: Desk, words: tuple[str, ...]) -> None:
    for number, word in enumerate(words, 1):
        desk.does("set", f"F{number}", word)
    for word in words:
        assert desk.listed("--status", word) == [f"F{number}" for number in range(1, len(words) + 1)]
    assert len(desk.listed("--status", "not-started")) == 196 - len(words)


def test_list_of_an_owner_names_what_that_person_sees_to(begun: Desk) -> None:
    begun.does("set", "F3", "done", "--owner", "Zoë Smith")
    assert begun.listed("--owner", "zOË") == ["D1.1"]
    assert begun.listed("--owner", "Zoë Smith") == begun.listed("--owner", "smith") == ["F3"]
    assert begun.listed("--owner", "zoe") == ["D1.1"]
    begun.does("set", "F3", "done", "--owner", "")
    begun.does("set", "F1", "done", "--owner", "Ada")
    assert begun.runs("list", "--owner", "Bo").err == "No item has the owner “Bo”, only Ada, Zoë.\n"


@pytest.mark.parametrize(
    "options", [["--chapter", "hiring"], ["--must-haves"], ["--owner", "nobody"], ["--audience", "small"]], ids=" ".join
)
def test_list_says_on_standard_error_that_nothing_is_like_this(desk: Desk, options: list[str]) -> None:
    for form, printed in (([], ""), (["--json"], "[]\n")):
        done = desk.runs("list", "--status", "done", *options, *form)
        assert (done.status, done.out) == (0, printed)
        assert is_one_sentence(done.err)


def test_list_names_what_is_due_by_a_day_and_what_is_overdue(begun: Desk) -> None:
    begun.does("set", "A1", "not-started", "--review", "2999-01-01")
    begun.does("set", "A2", "done", "--review", "2020-01-01")
    assert begun.listed("--overdue") == ["H2.1"]
    assert begun.json("list", "--overdue") == begun.json("list", "--due", "2020-11-23")
    assert begun.listed("--due", "23/11/2020") == ["H2.1"]
    assert begun.listed("--due", "2999-01-01") == ["H2.1", "A1"]
    assert begun.listed("--due", "2999-01-01", "--overdue") == ["H2.1"]
    assert begun.listed("--due", "2999-01-01", "--status", "not-started") == ["A1"]
    assert "“soon” is no day" in begun.refuses("list", "--due", "soon", status=2)
    assert "(1 overdue" in begun.does("export", "--overdue")


# show


@pytest.mark.parametrize("entry", one_of_each_kind(), ids=lambda entry: type(entry).__name__)
def test_show_tells_all_about_an_entry_of_any_kind(desk: Desk, entry: Entry) -> None:
    text = desk.does("show", entry.id)
    lines = text.splitlines()
    assert lines[0].startswith(f"{entry.id} · ")
    assert lines[1] == entry.title
    assert unspaced(entry.text) in unspaced(text)
    assert unspaced(entry.place) in unspaced(text)
    assert not [line for line in lines if len(line) > 88]
    document = desk.json("show", entry.id)
    assert (document["id"], document["title"], document["text"]) == (entry.id, entry.title, entry.text)
    assert [each for each in document["links"] if each not in text] == []
    assert lines[0] == f"{entry.id} · {document['in']}"
    assert [figure for figure in document["figures"] if f"{figure['value']}: " not in text] == []
    noted = isinstance(entry, Item | MustHave | Check)
    assert ("Not started" in lines, "status" in document, "event" in document) == (noted, noted, noted)


def test_show_tells_what_is_noted_and_takes_an_id_in_any_case(begun: Desk) -> None:
    begun.does("set", "D1.1", "done", "--review", "2027-01-09")
    text = begun.does("show", "d1.1")
    assert "\nDone\nOwner: Zoë\nReview on 9 January 2027\nNote:\n  First line\n  Second, with a needle\n" in text
    document = begun.json("show", " D1.1 ")
    assert (document["kind"], document["in"], document["event"]) == ("item", "Data, tip 1", "")
    assert (document["status"], document["owner"], document["review"]) == ("done", "Zoë", "2027-01-09")
    assert document["note"] == "First line\nSecond, with a needle"


# search


@pytest.mark.parametrize("words", [["school"], ["free", "school", "meals"], ["apprenticeship", "lev"], ["d1.1"]])
def test_search_finds_every_word_and_says_where(desk: Desk, words: list[str]) -> None:
    said, *lines = desk.does("search", *words).splitlines()
    hits = desk.json("search", *words)
    assert hits
    assert str(len(hits)) in said
    assert len(lines) == 2 * len(hits)
    for head, found, hit in zip(lines[::2], lines[1::2], hits, strict=True):
        assert head == f"{hit['id']}  {hit['title']}"
        assert found == f"    {hit['in']}, {hit['where']}: {hit['found']}"
        entry = load_toolkit().entries[hit["id"]]
        updates = " ".join(update.text for update in load_toolkit().updates_of(entry))
        read = f"{entry.id} {entry.title} {entry.text} {updates}".casefold()
        assert all(word[:6] in read for word in words)
        assert hit["where"] in {"title", "text"}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("foster", "6 found."),
        ("chidcare", "Nothing has all these words. 6 found for “childcare”."),
        ("school xyzzy", "Nothing has all these words. The best 20 of many for “school”."),
        ("apprentices", "The best 20 of many: more words find fewer."),
    ],
)
def test_search_says_how_much_it_found(desk: Desk, words: str, said: str) -> None:
    assert desk.does("search", words).splitlines()[0] == said


@pytest.mark.parametrize(
    "words",
    ["xyzzy", "plugh xyzzy", '"', "", "*", "(xyzzy", STEERING.replace("owned", "plugh").replace("end", "xyzzy")],
)
def test_search_says_in_one_sentence_that_nothing_was_found(desk: Desk, words: str) -> None:
    assert "Nothing has all these words" in desk.refuses("search", words)
    assert desk.json("search", words) == []


# set


def test_set_keeps_what_is_given_and_leaves_the_rest(desk: Desk) -> None:
    title = load_toolkit().entries["F1"].title
    assert desk.does("set", "f1", "In Progress", "--owner", "Ada") == f"F1 {title}: in progress\n"
    assert desk.does("set", "F1", "done", "--note", "Said at the fair") == f"F1 {title}: done\n"
    desk.does("set", "F1", "done", "--review", "2026-11-23")
    noted = {"status": "done", "owner": "Ada", "review": "2026-11-23", "note": "Said at the fair"}
    assert desk.json("list", "--must-haves")[0] == {"id": "F1", "title": title, **noted}
    desk.does("set", "F1", "not-started", "--owner", "", "--review", "", "--note", "")
    assert desk.listed("--status", "not-started") == [item.id for item in load_toolkit().actions]
    assert not [each for each in desk.json("list") if each["owner"] or each["review"] or each["note"]]


REFUSED = [
    (1, ["set", "F99", "done"], "There is no “F99” in the toolkit"),
    (1, ["set", STEERING, "done"], "in the toolkit"),
    (1, ["set", "x" * 500, "done"], f"There is no “{'x' * 30}…” in the toolkit"),
    (1, ["set", "1", "done"], "There is no “1” in the toolkit"),
    (1, ["set", "R1", "done"], "R1 is for reading and has no status"),
    (1, ["set", "q1", "done"], "Q1 is for reading and has no status"),
    (1, ["set", "mediacom", "done"], "is for reading and has no status"),
    (1, ["show", "F99"], "There is no “F99” in the toolkit"),
    (1, ["show", "F99", "--json"], "There is no “F99” in the toolkit"),
    (1, ["show", STEERING], "There is no “�]0;owned��end” in the toolkit"),
    (2, ["set", "F1", "finished"], f"STATUS is one of {', '.join(each.replace(' ', '-') for each in STATUSES)}"),
    (2, ["set", "F1", STEERING], "STATUS is one of"),
    (2, ["set", "F1", "not", "started"], "unexpected extra argument"),
    (2, ["set", "F1"], "Missing argument 'STATUS'"),
    (2, ["set"], "Missing argument 'ID'"),
    (2, ["set", "F1", "done", "--colour", "red"], "No such option"),
    (2, ["list", "--status", "finished"], "--status is one of not-started, in-progress, done, not-relevant"),
    (2, ["list", "--status", ""], "--status is one of"),
    (2, ["list", "--chapter", "lunch"], f"--chapter is one of {', '.join([*PER_CHAPTER, 'must-haves'])}"),
    (2, ["list", "--chapter", STEERING], "--chapter is one of"),
    (2, ["list", "--audience", "everybody"], "--audience is one of employer, training-provider, small, large"),
    (2, ["list", "--audience", STEERING], "--audience is one of"),
    (2, ["export", "--status", "finished"], "--status is one of"),
    (2, ["export", "--format", "pdf"], "'pdf' is not one of 'md', 'csv', 'html'"),
    (2, ["export", "--format", STEERING], "is not one of 'md', 'csv', 'html'"),
    (2, ["list", "F1"], "unexpected extra argument"),
    (2, ["show"], "Missing argument 'ID'"),
    (2, ["search"], "Missing argument 'WORDS...'"),
    (2, ["import"], "Missing argument 'FILE'"),
    (2, [f"--{STEERING}"], "No such option"),
    (2, [STEERING], "No such command"),
]


@pytest.mark.parametrize(("status", "command", "words"), REFUSED)
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    begun: Desk, status: int, command: list[str], words: str
) -> None:
    sentence = begun.refuses(*command, status=status)
    assert words in sentence
    assert sentence.endswith('see "fairstart --help".\n') == (status == 2)


@pytest.mark.parametrize("date", ["tomorrow", "2026-02-30", "31/02/2026", "2026-11-23T10:00", "11/23/2026", STEERING])
def test_a_bad_date_is_told_in_our_own_words(begun: Desk, date: str) -> None:
    sentence = begun.refuses("set", "F1", "done", "--review", date, status=2)
    assert re.match("“.*” is no day; write it like 2026-11-23 or 23/11/2026: see", sentence)


@pytest.mark.parametrize(
    ("option", "most", "told"), [("--note", NOTE_LENGTH, "4,000"), ("--owner", OWNER_LENGTH, "60")]
)
def test_a_note_or_an_owner_that_is_too_long_is_refused(begun: Desk, option: str, most: int, told: str) -> None:
    sentence = begun.refuses("set", "F1", "done", option, "x" * (most + 1), status=2)
    assert f"has room for {told} characters: see" in sentence


@pytest.mark.parametrize(
    "command",
    [["set", "F1", "done", "--review", "x"], ["set", "F1", "done", "--owner", "x" * 61], ["import", "{table}"]],
    ids=" ".join,
)
def test_a_refused_command_makes_no_file(desk: Desk, tmp_path: Path, command: list[str]) -> None:
    path = table(tmp_path / "table", "F99,done,,,")
    assert desk.runs(*(word.format(table=path) for word in command)).status in {1, 2}
    assert not desk.data.exists()


def test_a_change_made_elsewhere_meanwhile_is_told_and_stands(begun: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    save = Checklist.save

    def late(checklist: Checklist, *edits: Edit) -> tuple[Edit, ...]:
        save(checklist, Edit("F1", "status", "not started", "not relevant"))
        return save(checklist, *edits)

    monkeypatch.setattr(Checklist, "save", late)
    done = begun.runs("set", "F1", "done").refusal()
    assert "the status was changed elsewhere meanwhile, to “not relevant”" in done
    assert begun.json("show", "F1")["status"] == "not relevant"


# A check of the event's list


def test_a_check_of_the_events_list_is_kept_for_the_event_that_kiosk_toml_names(desk: Desk, kiosk_toml: Path) -> None:
    other = kiosk_toml.with_name("other.toml")
    other.write_text(KIOSK_TOML.replace("Riverside Jobs Fair", "Autumn Intake"), "utf-8")
    assert desk.does("set", CHECK, "done", "--note", "Lift works", "--config", kiosk_toml).endswith(": done\n")
    shown = desk.json("show", CHECK, "--config", kiosk_toml)
    assert (shown["status"], shown["note"]) == ("done", "Lift works")
    assert shown["event"] == "Riverside Jobs Fair · 2026-11-23 · Leeds"
    read = desk.does("show", CHECK, "--config", kiosk_toml)
    assert "\nDone\nNote:\n  Lift works\n" in read
    assert "Riverside Jobs Fair" in read
    for places in (["--config", other], []):
        elsewhere = desk.json("show", CHECK, *places)
        assert (elsewhere["status"], elsewhere["note"]) == ("not started", "")
        assert "\nNot started\n" in desk.does("show", CHECK, *places)
    desk.does("set", CHECK, "in-progress", "--config", other)
    assert desk.json("show", CHECK, "--config", kiosk_toml)["status"] == "done"
    (hit,) = desk.json("search", "lift", "works")
    assert (hit["id"], hit["where"], hit["event"]) == (CHECK, "note", "Riverside Jobs Fair · 2026-11-23 · Leeds")
    assert ", note, Riverside Jobs Fair · 2026-11-23 · Leeds: Lift works\n" in desk.does("search", "lift", "works")


def test_a_check_of_another_list_is_kept_for_no_event(desk: Desk, kiosk_toml: Path) -> None:
    desk.does("set", OF_NO_EVENT, "done", "--config", kiosk_toml)
    shown = desk.json("show", OF_NO_EVENT)
    assert (shown["status"], shown["event"]) == ("done", "")


def test_a_check_is_kept_for_the_event_that_for_names(desk: Desk, kiosk_toml: Path) -> None:
    here = "--config", kiosk_toml
    desk.does("set", CHECK, "done", *here)
    kiosk_toml.write_text(KIOSK_TOML.replace("Riverside Jobs Fair", "Riverside Evening"), "utf-8")
    assert desk.json("show", CHECK, *here)["status"] == "not started"
    for name in ("riverside jobs fair", "Jobs", "Riverside Jobs Fair · 2026-11-23 · Leeds"):
        assert desk.json("show", CHECK, "--for", name, *here)["status"] == "done"
    desk.does("set", CHECK, "in-progress", "--for", "Jobs Fair", *here)
    assert desk.json("show", CHECK, "--for", "jobs", *here)["status"] == "in progress"
    assert desk.json("show", CHECK, *here)["status"] == "not started"
    several = desk.runs("show", CHECK, "--for", "riverside", *here)
    assert (several.status, "Several are called “riverside”: give one in full, " in several.err) == (1, True)
    for command in (["show", CHECK], ["set", CHECK, "done"]):
        unknown = desk.runs(*command, "--for", "Hull", *here)
        assert (unknown.status, "There is no list for “Hull” here, only Riverside" in unknown.err) == (1, True)


def test_a_check_of_an_adverts_list_is_kept_for_the_advert_that_for_names(desk: Desk) -> None:
    assert (
        "There is no list for “Welding” here, and no other." in desk.runs("show", OF_NO_EVENT, "--for", "Welding").err
    )
    for name in ("Welding, level 3", "Welding", " WELDING "):
        desk.does("set", OF_NO_EVENT, "done", "--for", name)
    with contextlib.closing(Checklist.open(desk.data)) as checklist:
        assert sorted(checklist.events([OF_NO_EVENT])) == ["Welding", "Welding, level 3"]
    assert desk.json("show", OF_NO_EVENT, "--for", "level 3")["event"] == "Welding, level 3"
    assert desk.json("show", OF_NO_EVENT)["status"] == "not started"
    wrong = desk.runs("set", "D1.1", "done", "--for", "Welding")
    assert (wrong.status, "--for goes with a check of an event or an advert" in wrong.err) == (2, True)


# export


def test_export_writes_by_the_files_ending_or_by_the_format_and_the_same_as_to_standard_output(
    begun: Desk, tmp_path: Path
) -> None:
    begins = {"md": "# Action plan\n", "csv": '\ufeff"id","chapter","tip","item","status"', "html": "<!doctype html>"}
    printed = {form: begun.does("export", "--format", form) for form in begins}
    assert begun.does("export") == printed["md"]
    for form, text in printed.items():
        assert text.lower().startswith(begins[form].lower())
        assert "First line" in text
        assert "Zoë" in text
    names = {"plan.md": "md", "plan.csv": "csv", "PLAN.HTML": "html", "plan.txt": "md", "plan": "md"}
    for name, form in names.items():
        done = begun.runs("export", tmp_path / name)
        assert (done.status, done.out) == (0, "")
        assert done.err == f"196 items written to {tmp_path / name}.\n"
        assert (tmp_path / name).read_bytes().decode("utf-8") == printed[form]
    assert begun.runs("export", "--format", "csv", tmp_path / "odd.html").status == 0
    assert (tmp_path / "odd.html").read_bytes().decode("utf-8") == printed["csv"]
    assert not [path for path in tmp_path.iterdir() if path.name.startswith(".")]


def test_export_writes_what_is_chosen_and_names_the_organisation(begun: Desk, kiosk_toml: Path, tmp_path: Path) -> None:
    for options in ([], ["--must-haves"], ["--chapter", "hiring"], ["--status", "done"], ["--owner", "Zoë"]):
        rows = list(csv.DictReader(io.StringIO(begun.does("export", "--format", "csv", *options).lstrip("\ufeff"))))
        assert [row["id"] for row in rows] == begun.listed(*options)
    assert begun.does("export", "--status", "done", "--config", kiosk_toml).startswith("# Action plan of Musterwerk\n")
    assert "Musterwerk" in begun.does("export", "--format", "html", "--config", kiosk_toml)
    assert begun.runs("export", "--status", "done", tmp_path / "one.md").err.startswith("1 item written")
    assert "**D1.1**" in (tmp_path / "one.md").read_text("utf-8")


def test_export_into_the_working_folder_takes_a_bare_name(begun: Desk) -> None:
    assert begun.runs("export", "plan.csv").status == 0
    assert Path("plan.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    assert begun.runs("export", "~nobody-of-this-name.md").status == 0


def test_export_writes_over_a_file_only_when_forced(begun: Desk, tmp_path: Path) -> None:
    file = tmp_path / "plan.md"
    file.write_text("mine", "utf-8")
    sentence = begun.refuses("export", file)
    assert "is there already" in sentence
    assert "--force" in sentence
    assert file.read_text("utf-8") == "mine"
    assert begun.runs("export", file, "--force").status == 0
    assert file.read_text("utf-8") == begun.does("export")


@pytest.mark.parametrize("place", ["nowhere/plan.md", "file/plan.md", "folder", "nowhere/further/plan.csv"])
@pytest.mark.parametrize("force", [False, True])
def test_export_to_where_no_file_can_be_is_refused_and_leaves_nothing(
    begun: Desk, tmp_path: Path, place: str, *, force: bool
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("mine", "utf-8")
    before = contents(tmp_path)
    begun.refuses("export", tmp_path / place, *(["--force"] if force else []))
    assert contents(tmp_path) == before


# import


def test_what_is_exported_edited_and_imported_is_listed(begun: Desk, tmp_path: Path) -> None:
    plan = tmp_path / "plan.csv"
    note = '=1+1, "quoted"; and\n-more – naïve'
    begun.does("set", "F2", "not-relevant", "--note", note, "--owner", "@Ada")
    assert begun.runs("export", plan).status == 0
    before = begun.json("list")
    assert begun.does("import", plan) == "The file says what the checklist says: nothing to change.\n"
    assert begun.json("list") == before
    rows = list(csv.DictReader(io.StringIO(plan.read_bytes().decode("utf-8-sig"), newline="")))
    edited = {row["id"]: row for row in rows}
    edited["D1.2"] |= {"status": "In Progress", "owner": "Bo", "review_date": "24/12/2026", "note": "New"}
    edited["D1.1"] |= {"status": "", "owner": "", "note": ""}
    with plan.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, rows[0], delimiter=";")
        writer.writeheader()
        writer.writerows(rows)
    lines = begun.does("import", plan, "--yes").splitlines()
    assert sorted(lines) == sorted(
        [
            "D1.1 status: “done” → “not started”",
            "D1.1 owner: “Zoë” → nothing",
            "D1.1 note: “First line / Second, with a needle” → nothing",
            "D1.2 status: “not started” → “in progress”",
            "D1.2 owner: nothing → “Bo”",
            "D1.2 review date: nothing → 24 December 2026",
            "D1.2 note: nothing → “New”",
            "7 changes made.",
        ]
    )
    after = {each["id"]: each for each in begun.json("list")}
    assert [each for each in before if each["id"] not in {"D1.1", "D1.2"} and after[each["id"]] != each] == []
    assert after["F2"]["note"] == note
    assert after["F2"]["owner"] == "@Ada"
    assert (after["D1.1"]["status"], after["D1.1"]["owner"], after["D1.1"]["note"]) == ("not started", "", "")
    changed = (after["D1.2"]["status"], after["D1.2"]["owner"], after["D1.2"]["review"], after["D1.2"]["note"])
    assert changed == ("in progress", "Bo", "2026-12-24", "New")


def test_import_of_one_change_is_said_so(begun: Desk, tmp_path: Path) -> None:
    out = begun.does("import", table(tmp_path / "one", "f3,done", header="ID;Status".replace(";", ",")), "--yes")
    assert out == "F3 status: “not started” → “done”\n1 change made.\n"
    assert begun.json("show", "F3")["status"] == "done"


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("id,status\nH1.1,done\nF99,done\n", "Line 3: there is no item “F99”"),
        (f"id,status\nF1,done\n\n{STEERING},done\nR1,done\n", "Line 4: there is no item “�]0;owned��end”; line 5: "),
        ('id,note\nF1,"one"two\n', "Line 2 cannot be read as a table"),
        ("Dear all,\nsee you at the fair.\n", "This is not an action plan"),
        ("\x89PNG\r\n\x1a\n\0\0\0\rIHDR", ""),
        (f"id,note\n{'x' * (1 << 22)}", "far too long"),
    ],
    ids=["no item", "steering", "no table", "a letter", "a picture", "far too long"],
)
def test_import_of_a_wrong_table_or_of_something_else_says_so_and_changes_nothing(
    begun: Desk, tmp_path: Path, content: str, words: str
) -> None:
    """What is wrong with a table: `test_action_plan`."""
    file = tmp_path / "file"
    file.write_text(content, "latin-1" if "PNG" in content else "utf-8", newline="")
    sentence = begun.refuses("import", file, "--yes")
    assert words in sentence
    assert "nothing was changed." in sentence.lower()
    for unreadable in (tmp_path / "nowhere", tmp_path):
        assert "Cannot read" in begun.refuses("import", unreadable, "--yes")


def test_import_without_a_terminal_shows_the_changes_and_needs_yes(begun: Desk, tmp_path: Path) -> None:
    before = contents(begun.data)
    done = begun.runs("import", table(tmp_path / "table", "F1,done,,,"), given="y\n")
    assert (done.status, done.out) == (2, "F1 status: “not started” → “done”\n")
    assert "--yes" in done.err
    assert is_one_sentence(done.err)
    assert contents(begun.data) == before


class Terminal(io.StringIO):
    """Standard input that somebody types into."""

    def isatty(self) -> bool:
        return True


@pytest.mark.parametrize(
    ("answer", "said"),
    [("y\n", ""), ("n\n", "Nothing was changed.\n"), ("\n", "Nothing was changed.\n"), ("", "Stopped.\n")],
)
def test_on_a_terminal_import_asks_before_it_changes_anything(
    begun: Desk, tmp_path: Path, answer: str, said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = table(tmp_path / "table", "F1,done,,,", "F2,done,,,")
    before = contents(begun.data)
    with monkeypatch.context() as patch:
        patch.setattr(io, "StringIO", Terminal)
        done = begun.runs("import", path, given=answer)
    yes = answer == "y\n"
    assert (done.status, done.err.lstrip("\n")) == (0 if yes else 1, said)
    assert "Make 2 changes?" in done.out
    assert ("2 changes made." in done.out) == yes
    assert (contents(begun.data) == before) == (not yes)


# Where settings and data are


def test_places_may_stand_before_or_after_the_commands_name(ran: Runs, tmp_path: Path, kiosk_toml: Path) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    places = ("--data", one, "--config", kiosk_toml)
    assert ran(*places, "toolkit", "set", CHECK, "done").status == 0
    assert '"done"' in ran("toolkit", "show", CHECK, "--json", *places).out
    assert '"done"' in ran("--data", other, "toolkit", "show", *places, CHECK, "--json").out, "the later counts"
    assert '"done"' not in ran(*places, "toolkit", "show", CHECK, "--json", "--data", other).out
    assert not other.exists()


@pytest.mark.parametrize("before", [True, False])
def test_places_may_stand_between_toolkit_and_its_command(
    ran: Runs, tmp_path: Path, kiosk_toml: Path, monkeypatch: pytest.MonkeyPatch, *, before: bool
) -> None:
    one, other = tmp_path / "one", tmp_path / "other"
    monkeypatch.setattr("tui.cli.running.user_data_path", lambda *_args, **_named: other)
    first = ("--data", other) if before else ()
    assert ran(*first, "toolkit", "--data", one, "--config", kiosk_toml, "set", CHECK, "done").status == 0
    assert not other.exists()
    assert '"done"' in ran("toolkit", "show", CHECK, "--json", "--data", one, "--config", kiosk_toml).out


def test_settings_are_looked_for_where_other_commands_look(desk: Desk) -> None:
    Path("kiosk.toml").write_text(KIOSK_TOML, "utf-8")
    assert desk.does("export").startswith("# Action plan of Musterwerk\n")
    Path("kiosk.toml").unlink()
    desk.data.mkdir()
    (desk.data / "kiosk.toml").write_text(KIOSK_TOML, "utf-8")
    assert desk.does("export").startswith("# Action plan of Musterwerk\n")


def test_a_broken_kiosk_toml_stops_only_what_needs_the_settings(begun: Desk, kiosk_toml: Path, tmp_path: Path) -> None:
    kiosk_toml.write_text("[organisation\nname = ", "utf-8")
    broken = ("--config", kiosk_toml)
    path = table(tmp_path / "table", "F2,done,,,")
    assert len(begun.listed(*broken)) == 196
    assert begun.does("search", "needle", *broken)
    for name in ("D1.1", "R1", OF_NO_EVENT):
        assert begun.does("show", name, *broken) == begun.does("show", name)
    assert begun.does("set", "F1", "done", *broken)
    assert begun.does("import", path, "--yes", *broken)
    assert begun.listed("--status", "done", *broken) == ["F1", "F2", "D1.1"]
    for command in (["show", CHECK], ["set", CHECK, "done"], ["export"], ["export", tmp_path / "plan.md"]):
        assert "our-kiosk.toml cannot be read" in begun.refuses(*command, *broken)
    assert not (tmp_path / "plan.md").exists()


# What is left on the disk


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_makes_no_file_where_nothing_is_set_up(desk: Desk, tmp_path: Path, command: list[str]) -> None:
    before = contents(tmp_path)
    assert desk.does(*command)
    assert contents(tmp_path) == before
    desk.data.mkdir()
    assert desk.does(*command)
    assert contents(desk.data) == {}


@pytest.mark.parametrize("command", READING, ids=" ".join)
def test_reading_leaves_the_checklist_as_it_is(begun: Desk, command: list[str]) -> None:
    before = contents(begun.data)
    when = (begun.data / FILE_NAME).stat().st_mtime_ns
    assert begun.does(*command)
    assert (contents(begun.data), (begun.data / FILE_NAME).stat().st_mtime_ns) == (before, when)


def test_set_makes_the_checklist_for_its_owner_alone_and_nothing_else(desk: Desk, tmp_path: Path) -> None:
    before = set(contents(tmp_path))
    desk.does("set", "F1", "done")
    assert set(contents(tmp_path)) - before == {"data", f"data/{FILE_NAME}"}
    if os.name != "nt":
        assert desk.data.stat().st_mode & 0o777 == 0o700
        assert (desk.data / FILE_NAME).stat().st_mode & 0o777 == 0o600


def spoil(data: Path, what: str) -> None:
    """Break a checklist in one way."""
    path = data / FILE_NAME
    match what:
        case "no database":
            path.write_bytes(b"not a database at all" * 500)
        case "cut short":
            path.write_bytes(path.read_bytes()[:5000])
        case "pages damaged":
            path.write_bytes(path.read_bytes()[:4096].ljust(len(path.read_bytes()), b"\xaa"))
        case "a folder":
            path.unlink()
            path.mkdir()
        case "newer":
            with sqlite3.connect(path) as connection:
                (columns,) = connection.execute("SELECT * FROM _sqlite_migrations LIMIT 1")
                given = ["of the future" if value == "records" else value for value in columns]
                given = [None if isinstance(value, int) else value for value in given]
                connection.execute(f"INSERT INTO _sqlite_migrations VALUES ({','.join('?' * len(given))})", given)  # noqa: S608
            connection.close()


@pytest.mark.parametrize("what", ["no database", "cut short", "pages damaged", "a folder", "newer"])
def test_a_spoilt_checklist_is_one_sentence_and_is_left_as_it_is(begun: Desk, tmp_path: Path, what: str) -> None:
    spoil(begun.data, what)
    path = table(tmp_path / "table", "F2,done,,,")
    for command in [*READING, *WRITING]:
        sentence = begun.refuses(*(word.format(table=path) for word in command))
        assert FILE_NAME in sentence
        wanted = {"newer": "newer Fairstart", "a folder": "Cannot use"}.get(what, "is damaged and was left as it is")
        assert wanted in sentence


@pytest.mark.parametrize("command", [*READING, *WRITING], ids=" ".join)
def test_a_data_folder_that_is_a_file_is_one_sentence(desk: Desk, tmp_path: Path, command: list[str]) -> None:
    desk.data.write_text("mine", "utf-8")
    path = table(tmp_path / "table", "F2,done,,,")
    sentence = desk.refuses(*(word.format(table=path) for word in command))
    assert sentence == f"{desk.data} is no folder: choose another place with --data.\n"
    assert desk.data.read_text("utf-8") == "mine"


def test_what_another_program_wrote_cannot_steer_the_terminal(begun: Desk) -> None:
    with sqlite3.connect(begun.data / FILE_NAME) as connection:
        connection.execute(
            "INSERT INTO record (id, status, owner, review, note) VALUES ('F5', 'done', ?, ?, ?)",
            [f"Ada {STEERING}", f"no day {STEERING}", f"pin {STEERING}"],
        )
        for event in (f"Fair {STEERING}", "Fair"):
            connection.execute("INSERT INTO record (event, id, note) VALUES (?, ?, 'pin')", [event, CHECK])
    connection.close()
    assert "F5" in begun.listed("--status", "done")
    for command in (["list"], ["show", "F5"], ["search", "pin"], ["export"]):
        text = begun.does(*command)
        assert "ownedend" in text
        assert not steers(text), command
    assert f"{CHECK}  " in begun.does("search", "pin")


@pytest.mark.parametrize(
    "command",
    [
        ["list", "{hostile}"],
        ["list", "--config", "{hostile}", "--owner"],
        ["export", "--config", "{hostile}"],
        ["export", "{hostile}/plan.md"],
        ["export", "{hostile}.md"],
        ["export", "{hostile}-that-is-not-there.md"],
        ["import", "{hostile}"],
        ["import", "a\nb"],
    ],
    ids=" ".join,
)
@pytest.mark.skipif(sys.platform == "win32", reason="no file there has such a name")
def test_what_was_typed_cannot_steer_the_terminal(begun: Desk, tmp_path: Path, command: list[str]) -> None:
    hostile = tmp_path / STEERING
    hostile.with_name(f"{STEERING}.md").touch()
    done = begun.runs(*(word.format(hostile=hostile) for word in command))
    assert (done.status == 0) == ("{hostile}-that-is-not-there.md" in command)
    assert is_one_sentence(done.err)
    assert not steers(done.err), done.err


# What each command says of itself


def test_without_a_terminal_the_toolkits_screens_name_what_needs_none(desk: Desk) -> None:
    assert 'use "fairstart toolkit list"' in desk.refuses()
    assert not desk.data.exists()


def test_practice_goes_with_no_command_of_the_toolkit(ran: Runs, tmp_path: Path) -> None:
    ran("--practice", "toolkit", "set", "F1", "done", "--data", tmp_path / "data").refusal(2)
    assert not (tmp_path / "data").exists()


# In programs of their own


IN_TURN = """
import sys, tui.cli.main
for command in COMMANDS:
    sys.argv = ["fairstart", "toolkit", *command]
    try:
        tui.cli.main.main()
        status = 0
    except SystemExit as ended:
        status = ended.code
    print("returned", status, flush=True)
"""


@pytest.mark.skipif(os.name == "nt", reason="Windows has no such permissions")
def test_where_nothing_may_be_written_reading_goes_on_and_writing_is_one_sentence(
    begun: Desk, run: Runs, tmp_path: Path
) -> None:
    closed, data = tmp_path / "closed", str(begun.data)
    closed.mkdir()
    for path, mode in ((begun.data / FILE_NAME, 0o400), (begun.data, 0o500), (closed, 0o500)):
        path.chmod(mode)
    before = contents(begun.data)
    commands = [
        ["list", "--status", "done", "--data", data],
        ["set", "F1", "done", "--data", data],
        ["set", "F1", "done", "--data", str(closed / "data")],
        ["export", str(closed / "plan.md"), "--data", data],
    ]
    try:
        done = run(code=f"COMMANDS = {commands!r}\n{IN_TURN}")
    finally:
        for path in (begun.data, closed):
            path.chmod(0o700)
    assert re.fullmatch(r"D1\.1 .*\nreturned 0\nreturned 1\nreturned 1\nreturned 1\n", done.out), done
    sentences = done.err.splitlines(keepends=True)
    assert len(sentences) == 3
    assert [sentence for sentence in sentences if not is_one_sentence(sentence)] == []
    assert contents(begun.data) == before
    assert contents(closed) == {}


@pytest.mark.long
def test_words_that_were_found_are_bold_on_a_terminal_and_plain_in_a_pipe(
    begun: Desk, program: Opens, run: Runs
) -> None:
    searching = program("toolkit", "search", "needle", "--data", begun.data)
    assert searching.end() == 0
    assert b"with a \x1b[1mneedle\x1b[0m" in searching.written
    piped = run("toolkit", "search", "needle", "--data", begun.data, LANG="C", LC_ALL="C").answer()
    assert not steers(piped)
    assert "First line Second, with a needle" in piped


@pytest.mark.parametrize("command", [["show", "D1.1"], ["search", "needle"], ["import", "{table}", "--yes"]])
def test_what_goes_into_a_pipe_is_utf_8_whatever_the_computer_is_set_to(
    begun: Desk, tmp_path: Path, command: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    begun.does("set", "D1.1", "done", "--note", "needle Łódź →")
    path = table(tmp_path / "table", "D1.1,done,,,Łódź")
    out = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(out, encoding="cp1252", write_through=True))
    done = begun.runs(*(word.format(table=path) for word in command))
    sys.stdout.flush()
    assert done.status == 0
    assert "Łódź" in out.getvalue().decode("utf-8")


@pytest.mark.skipif(os.name == "nt", reason="Windows closes pipes in another way")
@pytest.mark.long
def test_a_pipe_that_closes_early_is_no_traceback(begun: Desk) -> None:
    commands = [["list"], ["show", "F1", "--json"], ["export"]]
    running = []
    for command in commands:
        reading, writing = os.pipe()
        os.close(reading)
        code = [sys.executable, "-c", RUN, "toolkit", *command, "--data", str(begun.data)]
        running.append(subprocess.Popen(code, stdout=writing, stderr=subprocess.PIPE))
        os.close(writing)
    for command, process in zip(commands, running, strict=True):
        _, said = process.communicate(timeout=WAIT)
        assert (process.returncode, said) in {(0, b""), (1, b""), (1, b"Stopped.\n")}, command


WATCHED = """
import sys
at_liberty = sys.argv[1]
seen = []
def watch(event, given):
    if event.startswith("socket.") and event != "socket.gethostname":
        seen.append(event)
        raise OSError("no network here")
    writes = (
        (event == "open" and (set(str(given[1] or "r")) & set("wxa+") or (given[2] or 0) & 3))
        or event in {"os.mkdir", "os.rename", "os.remove", "os.symlink", "os.link", "os.chmod", "sqlite3.connect"}
    )
    if writes and not isinstance(given[0], int) and str(given[0]) != ":memory:":
        place = given[0].decode() if isinstance(given[0], bytes) else str(given[0])
        if not place.startswith(at_liberty) and place != "/dev/null":
            seen.append(f"{event} {place}")
sys.addaudithook(watch)
import io, tui.cli.main
out, sys.stdout = sys.stdout, io.TextIOWrapper(io.BytesIO())
for command in COMMANDS:
    seen.clear()
    sys.argv = ["fairstart", "toolkit", *command, "--data", f"{at_liberty}/data"]
    try:
        tui.cli.main.main()
        status = 0
    except SystemExit as ended:
        status = ended.code
    loaded = sorted({"textual", "rich", "jinja2", "fsspec"} & set(sys.modules))
    print(status, " ".join(command[:2]), *seen, *loaded, sep="|", file=out, flush=True)
"""


@pytest.mark.long
def test_no_command_of_the_toolkit_loads_textual_reaches_the_network_or_writes_elsewhere(tmp_path: Path) -> None:
    free, home = tmp_path / "free", tmp_path / "home"
    free.mkdir()
    home.mkdir()
    path = table(free / "table", "F2,done,,,")
    commands: list[tuple[list[str], set[str]]] = [
        *((command, set()) for command in READING[:-1]),
        *(
            (command, set())
            for command in (["set", "F1", "done"], ["set", "R1", "done"], ["import", str(path), "--yes"])
        ),
        (["export", str(free / "plan.md")], {"fsspec"}),
        (["export", str(free / "plan.html")], {"fsspec", "jinja2"}),
    ]
    kept = {name: os.environ[name] for name in ("PATH", "PYTHONPATH", "SYSTEMROOT") if name in os.environ}
    done = subprocess.run(
        [sys.executable, "-B", "-c", f"COMMANDS = {[command for command, _ in commands]!r}\n{WATCHED}", free],
        capture_output=True,
        check=True,
        text=True,
        timeout=WAIT,
        cwd=home,
        env={**kept, "HOME": str(home), "LANG": "C.UTF-8"},
    )
    lines = [line.split("|") for line in done.stdout.splitlines()]
    assert [line[:2] for line in lines] == [
        ["1" if command[1:2] == ["R1"] else "0", " ".join(command[:2])] for command, _ in commands
    ]
    assert [(command, set(line[2:])) for (command, _), line in zip(commands, lines, strict=True)] == commands
    assert (free / "plan.html").exists()
    assert (free / "data" / FILE_NAME).exists()
    assert contents(home) == {}
