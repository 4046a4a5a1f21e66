"""Whatever is in a name that a command is given or finds, what it prints steers no terminal and forges no line."""

import io
import json
import re
import shutil
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import click
import pytest
from hypothesis import given
from hypothesis import strategies as st

from storage.crypto.keys import SEED_SIZE, KioskPrivateKey
from storage.text import shown_name
from tests.tui.cli.commands import Done, Runs, every_command
from tests.tui.foreign import NAMES, WORST, names, only_where_names_are_bytes, steers
from tests.tui.offices import OFFICE_PASSPHRASE, STRANGE
from tests.variants import usually
from tui.cli.output import put_json, put_out, say
from tui.terminal.process import FAULT

pytestmark = [pytest.mark.usefixtures("quickly", "easy_unlock"), only_where_names_are_bytes]


def takes_text(parameter: click.Parameter) -> bool:
    return isinstance(parameter, click.Argument) or (isinstance(parameter, click.Option) and not parameter.is_flag)


def line(path: tuple[str, ...], command: click.Command, given: dict[str, str]) -> list[str]:
    """What is typed to give a command these values, by the names of its parameters, and what it cannot do without."""
    usual = {"name": "F1", "status": "done", "words": "school", "passphrase_file": "-"}
    options, arguments = [], []
    for parameter in command.params:
        value = given.get(parameter.name or "")
        if value is None and (parameter.required or parameter.name == "passphrase_file"):
            value = usual.get(parameter.name or "", "elsewhere")
        if value is not None and isinstance(parameter, click.Option):
            options += [f"{parameter.opts[0]}={value}"]
        elif value is not None:
            arguments += [value]
    return [*path, *options, "--", *arguments]


COMMANDS = dict(every_command())
SHORT = "\x1b]0;owned\x07a\nb\u202e"
"""Where a name can be too long."""
PLACES: dict[str, Callable[[Path], None]] = {
    **dict.fromkeys(("data", "dest", "to", "receipts", "places", "folder"), Path.mkdir),
    **dict.fromkeys(("config", "file", "office_key", "recovery_code_file"), Path.touch),
}
"""Parameters that name a folder or a file, and what makes one."""


@pytest.fixture
def both(set_up_folder: Path, used_office: Path) -> Path:
    """The data folder of a laptop that is kiosk and office."""
    shutil.copytree(used_office / "office", set_up_folder / "office")
    return set_up_folder


@pytest.mark.parametrize("path", usually(12, COMMANDS), ids=lambda path: " ".join(("fairstart", *path)))
def test_whatever_is_given_to_a_command_is_repeated_harmlessly_and_on_as_many_lines_as_another_name(
    path: tuple[str, ...], both: Path, ran: Runs, tmp_path: Path
) -> None:
    command, working = COMMANDS[path], tmp_path / "working"

    def done(value: str, parameter: str) -> Done:
        given = {"data": str(both), parameter: value}
        return ran(*line(path, command, given), given=f"{OFFICE_PASSPHRASE}\n")

    def said_of(name: str, parameter: str, make: Callable[[Path], None] | None) -> Done:
        if make:
            make(working / name)
        for wrong_tries in both.glob("*/wrong-tries"):
            wrong_tries.unlink()  # the next try would wait ever longer
        said = done(name, parameter)
        for left in working.iterdir():
            shutil.rmtree(left) if left.is_dir() else left.unlink()
        return said

    for parameter in filter(takes_text, command.params):
        assert parameter.name
        make = PLACES.get(parameter.name)
        for name, there in ((WORST, None), (WORST, make)) if make else ((WORST, None), (SHORT, None)):
            hostile, harmless = (said_of(each, parameter.name, there) for each in (name, "x" * len(name)))
            assert not steers((hostile.out + hostile.err).replace("\n", "")), parameter.name
            assert FAULT not in hostile.err, (parameter.name, there)
            assert hostile.err.count("\n") <= max(harmless.err.count("\n"), 1), (hostile, harmless)
            if parameter.name != "words":  # of which some are found
                assert hostile.out.count("\n") <= harmless.out.count("\n"), (hostile, harmless)


@pytest.mark.parametrize("before", [[], ["office"], ["toolkit"], ["office", "import"]], ids=" ".join)
@pytest.mark.parametrize("what", [WORST, f"--{WORST}", f"-{WORST}"], ids=["command", "option", "letter"])
def test_a_command_or_an_option_that_there_is_not_is_one_harmless_sentence(
    before: list[str], what: str, ran: Runs
) -> None:
    done = ran(*before, what)
    assert (done.out, done.err.count("\n")) == ("", 1)
    assert not steers(done.err[:-1])
    assert FAULT not in done.err


def test_each_file_of_a_stick_has_one_line_whatever_it_is_called_and_its_receipt_its_own_name(
    used_office: Path, handed_over: Path, ran: Runs
) -> None:
    good = next(path for path in sorted(handed_over.iterdir()) if "damaged" not in path.name)
    stick = handed_over / WORST
    stick.mkdir()
    for name in NAMES.values():
        shutil.copy(good, stick / f"{name}.fairstart")
    known = ("--data", used_office, "--accept", KioskPrivateKey(STRANGE[:SEED_SIZE]).public.fingerprint)
    done = ran("office", "import", stick, *known, "--passphrase-file=-", given=f"{OFFICE_PASSPHRASE}\n")
    assert not steers((done.out + done.err).replace("\n", ""))
    lines = done.out.splitlines()
    assert len(lines) == len(NAMES) + 1, done.err
    assert lines[-1].startswith(f"{len(NAMES)} files were brought in")
    files = {one.rpartition(".fairstart: ")[0].rpartition("/")[2] for one in lines[:-1]}
    assert len(files) >= len(NAMES) - 1, "all but those that differ only in the middle of two hundred letters"
    assert {path.name for path in stick.iterdir() if path.suffix == ".receipt"} == {
        f"{name}.receipt" for name in NAMES.values()
    }


class Terminal(io.TextIOWrapper):
    """A terminal."""

    def isatty(self) -> bool:
        return True


def printed(by: Callable[[], None], kind: type[io.TextIOWrapper] = io.TextIOWrapper) -> str:
    """What goes to standard output, a file or a terminal."""
    taken = io.BytesIO()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdout", kind(taken, "utf-8"))
        by()
        sys.stdout.flush()
        return taken.getvalue().decode()


@given(st.lists(names, max_size=5))
def test_whatever_is_said_is_one_line(pieces: list[str]) -> None:
    said = printed(partial(say, *pieces))
    assert said.endswith("\n")
    assert not steers(said[:-1])


@given(st.dictionaries(names, names, max_size=3))
def test_json_is_exact_and_steers_nothing(document: dict[str, str]) -> None:
    document = {name: value for name, value in document.items() if not re.search("[\ud800-\udfff]", name + value)}
    text = json.dumps(document, ensure_ascii=False, indent=2) + "\n"
    for kind in (io.TextIOWrapper, Terminal):
        said = printed(partial(put_json, text), kind)
        assert json.loads(said) == document
        assert not steers(said.replace("\n", ""))


def test_a_file_that_is_put_out_is_exact_but_for_a_terminal() -> None:
    text = f"\ufeffid,note\r\nF1,\x1b]0;owned\x07{NAMES['turned']}\r\n"
    assert printed(partial(put_out, text)) == text
    shown = printed(partial(put_out, text), Terminal)
    assert shown.splitlines()[0] == "id,note"
    assert shown.count("\n") == 2
    assert not steers(shown.replace("\n", ""))


def test_names_that_differ_in_what_steers_are_told_apart() -> None:
    shown = [shown_name(name) for what, name in NAMES.items() if what != "longer"]
    assert len(set(shown)) == len(shown)
