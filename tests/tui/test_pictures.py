"""The pictures in the README are what the screens look like."""

import re
from pathlib import Path

from tui.pictures.__main__ import FOLDER, draw

README = Path(__file__).parents[2] / "README.md"


async def test_every_picture_is_what_its_screen_looks_like_now() -> None:
    changed = []
    drawn = set()
    async for name, picture in draw():
        drawn.add(name)
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != picture:
            changed.append(name)
    assert not changed, 'look at them, then run "python -m tui.pictures"'
    assert {path.name for path in FOLDER.glob("*.svg")} == drawn


def test_the_readme_shows_pictures_that_exist_each_with_a_description() -> None:
    shown = re.findall(r"!\[([^\]]*)\]\(tui/pictures/([^)]+)\)", README.read_text("utf-8"))
    assert shown
    for description, name in shown:
        assert len(description.split()) > 4
        assert (FOLDER / name).is_file()
