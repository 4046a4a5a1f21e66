"""What starts the kiosk and the toolkit without Click is read as Click would read it; all else is left to Click."""

import os
import sys
from pathlib import Path

import pytest

import tui.cli.toolkit
from storage.settings import SettingsFile
from tests.tui.program import Opens
from tui.cli.commands import fairstart
from tui.cli.main import _arguments, _run_kiosk, _run_toolkit, _screens_alone
from tui.cli.running import Place

not_windows = pytest.mark.skipif(os.name == "nt", reason="there Click reads every argument")


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working folder, with a folder and a file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "data").mkdir()
    (tmp_path / "kiosk.toml").write_text("", "utf-8")
    return tmp_path


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        pytest.param(["--data", "data"], marks=not_windows),
        pytest.param(["--config", "kiosk.toml"], marks=not_windows),
        pytest.param(["--config", "kiosk.toml", "--data", "data"], marks=not_windows),
        pytest.param(["--data", "data", "--config", "kiosk.toml"], marks=not_windows),
    ],
)
@pytest.mark.usefixtures("places")
def test_the_kiosk_goes_where_click_would_send_it(arguments: list[str]) -> None:
    with fairstart.make_context("fairstart", list(arguments)) as context:
        assert context.invoked_subcommand is None
        assert not context.params["practice"]
        assert _screens_alone(arguments) == (_run_kiosk, Place.of(context.params["config"], context.params["data"]))


@pytest.mark.parametrize(
    "arguments",
    [
        ["toolkit"],
        pytest.param(["toolkit", "--data", "data"], marks=not_windows),
        pytest.param(["--data", "data", "toolkit"], marks=not_windows),
        pytest.param(["--data", "data", "toolkit", "--config", "kiosk.toml"], marks=not_windows),
        pytest.param(["--config", "kiosk.toml", "--data", "data", "toolkit"], marks=not_windows),
        pytest.param(["toolkit", "--data", "toolkit"], marks=not_windows),
        pytest.param(["--data", "toolkit", "toolkit"], marks=not_windows),
    ],
)
def test_the_toolkit_goes_where_click_would_send_it(
    arguments: list[str], places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (places / "toolkit").mkdir()
    sent: list[Place] = []
    monkeypatch.setattr(tui.cli.toolkit, "run_toolkit", sent.append)
    fairstart.main(list(arguments), standalone_mode=False)
    assert _screens_alone(arguments) == (_run_toolkit, sent[0])


@pytest.mark.parametrize(
    "arguments",
    [
        *(["plain"], ["--practice"], ["--help"], ["--version"], ["--data"], ["data", "--data"], ["--dat", "data"]),
        *(["--data=data"], ["--data", ""], ["--data", "-h"], ["--data", "nowhere"], ["--data", "\udcff"]),
        *(["toolkit", "list"], ["toolkit", "toolkit"], ["toolkit", "-h"], ["--data", "toolkit"], ["toolkit", "--data"]),
        *(
            ["--data", "data", "toolkit", "--data", "."],
            ["--data", "data", "toolkit", "show"],
            ["--data", "toolkit", "-h"],
        ),
        *(["--data", "data", "plain"], ["--data", "data", "--data", "."], ["--data", "data", "--practice", "plain"]),
    ],
)
def test_all_else_is_read_by_click(arguments: list[str], places: Path) -> None:
    (places / "-h").mkdir()
    assert _screens_alone(arguments) is None


def test_how_a_command_goes_on_is_asked_of_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_FAIRSTART_COMPLETE", "bash_complete")
    assert _screens_alone([]) is None


LOADED = """
import os, sys
import textual.screen
paint = textual.screen.Screen._compositor_refresh
def told(screen):
    paint(screen)
    with open(os.environ["LOADED"], "a") as file:
        file.write(" ".join(sys.modules) + "\\n")
textual.screen.Screen._compositor_refresh = told
"""
"""Tells what is loaded each time that something has been painted."""


@pytest.mark.parametrize(("command", "seen"), [((), "Hello."), (("toolkit",), "Choose where to begin")])
def test_what_is_not_painted_is_not_loaded(
    command: tuple[str, ...], seen: str, program: Opens, settings_file: SettingsFile, tmp_path: Path
) -> None:
    told = tmp_path / "loaded"
    started = program("--data", settings_file.path.parent, *command, first=LOADED, LOADED=str(told))
    started.shows(seen)
    started.wait_until(lambda: told.exists() and told.read_text("utf-8").endswith("\n"))
    started.give_up()
    loaded = set(told.read_text("utf-8").splitlines()[0].split())
    assert "tui.survey.welcome" in loaded or "tui.toolkit.home" in loaded
    assert loaded.isdisjoint({"click", "cryptography", "filelock", "hashlib", "sqlite3", "tui.survey.question"})


@pytest.mark.skipif(sys.platform != "win32", reason="elsewhere shells do this")
def test_under_windows_patterns_are_names_and_what_an_event_is_called_stays(
    places: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "argv", ["fairstart", "*.toml", "~\\exports", "~fair.md", "100 %PATH%", "Jobs? *"])
    assert _arguments() == ["kiosk.toml", str(Path.home() / "exports"), "~fair.md", "100 %PATH%", "Jobs? *"]
