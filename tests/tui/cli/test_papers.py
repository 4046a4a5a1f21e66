"""Papers by command; and what the guides name is there: buttons, keys, commands, and the way once round."""

from __future__ import annotations

import ast
import datetime as dt
import functools
import hashlib
import re
import shlex
import shutil
from pathlib import Path

import pytest

from content.papers import ORGANISATIONS, load_paper
from content.survey import load_survey
from storage.events import today
from storage.papers.document import Commands, plain, texts_of
from tests.storage.papers.filled import PATHS, USUAL, document
from tests.tui.cli.commands import STRONG, Runs, contents, every_command, is_one_sentence
from tests.tui.kiosks import KIOSK_TOML
from tests.tui.offices import OFFICE_PASSPHRASE
from tui.pictures.__main__ import FOLDER, PIXELS
from tui.text.papers import shown

pytestmark = pytest.mark.usefixtures("quickly", "without_documents")

ROOT = Path(__file__).parents[3]
GUIDES = ("staff/staff-guide", "staff/coordinator-guide")


# The command


def test_all_papers_are_written_and_it_says_for_which_event_and_where_to_begin(ran: Runs, tmp_path: Path) -> None:
    (tmp_path / "kiosk.toml").write_text(KIOSK_TOML, "utf-8")
    options = ["--config", tmp_path / "kiosk.toml", "--data", tmp_path / "data"]
    done = ran("papers", tmp_path / "out", *options).answer()
    assert "These papers are for “" in done
    assert "Read start-here.html first" in done
    written = {path.relative_to(tmp_path / "out").as_posix() for path in (tmp_path / "out").rglob("*.*")}
    wanted = {f"{path}{edition}.{kind}" for path in PATHS for edition in ("", "-large") for kind in ("html", "docx")}
    assert written == {one for one in wanted if not one.startswith(("staff/slip-large", "cy/"))}
    assert not (tmp_path / "data").exists()

    again = ran("papers", tmp_path / "out", *options)
    assert again.status == 1
    assert is_one_sentence(again.err)
    assert "--force" in again.err
    assert ran("papers", tmp_path / "out", *options, "--force").status == 0


def test_a_planned_event_is_the_one_that_is_named_or_the_next(ran: Runs, new_office: Path, tmp_path: Path) -> None:
    given = ["--data", new_office]
    for name, day in (("Later Fair", "2035-11-23"), ("Sooner Fair", "2035-10-23")):
        assert ran("office", "plan", "add", name, "--place", "Hull", "--date", day, *given).status == 0
    assert "“Sooner Fair”" in ran("papers", tmp_path / "next", *given).out
    assert "“Later Fair”" in ran("papers", tmp_path / "named", "--event", "later", *given).out
    assert "Later Fair" in (tmp_path / "named" / "staff" / "slip.html").read_text("utf-8")
    ran("papers", tmp_path / "none", "--event", "Winter", *given).refusal()
    assert not (tmp_path / "none").exists()


def test_without_any_event_the_papers_have_gaps_and_it_says_so(ran: Runs, tmp_path: Path) -> None:
    done = ran("papers", tmp_path / "out", "--data", tmp_path / "data")
    assert "the papers leave a gap for it" in done.out
    assert "[name of the event]" in (tmp_path / "out" / "en" / "notice.html").read_text("utf-8")


def test_papers_are_the_same_whatever_an_office_has_brought_in(
    ran: Runs, offices_once: tuple[Path, Path], tmp_path: Path
) -> None:
    plan = ("office", "plan", "add", "Later Fair", "--place", "Hull", "--date", "2035-11-23", "--data")
    pages = []
    for office in offices_once:
        data = Path(shutil.copytree(office, tmp_path / office.name))
        assert ran(*plan, data).status == 0
        assert ran("papers", tmp_path / "out", "--data", data, "--force").status == 0
        pages.append(contents(tmp_path / "out"))
    assert len(pages[0]) > 20
    assert pages[0] == pages[1]


# What the guides name


@functools.cache
def labels() -> set[tuple[str, str]]:
    """Every button of a screen with its key, as the screens make them."""
    found = set()
    for path in (ROOT / "tui").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in {"Button", "Task"}:
                texts = [
                    one.value for one in node.args[:3] if isinstance(one, ast.Constant) and isinstance(one.value, str)
                ]
                if node.func.id == "Task":
                    found.add((texts[2], texts[1].upper()))
                elif len(texts) == 2:
                    found.add((texts[0], texts[1]))
            elif isinstance(node, ast.Tuple) and len(node.elts) == 3:  # what a row of buttons is made of
                parts = [one.value for one in node.elts if isinstance(one, ast.Constant) and isinstance(one.value, str)]
                if len(parts) == 3:
                    found.add((parts[1], parts[2]))
    return found


def named(path: str) -> list[tuple[str, str]]:
    source = "\n".join(section.text for section in load_paper(path.partition("/")[2]).sections)
    return re.findall(r"\*\*([^*]+)\*\* \((\S{1,3})\)", source)


@pytest.mark.parametrize("path", GUIDES)
def test_every_button_that_a_guide_names_is_on_a_screen_with_that_key(path: str) -> None:
    assert len(named(path)) >= 10
    assert [one for one in named(path) if one not in labels()] == []


def test_every_command_that_a_paper_names_is_there_with_its_options() -> None:
    known = {" ".join(("fairstart", *path)): command for path, command in every_command()}
    lines = [
        line
        for path in PATHS
        for block in document(path).blocks
        for line in (
            block.lines
            if isinstance(block, Commands)
            else [
                run.text for text in texts_of(block) for run in text if run.typed and run.text.startswith("fairstart")
            ]
        )
    ]
    assert len(lines) > 20
    for line in lines:
        words = line.split()
        name = next(
            (" ".join(words[:size]) for size in (4, 3, 2, 1) if " ".join(words[:size]) in known),
            "",
        )
        assert name, line
        if name in known:
            options = {option for one in known[name].params for option in (*one.opts, *one.secondary_opts)}
            assert {word for word in words if word.startswith("--")} <= options | {"--version"}, line


def test_the_pictures_of_the_guides_are_those_of_the_screens_and_in_pixels_too() -> None:
    assert set(shown()) == {line.split()[1].removesuffix(".svg") for line in PIXELS.read_text("utf-8").splitlines()}
    for line in PIXELS.read_text("utf-8").splitlines():
        digest, name = line.split()
        drawn = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()
        assert drawn == digest, 'run "python -m tui.pictures", with Chromium'
        assert (FOLDER / name).with_suffix(".png").read_bytes().startswith(b"\x89PNG")


# Once round


@pytest.mark.long
def test_the_way_once_round_goes_as_the_coordinators_guide_says(ran: Runs, tmp_path: Path) -> None:
    office, laptop, stick = tmp_path / "office", tmp_path / "laptop", tmp_path / "STICK"
    staff, coordinator = tmp_path / "staff.txt", tmp_path / "office.txt"
    staff.write_text(STRONG, "utf-8")
    coordinator.write_text(OFFICE_PASSPHRASE, "utf-8")
    stick.mkdir()
    puts_in = {
        "NAME": "Spring Jobs Fair",
        "PLACE": "Town Hall",
        "DAY": (today() + dt.timedelta(days=30)).isoformat(),
        "PAPERS": str(tmp_path / "papers"),
        "STICK": str(stick),
        "REPORT": str(tmp_path / "report"),
    }
    asked: dict[str, list[object]] = {
        "office init": ["--passphrase-file", coordinator],
        "office plan": [],
        "office prepare": [
            *("--passphrase-file", coordinator, "--staff-passphrase-file", staff),
            *("--no-wheels", "--organisation", "Northfield Council"),
        ],
        "papers": [],
        "setup": ["--yes"],
        "doctor": [],
        "close": ["--passphrase-file", staff, "--yes"],
        "export": ["--passphrase-file", staff],
        "receipt": ["--passphrase-file", staff, "--delete"],
    }
    """What each asks for on a terminal."""
    guide = document("staff/coordinator-guide", USUAL)
    lines = [line for block in guide.blocks if isinstance(block, Commands) for line in block.lines]
    said: dict[str, str] = {}
    for line in lines:
        words = shlex.split(line)[1:]
        command = " ".join(words[:2]) if words[0] == "office" else words[0]
        if command == "close":  # here people answer
            for person in range(12):
                answered = ran("plain", "--data", laptop, given=f"1\n{1 + person % 8}\n1\n1\n1\n1\n")
                assert answered.status == 0, answered.err
        if command == "receipt":
            (puts_in["RECEIPT"],) = map(str, stick.glob("*receipt*"))
        data = laptop if command in {"setup", "doctor", "close", "export", "receipt"} else office
        options = asked.get(command, ["--passphrase-file", coordinator])
        done = ran(*(puts_in.get(word, word) for word in words), *options, "--data", data)
        assert done.status == 0 or command == "doctor", (line, done)
        said[line] = done.out
    assert [line.split()[1] for line in lines].count("office") == 6
    assert said["fairstart office init"]
    assert "12 responses new" in said["fairstart office import STICK"]
    assert "is deleted here" in said["fairstart receipt RECEIPT"]
    assert "Working class" in said["fairstart office counts"]
    assert (tmp_path / "report" / "report.html").is_file()
    assert "Spring Jobs Fair" in (tmp_path / "papers" / "en" / "notice.html").read_text("utf-8")
    assert load_survey().questions[0].text in (tmp_path / "papers" / "en" / "questions.html").read_text("utf-8")


def test_every_paper_of_the_organisation_is_among_those_that_are_looked_at() -> None:
    assert {
        path.rpartition("/")[2].removesuffix("-here") for path in PATHS if not path.startswith(("en/", "cy/"))
    } == set(ORGANISATIONS)
    assert all(plain(texts_of(document(path).blocks[0])[0]) for path in GUIDES)
