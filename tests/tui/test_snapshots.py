"""The counts chart looks as it did when somebody last looked: in three sizes, light, dark and without colour.

After a change that is meant, run `python -m tests.tui.snapshots`, look at every file that it changed, and keep them.
"""

import re

from tests.tui.snapshots.__main__ import FOLDER, LOOKS, SIZES, draw

COLOUR = re.compile(r"#([0-9a-fA-F]{6})")


async def test_every_snapshot_of_the_counts_is_what_the_screen_paints_now() -> None:
    changed = []
    drawn = set()
    async for name, picture in draw():
        drawn.add(name)
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != picture:
            changed.append(name)
    assert not changed, 'look at them, then run "python -m tests.tui.snapshots"'
    assert {path.name for path in FOLDER.glob("*.svg")} == drawn
    assert len(drawn) == len(SIZES) * len(LOOKS)


def test_the_snapshots_without_colour_have_none_and_say_the_same() -> None:
    for width, height in SIZES:
        grey, light = (
            (FOLDER / f"counts-{width}x{height}-{look}.svg").read_text("utf-8") for look in ("no-colour", "light")
        )
        painted = grey.partition("<g transform")[2]  # before it stand the frame and the buttons of a window
        used = {colour for name in re.findall(r'class="[^"]*(r\d+)"', painted) for colour in rule_of(grey, name)}
        used |= set(COLOUR.findall(painted.partition('<g class="')[0]))
        assert used
        assert [colour for colour in used if len({colour[0:2], colour[2:4], colour[4:6]}) > 1] == []
        assert texts(grey) == texts(light)


def rule_of(picture: str, name: str) -> list[str]:
    """The colours in a style of the picture."""
    return COLOUR.findall(" ".join(re.findall(rf"{name} {{([^}}]*)}}", picture)))


def texts(picture: str) -> str:
    """All that can be read in a picture."""
    return "".join("".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture)).split())
