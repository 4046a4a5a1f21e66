"""The wheels that a stick brings to laptops without a network: Fairstart's own, and those of all that it needs.

They come from a folder, or through pip from wherever this computer installs its packages from.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import json
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from storage.errors import StickError
from storage.progress import ProgressCallback
from tui.deploy.files import System

NEEDED = "fairstart[sftp]"
"""What the start files install: with what sends to a server."""
_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_PLATFORMS: dict[str, tuple[System, tuple[str, ...]]] = {
    "Linux": ("linux", ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64")),
    "macOS (Apple)": ("macos", ("macosx_14_0_arm64",)),
    "macOS (Intel)": ("macos", ("macosx_14_0_x86_64",)),
    "Windows": ("windows", ("win_amd64",)),
}
_NAMES_OF: dict[System, tuple[str, ...]] = {
    "linux": ("linux", "Linux"),
    "macos": ("darwin", "Darwin"),
    "windows": ("win32", "Windows", "nt"),
}
"""What markers of packages call a system."""


def wheels_in(folder: Path) -> list[Path]:
    """The wheels in a folder, if Fairstart is among them with all that it needs.

    Raises:
        StickError: the folder has none, or one is missing.
    """
    wheels = sorted(folder.glob("*.whl"))
    there = {_normalised(path.name.partition("-")[0]) for path in wheels}
    missing = sorted({"fairstart", *(name for name, marker in _needs() if not _system_of(marker))} - there)
    if missing:
        raise StickError(f"{folder} has no wheel of {missing[0]}: put it there, or have the programs fetched.")
    return wheels


def fetch_wheels(folder: Path, progress: ProgressCallback) -> list[str]:
    """Fetch every wheel into a folder, for every system and version of Python. Return for which there are not all.

    Raises:
        StickError: there is no pip, or not one combination could be fetched.
    """
    if importlib.util.find_spec("pip") is None:
        raise _not_fetched()
    _pip("wheel", "--no-deps", "--wheel-dir", str(folder), _own_source())
    combinations = list(itertools.product(_PLATFORMS, _PYTHONS))
    without: dict[str, list[str]] = {}
    for done, (name, python) in enumerate(combinations):
        system, platforms = _PLATFORMS[name]
        # pip reads markers as they are on this computer, so what only another system needs is named.
        extra = sorted({needed for needed, marker in _needs() if _system_of(marker) == system})
        options = [option for each in platforms for option in ("--platform", each)]
        options += ["--python-version", python, "--implementation", "cp", "--only-binary", ":all:"]
        try:
            _pip("download", "--dest", str(folder), "--find-links", str(folder), *options, NEEDED, *extra)
        except StickError:
            without.setdefault(name, []).append(python)
        progress(done + 1, len(combinations))
    if sum(map(len, without.values())) == len(combinations):
        raise _not_fetched()
    return [
        name if len(pythons) == len(_PYTHONS) else f"{name} with Python {', '.join(pythons)}"
        for name, pythons in without.items()
    ]


def _pip(command: str, *arguments: str) -> None:
    base = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "--quiet"]
    done = subprocess.run([*base, command, *arguments], capture_output=True, check=False)  # noqa: S603 - our own words
    if done.returncode:
        raise _not_fetched()


def _not_fetched() -> StickError:
    return StickError(
        "The programs for the laptops cannot be fetched: connect this computer to a network, choose a folder that "
        "has them, or leave them out for laptops that have Fairstart already."
    )


def _own_source() -> str:
    """Where the Fairstart that runs was installed from: a checkout, a wheel, or else its name and version."""
    own = importlib.metadata.distribution("fairstart")
    parts = urlsplit(json.loads(own.read_text("direct_url.json") or "{}").get("url", ""))
    if parts.scheme == "file" and (path := Path(url2pathname(parts.path))).exists():
        return str(path)
    return f"fairstart=={own.version}"


def _needs() -> Iterator[tuple[str, str]]:
    """Each package that Fairstart needs here or on another system, with the marker that says where."""
    seen, waiting = set(), [("fairstart", frozenset({"sftp"}))]
    while waiting:
        name, extras = waiting.pop()
        try:
            required = importlib.metadata.requires(name) or []
        except importlib.metadata.PackageNotFoundError:  # another system's
            continue
        for one in required:
            requirement, _, marker = one.partition(";")
            extra = re.search(r"extra *== *['\"]([^'\"]+)", marker)
            found = re.match(r"[\w.-]+", requirement)
            if found is None or (extra and extra[1] not in extras) or _is_of_old_python(marker):
                continue
            needed = _normalised(found[0])
            if needed not in seen:
                seen.add(needed)
                options = re.search(r"\[(.*?)\]", requirement)
                waiting.append((needed, frozenset(options[1].replace(" ", "").split(",") if options else ())))
                yield needed, marker


def _is_of_old_python(marker: str) -> bool:
    """Whether a marker is about versions of Python before ours."""
    found = re.search(r"python_(?:full_)?version *< *['\"]3\.(\d+)", marker)
    return found is not None and int(found[1]) <= int(_PYTHONS[0].partition(".")[2])


def _system_of(marker: str) -> System | None:
    """The one system that a marker is about; None where it is about all."""
    found = re.search(r"(?:sys_platform|platform_system|os_name) *== *['\"](\w+)", marker)
    return next((system for system, names in _NAMES_OF.items() if found and found[1] in names), None)


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
