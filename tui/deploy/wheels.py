"""The wheels that a stick brings to laptops without a network: Fairstart's own, and those of all that it needs.

They come from a folder, or through pip from wherever this computer installs its packages from; then each is what was
locked, by its hashes.
"""

from __future__ import annotations

import importlib.metadata
import importlib.util
import itertools
import json
import re
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit
from urllib.request import url2pathname

from storage.errors import StickError
from storage.progress import ProgressCallback

LOCKED = Path(__file__).with_name("requirements.txt")
"""All that laptops need, with what sends to a server: each package's version, and the hashes of its files."""
_PYTHONS = ("3.11", "3.12", "3.13", "3.14")
_PLATFORMS: dict[str, tuple[str, ...]] = {
    "Linux": ("manylinux_2_28_x86_64", "manylinux_2_17_x86_64", "manylinux2014_x86_64"),
    "macOS (Apple)": ("macosx_14_0_arm64",),
    "macOS (Intel)": ("macosx_14_0_x86_64",),
    "Windows": ("win_amd64",),
}


def wheels_in(folder: Path) -> list[Path]:
    """The wheels in a folder, if Fairstart is among them with all that it needs.

    Raises:
        StickError: the folder has none, or one is missing.
    """
    wheels = sorted(folder.glob("*.whl"))
    there = {_normalised(path.name.partition("-")[0]) for path in wheels}
    missing = sorted({"fairstart", *needed()} - there)
    if missing:
        raise StickError(f"{folder} has no wheel of {missing[0]}: put it there, or have the programs fetched.")
    return wheels


def needed() -> list[str]:
    """The names of the packages that are locked for laptops."""
    return re.findall(r"^([a-z0-9-]+)==", LOCKED.read_text("utf-8"), re.MULTILINE)


def fetch_wheels(folder: Path, progress: ProgressCallback) -> list[str]:
    """Fetch every wheel into a folder, for every system and version of Python. Return for which there are not all.

    Raises:
        StickError: there is no pip, or not one combination could be fetched.
    """
    if importlib.util.find_spec("pip") is None:
        raise _not_fetched()
    # Where what builds a wheel is installed, by its hashes, nothing else is fetched to build one.
    building = ["--no-build-isolation"] if importlib.util.find_spec("hatchling") else []
    _pip("wheel", "--no-deps", *building, "--wheel-dir", str(folder), _own_source())
    combinations = list(itertools.product(_PLATFORMS, _PYTHONS))
    without: dict[str, list[str]] = {}
    for done, (name, python) in enumerate(combinations):
        options = [option for each in _PLATFORMS[name] for option in ("--platform", each)]
        options += ["--python-version", python, "--implementation", "cp", "--only-binary", ":all:"]
        locked = ["--no-deps", "--require-hashes", "--requirement", str(LOCKED)]
        try:
            _pip("download", "--dest", str(folder), "--find-links", str(folder), *options, *locked)
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


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
