"""Commands as tests run them, and what to say of their output."""

import io
import re
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click
import pytest

import tui.cli.main
from tests.tui.interpreter import Interpreter, in_process_of_its_own
from tests.tui.offices import OFFICE_PASSPHRASE
from tests.tui.program import Program, programs
from tui.cli.commands import fairstart

STRONG, STRONGER = "violet anchor mustard kite plough", "quarry lantern biscuit tunnel heron"
RUN = "import sys; sys.argv[0] = 'fairstart'; from tui.cli.main import main; main()"


def is_one_sentence(said: str) -> bool:
    """Whether a message is one line that ends like a sentence and shows nothing of the program."""
    return bool(re.fullmatch(r"[^\n]+[.?]\n", said)) and not re.search(r"Traceback|Error\b|\.py\b|<|0x", said)


@dataclass(frozen=True)
class Done:
    """What a command printed, and its exit status."""

    status: int
    out: str
    err: str

    def answer(self) -> str:
        """What it prints, of a command that does what it is asked and has nothing else to say."""
        assert (self.status, self.err) == (0, ""), self
        return self.out

    def refusal(self, status: int = 1) -> str:
        """The one sentence of a command that prints nothing else."""
        assert (self.status, self.out) == (status, ""), self
        assert is_one_sentence(self.err), self.err
        return self.err


Runs = Callable[..., Done]
Opens = Callable[..., Program]


def every_command(command: click.Command = fairstart, *path: str) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """A command and all below it, by the words that lead there."""
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            one = command.get_command(context, name)
            assert one is not None
            yield from every_command(one, *path, name)


@pytest.fixture
def run(tmp_path: Path, interpreter: Interpreter) -> Runs:
    """Runs a command without a terminal, from an empty working folder and an empty home."""

    def ran(*arguments: str | Path, given: str = "", code: str = RUN, **more: str) -> Done:
        for name in ("home", "working"):
            (tmp_path / name).mkdir(exist_ok=True)
        home = dict.fromkeys(("HOME", "USERPROFILE"), str(tmp_path / "home"))
        started = in_process_of_its_own if more else interpreter  # it is read as Python starts
        done = started(code, [str(each) for each in arguments], tmp_path, given, **home, **more)
        return Done(done.returncode, done.stdout, done.stderr)

    return ran


@pytest.fixture
def program(tmp_path: Path) -> Iterator[Opens]:
    """Starts a command in a terminal of its own."""
    with programs(tmp_path) as opened:
        yield opened


def contents(folder: Path) -> dict[str, bytes]:
    """Every file under a folder; of a folder, its name."""
    return {
        path.relative_to(folder).as_posix(): path.read_bytes() if path.is_file() else b"" for path in folder.rglob("*")
    }


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path) -> Runs:
    """Runs a command here, without a terminal, from an empty working folder."""
    (tmp_path / "working").mkdir()
    monkeypatch.chdir(tmp_path / "working")

    def run(*arguments: object, given: str = "") -> Done:
        monkeypatch.setattr(sys, "argv", ["fairstart", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", io.StringIO(given))
        capsys.readouterr()
        try:
            tui.cli.main.main()
            status = 0
        except SystemExit as ended:
            status = int(ended.code or 0)
        said = capsys.readouterr()
        return Done(status, said.out, said.err)

    return run


@dataclass(frozen=True)
class AtOffice:
    """A data folder of an office, and how its commands are run."""

    data: Path
    ran: Runs

    def runs(self, *arguments: object, given: str = OFFICE_PASSPHRASE) -> Done:
        return self.ran("office", *arguments, "--data", self.data, "--passphrase-file", "-", given=f"{given}\n")

    def says(self, *arguments: object) -> str:
        """What it prints, of a command that does what it is asked."""
        return self.runs(*arguments).answer()

    def refuses(self, *arguments: object, status: int = 1) -> str:
        """The one sentence of a command that does nothing."""
        before = self.runs("events").out, self.runs("laptops").out, self.runs("corrections").out
        sentence = self.runs(*arguments).refusal(status)
        assert (self.runs("events").out, self.runs("laptops").out, self.runs("corrections").out) == before
        return sentence


@pytest.fixture
def used(used_office: Path, ran: Runs) -> AtOffice:
    return AtOffice(used_office, ran)
