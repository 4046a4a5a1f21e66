"""Coordinators, passphrases and the recovery code as commands; a laptop's forgotten passphrase there and back."""

import csv
import functools
import io
import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest

from storage.crypto.recovery_code import recovery_code, secret_of_code
from storage.office_folder import existing_office, office_key_file, unlock_office
from tests.tui.cli.commands import STRONG, Done, Opens, RunsHere, is_one_sentence
from tests.tui.offices import OFFICE_PASSPHRASE, RECOVERY_SECRET
from tests.tui.program import QUICKLY

pytestmark = pytest.mark.usefixtures("quickly")

NEW, OTHER = "harbour lemon quartz tinder", "walnut copper ferry granite"
Runs = Callable[..., Done]


@pytest.fixture
def office(new_office: Path, ran: RunsHere) -> Runs:
    """Runs a command of the office; what is given on standard input follows the passphrase of the coordinator."""

    def run(*arguments: object, given: str = "", passphrase: str = OFFICE_PASSPHRASE) -> Done:
        new = ("--new-passphrase-file", "-") if given else ()
        typed = f"{passphrase}\n{given}\n" if given else f"{passphrase}\n"
        return ran("office", *arguments, "--data", new_office, "--passphrase-file", "-", *new, given=typed)

    return run


def done(result: Done) -> str:
    assert (result.status, result.err) == (0, ""), result.err
    return result.out


def refused(result: Done) -> str:
    assert (result.status, result.out) == (1, "")
    assert is_one_sentence(result.err), result.err
    return result.err


def test_coordinators_come_are_renamed_change_their_passphrase_and_go(office: Runs, new_office: Path) -> None:
    assert done(office("coordinators")) == "Ada (you)\n"
    assert "opens the office" in done(office("coordinators", "add", "Ben", given=NEW))
    assert done(office("coordinators", passphrase=NEW)) == "Ada\nBen (you)\n"
    done(office("coordinators", "rename", "ben", "Benedict"))
    done(office("passphrase", given=OTHER, passphrase=NEW))
    assert unlock_office(new_office, OTHER).coordinator == "Benedict"
    done(office("passphrase", "--of", "Benedict", given=NEW))
    assert unlock_office(new_office, NEW).coordinator == "Benedict"
    gone = done(office("coordinators", "remove", "Benedict", "--yes"))
    assert "A copy of the key or its file, made before, still opens." in gone
    assert 'use the recovery code with "fairstart office recover"' in refused(office("coordinators", passphrase=NEW))
    assert "only coordinator" in refused(office("coordinators", "remove", "Ada", "--yes"))


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
    assert why in refused(office(*arguments, given=given))
    assert (new_office / "office" / "office.key").read_bytes() == before


def test_without_a_terminal_nobody_is_removed_unasked(office: Runs) -> None:
    asked = office("coordinators", "remove", "Ada")
    assert (asked.status, asked.out) == (2, "")
    assert "--yes" in asked.err


def test_a_new_recovery_code_is_shown_once_and_the_one_before_opens_the_file_no_more(
    office: Runs, new_office: Path, ran: RunsHere, tmp_path: Path
) -> None:
    lines = done(office("recovery")).splitlines()
    assert office_key_file(new_office).open_with_code(secret_of_code(lines[1])).public == existing_office(new_office)
    assert "The code before opens that file no more." in lines[2]
    for name, code in (("old", " ".join(recovery_code(RECOVERY_SECRET))), ("new", lines[1].lower())):
        (tmp_path / name).write_text(code, "utf-8")
    recover = ("office", "recover", "--data", new_office, "--passphrase-file", "-", "--recovery-code-file")
    before = (new_office / "office" / "office.key").read_bytes()
    assert "an old one" in refused(ran(*recover, tmp_path / "old", given=NEW))
    assert (new_office / "office" / "office.key").read_bytes() == before
    assert (new_office / "office" / "wrong-tries").read_bytes() == b"1"
    assert "“Ada” opens the office" in done(ran(*recover, tmp_path / "new", given=NEW))
    assert unlock_office(new_office, NEW).coordinator == "Ada"
    assert not (new_office / "office" / "wrong-tries").exists()


@pytest.mark.parametrize("right", [True, False])
@pytest.mark.sampled
def test_at_a_terminal_a_new_code_holds_once_two_groups_of_it_were_typed_back(
    new_office: Path, program: Opens, *, right: bool
) -> None:
    at_work = program("office", "recovery", "--data", new_office, first=QUICKLY)
    at_work.says("Office passphrase")
    at_work.type(f"{OFFICE_PASSPHRASE}\r")
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
    new_office: Path, ran: RunsHere, tmp_path: Path
) -> None:
    code, copy, data = tmp_path / "code", new_office / "office" / "office.key", tmp_path / "data"
    code.write_text(" ".join(recovery_code(RECOVERY_SECRET)), "utf-8")
    recover = ("office", "recover", "--passphrase-file", "-", "--recovery-code-file", code)
    assert "office init" in refused(ran(*recover, "--data", data, given=NEW))
    assert "already" in refused(ran(*recover, "--data", new_office, "--key-file", copy, given=NEW))
    copied = (*recover, "--data", data, "--key-file", copy, "--coordinator", "Cyd")
    assert "Cyd" in done(ran(*copied, given=NEW))
    assert existing_office(data) == existing_office(new_office)
    assert unlock_office(data, NEW).coordinator == "Cyd"
    unnamed = ran(*recover, "--data", data, given=OTHER)
    assert "--coordinator: Ada, Cyd" in refused(unnamed)


@pytest.mark.usefixtures("quickly_unlocked")
def test_a_laptops_forgotten_passphrase_goes_to_the_office_and_a_new_one_comes_back(
    office: Runs, set_up_folder: Path, ran: RunsHere, tmp_path: Path
) -> None:
    stick = tmp_path / "STICK"
    stick.mkdir()
    laptop = ("passphrase", "--data", set_up_folder)
    asked = done(ran(*laptop, "--forgotten", stick))
    (request,) = stick.glob("*.forgotten")
    digits = asked.splitlines()[0].rpartition(": ")[2]
    assert office("staff-passphrase", request, given=NEW).status == 2, "somebody compares the digits"
    assert "office passphrase" in office("staff-passphrase", request, "--yes", given=OFFICE_PASSPHRASE).err
    answered = done(office("staff-passphrase", request, "--yes", given=NEW))
    assert f"Digits to compare: {digits}" in answered
    assert "has not met it yet" in answered
    (answer,) = stick.glob("*.passphrase")
    taking = (*laptop, "--answer", answer, "--passphrase-file", "-")
    assert "not right" in refused(ran(*taking, given=STRONG))
    assert (set_up_folder / "kiosk" / "wrong-tries").read_bytes() == b"1"
    assert "opens this laptop now" in done(ran(*taking, given=NEW))
    assert "waits for no answer" in refused(ran(*taking, given=NEW))
    change = (*laptop, "--passphrase-file", "-", "--new-passphrase-file", "-")
    assert "not right" in refused(ran(*change, given=f"{STRONG}\n{OTHER}\n"))
    assert "too easy" in refused(ran(*change, given=f"{NEW}\npassword1\n"))
    assert "opens this laptop now" in done(ran(*change, given=f"{NEW}\n{OTHER}\n"))
    assert "too easy" in refused(ran(*change, given=f"{OTHER}\npassword1\n"))


def test_a_file_that_is_no_request_or_no_answer_is_one_sentence(
    office: Runs, set_up_folder: Path, ran: RunsHere, tmp_path: Path
) -> None:
    (tmp_path / "junk").write_bytes(b"junk")
    for result in (
        office("staff-passphrase", tmp_path / "junk", "--yes", given=NEW),
        ran("passphrase", "--data", set_up_folder, "--answer", tmp_path / "junk", "--passphrase-file", "-", given=NEW),
        ran("passphrase", "--data", tmp_path / "none", "--forgotten", tmp_path),
    ):
        refused(result)
    both = ran("passphrase", "--data", set_up_folder, "--answer", tmp_path, "--forgotten", tmp_path)
    assert both.status == 2


def test_the_log_is_shown_as_lines_as_json_and_as_a_table(office: Runs) -> None:
    done(office("coordinators", "add", "=Ben", given=NEW))
    line = done(office("log")).splitlines()[1]
    assert line.endswith(" · Ada · coordinator added · name: =Ben")
    found = json.loads(done(office("log", "--json")))
    assert [one["what"] for one in found] == ["opened", "coordinator added", "opened", "opened"]
    rows = list(csv.reader(io.StringIO(done(office("log", "--csv")))))
    assert rows[0] == ["at", "who", "what", "details"]
    assert rows[2][1:] == ["Ada", "coordinator added", "name: =Ben"]
    assert done(office("log", "--csv", passphrase=NEW)).splitlines()[-1].endswith(",'=Ben,opened,")
    assert office("log", "--csv", "--json").status == 2
