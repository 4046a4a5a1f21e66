"""Laptops, corrections and deletion by command: what is said, what is asked, and what changes nothing."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from storage.crypto.keys import KioskPrivateKey
from storage.data_folder import hold
from storage.settings import SettingsFile
from tests.tui.cli.commands import AtOffice
from tests.tui.kiosks import changed
from tests.tui.offices import FAMILIAR

FINGERPRINT = KioskPrivateKey(FAMILIAR[:32]).public.fingerprint
COMMANDS = (["laptops"], ["correct", "Autumn Intake", "--name", "x"], ["corrections"], ["delete-responses"])

pytestmark = pytest.mark.usefixtures("quickly", "easy_unlock")


def test_a_laptop_is_listed_named_revoked_and_taken_back(used: AtOffice, handed_over: Path) -> None:
    listed = used.says("laptops")
    assert re.fullmatch(rf"No name · {FINGERPRINT} · accepted \d+ \w+ \d{{4}} · Autumn Intake, Open .*\n", listed), (
        "a day, and no time"
    )
    assert used.says("laptops", FINGERPRINT.replace(" ", ""), "--name", "Blue one").startswith("Blue one · ")
    assert "revoked: nothing more is taken from it" in used.says("laptops", "blue one", "--revoke")
    refused = used.runs("import", handed_over)
    assert refused.status == 1
    assert refused.out.count("a laptop that this office has revoked, “Blue one”, so nothing of it was taken") == 2
    synced = used.runs("sync", handed_over, "--json")
    problems = [file["problem"] for file in json.loads(synced.out)["files"]]
    assert sum("this office has revoked" in problem for problem in problems) == 2
    assert used.runs("import", handed_over, "--accept", FINGERPRINT).out.count("this office has revoked") == 2
    assert "revoked" not in used.says("laptops", "Blue one", "--restore")
    assert "nothing new" in used.runs("import", handed_over).out
    assert "There is no laptop “green”" in used.refuses("laptops", "green", "--revoke")
    assert "room for 40 characters" in used.refuses("laptops", "Blue one", "--name", "x" * 41)
    used.refuses("laptops", "--revoke", status=2)
    used.refuses("laptops", "Blue one", "--revoke", "--restore", status=2)


def test_an_event_is_corrected_joined_and_removed_and_each_is_undone(used: AtOffice) -> None:
    counts, events = used.says("counts"), used.says("events")
    said = used.says("correct", "Autumn Intake", "--name", "Winter Intake", "--last-day", "4 Nov 2026")
    assert "the name “Autumn Intake” is “Winter Intake”, the day is 2 November 2026 to 4 November 2026" in said
    assert said.endswith("To undo it: fairstart office corrections --undo 1\n")
    assert "Winter Intake, 2 November 2026 to 4 November 2026, Leeds (applicants)" in used.says("events")
    assert "called so already: nothing was changed" in used.says("correct", "Winter Intake", "--place", "Leeds")
    other = used.says("events").splitlines()[1].rpartition(" ")[2]
    assert "one with “" in used.says("correct", "Winter Intake", "--same-as", other)
    assert len(used.says("events").splitlines()) == 1
    assert "removed as a test" in used.says("correct", other, "--remove", "--yes")
    assert used.says("events") == "Nothing has been brought in yet.\n"
    listed = used.says("corrections").splitlines()
    assert [line.partition(" ")[0] for line in listed] == ["3", "2", "1"]
    assert "undo that one first" in used.refuses("corrections", "--undo", 1)
    for number in (3, 2, 1):
        assert used.says("corrections", "--undo", number).startswith("Undone: ")
    assert used.runs("corrections").err == "Nothing was corrected.\n"
    assert (used.says("counts"), used.says("events")) == (counts, events)
    assert "There is no correction 1" in used.refuses("corrections", "--undo", 1)
    used.refuses("correct", "Autumn Intake", status=2)
    used.refuses("correct", "Autumn Intake", "--remove", status=2)  # nobody is there to ask
    used.refuses("correct", "Autumn Intake", "--name", "x", "--remove", status=2)
    assert "is no day" in used.refuses("correct", "Autumn Intake", "--date", "soon")
    assert "one event already" in used.refuses("correct", "Autumn Intake", "--same-as", "Autumn Intake")


def test_answers_are_deleted_only_where_that_is_asked_for_and_the_counts_stay(
    used: AtOffice, settings_file: SettingsFile, tmp_path: Path
) -> None:
    counts = used.says("counts"), used.says("counts", "--journey")
    config = tmp_path / "other.toml"
    config.write_text(changed(settings_file, office={"keep_months": 120}).text)
    assert used.says("delete-responses", "--config", config) == "No answers are due to be deleted.\n"
    assert used.says("delete-responses", "--due", "--yes", "--config", config).startswith("No answers are due")
    used.refuses("delete-responses", "Autumn Intake", status=2)  # nobody is there to ask
    used.refuses("delete-responses", "Autumn Intake", "--due", status=2)
    assert "Deleted: 100 responses." in used.says("delete-responses", "Autumn Intake", "--yes")
    assert (used.says("counts"), used.says("counts", "--journey")) == counts
    assert "Nothing is left to delete" in used.refuses("delete-responses", "Autumn Intake", "--yes")
    assert "100 responses · 1 laptop · deleted " in used.says("events")


def test_what_is_due_is_named_and_deleted_together(used: AtOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tui.cli.office.today", lambda: dt.date(2027, 11, 2))
    said = used.says("delete-responses")
    assert said.startswith("Due to be deleted after 12 months: the answers of “Autumn Intake”, “Open ")
    assert "Deleted: 220 responses." in used.says("delete-responses", "--due", "--yes")
    assert used.says("delete-responses") == "No answers are due to be deleted.\n"


@pytest.mark.parametrize("command", COMMANDS, ids=" ".join)
def test_each_needs_the_passphrase_and_a_sound_store(used: AtOffice, command: list[str]) -> None:
    assert "passphrase is not right" in used.runs(*command, given="not the passphrase").refusal()
    with hold(used.data):
        assert used.runs(*command).refusal().startswith("Fairstart is already running on")
    (used.data / "office" / "office.db").write_bytes(b"not a database at all" * 500)
    used.runs(*command).refusal()
