"""The browser and the office suite that reports are opened with. Neither is ours, and neither comes with Python."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from urllib.request import pathname2url

from tests.storage.needs import not_tested

_PATIENCE = 120
"""Seconds for a conversion on a busy computer."""


def need_chromium() -> str:
    """The browser. Where it is missing the test is skipped, or fails where all are installed."""
    return _need(("chromium", "chromium-browser", "google-chrome"), "Install Chromium to test the page.")


def need_libreoffice() -> str:
    """LibreOffice. Where it is missing the test is skipped, or fails where all are installed."""
    return _need(("soffice", "libreoffice"), "Install LibreOffice to test the workbook and the open data in it.")


def _need(names: Sequence[str], what_to_do: str) -> str:
    found = next(filter(None, map(shutil.which, names)), None)
    return found or not_tested(f"none of {', '.join(names)} is there. {what_to_do}")


def converted(files: Sequence[Path], to: str, folder: Path, read_as: str = "") -> list[Path]:
    """The files as LibreOffice writes them in another format, in `folder`; it starts once for all of them.

    Args:
        files: what it opens.
        to: the format's suffix.
        folder: for what it writes, and for its profile.
        read_as: the filter that it reads with, where it would ask a person.
    """
    program = need_libreoffice()
    profile = f"file://{pathname2url(str(folder / 'profile'))}"
    reading = [f"--infilter={read_as}"] if read_as else []
    subprocess.run(
        [
            program,
            f"-env:UserInstallation={profile}",
            "--headless",
            *reading,
            "--convert-to",
            to,
            "--outdir",
            folder,
            *files,
        ],
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
        timeout=_PATIENCE,
    )
    made = [folder / f"{file.stem}.{to}" for file in files]
    missing = [path.name for path in made if not path.exists()]
    return not_tested(f"this LibreOffice wrote no {missing[0]}. Install its Writer and Calc.") if missing else made
