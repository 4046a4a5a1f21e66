"""A start folder that is gone, as with a stick that was pulled out, is passed over by every command and screen."""

import os
from collections.abc import Mapping, Sequence
from pathlib import Path

import click
import pytest

from storage.crypto.recovery_code import recovery_code
from storage.settings import SettingsFile
from tests.tui.cli.commands import STRONG, STRONGER, Opens, Runs, every_command, is_one_sentence
from tests.tui.offices import OFFICE_PASSPHRASE, RECOVERY_SECRET
from tests.variants import usually
from tui.terminal.process import FAULT

pytestmark = [
    pytest.mark.skipif(os.name == "nt", reason="Windows removes no folder that somebody is in"),
    pytest.mark.usefixtures("quickly", "easy_unlock"),
]

GONE = "import os\nos.rmdir(os.getcwd())\n"

SET_UP = ("--organisation", "Musterwerk", "--event", "Fair", "--date", "2026-11-23", "--place", "Leeds")
NEW_PASSPHRASE = ["--passphrase-file", "-", "--new-passphrase-file", "-"]
FAIR = ("Open Day", "--place", "Leeds", "--date", "2099-03-01")
COMMANDS: Mapping[str, tuple[str, Sequence[str], str]] = {
    "setup": ("new", [*SET_UP, "--passphrase-file", "-", "--office-key", "office.pub"], STRONG),
    "plain": ("kiosk", [], "2"),
    "counts": ("kiosk", ["--passphrase-file", "-"], STRONG),
    "close": ("kiosk", ["--yes", "--passphrase-file", "-"], STRONG),
    "debrief": ("kiosk", ["--passphrase-file", "-", "--worked", "The quiz."], STRONG),
    "paper": ("kiosk", ["--passphrase-file", "-"], STRONG),
    "papers": ("kiosk", ["stick"], ""),
    "guide": ("kiosk", ["events"], ""),
    "export": ("kiosk", ["--passphrase-file", "-", "stick"], STRONG),
    "receipt": ("kiosk", ["--passphrase-file", "-", "stick"], STRONG),
    "doctor": ("kiosk", [], ""),
    "deploy": ("", ["stick"], ""),
    "office init": ("new", ["--passphrase-file", "-"], STRONGER),
    "office import": ("office", ["--passphrase-file", "-", "stick"], OFFICE_PASSPHRASE),
    "office counts": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office events": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office prepare": (
        "office",
        [
            *("--passphrase-file", "-", "--staff-passphrase-file", "-", "--no-wheels"),
            *("--organisation", "Musterwerk", "--event", "Open Day", "stick"),
        ],
        f"{OFFICE_PASSPHRASE}\n{STRONG}",
    ),
    "office sticks": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office backup": ("office", ["--passphrase-file", "-", "stick"], OFFICE_PASSPHRASE),
    "office restore": ("office", ["--passphrase-file", "-", "stick"], OFFICE_PASSPHRASE),
    "office go-on": ("office", ["--yes", "--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office sync": ("office", ["--passphrase-file", "-", "stick"], OFFICE_PASSPHRASE),
    "sync": ("kiosk", ["--passphrase-file", "-"], STRONG),
    "office plan add": ("office", FAIR, ""),
    "office plan remove": ("office", ["--yes", "Open Day"], ""),
    "office laptops": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office correct": ("office", ["--passphrase-file", "-", "Autumn Intake", "--place", "York"], OFFICE_PASSPHRASE),
    "office debrief": ("office", ["--passphrase-file", "-", "Autumn Intake", "--worked", "Tea."], OFFICE_PASSPHRASE),
    "office corrections": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office delete-responses": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office targets set": ("office", ["--passphrase-file", "-", "people", "100"], OFFICE_PASSPHRASE),
    "office targets remove": ("office", ["--passphrase-file", "-", "0" * 16], OFFICE_PASSPHRASE),
    "office log": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office recover": (
        "office",
        ["--passphrase-file", "-", "--recovery-code-file", "-"],
        f"{' '.join(recovery_code(RECOVERY_SECRET))}\n{STRONG}",
    ),
    "office recovery": ("office", ["--passphrase-file", "-"], OFFICE_PASSPHRASE),
    "office passphrase": ("office", NEW_PASSPHRASE, f"{OFFICE_PASSPHRASE}\n{STRONG}"),
    "office coordinators add": ("office", [*NEW_PASSPHRASE, "Ben"], f"{OFFICE_PASSPHRASE}\n{STRONG}"),
    "office coordinators rename": ("office", ["--passphrase-file", "-", "Ada", "Eve"], OFFICE_PASSPHRASE),
    "office coordinators remove": ("office", ["--passphrase-file", "-", "--yes", "Ada"], OFFICE_PASSPHRASE),
    "office staff-passphrase": ("office", ["--passphrase-file", "-", "--yes", "stick"], OFFICE_PASSPHRASE),
    "passphrase": ("kiosk", ["--forgotten", "stick"], ""),
    "office report": ("office", ["--passphrase-file", "-", "--to", "stick"], OFFICE_PASSPHRASE),
    "toolkit search": ("kiosk", ["parents"], ""),
    "toolkit list": ("kiosk", [], ""),
    "toolkit show": ("kiosk", ["D1.1"], ""),
    "toolkit set": ("kiosk", ["D1.1", "done"], ""),
    "toolkit export": ("kiosk", ["plan.csv"], ""),
    "toolkit import": ("kiosk", ["--yes", "plan.csv"], ""),
}
"""For every command: on which data folder, with which arguments, and what is typed."""

FAIL_ANYWHERE = {
    *(
        "receipt",
        "doctor",
        "paper",
        "office import",
        "office restore",
        "office staff-passphrase",
        "office targets remove",
        "sync",
    ),
}
"""There is no receipt, export, copy, request, target, terminal or address here; no test's computer is without fault."""

RELATIVE: Sequence[tuple[str, ...]] = (
    ("doctor", "--data", "data"),
    ("doctor", "--config", "kiosk.toml"),
    ("counts", "--passphrase-file", "passphrase"),
    ("export", "there", "--passphrase-file", "-"),
    ("receipt", "there", "--passphrase-file", "-"),
    ("deploy", "there"),
    ("toolkit", "export", "there.md"),
    ("toolkit", "import", "there.csv"),
)


@pytest.fixture
def places(settings_file: SettingsFile, used_office: Path, office_pub: Path, tmp_path: Path) -> Mapping[str, Path]:
    """Whole paths: data folders of a kiosk, of an office and a new one, and what commands are given."""
    named = {name: tmp_path / name for name in ("new", "stick", "plan.csv")}
    return {"kiosk": settings_file.path.parent, "office": used_office, "office.pub": office_pub, **named}


@pytest.fixture
def gone(ran: Runs, tmp_path: Path) -> Runs:
    """Runs a command from a folder that is not there any more."""
    (tmp_path / "working").rmdir()
    with pytest.raises(FileNotFoundError):
        os.getcwd()  # noqa: PTH109
    return ran


def test_every_command_is_tried() -> None:
    assert {" ".join(path) for path, one in every_command() if not isinstance(one, click.Group)} == set(COMMANDS)


@pytest.mark.parametrize("name", usually(12, COMMANDS))
def test_a_command_does_from_a_folder_that_is_gone_what_it_does_elsewhere(
    name: str, places: Mapping[str, Path], gone: Runs
) -> None:
    on, arguments, typed = COMMANDS[name]
    data = ("--data", places[on]) if on else ()
    if name == "toolkit import":
        assert gone("toolkit", "export", places["plan.csv"]).status == 0
    if name in {"office plan remove", "office prepare"}:
        assert gone("office", "plan", "add", *FAIR, *data).status == 0
    if name == "debrief":
        assert gone("close", "--yes", "--passphrase-file", "-", *data, given=f"{STRONG}\n").status == 0
    if name == "office coordinators remove":
        add = ("office", "coordinators", "add", *NEW_PASSPHRASE, "Ben")
        assert gone(*add, *data, given=f"{OFFICE_PASSPHRASE}\n{STRONG}\n").status == 0
    done = gone(*name.split(), *(places.get(each, each) for each in arguments), *data, given=f"{typed}\n")
    assert done.err.strip() != FAULT
    if name not in FAIL_ANYWHERE:
        assert done.status == 0, done.err
    elif name != "doctor":
        assert is_one_sentence(done.err)
        assert any(what in done.err for what in ("stick", "address", "no target", "terminal"))


@pytest.mark.parametrize("command", RELATIVE, ids=" ".join)
def test_what_begins_in_a_folder_that_is_gone_is_one_sentence(
    command: tuple[str, ...], places: Mapping[str, Path], gone: Runs
) -> None:
    given = () if {"--data", "deploy"} & set(command) else ("--data", places["kiosk"])
    assert gone(*command, *given, given=f"{STRONG}\n").refusal().strip() != FAULT


@pytest.mark.parametrize(
    ("command", "on", "shows"),
    [
        ((), "kiosk", "Hello."),
        ((), "new", "Set up this laptop"),
        (("office",), "new", "Make the office key"),
        (("toolkit",), "new", "must-haves"),
    ],
    ids=["kiosk", "set-up", "office", "toolkit"],
)
@pytest.mark.sampled
def test_screens_open_in_a_folder_that_is_gone(
    command: tuple[str, ...], on: str, shows: str, places: Mapping[str, Path], program: Opens
) -> None:
    program(*command, "--data", places[on], first=GONE).shows(shows)
