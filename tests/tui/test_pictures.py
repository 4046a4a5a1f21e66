"""The pictures in the README and the guide are what the screens look like."""

import re
from pathlib import Path

from content.guide import FOLDER as GUIDE
from tui.pictures.__main__ import FOLDER, draw

PAGES = [Path(__file__).parents[2] / "README.md", *GUIDE.glob("*.md")]


async def test_every_picture_is_what_its_screen_looks_like_now() -> None:
    changed = []
    drawn = set()
    async for name, picture in draw():
        drawn.add(name)
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != picture:
            changed.append(name)
    assert not changed, 'look at them, then run "python -m tui.pictures"'
    assert {path.name for path in FOLDER.glob("*.svg")} == drawn


def test_each_picture_is_shown_somewhere_with_a_description() -> None:
    picture = re.compile(r"!\[([^\]]*)\]\((?:\.\./\.\./)?tui/pictures/([^)]+)\)")
    shown = [found for page in PAGES for found in picture.findall(page.read_text("utf-8"))]
    assert {name for _, name in shown} == {path.name for path in FOLDER.glob("*.svg")}
    for description, name in shown:
        assert len(description.split()) > 4
        assert (FOLDER / name).is_file()
