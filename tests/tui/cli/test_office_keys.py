"""Coordinators, passphrases and the recovery code as commands; a laptop's forgotten passphrase there and back."""

import csv
import functools
import io
import json
import re
from pathlib import Path

import pytest

from storage.crypto.recovery_code import recovery_code, secret_of_code
from storage.office_folder import existing_office, office_key_file, unlock_office
from tests.tui.cli.commands import STRONG, Done, Opens, Runs
from tests.tui.offices import OFFICE_PASSPHRASE, RECOVERY_SECRET
from tests.tui.program import QUICKLY

pytestmark = pytest.mark.usefixtures("quickly")

NEW, OTHER = "harbour lemon quartz tinder", "walnut copper ferry granite"


@pytest.fixture
def office(new_office: Path, ran: Runs) -> Runs:
    """Runs a command of the office; what is given on standard input follows the passphrase of the coordinator."""

    def run(*arguments: object, given: str = "", passphrase: str = OFFICE_PASSPHRASE) -> Done:
        new = ("--new-passphrase-file", "-") if given else ()
        typed = f"{passphrase}\n{given}\n" if given else f"{passphrase}\n"
        return ran("office", *arguments, "--data", new_office, "--passphrase-file", "-", *new, given=typed)

    return run


def test_coordinators_come_are_renamed_change_their_passphrase_and_go(office: Runs, new_office: Path) -> None:
    assert office("coordinators").answer() == "Ada (you)\n"
    assert "opens the office" in office("coordinators", "add", "Ben", given=NEW).answer()
    assert office("coordinators", passphrase=NEW).answer() == "Ada\nBen (you)\n"
    office("coordinators", "rename", "ben", "Benedict").answer()
    office("passphrase", given=OTHER, passphrase=NEW).answer()
    assert unlock_office(new_office, OTHER).coordinator == "Benedict"
    office("passphrase", "--of", "Benedict", given=NEW).answer()
    assert unlock_office(new_office, NEW).coordinator == "Benedict"
    gone = office("coordinators", "remove", "Benedict", "--yes").answer()
    assert "A copy of the key or its file, made before, still opens." in gone
    assert 'use the recovery code with "fairstart office recover"' in office("coordinators", passphrase=NEW).refusal()
    assert "only coordinator" in office("coordinators", "remove", "Ada", "--yes").refusal()


@pytest.mark.parametrize(
    ("arguments", "given", "why"),
    [
        (("coordinators", "add", "ADA"), NEW, "already"),
        (("coordinators", "add", " "), NEW, "ordinary characters"),
        (("coordinators", "add", "Ben"), "password1", "too easy"),
        (("coordinators", "add", "Ben"), OFFICE_PASSPHRASE, "Another coordinator"),
        (("coordinators", "rename", "Ben", "Cyd"), "", "no coordinator “Ben”"),
        (("passphrase", "--of", "Ben"), NEW, "no coordinator “Ben”"),
    ],
)
@pytest.mark.sampled
def test_what_cannot_be_done_is_one_sentence_and_changes_nothing(
    office: Runs, new_office: Path, arguments: tuple[str, ...], given: str, why: str
) -> None:
    before = (new_office / "office" / "office.key").read_bytes()
    assert why in office(*arguments, given=given).refusal()
    assert (new_office / "office" / "office.key").read_bytes() == before


def test_without_a_terminal_nobody_is_removed_unasked(office: Runs) -> None:
    assert "--yes" in office("coordinators", "remove", "Ada").refusal(2)


def test_a_new_recovery_code_is_shown_once_and_the_one_before_opens_the_file_no_more(
    office: Runs, new_office: Path, ran: Runs, tmp_path: Path
) -> None:
    lines = office("recovery").answer().splitlines()
    assert office_key_file(new_office).open_with_code(secret_of_code(lines[1])).public == existing_office(new_office)
    assert "The code before opens that file no more." in lines[2]
    for name, code in (("old", " ".join(recovery_code(RECOVERY_SECRET))), ("new", lines[1].lower())):
        (tmp_path / name).write_text(code, "utf-8")
    recover = ("office", "recover", "--data", new_office, "--passphrase-file", "-", "--recovery-code-file")
    before = (new_office / "office" / "office.key").read_bytes()
    assert "an old one" in ran(*recover, tmp_path / "old", given=NEW).refusal()
    assert (new_office / "office" / "office.key").read_bytes() == before
    assert (new_office / "office" / "wrong-tries").read_bytes() == b"1"
    assert "“Ada” opens the office" in ran(*recover, tmp_path / "new", given=NEW).answer()
    assert unlock_office(new_office, NEW).coordinator == "Ada"
    assert not (new_office / "office" / "wrong-tries").exists()


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.sampled
def test_at_a_terminal_a_new_code_holds_once_two_groups_of_it_were_typed_back(
    new_office: Path, program: Opens, *, right: bool
) -> None:
    at_work = program("office", "recovery", "--data", new_office, first=QUICKLY)
    at_work.once_said("Office passphrase", f"{OFFICE_PASSPHRASE}\r")
    groups: list[bytes] = []

    def asked(times: int) -> bool:
        return at_work.written.count(b"from your paper") == times

    for times in (1, 2):
        at_work.wait_until(functools.partial(asked, times))
        groups = re.findall(rb"(?:[0-9A-Z]{4} ){7}[0-9A-Z]{4}", at_work.written)[0].split()
        number = int(re.findall(rb"Group (\d)", at_work.written)[-1])
        at_work.type(groups[number - 1].lower() + b"\r" if right or times == 1 else b"0000\r")
    assert at_work.end() == (0 if right else 1)
    code = secret_of_code(b" ".join(groups).decode()) if right else RECOVERY_SECRET
    assert office_key_file(new_office).open_with_code(code).public == existing_office(new_office)


def test_a_copy_of_the_key_file_brings_the_office_back_on_a_new_computer(
    new_office: Path, ran: Runs, tmp_path: Path
) -> None:
    code, copy, data = tmp_path / "code", new_office / "office" / "office.key", tmp_path / "data"
    code.write_text(" ".join(recovery_code(RECOVERY_SECRET)), "utf-8")
    recover = ("office", "recover", "--passphrase-file", "-", "--recovery-code-file", code)
    assert "office init" in ran(*recover, "--data", data, given=NEW).refusal()
    assert "already" in ran(*recover, "--data", new_office, "--key-file", copy, given=NEW).refusal()
    copied = (*recover, "--data", data, "--key-file", copy, "--coordinator", "Cyd")
    assert "Cyd" in ran(*copied, given=NEW).answer()
    assert existing_office(data) == existing_office(new_office)
    assert unlock_office(data, NEW).coordinator == "Cyd"
    unnamed = ran(*recover, "--data", data, given=OTHER)
    assert "--coordinator: Ada, Cyd" in unnamed.refusal()


@pytest.mark.usefixtures("quickly_unlocked")
def test_a_laptops_forgotten_passphrase_goes_to_the_office_and_a_new_one_comes_back(
    office: Runs, set_up_folder: Path, ran: Runs, stick: Path
) -> None:
    laptop = ("passphrase", "--data", set_up_folder)
    asked = ran(*laptop, "--forgotten", stick).answer()
    (request,) = stick.glob("*.forgotten")
    digits = asked.splitlines()[0].rpartition(": ")[2]
    assert office("staff-passphrase", request, given=NEW).status == 2, "somebody compares the digits"
    assert "office passphrase" in office("staff-passphrase", request, "--yes", given=OFFICE_PASSPHRASE).err
    answered = office("staff-passphrase", request, "--yes", given=NEW).answer()
    assert f"Digits to compare: {digits}" in answered
    assert "has not met it yet" in answered
    (answer,) = stick.glob("*.passphrase")
    taking = (*laptop, "--answer", answer, "--passphrase-file", "-")
    assert "not right" in ran(*taking, given=STRONG).refusal()
    assert (set_up_folder / "kiosk" / "wrong-tries").read_bytes() == b"1"
    assert "opens this laptop now" in ran(*taking, given=NEW).answer()
    assert "waits for no answer" in ran(*taking, given=NEW).refusal()
    change = (*laptop, "--passphrase-file", "-", "--new-passphrase-file", "-")
    assert "not right" in ran(*change, given=f"{STRONG}\n{OTHER}\n").refusal()
    assert "too easy" in ran(*change, given=f"{NEW}\npassword1\n").refusal()
    assert "opens this laptop now" in ran(*change, given=f"{NEW}\n{OTHER}\n").answer()
    assert "too easy" in ran(*change, given=f"{OTHER}\npassword1\n").refusal()


def test_a_file_that_is_no_request_or_no_answer_is_one_sentence(
    office: Runs, set_up_folder: Path, ran: Runs, tmp_path: Path
) -> None:
    (tmp_path / "junk").write_bytes(b"junk")
    for result in (
        office("staff-passphrase", tmp_path / "junk", "--yes", given=NEW),
        ran("passphrase", "--data", set_up_folder, "--answer", tmp_path / "junk", "--passphrase-file", "-", given=NEW),
        ran("passphrase", "--data", tmp_path / "none", "--forgotten", tmp_path),
    ):
        result.refusal()
    both = ran("passphrase", "--data", set_up_folder, "--answer", tmp_path, "--forgotten", tmp_path)
    assert both.status == 2


def test_the_log_is_shown_as_lines_as_json_and_as_a_table(office: Runs) -> None:
    office("coordinators", "add", "=Ben", given=NEW).answer()
    line = office("log").answer().splitlines()[1]
    assert line.endswith(" · Ada · coordinator added · name: =Ben")
    found = json.loads(office("log", "--json").answer())
    assert [one["what"] for one in found] == ["opened", "coordinator added", "opened", "opened"]
    rows = list(csv.reader(io.StringIO(office("log", "--csv").answer())))
    assert rows[0] == ["at", "who", "what", "details"]
    assert rows[2][1:] == ["Ada", "coordinator added", "name: =Ben"]
    assert office("log", "--csv", passphrase=NEW).answer().splitlines()[-1].endswith(",'=Ben,opened,")
    assert office("log", "--csv", "--json").status == 2
