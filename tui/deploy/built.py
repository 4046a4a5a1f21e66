"""Programs that need no Python, as `build` makes them: packing one, and bringing them to laptops on a stick.

A program that was built brings itself: what it runs from is packed anew, and what was built for other systems is found
beside its folder.
"""

from __future__ import annotations

import importlib.metadata
import platform
import re
import shutil
import sys
import tarfile
import zipfile
from pathlib import Path

from storage.progress import ProgressCallback
from tui.deploy.files import SYSTEMS, System, this_system

_CALLED: dict[System, str] = {"linux": "Linux", "windows": "Windows", "macos": "macOS"}


def archive_name() -> str:
    """What the program of this version is called, packed for the system and the machine that runs."""
    system = this_system()
    suffix = ".zip" if system == "windows" else ".tar.gz"
    return f"fairstart-{_version()}-{system}-{platform.machine().lower()}{suffix}"


def folder_name(archive: str) -> str:
    """The one folder in an archive."""
    return re.sub(r"\.(zip|tar\.gz)$", "", archive)


def running_program() -> Path | None:
    """The folder of the program that runs, if it was built; None where Python runs it."""
    return Path(sys.executable).parent if getattr(sys, "frozen", False) else None


def archives_in(folder: Path) -> dict[System, list[Path]]:
    """What was built of this version, as it lies in a folder, by the systems that it is for."""
    name = re.compile(rf"fairstart-{re.escape(_version())}-({'|'.join(SYSTEMS)})-\w+(\.zip|\.tar\.gz)")
    found = [(name.fullmatch(path.name), path) for path in sorted(folder.glob("fairstart-*"))]
    return {
        system: paths
        for system in SYSTEMS
        if (paths := [path for match, path in found if match is not None and match[1] == system])
    }


def pack(program: Path, archive: Path) -> None:
    """Pack a program's folder. Who owned its files is not told; who may start them is, but in a .zip.

    Raises:
        OSError: it cannot be written.
    """
    inside = folder_name(archive.name)
    if archive.suffix == ".zip":
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in sorted(program.rglob("*")):
                packed.write(path, f"{inside}/{path.relative_to(program).as_posix()}")
    else:
        with tarfile.open(archive, "w:gz") as packed_tar:
            packed_tar.add(program, inside, filter=_nobodys)


def _nobodys(member: tarfile.TarInfo) -> tarfile.TarInfo:
    member.uid = member.gid = 0
    member.uname = member.gname = ""
    return member


def bring_built(source: Path, folder: Path, progress: ProgressCallback) -> list[str]:
    """Bring what was built from one folder into another, and the program that runs, if it was built and is not there.

    Returns:
        The systems that it was not built for.

    Raises:
        OSError: it cannot be written.
    """
    found = archives_in(source)
    running = None if this_system() in found else running_program()
    files = [path for paths in found.values() for path in paths]
    steps = len(files) + (running is not None)
    if running is not None:
        pack(running, folder / archive_name())
        progress(1, steps)
    for done, path in enumerate(files, 1 + (running is not None)):
        shutil.copyfile(path, folder / path.name)
        progress(done, steps)
    there = {*found, *([this_system()] if running is not None else [])}
    return [_CALLED[system] for system in SYSTEMS if system not in there]


def _version() -> str:
    return importlib.metadata.version("fairstart")
