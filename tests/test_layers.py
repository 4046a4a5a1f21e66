"""The three folders import in one direction: in the source, as import-linter reads it, and in a running process.

Tests share helpers in modules of their own.
"""

import os
import pkgutil
import re
import subprocess
import sys
from pathlib import Path

import pytest

import content
import storage

ROOT = Path(__file__).parents[1]
OURS = ("content", "storage", "tui")
TERMINAL = ("textual", "rich", "click")


def modules_of(package: str, path: list[str]) -> list[str]:
    return [package, *(module.name for module in pkgutil.walk_packages(path, f"{package}."))]


def loaded_by(*names: str) -> set[str]:
    """Every module, of ours or not, that a fresh Python has loaded after importing these."""
    code = f"import sys; [__import__(name) for name in {names!r}]; print(*sys.modules, sep='\\n')"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True, cwd=ROOT)
    return set(done.stdout.split())


def of(packages: tuple[str, ...], modules: set[str]) -> set[str]:
    """Those of these modules that belong to one of the packages."""
    return {module for module in modules if module.partition(".")[0] in packages}


def test_the_contracts_hold_in_the_source(tmp_path: Path) -> None:
    linter = [sys.executable, "-c", "from importlinter.cli import lint_imports_command; lint_imports_command()"]
    done = subprocess.run(
        [*linter, "--cache-dir", tmp_path],
        capture_output=True,
        check=False,
        text=True,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])},
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert re.search(r"[1-9]\d* kept, 0 broken", done.stdout)


def test_content_loads_nothing_else_of_ours() -> None:
    loaded = loaded_by(*modules_of("content", list(content.__path__)))
    assert of(OURS, loaded) == of(("content",), loaded)
    assert not of(TERMINAL, loaded)


@pytest.mark.parametrize("module", modules_of("storage", list(storage.__path__)))
@pytest.mark.sampled
def test_no_module_of_storage_loads_the_terminal(module: str) -> None:
    loaded = loaded_by(module)
    assert module in loaded
    assert not of((*TERMINAL, "tui"), loaded)


@pytest.mark.parametrize(
    "command",
    [
        *("tui.cli.main", "tui.cli.commands", "tui.plain", "tui.interview"),
        *("tui.terminal.process", "tui.terminal.capabilities"),
        *("tui.cli.deploy", "tui.cli.guide", "tui.cli.papers", "tui.cli.toolkit", "tui.text.guide", "tui.text.toolkit"),
    ],
)
def test_what_headless_commands_are_made_of_does_not_load_textual(command: str) -> None:
    assert not of(("textual", "rich"), loaded_by(command))


def test_the_kiosk_starts_without_what_only_set_up_and_staff_need() -> None:
    loaded = loaded_by("tui.cli.main", "tui.cli.kiosk", "tui.app")
    assert "textual.app" in loaded
    assert not of(("zxcvbn", "sqlite_utils", "jinja2", "tomlkit", "xkcdpass", "webbrowser", "http"), loaded)
    assert not {"content.toolkit", "storage.report.action_plan", "storage.toolkit.search", "tui.toolkit.app"} & loaded
    others = ("tui.staff", "tui.cli.staff", "tui.cli.setup", "storage.office", "storage.report", "storage.counts.d")
    assert not [module for module in loaded if module.startswith(others)]
    assert not {"storage.counts.findings", "storage.exchange.handover", "storage.kiosk.practice"} & loaded


def test_the_kiosk_starts_without_what_reads_command_lines() -> None:
    assert "click" in loaded_by("tui.cli.commands")
    assert not of(("click", "gettext"), loaded_by("tui.cli.main", "tui.cli.kiosk", "tui.app"))


def test_the_first_picture_waits_for_no_view_that_is_out_of_sight() -> None:
    loaded = loaded_by("tui.cli.main", "tui.cli.kiosk", "tui.app")
    assert "tui.survey.welcome" in loaded
    assert not {f"tui.survey.{view}" for view in ("question", "check", "ending", "choice", "idle")} & loaded
    assert "tui.widgets.rows" not in loaded


def test_no_module_of_tests_imports_from_another() -> None:
    importing = re.compile(r"^\s*(?:from\s+\S*\btest_|(?:from\s+\S+\s+)?import\s.*\btest_)", re.MULTILINE)
    assert importing.search("from tests.tui import test_plain")
    assert importing.search("    from tests.tui.test_plain import run")
    modules = list((ROOT / "tests").rglob("*.py"))
    assert len(modules) > 100
    assert [str(path) for path in modules if importing.search(path.read_text("utf-8"))] == []


@pytest.mark.parametrize(
    "code",
    [
        "import click; click.echo(name)",
        "from click import confirm",
        "import sys; sys.stdout.write(name)",
        "import sys; sys.stderr.buffer.write(name)",
        "print(name)",
        "from textual.app import App",
        "from rich.console import Console",
    ],
)
def test_lint_lets_text_reach_a_terminal_only_where_it_is_made_safe(code: str) -> None:
    lint = [sys.executable, "-m", "ruff", "check", "--no-cache", "--select", "TID251,T20", "--stdin-filename"]
    for place, refused in (
        ("tui/office/any.py", True),
        ("storage/any.py", True),
        ("tui/cli/output.py", "print" in code),
    ):
        done = subprocess.run([*lint, place, "-"], input=code, capture_output=True, check=False, text=True, cwd=ROOT)
        assert bool(done.returncode) is refused, done.stdout
