"""Draws every view of every walk, to be looked at: `python -m tests.tui.sheet FOLDER [COLOURS...]`.

In four sizes, and in all colours unless some are named; each colours have a page. It is pytest that runs this, for
walks want fixtures; a usual run leaves it out, for its name is no test's.
"""

import os
import subprocess
import sys
from collections.abc import Callable
from html import escape
from pathlib import Path
from typing import Any

import pytest

from tests.tui.pilot import Size
from tests.tui.walks import ALL, Walk
from tui.terminal.themes import THEMES

SIZES: tuple[Size, ...] = ((60, 20), (80, 24), (120, 40), (200, 50))
_FOLDER, _COLOURS = "FAIRSTART_SHEET", "FAIRSTART_SHEET_COLOURS"
"""What tells the process that draws where to, and in which colours."""


@pytest.mark.parametrize("walk", ALL, ids=lambda walk: walk.__name__)
@pytest.mark.parametrize("size", SIZES, ids=lambda size: "{}x{}".format(*size))
@pytest.mark.parametrize("colours", os.environ.get(_COLOURS, "").split())
async def test_draws_every_view(
    walk: Callable[[Size, Callable[[str], Any]], Walk],
    size: Size,
    colours: str,
    request: pytest.FixtureRequest,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(THEMES, "light", THEMES[colours])
    folder = Path(os.environ[_FOLDER]) / colours / walk.__name__
    folder.mkdir(parents=True, exist_ok=True)
    drawn = 0
    async for person, view in walk(size, request.getfixturevalue):
        picture = person.app.export_screenshot(title=view)
        (folder / f"{drawn:03}-{size[0]}x{size[1]}.svg").write_text(picture, "utf-8")
        drawn += 1
    assert drawn


def _page(folder: Path, colours: str) -> str:
    """Every view of these colours in a row, its sizes beside each other."""
    rows = []
    for walk in sorted((folder / colours).iterdir()):
        rows.append(f"<h2>{escape(walk.name)}</h2>")
        for view in sorted({path.name.partition("-")[0] for path in walk.iterdir()}):
            files = [walk / f"{view}-{width}x{height}.svg" for width, height in SIZES]
            shown = [path.relative_to(folder).as_posix() for path in files if path.is_file()]
            images = "".join(f"<img src='{escape(path)}' width='24%' alt='{escape(path)}'>" for path in shown)
            rows.append(f"<div>{images}</div>")
    return f"<!doctype html><meta charset='utf-8'><title>{colours}</title><h1>{colours}</h1>{''.join(rows)}"


if __name__ == "__main__":
    to, *named = sys.argv[1:]
    wanted = named or list(THEMES)
    os.environ |= {_FOLDER: str(Path(to).absolute()), _COLOURS: " ".join(wanted)}
    status = subprocess.run([sys.executable, "-m", "pytest", "-q", __file__], check=False).returncode
    for one in wanted if status == 0 else ():
        Path(to, f"{one}.html").write_text(_page(Path(to).absolute(), one), "utf-8")
    sys.exit(status)
