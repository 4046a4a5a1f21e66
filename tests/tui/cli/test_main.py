"""What starts the kiosk without Click is read as Click would read it; all else is left to Click."""

import os
from pathlib import Path

import pytest

from tui.cli.commands import fairstart
from tui.cli.main import _kiosk_alone
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
        assert _kiosk_alone(arguments) == Place.of(context.params["config"], context.params["data"])


@pytest.mark.parametrize(
    "arguments",
    [
        *(["plain"], ["--practice"], ["--help"], ["--version"], ["--data"], ["data", "--data"], ["--dat", "data"]),
        *(["--data=data"], ["--data", ""], ["--data", "-h"], ["--data", "nowhere"], ["--data", "\udcff"]),
        *(["--data", "data", "plain"], ["--data", "data", "--data", "."], ["--data", "data", "--practice", "plain"]),
    ],
)
def test_all_else_is_read_by_click(arguments: list[str], places: Path) -> None:
    (places / "-h").mkdir()
    assert _kiosk_alone(arguments) is None


def test_how_a_command_goes_on_is_asked_of_click(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("_FAIRSTART_COMPLETE", "bash_complete")
    assert _kiosk_alone([]) is None
