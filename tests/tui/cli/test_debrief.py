"""`fairstart debrief` and `fairstart office debrief`: how an event went, without a screen."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.debrief import Debrief, WrittenDebrief
from storage.exchange.exports import write_export
from storage.office.decrypting import all_cores
from storage.office.office import Office
from storage.settings import SettingsFile
from tests.tui.cli.commands import AtOffice, Done, Runs
from tests.tui.offices import FAMILIAR

pytestmark = pytest.mark.usefixtures("quickly", "easy_unlock")


@pytest.fixture
def at_laptop(ran: Runs, settings_file: SettingsFile, set_up_folder: Path, staff_passphrase: str) -> Runs:
    """Runs a command on a laptop."""
    where = ("--config", settings_file.path, "--data", set_up_folder, "--passphrase-file", "-")

    def run(*arguments: object, given: str = staff_passphrase) -> Done:
        return ran(*arguments, *where, given=f"{given}\n")

    return run


def test_it_is_written_by_options_changed_one_answer_at_a_time_and_told_with_items(at_laptop: Runs) -> None:
    assert '"fairstart debrief" asks' in at_laptop("close", "--yes").out
    assert at_laptop("debrief").out == "Nobody has written how it went yet.\n"
    done = at_laptop("debrief", "--worked", "The quiz.", "--support", "Buses.").answer()
    lines = done.splitlines()
    assert lines[1] == "   What worked well, and what could you do more of? The quiz."
    assert lines[2].startswith("      In the toolkit: O3.8, ")
    assert lines[-1] == "It goes to the office with the next hand-over."
    at_laptop("debrief", "--worked", "The quiz at the door.")
    document = json.loads(at_laptop("debrief", "--json").out)
    assert (document["worked"], document["support"]) == ("The quiz at the door.", "Buses.")
    assert (
        at_laptop("debrief", "--worked", "", "--support", " ").err == "Answer one of the three at least, or go back.\n"
    )
    assert "room for 500 characters" in at_laptop("debrief", "--change", "x" * 501).err


def test_while_the_event_goes_on_it_says_what_to_do(at_laptop: Runs) -> None:
    assert "goes on: end it first" in at_laptop("debrief", "--worked", "All.").refusal()


def test_at_the_office_one_is_written_changed_put_back_and_removed(
    used: AtOffice, office_key: OfficePrivateKey
) -> None:
    assert used.says("debrief") == "Nobody has written how it went yet.\n"
    with contextlib.closing(Office.open(used.data, office_key)) as office, all_cores() as executor:
        (event,) = [one.event for one in office.events() if one.event.stage == "applicants"]
        debrief = WrittenDebrief.new(Debrief(worked="The quiz."))
        export = write_export(KioskPrivateKey(FAMILIAR[:32]), office_key.public, event, [], debrief=debrief)
        office.bring(export, executor)
    id_ = debrief.id.hex()
    assert f"written on a laptop · id {id_}:" in used.says("debrief", "Autumn Intake")
    changed = used.says("debrief", "--id", id_, "--worked", "The quiz, twice.")
    assert "changed at the office" in changed
    assert "The quiz, twice." in changed
    assert "The quiz." in used.says("debrief", "--id", id_, "--put-back", "--yes")
    assert "nothing to put back" in used.refuses("debrief", "--id", id_, "--put-back", "--yes")
    used.says("debrief", "Autumn Intake", "--change", "Start later.")
    assert [one["change"] for one in json.loads(used.says("debrief", "--json"))] == ["", "Start later."]
    assert "Start later." in used.says("counts", "--event", "Autumn Intake")
    used.says("debrief", "--id", id_, "--remove", "--yes")
    assert "The quiz" not in used.says("debrief")
    assert f"No debrief has the id “{id_}”" in used.refuses("debrief", "--id", id_, "--remove", "--yes")


@pytest.mark.parametrize(
    "arguments",
    [
        ("--worked", "x"),
        ("Autumn Intake", "--id", "00", "--worked", "x"),
        ("--remove",),
        ("--id", "00", "--remove", "--json"),
    ],
)
def test_options_that_do_not_go_together_are_wrong_use(used: AtOffice, arguments: tuple[str, ...]) -> None:
    assert used.refuses("debrief", *arguments, status=2)


def test_a_report_has_debriefs_only_where_that_is_asked_for(used: AtOffice, tmp_path: Path) -> None:
    used.says("debrief", "Autumn Intake", "--change", "Start later.")
    assert "published counts only" in used.says("report", "--to", tmp_path / "without")
    assert "what staff wrote" in used.says("report", "--to", tmp_path / "with", "--debriefs")
    for name, there in (("without", False), ("with", True)):
        page = (tmp_path / name / "report.html").read_text("utf-8")
        assert ("Start later." in page) == there
        assert bool(json.loads((tmp_path / name / "counts.json").read_bytes())["debriefs"]) == there
