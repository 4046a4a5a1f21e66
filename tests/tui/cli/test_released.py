"""What every released version has kept, this one opens: the same numbers, notes and plans, and it goes on from there.

The folders in `tests/released` were written by those versions (`python -m tests.released VERSION`) and never change.
"""

import functools
import json
import shutil
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest

from storage import computer
from storage.crypto import keys
from tests.released.__main__ import OFFICE, STAFF, told_of
from tests.tui.cli.commands import Runs

RELEASED = Path(__file__).parents[2] / "released"
VERSIONS = sorted(path.name for path in RELEASED.iterdir() if (path / "said.json").exists())


@pytest.fixture(params=VERSIONS)
def released(request: pytest.FixtureRequest) -> Path:
    """The folder of one version: never to be changed."""
    return RELEASED / str(request.param)


@pytest.fixture
def data(released: Path, tmp_path: Path) -> Path:
    """Its data folder, of this test's own, with the permissions that it had: git keeps none."""
    folder = Path(shutil.copytree(released / "data", tmp_path / "data"))
    for path in (folder, *folder.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return folder


@pytest.fixture
def run(ran: Runs, monkeypatch: pytest.MonkeyPatch) -> Callable[..., str]:
    """Runs a command of this version on it, as on the computer that it was kept on. Argon2id stretches each once."""
    monkeypatch.setattr(computer, "_marks", set)
    monkeypatch.setattr(keys, "_stretch", functools.cache(keys._stretch))

    def run_command(data: Path, *arguments: object, given: str = "") -> str:
        done = ran(*arguments, "--data", data, given=given)
        assert done.status == 0, done.err
        return done.out

    return run_command


def lost(before: Any, now: Any, where: str = "") -> list[str]:  # noqa: ANN401 - JSON
    """What was said before and is not said now. More may be said."""
    if isinstance(before, dict) and isinstance(now, dict):
        return [fault for key, one in before.items() for fault in lost(one, now.get(key), f"{where}/{key}")]
    if isinstance(before, list) and isinstance(now, list) and len(now) >= len(before):
        return [fault for place, one in enumerate(before) for fault in lost(one, now[place], f"{where}/{place}")]
    return [] if before == now else [f"{where}: {before!r} was {now!r}"]


def test_this_version_has_a_folder_of_its_own() -> None:
    assert version("fairstart") in VERSIONS


def test_everything_that_it_kept_is_there(released: Path, data: Path, run: Callable[..., str]) -> None:
    said = json.loads((released / "said.json").read_text("utf-8"))
    assert said["counts"]["held"] == 12
    assert lost(said, told_of(data, run)) == []


@pytest.mark.long
def test_it_goes_on_from_there(released: Path, data: Path, run: Callable[..., str], tmp_path: Path) -> None:
    drive = Path(shutil.copytree(released / "drive", tmp_path / "drive"))
    office = ("--passphrase-file", "-")
    run(data, "office", "go-on", "--yes", *office, given=OFFICE)
    assert "12" in run(data, "office", "import", drive, *office, given=OFFICE)  # an export of that version, once more
    run(data, "plain", given="1\n1\n3\n3\n2\n1\n")
    run(data, "export", tmp_path / "drive", *office, given=STAFF)
    run(data, "office", "import", drive, *office, given=OFFICE)
    assert json.loads(run(data, "counts", "--json", *office, given=STAFF))["held"] == 13
    run(data, "receipt", drive, "--delete", *office, given=STAFF)
    run(data, "toolkit", "set", "D2.1", "done")


def test_what_is_lost_is_found() -> None:
    assert lost({"a": [1, {"b": 2}]}, {"a": [1, {"b": 2, "c": 3}, 4], "d": 5}) == []
    assert lost({"a": [1, {"b": 2}]}, {"a": [1, {"b": 3}]}) == ["/a/1/b: 2 was 3"]
    assert lost([1, 2], [1]) == [": [1, 2] was [1]"]
