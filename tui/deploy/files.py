"""What is written for each system. It stands beside this module as it is; only the path of `fairstart` is filled in."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, get_args

System = Literal["linux", "windows", "macos"]

SYSTEMS: tuple[System, ...] = get_args(System)
GUIDE = "guide.html"
STARTS: dict[System, str] = {
    "linux": "fairstart-kiosk",
    "windows": "fairstart-kiosk.cmd",
    "macos": "fairstart-kiosk.command",
}
"""The one file of each system that says where Fairstart is."""

_USUAL: dict[System, str] = {
    "linux": "/opt/fairstart/.venv/bin/fairstart",
    "windows": r"%ProgramFiles%\Fairstart\.venv\Scripts\fairstart.exe",
    "macos": "/opt/fairstart/.venv/bin/fairstart",
}
_MENU: dict[System, str] = {
    "linux": "add-to-menu.sh",
    "windows": "add-to-menu.cmd",
    "macos": "open-fairstart.command",
}
_HERE = Path(__file__).parent


@dataclass(frozen=True)
class File:
    """A file for a system's folder."""

    name: str
    content: bytes

    @property
    def is_program(self) -> bool:
        """Whether it is started by its name."""
        return self.content.startswith(b"#!")


def this_system(platform: str = sys.platform) -> System:
    """The system of `sys.platform`."""
    return "windows" if platform == "win32" else "macos" if platform == "darwin" else "linux"


def running_command() -> Path | None:
    """The `fairstart` of the Python that runs, else the one that is found by its name; None where there is neither."""
    import sysconfig  # with shlex 2 ms at every start, and only this command needs them

    if getattr(sys, "frozen", False):  # it was built, and is no part of any Python
        return Path(sys.executable)
    found = shutil.which("fairstart", path=sysconfig.get_path("scripts")) or shutil.which("fairstart")
    return Path(found).absolute() if found else None


def files_for(system: System, command: Path | None) -> list[File]:
    """The files of a system's folder.

    Args:
        system: which.
        command: where `fairstart` is on the laptop; None where nobody knows, for the usual place.
    """
    start = _USUAL[system] if command is None else _quoted(system, str(command))
    newline = "\r\n" if system == "windows" else "\n"
    return [
        File(path.name, _encoded(path.read_text("utf-8").replace("{{ command }}", start).replace("\n", newline)))
        for path in sorted((_HERE / system).iterdir())
    ]


def start_files() -> list[File]:
    """What starts a laptop from a stick: a file for each system."""
    shell, windows = ((_HERE / "stick" / name).read_text("utf-8") for name in ("start.sh", "start.cmd"))
    return [
        File("start.sh", shell.encode()),
        File("start.command", shell.encode()),
        File("start.cmd", windows.replace("\n", "\r\n").encode()),
    ]


def menu_files(system: System) -> list[File]:
    """What stands beside a program that was built and puts it into the menu, or opens it."""
    name = _MENU[system]
    text = (_HERE / "menu" / name).read_text("utf-8")
    return [File(name, text.replace("\n", "\r\n" if system == "windows" else "\n").encode())]


def _quoted(system: System, path: str) -> str:
    """A path as the file in `STARTS` takes it: a word of sh, or what stands in `set "NAME=…"` of a cmd file."""
    import shlex  # as above

    return path.replace("%", "%%") if system == "windows" else shlex.quote(path)


def guide(systems: Iterable[System]) -> bytes:
    """The page that says what to do with the folders of these systems."""
    import jinja2  # costs 60 ms, and only this page needs it

    environment = jinja2.Environment(
        loader=jinja2.ChoiceLoader(
            [jinja2.PackageLoader(__package__, ""), jinja2.PackageLoader("storage.report.templates", "")]
        ),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    return environment.get_template(GUIDE).render(systems=list(systems)).encode()


def _encoded(text: str) -> bytes:
    """Text as a file holds it; a path that is not UTF-8 as it was."""
    return text.encode(errors="surrogateescape")
