"""A newcomer's path: README's first command, on a copy with nothing in it yet, to the first screen.

It needs the network. On Windows, where tests have no terminal of their own, it goes to the version.
"""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")
LINUX_AND_MACOS = re.search(r"^python3 -m venv .*fairstart$", README, re.MULTILINE)
WINDOWS = re.search(r"^py -m venv .*fairstart$", README, re.MULTILINE)
_NOT_COPIED = shutil.ignore_patterns(
    ".git", ".venv", "__pycache__", ".*_cache", ".hypothesis", "build", "dist", "*.egg-info"
)


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """The folder as somebody gets it."""
    return Path(shutil.copytree(ROOT, tmp_path / "fairstart", ignore=_NOT_COPIED))


def test_readme_has_one_command_for_each_system_and_both_install_only_what_is_locked() -> None:
    assert LINUX_AND_MACOS
    assert WINDOWS
    for command in (LINUX_AND_MACOS[0], WINDOWS[0]):
        assert "install -q --require-hashes -r requirements.txt -r requirements-build.txt" in command
        assert "install -q --no-deps --no-build-isolation ." in command


@pytest.mark.long
@pytest.mark.skipif(sys.platform == "win32", reason="has a test of its own")
def test_the_first_command_leads_to_the_first_screen(copy: Path, tmp_path: Path) -> None:
    import pexpect

    assert LINUX_AND_MACOS
    home = tmp_path / "home"
    home.mkdir()
    environment = {"HOME": str(home), "PATH": f"{Path(sys.executable).parent}:/usr/bin:/bin", "TERM": "xterm-256color"}
    command = LINUX_AND_MACOS[0].replace("python3 ", f"{sys.executable} ", 1)
    shell = pexpect.spawn("sh", ["-c", command], cwd=str(copy), env=environment, timeout=600, dimensions=(24, 80))
    try:
        shell.expect("Set up this laptop")
        shell.expect("Practi")
    finally:
        shell.close(force=True)


@pytest.mark.long
@pytest.mark.skipif(sys.platform != "win32", reason="PowerShell's command")
def test_the_first_command_for_windows_leads_to_the_program(copy: Path) -> None:
    assert WINDOWS
    command = WINDOWS[0].replace("py ", f"& '{sys.executable}' ", 1) + " --version"
    done = subprocess.run(
        ["powershell", "-NoProfile", "-Command", command], capture_output=True, check=False, text=True, cwd=copy
    )
    assert "fairstart, version " in done.stdout, done.stderr
