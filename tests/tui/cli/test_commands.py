"""The command line as people and scripts meet it: what it prints, what it returns, what it leaves on the disk."""

import contextlib
import csv
import io
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from importlib.metadata import version
from pathlib import Path

import click
import pytest

from content.survey import load_survey
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.office_key import OfficeKeyFile
from storage.crypto.recovery_code import secret_of_code
from storage.data_folder import hold
from storage.database import LARGE_PAGES
from storage.events import STAGES
from storage.kiosk.state import is_set_up
from storage.settings import SettingsFile, find_settings, shipped_default
from tests.tui.cli.commands import (
    RUN,
    STRONG,
    STRONGER,
    Done,
    Opens,
    Runs,
    contents,
    every_command,
    is_one_sentence,
)
from tests.tui.interpreter import Interpreter
from tests.tui.kiosks import KIOSK_TOML
from tests.tui.program import QUICKLY, Program
from tests.tui.recorder import Recorder

DETAILS = ("--organisation", "Musterwerk", "--event", "Riverside Jobs Fair", "--date", "2026-11-23", "--place", "Leeds")
EASILY = f"""
import hashlib
import storage.kiosk.kiosk
from storage.errors import WrongPassphraseError
from storage.crypto.keys import KioskPrivateKey
def unlock(_kiosk, passphrase):
    if passphrase != {STRONG!r}:
        raise WrongPassphraseError("That passphrase is not right.")
    return KioskPrivateKey(hashlib.sha256(b"a kiosk's seed").digest())
storage.kiosk.kiosk.Kiosk.unlock = unlock
{RUN}"""
"""Without Argon2id, on a folder of the fixture `set_up_once`."""
WHOLLY = EASILY.replace("passphrase !=", "storage.crypto.keys.normalise_passphrase(passphrase) !=").replace(
    "import storage.kiosk.kiosk\n", "import storage.crypto.keys, storage.kiosk.kiosk\n"
)
"""Without Argon2id, but with what it does to spaces."""
SPACES = "\t\v\f\x1c\x85\u00a0\u1680\u2003\u2028\u2029\u202f\u205f\u3000"
NO_TEXT = b"caf\xe9".decode("utf-8", "surrogateescape")
COUNTS = [["counts", "--passphrase-file", "-"], ["close", "--yes", "--passphrase-file", "-"]]


@pytest.fixture
def passphrase_file(tmp_path: Path) -> Path:
    file = tmp_path / "passphrase"
    file.write_text(STRONG + "\n", "utf-8")
    return file


@pytest.fixture
def office_pub(tmp_path: Path, office_key: OfficePrivateKey) -> Path:
    file = tmp_path / "office.pub"
    file.write_bytes(office_key.public.to_file())
    return file


# setup, without questions

OFFICE_TOO = ("--office-passphrase-file", "-")


@pytest.mark.long
def test_setup_with_the_offices_key(run: Runs, tmp_path: Path, passphrase_file: Path, office_pub: Path) -> None:
    data = tmp_path / "data"
    done = run(
        "setup",
        "--data",
        data,
        *DETAILS,
        "--statement",
        "\ufeffWe ask everyone.\r\nIt helps us.\r\n",
        "--passphrase-file",
        passphrase_file,
        "--office-key",
        office_pub,
        code=QUICKLY + RUN,
    ).answer()
    assert "Recovery code" not in done
    assert "Self-test passed" in done
    assert STRONG not in done
    assert is_set_up(data)
    assert (data / "kiosk" / "office.pub").read_bytes() == office_pub.read_bytes()
    assert not (data / "office").exists()
    written = find_settings(None, tmp_path, data).settings
    assert (written.organisation.name, written.event.place, written.missing) == ("Musterwerk", "Leeds", ())
    assert written.organisation.statement == "We ask everyone. It helps us."
    before = contents(data)
    for options in (("--office-key", office_pub), ("--passphrase-file", passphrase_file), OFFICE_TOO):
        refused = run("setup", "--data", data, "--event", "Another fair", *options, given=STRONGER).refusal()
        assert "is set up already and keeps its keys and passphrases: nothing was changed" in refused
        assert contents(data) == before
    more = ("--stage", "applicants", "--questions", "key", "--date", "3/4/2027", "--last-day", "Mon 5 April 2027")
    again = run("setup", "--data", data, "--event", "Another fair", *more)
    assert (again.status, again.err) == (0, "")  # a laptop that has its keys keeps them
    assert "Keys made" not in again.out
    changed = find_settings(None, tmp_path, data).settings
    assert (changed.event.name, changed.event.stage, changed.survey.questions) == ("Another fair", "applicants", "key")
    assert (str(changed.event.date), str(changed.event.last_day)) == ("2027-04-03", "2027-04-05")
    assert changed.organisation.name == "Musterwerk"
    assert len(list((data / "kiosk").glob("*/responses.db"))) == 2
    assert "# Fairstart: the settings of one kiosk." in (data / "kiosk.toml").read_text("utf-8")


def test_setup_as_the_office_shows_the_keys_recovery_code_once_and_keeps_the_key(run: Runs, tmp_path: Path) -> None:
    data = tmp_path / "data"
    options = ("--passphrase-file", "-", "--office-passphrase-file", "-")
    done = run("setup", "--data", data, *DETAILS, *options, given=f"{STRONG}\n{STRONGER}\n").answer()
    codes = [line for line in done.splitlines() if re.fullmatch(r"([0-9A-Z]{4} ){7}[0-9A-Z]{4}", line)]
    assert len(codes) == 1
    file = OfficeKeyFile.from_file(data / "office" / "office.key")
    assert file.open_with_code(secret_of_code(codes[0])) == file.open(STRONGER)
    assert not [name for name, content in contents(data).items() if codes[0][:19].encode() in content], "kept on disk"
    assert not [word for word in (STRONG, STRONGER) if word in done]
    office = contents(data / "office")
    shutil.rmtree(data / "kiosk")  # set-up was interrupted, or begins anew: the office's key stays the one there is
    again = run(
        "setup", "--data", data, "--place", "Hull", "--passphrase-file", "-", given=STRONG, code=QUICKLY + RUN
    ).answer()
    assert "Recovery code" not in again
    assert contents(data / "office") == office
    assert (data / "kiosk" / "office.pub").read_bytes() == office["office.pub"]


WRONG_USE = [
    (["--organisation", "Musterwerk"], "set-up also needs --event, --date, --place"),
    ([*DETAILS], "set-up also needs --passphrase-file"),
    ([*DETAILS, "--passphrase-file", "{passphrase}"], "set-up also needs --office-key, or --office-passphrase-file"),
    ([*DETAILS, "--colour", "red"], "No such option"),
    (
        [*DETAILS, "--passphrase-file", "{passphrase}", "--office-key", "{passphrase}", *OFFICE_TOO],
        "choose --office-key or --office-passphrase-file",
    ),
    (["--new-key"], "--new-key is for a laptop that is set up"),
    ([*DETAILS, "--place"], "requires an argument"),
    ([*DETAILS, "Leeds"], "unexpected extra argument"),
]
REFUSED = [
    (["--passphrase-file", "{weak}"], "too easy to guess"),
    (["--passphrase-file", "{event's}"], "too easy to guess"),
    (["--passphrase-file", "{empty}"], "too easy to guess"),
    (["--passphrase-file", "{nowhere}"], "Cannot read a passphrase from"),
    (["--passphrase-file", "{binary}"], "Cannot read a passphrase from"),
    (["--passphrase-file", "{passphrase}", "--office-passphrase-file", "{passphrase}"], "choose another one"),
    (["--passphrase-file", "{passphrase}", "--office-passphrase-file", "{weak}"], "too easy to guess"),
    (["--passphrase-file", "{passphrase}", "--office-key", "{nowhere}"], "Cannot read the key file"),
    (["--passphrase-file", "{passphrase}", "--office-key", "{passphrase}"], "is not an office public key"),
    (["--stage", "lunch"], '"event.stage" must be one of ' + ", ".join(f'"{stage}"' for stage in STAGES)),
    (["--date", "2026-02-30"], '"event.date" must be a day that exists'),
    (["--date", "tomorrow"], '"event.date" must be a day that exists'),
    (["--date", ""], '"event.date" must be a day that exists'),
    (["--last-day", "2026-11-22"], '"event.last_day" is before "event.date"'),
    (["--questions", "some"], '"survey.questions" must be one of "all", "key"'),
    (["--event", "x" * 61], '"event.name" must be text of at most 60 characters'),
    (["--organisation", "\x1b[31mred"], '"organisation.name" must be text of at most 60 characters on one line'),
]


@pytest.mark.long
def test_setup_says_in_one_sentence_what_is_missing_or_wrong_and_writes_nothing(run: Runs, tmp_path: Path) -> None:
    texts = {"passphrase": STRONG, "weak": "password1", "event's": "Riverside Jobs Fair Leeds", "empty": ""}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, "utf-8")
    (tmp_path / "binary").write_bytes(b"\xff\xfe\x00")
    cases = [(2, *case) for case in WRONG_USE]
    cases += [(1, [*DETAILS, *given], sentence) for given, sentence in REFUSED]
    for status, given, sentence in cases:
        arguments = [re.sub(r"\{(.*)\}", lambda name: str(tmp_path / name[1]), word) for word in given]
        done = run("setup", "--data", tmp_path / "data", *arguments)
        assert sentence in done.refusal(status), given
        assert not (tmp_path / "data").exists(), given
        assert contents(tmp_path / "working") == {}


@pytest.mark.parametrize(
    "written",
    [
        STRONG.encode(),
        f"{STRONG}\r\n".encode(),
        f"{STRONG}\r\n".encode("utf-8-sig"),
        f"{STRONG}\r\n".encode("utf-16"),
        b"\xfe\xff" + f"{STRONG}\n".encode("utf-16-be"),
        STRONG.replace(" ", "\n").encode(),
        f"\n{STRONG}\n\n".encode(),
        *(STRONG.replace(" ", space).encode() for space in SPACES),
    ],
)
@pytest.mark.sampled
def test_a_passphrase_file_is_taken_whole_however_another_system_wrote_it(
    written: bytes, run: Runs, used: Path, tmp_path: Path
) -> None:
    file = tmp_path / "passphrase"
    file.write_bytes(written)
    run("counts", "--data", used, "--passphrase-file", file, code=WHOLLY).answer()
    run(
        "counts",
        "--data",
        used,
        "--passphrase-file",
        "-",
        code=f"import sys; sys.stdin = open({str(file)!r})\n{WHOLLY}",
    ).answer()


def test_a_passphrase_file_that_is_far_too_long_is_refused_and_not_cut(run: Runs, used: Path, tmp_path: Path) -> None:
    file = tmp_path / "passphrase"
    file.write_text("é" * 5000, "utf-8")
    done = run("counts", "--data", used, "--passphrase-file", file, code=EASILY)
    assert done.status == 1
    assert "far too long: check its name" in done.err


def command_lines() -> Iterator[list[str]]:
    """For each option and argument of each command a command line with something that is no text in its place."""
    for path, command in every_command():
        for parameter in command.params:
            if isinstance(parameter, click.Argument):
                yield [*path, NO_TEXT]
            elif isinstance(parameter, click.Option) and not parameter.is_flag:
                yield [*path, parameter.opts[0], NO_TEXT]


def test_an_argument_that_is_no_text_is_refused_by_every_command_before_anything_is_written(
    ran: Runs, tmp_path: Path
) -> None:
    tried = list(command_lines())
    assert len(tried) > 60
    for arguments in tried:
        done = ran("--data", tmp_path / "data", *arguments).refusal(2)
        assert "“caf�” has bytes that are no text here: type it again, or rename that file" in done
    assert not (tmp_path / "data").exists()
    assert contents(tmp_path / "working") == {}


# Where settings and data are found


def settings_used(done: Done) -> tuple[str, str]:
    """The places that `doctor` names."""
    return tuple(re.findall(r"^(?:Settings|Data): (.*)$", done.out, re.MULTILINE))


@pytest.mark.long
def test_settings_come_from_the_option_then_the_working_folder_then_the_data_folder_then_the_package(
    run: Runs, settings_file: SettingsFile, tmp_path: Path
) -> None:
    data = settings_file.path.parent
    chosen, here = tmp_path / "chosen.toml", tmp_path / "working" / "kiosk.toml"
    chosen.write_text(settings_file.text, "utf-8")
    here.parent.mkdir()
    here.write_text(settings_file.text, "utf-8")
    assert settings_used(run("doctor", "--data", data, "--config", chosen)) == (str(chosen), str(data))
    assert settings_used(run("doctor", "--data", data)) == (str(here), str(data))
    here.write_text(shipped_default().read_text("utf-8"), "utf-8")  # that nobody has edited it says nothing
    assert settings_used(run("doctor", "--data", data)) == (str(settings_file.path), str(data))
    settings_file.path.unlink()
    assert settings_used(run("doctor", "--data", data)) == (str(data / "kiosk.toml"), str(data))
    assert "fairstart" in settings_used(run("doctor"))[1]


def test_places_may_stand_before_or_after_the_command_and_the_later_counts(
    run: Runs, settings_file: SettingsFile, tmp_path: Path
) -> None:
    data, other = str(settings_file.path.parent), str(tmp_path / "other")
    config = str(settings_file.path)
    assert settings_used(run("--data", data, "--config", config, "doctor")) == (config, data)
    assert settings_used(run("--data", other, "doctor", "--data", data)) == (config, data)
    done = run("doctor", "--data", os.path.relpath(data, tmp_path / "working"))
    assert Path(settings_used(done)[1]).resolve() == Path(data)


NOWHERE = ("x" * 300, "loop", "closed/data")


@pytest.mark.parametrize("command", ["doctor", "counts", "setup"])
@pytest.mark.parametrize("where", ["Q:\\data"] if os.name == "nt" else NOWHERE, ids=lambda where: where[:9])
def test_a_place_that_cannot_be_looked_at_is_named_with_what_to_do(
    run: Runs, tmp_path: Path, command: str, where: str
) -> None:
    if os.name != "nt":
        (tmp_path / "loop").symlink_to("loop")
        (tmp_path / "closed").mkdir(mode=0)
    done = run(command, "--data", tmp_path / where)
    assert done.status == 1
    assert re.fullmatch(
        r"(Cannot look at .+ \(.+\)|There is no Q:.+ here): choose another place with --data\.\n", done.err
    )


# What each command says of itself


OPTIONS: Mapping[str, list[str]] = {
    "counts": ["--passphrase-file FILE", "--json", "--csv"],
    "close": ["--passphrase-file FILE", "--yes"],
    "export": ["--passphrase-file FILE", " DEST"],
    "receipt": ["--passphrase-file FILE", "--delete", " FILE"],
    "toolkit": ["list", "search", "show", "set", "export", "import"],
    "toolkit list": ["--chapter NAME", "--status STATUS", "--must-haves", "--owner NAME", "--audience WHO", "--json"],
    "toolkit search": ["--json", "WORDS..."],
    "toolkit show": ["--json", " ID"],
    "toolkit set": ["--owner NAME", "--review YYYY-MM-DD", "--note TEXT", " ID STATUS"],
    "toolkit export": ["--chapter NAME", "--must-haves", "--format [md|csv|html]", "--force", "[FILE]"],
    "toolkit import": ["--yes", " FILE"],
}
"""What some commands take."""


def test_every_command_explains_itself_and_each_of_its_options(ran: Runs) -> None:
    for path, _ in every_command():
        said = ran(*path, "--help").answer()
        assert ran(*path, "-h").out == said
        places = () if path == ("deploy",) else ("--config FILE", "--data DIR")
        taken = [*places, *OPTIONS.get(" ".join(path), ())]
        assert [one for one in taken if one not in said] == [], path
        found = re.findall(r"^  (?:-\w, )?--\S+(?: [A-Z|a-z0-9\[\]-]+)?(.*)(?:\n {10,}(.*))?", said, re.MULTILINE)
        assert len(found) >= 3, path
        assert all("".join(explanation).strip() for explanation in found), path


def test_the_version_is_the_distributions(run: Runs) -> None:
    done = run("--version")
    assert (done.status, done.out) == (0, f"fairstart, version {version('fairstart')}\n")


def test_the_command_is_installed_by_this_name(tmp_path: Path) -> None:
    script = shutil.which("fairstart", path=str(Path(sys.executable).parent))
    if script is None:
        pytest.skip("not installed beside this Python")
    done = subprocess.run([script, "--version"], capture_output=True, check=False, text=True, cwd=tmp_path)
    assert done.stdout.startswith("fairstart, version")


def test_doctor_says_what_is_sound_and_what_to_fix_and_returns_it(run: Runs, settings_file: SettingsFile) -> None:
    data = settings_file.path.parent
    settings_file.path.chmod(0o600)
    assert run("plain", "--data", data).status == 0  # makes the event's folder
    before = contents(data)
    done = run(
        "doctor", "--data", data, code=f"import storage.doctor as d; d._disk_encryption = lambda _: d._python(); {RUN}"
    )
    findings = done.out.splitlines()[:-3] if done.status == 0 else done.out.splitlines()[:-2]
    assert all(re.match(r"(ok          |fix         |cannot tell )[A-Z]\w+( \w+)?: .*\.$", line) for line in findings)
    subjects = [re.sub(r":.*", "", line[12:]) for line in findings]
    assert {"Terminal", "Python", "Encryption", "Keys", "Store", "Permissions", "Clock", "Swap"} <= set(subjects)
    others = ("Clock", "Swap", "Reading aloud")  # these are this computer's own
    assert [line for line in findings if line.startswith("fix") and not any(name in line for name in others)] == []
    assert contents(data) == before


has_modes = pytest.mark.skipif(os.name == "nt", reason="Windows has no modes")


@has_modes
def test_doctor_says_how_to_close_a_folder_to_others(run: Runs, set_up_folder: Path) -> None:
    set_up_folder.chmod(0o755)
    done = run("doctor", "--data", set_up_folder)
    assert done.status == 1
    assert "chmod -R go=" in done.out
    assert re.fullmatch(r"\d things? to fix: see above\.\n", done.err)


@pytest.mark.parametrize(
    ("output", "told"),
    [
        (True, "ok          Reading aloud: Candidates can listen, through espeak-ng: offer headphones."),
        (None, "cannot tell Reading aloud: espeak-ng speaks, but this laptop does not show where to: "),
        (False, "fix         Reading aloud: espeak-ng finds no sound output: "),
        ("broken", "fix         Reading aloud: espeak-ng cannot speak here: "),
    ],
)
def test_doctor_says_whether_candidates_can_hear_anything(
    run: Runs, used: Path, recorder: Recorder, output: object, told: str
) -> None:
    recorder.does("exit 1" if output == "broken" else "")
    found = f"programs.find_program = lambda: programs.{recorder.named('espeak-ng')}"
    here = f"from tui.speech import programs, sound\n{found}\nsound.has_output = lambda: {output!r}\n"
    assert told in run("doctor", "--data", used, code=here + RUN).out
    assert {said.text for said in recorder.said} <= {" "}, "what is tried makes no sound"


def test_doctor_on_a_new_laptop_says_to_set_it_up_and_makes_nothing(run: Runs, tmp_path: Path) -> None:
    done = run("doctor")
    assert done.status == 1
    assert 'run "fairstart setup"' in done.out
    assert contents(tmp_path / "home") == contents(tmp_path / "working") == {}


# What stops a command


@pytest.mark.parametrize("command", [[], ["setup"], ["--practice"]])
def test_without_a_terminal_the_screens_say_so(command: list[str], run: Runs, tmp_path: Path) -> None:
    done = run(*command, "--data", tmp_path / "data").refusal()
    assert done == 'The kiosk needs a terminal window: open one, or use "fairstart plain".\n'


@pytest.mark.parametrize(
    "command",
    [
        *(["nonsense"], ["--nonsense"], ["plain", "more"], ["--practice", "plain"], ["--practice", "counts"]),
        *(["--data"], ["counts", "--json", "--csv"], ["counts", "more"], ["close", "--json"]),
        *(["export"], ["receipt"], ["export", "a", "b"], ["--practice", "export", "a"], ["office", "nonsense"]),
    ],
)
def test_wrong_use_is_one_sentence(command: list[str], run: Runs) -> None:
    assert re.fullmatch(r'[^\n]+: see "fairstart --help"\.\n', run(*command).refusal(2))


def spoil(data: Path, what: str) -> None:
    """Break a data folder in one way."""
    pool = next((data / "kiosk").glob("*/responses.db"))
    match what:
        case "pool damaged":
            pool.write_bytes(pool.read_bytes()[:LARGE_PAGES] + os.urandom(LARGE_PAGES))
        case "pool not a database":
            pool.write_bytes(os.urandom(8192))
        case "pool missing":
            pool.unlink()
        case "event missing":
            (pool.parent / "event.json").unlink()
        case "settings broken":
            (data / "kiosk.toml").write_text("[organisation\nname = ", "utf-8")
        case "settings misspelt":
            (data / "kiosk.toml").write_text('[organisation]\nnaem = "x"\n', "utf-8")
        case "settings binary":
            (data / "kiosk.toml").write_bytes(b"\xff\xfe\x00\x00")
        case "office key missing":
            (data / "kiosk" / "office.pub").unlink()
        case "kiosk key damaged":
            (data / "kiosk" / "kiosk.key").write_bytes((data / "kiosk" / "kiosk.key").read_bytes()[:-20])
        case "read-only":
            for place in (data, *data.rglob("*")):
                place.chmod(0o500 if place.is_dir() else 0o400)


SPOILT = [
    "pool damaged",
    "pool not a database",
    "pool missing",
    "event missing",
    "settings broken",
    "settings misspelt",
]
SPOILT += ["settings binary", "office key missing", "kiosk key damaged"]


@pytest.fixture(scope="session")
def used_once(set_up_once: Path, tmp_path_factory: pytest.TempPathFactory, interpreter: Interpreter) -> Path:
    """A data folder that holds a response, never to be changed."""
    folder = tmp_path_factory.mktemp("used")
    (folder / "working").mkdir()
    data = Path(shutil.copytree(set_up_once, folder / "data"))
    (data / "kiosk.toml").write_text(KIOSK_TOML, "utf-8")
    done = interpreter(RUN, ["plain", "--data", str(data)], folder, "2\n", HOME=str(folder))
    assert done.returncode == 0
    return data


@pytest.fixture
def used(used_once: Path, tmp_path: Path) -> Path:
    """That folder, of this test's own."""
    return Path(shutil.copytree(used_once, tmp_path / "data"))


@pytest.mark.parametrize("what", [*SPOILT, pytest.param("read-only", marks=has_modes)])
def test_a_spoilt_folder_is_one_sentence_and_is_left_as_it_is(what: str, run: Runs, used: Path) -> None:
    spoil(used, what)
    before = contents(used)
    run("plain", "--data", used, given="2\n").refusal()
    assert contents(used) == before
    used.chmod(0o700)


@pytest.mark.parametrize("what", ["pool damaged", "settings broken", "office key missing"])
@pytest.mark.sampled
def test_the_kiosk_too_says_one_sentence_of_a_spoilt_folder(what: str, program: Opens, used: Path) -> None:
    spoil(used, what)
    before = contents(used)
    kiosk = program("--data", used)
    assert kiosk.end() == 1
    assert is_one_sentence(kiosk.after().replace("\r\n", "\n"))
    assert what == "settings broken" or kiosk.terminal_is_restored(), "of which nothing is painted"
    assert contents(used) == before


def test_a_folder_that_cannot_be_made_is_one_sentence(run: Runs, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    closed = tmp_path / "closed"
    closed.mkdir(mode=0o500)
    for data in (tmp_path / "file" / "data", closed / "data"):
        run("plain", "--data", data).refusal()
    assert contents(closed) == {}


def test_a_second_one_on_the_same_folder_is_told_so(run: Runs, program: Opens, used: Path) -> None:
    with hold(used):
        before = contents(used)
        passphrase = ("--passphrase-file", "-")
        for command in (["plain"], ["setup", "--event", "Another"], ["counts", *passphrase], ["close", *passphrase]):
            assert run(*command, "--data", used).refusal().startswith("Fairstart is already running on")
        kiosk = program("--data", used)
        assert kiosk.end() == 1
        assert kiosk.after().startswith("Fairstart is already running on")
        assert kiosk.terminal_is_restored()
        looked = run("doctor", "--data", used)
        assert "Fairstart is running: quit it first" in looked.out
        assert contents(used) == before


def test_a_kiosk_that_is_not_set_up_cannot_ask(run: Runs, tmp_path: Path) -> None:
    for command in (["plain"], ["counts"], ["close"], ["export", tmp_path], ["receipt", tmp_path]):
        done = run(*command, "--data", tmp_path / "data").refusal()
        assert done.endswith('is not set up yet: run "fairstart setup".\n')


# counts and close


def answers(people: int) -> str:
    """What so many people type who answer all four questions and send them."""
    return "1\n1\n1\n1\n1\n1\n" * people


@pytest.fixture
def answered(run: Runs, settings_file: SettingsFile) -> Path:
    """A data folder that twelve people answered in, in plain lines."""
    data = settings_file.path.parent
    done = run("plain", "--data", data, given=answers(12))
    assert (done.status, done.out.count("Thank you. Your answers are locked")) == (0, 12)
    return data


def test_twelve_answers_in_plain_lines_give_ten_in_the_counts_and_the_counts_are_told_in_three_ways(
    run: Runs, answered: Path, passphrase_file: Path
) -> None:
    """With the real Argon2id, as a person or a script would ask; what follows does without."""
    before = contents(answered)
    told = run("counts", "--data", answered, "--passphrase-file", passphrase_file).answer()
    lines = told.splitlines()
    assert lines[0] == "Riverside Jobs Fair, 2026-11-23, Leeds (outreach)"
    assert lines[1] == "12 responses held · 10 in the counts · next ten after 10 more answers"
    assert lines[2].startswith("2 responses (from before a restart) will stay out of these counts.")
    assert lines[3] == "Counts are blurred on purpose: each may be off by about 3."
    assert [line for line in lines if re.match(r"\d\. ", line)] == [
        f"{number}. {question.text}" for number, question in enumerate(load_survey().questions, 1)
    ]
    assert "About" not in told
    as_json = run(
        "counts", "--data", answered, "--passphrase-file", "-", "--json", given=f"{STRONG}\n", code=EASILY
    ).answer()
    document = json.loads(as_json)
    assert as_json.endswith("}\n")
    assert (document["held"], document["in_counts"], document["waiting"], document["left_out"]) == (12, 10, 0, 2)
    assert [question["people"] for question in document["questions"]] == [10] * 4
    as_csv = run("counts", "--data", answered, "--csv", "--passphrase-file", passphrase_file, code=EASILY).answer()
    rows = list(csv.DictReader(io.StringIO(as_csv)))
    assert {row["people"] for row in rows} == {"10"}
    assert {row["question"] for row in rows} == {question.id for question in load_survey().questions}
    assert contents(answered) == before


@pytest.mark.parametrize("command", [["counts"], ["counts", "--json"], ["close"], ["close", "--yes"]])
def test_a_passphrase_that_is_wrong_or_cannot_be_asked_for_changes_and_shows_nothing(
    command: list[str], run: Runs, used: Path, tmp_path: Path
) -> None:
    before = contents(used)
    wrong = run(*command, "--data", used, "--passphrase-file", "-", given="wrong\n", code=EASILY).refusal()
    assert 'if it was forgotten, use "fairstart passphrase --forgotten DIR".' in wrong
    missing = run(*command, "--data", used, "--passphrase-file", tmp_path / "nowhere", code=EASILY).refusal()
    assert "Cannot read a passphrase from" in missing
    assert "--passphrase-file" in run(*command, "--data", used, given=f"{STRONG}\n", code=EASILY).refusal(2)
    assert contents(used) == {**before, "kiosk/wrong-tries": b"1"}


SHORT_OF_MEMORY = f"""
import resource
with open("/proc/self/statm") as file:
    limit = int(file.read().split()[0]) * resource.getpagesize() + (128 << 20)
resource.setrlimit(resource.RLIMIT_AS, (limit, limit))
{RUN}"""
"""With 128 MiB left, of which Argon2id takes 256."""


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux says and limits how much memory a process has")
@pytest.mark.parametrize(
    "command", [["counts"], ["setup", *DETAILS, "--office-key", "office.pub", "--data", "new"], ["office", "init"]]
)
@pytest.mark.sampled
def test_too_little_memory_for_the_passphrase_is_one_sentence_and_counts_as_no_wrong_one(
    command: list[str], run: Runs, used: Path, office_pub: Path, tmp_path: Path
) -> None:
    (tmp_path / "working").mkdir()
    office_pub.rename(tmp_path / "working" / office_pub.name)
    before = contents(used / "kiosk")
    data = () if "--data" in command else ("--data", used)
    done = run(*command, *data, "--passphrase-file", "-", given=f"{STRONG}\n", code=SHORT_OF_MEMORY).refusal()
    assert "too little free memory" in done
    assert contents(used / "kiosk") == before


@pytest.mark.long
def test_close_ends_the_event_once_and_plain_then_says_so(run: Runs, answered: Path) -> None:
    passphrase = ("--data", answered, "--passphrase-file", "-")
    before = contents(answered)
    assert "--yes" in run("close", *passphrase, given=STRONG, code=EASILY).refusal(2)
    assert contents(answered) == before
    done = run("close", *passphrase, "--yes", given=STRONG, code=EASILY).answer()
    assert done == (
        "“Riverside Jobs Fair” has ended. Nothing was deleted.\n"
        'How did it go? "fairstart debrief" asks those who ran it three questions for the office.\n'
    )
    after = contents(answered)
    assert {name for name in after if before.get(name) != after[name]} - (set(after) - set(before)) == {
        "kiosk/register.json"
    }
    assert [Path(name).name for name in set(after) - set(before)] == ["ended"]
    for command in (["close", *passphrase, "--yes"], ["close", *passphrase]):
        again = run(*command, given=STRONG, code=EASILY)
        assert (again.status, again.out) == (0, "“Riverside Jobs Fair” has ended already.\n")
    refused = run("plain", "--data", answered, given=answers(1)).refusal()
    assert refused == "“Riverside Jobs Fair” has ended: start a new event in the staff area.\n"
    told = run("counts", *passphrase, given=STRONG, code=EASILY)
    assert "12 responses held · 10 in the counts · the event has ended" in told.out
    assert contents(answered) == after


def test_on_a_terminal_the_passphrase_is_asked_for_unseen(program: Opens, used: Path) -> None:
    counting = program("counts", "--data", used, first=EASILY.removesuffix(RUN))
    counting.says("Staff passphrase:")
    counting.wait_until(lambda: not counting.echoes())
    counting.type(f"{STRONG}\n")
    counting.says("Benchmarks:")
    assert counting.end() == 0
    assert STRONG.encode() not in counting.written
    assert b"1 response held" in counting.written


@pytest.mark.parametrize("answer", ["y", "n", ""])
def test_on_a_terminal_close_asks_before_it_ends_the_event(answer: str, program: Opens, used: Path) -> None:
    before = contents(used)
    closing = program("close", "--data", used, first=EASILY.removesuffix(RUN))
    closing.says("Staff passphrase:")
    closing.wait_until(lambda: not closing.echoes())
    closing.type(f"{STRONG}\n")
    closing.once_said("This cannot be undone.", f"{answer}\n")
    assert closing.end() == (0 if answer == "y" else 1)
    assert (b"Nothing was changed." in closing.written) == (answer != "y")
    assert (contents(used) == before) == (answer != "y")
    assert STRONG.encode() not in closing.written


# What headless commands load


@pytest.mark.parametrize(
    "command", [["--help"], ["--version"], ["setup", "--place", "Hull"], ["plain"], ["doctor"], *COUNTS]
)
def test_headless_commands_never_import_textual(command: list[str], run: Runs, used: Path) -> None:
    places = ["--data", str(used)] if not command[0].startswith("-") else []
    look = "import atexit, sys; atexit.register(lambda: print('loaded:', 'textual' in sys.modules)); "
    given = STRONG if command in COUNTS else "1\n6\nx\n"
    done = run(*command, *places, code=look + (EASILY if command in COUNTS else RUN), given=given)
    assert done.out.endswith("loaded: False\n"), done


# Practice


def test_set_up_on_its_own_ends_in_the_kiosk(program: Opens, set_up_once: Path, tmp_path: Path) -> None:
    data = Path(shutil.copytree(set_up_once, tmp_path / "data"))
    laptop = program("setup", "--data", data)
    laptop.once_shown("Your organisation and the event", "Musterwerk\r\rFair\r\r\rLeeds\r\r\r")
    laptop.once_shown("Is this right?", "\r")
    laptop.shows("Start the kiosk")
    laptop.shows("Musterwerk is asking", "\r")
    assert laptop.terminate() == 0


def folder_of(kiosk: Program) -> Path:
    """The folder that a practising kiosk keeps its pool in, once it is open."""
    found: list[Path] = []

    def opened() -> bool:
        found.extend(kiosk.temporary.glob("fairstart-practice-*"))
        if sys.platform == "linux":  # it is in memory, beside those of others: who holds it is no secret
            locks = map(str.split, Path("/proc/locks").read_text("ascii").splitlines())
            held = {lock[5].rpartition(":")[2] for lock in locks if lock[4] == str(kiosk.process.pid)}
            for lock in Path("/dev/shm").glob("fairstart-practice-*/lock"):  # noqa: S108 - where the program puts it
                with contextlib.suppress(FileNotFoundError):  # another one is over
                    found.extend([lock.parent] if str(lock.stat().st_ino) in held else [])
        return bool(found) and any(found[0].rglob("responses.db"))

    kiosk.wait_until(opened)
    return found[0]


def test_practice_leaves_nothing_anywhere(program: Opens, tmp_path: Path, settings_file: SettingsFile) -> None:
    before = contents(settings_file.path.parent)
    kiosk = program("--practice", "--data", settings_file.path.parent, first=QUICKLY)
    kiosk.start_survey()
    kiosk.shows("This is for practice.")
    kiosk.shows("Riverside Jobs Fair")
    folder = folder_of(kiosk)
    assert folder.name.startswith("fairstart-practice-")
    kiosk.shows("Hello.", "\x1b")
    kiosk.shows("That is fine", "2")  # again and again: right after Escape it would be another key
    kiosk.shows("Hello.", "\r")
    assert kiosk.terminate() == 0
    assert not folder.exists()
    assert contents(settings_file.path.parent) == before
    assert contents(kiosk.home) == contents(kiosk.temporary) == contents(kiosk.working) == {}


@pytest.mark.long
def test_what_a_killed_practice_left_the_next_one_removes(program: Opens, tmp_path: Path) -> None:
    killed = program("--practice", first=QUICKLY)
    killed.start_survey()
    left = folder_of(killed)
    killed.process.kill()
    assert killed.end() == -9
    assert left.exists()
    following = program("--practice", first=QUICKLY)
    following.shows("Hello.")
    assert not left.exists()
    assert folder_of(following).exists()
    assert contents(following.home) == contents(following.temporary) == {}
    assert following.terminate() == 0
