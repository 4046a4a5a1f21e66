"""The survey, the counts chart and the toolkit look as they did when somebody last looked.

The survey in every language, theme and size; the others in three sizes, light and dark and without colours.

After a change that is meant, run `python -m tests.tui.snapshots`, look at every file that it changed, and keep them.
"""

import re
import sys

import pytest

from tests.tui.snapshots import survey
from tests.tui.snapshots.__main__ import FOLDER, LOOKS, SIZES, TOOLKIT, draw
from tui.terminal.themes import THEMES

_SHOW_A_PATH = ("toolkit-save-", "toolkit-bring-back-")
"""Which Windows writes in another way."""
COLOUR = re.compile(r"#([0-9a-fA-F]{6})")


@pytest.mark.parametrize("size", [SIZES[0], *(pytest.param(size, marks=pytest.mark.long) for size in SIZES[1:])])
async def test_every_snapshot_is_what_the_screen_paints_now(size: tuple[int, int]) -> None:
    changed = []
    drawn = set()
    async for name, picture in draw(size):
        drawn.add(name)
        if sys.platform == "win32" and name.startswith(_SHOW_A_PATH):
            continue
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != picture:
            changed.append(name)
    assert not changed, 'look at them, then run "python -m tests.tui.snapshots"'
    kept = {path.name for path in FOLDER.glob(f"*-{size[0]}x{size[1]}-*.svg")}
    assert {name for name in kept if not name.startswith("survey-")} == drawn
    assert len(drawn) == len(LOOKS) + len(TOOLKIT) + (size == SIZES[0])


@pytest.mark.parametrize(
    "size", [pytest.param(size, marks=() if size == (60, 20) else pytest.mark.long) for size in survey.SIZES]
)
async def test_every_snapshot_of_the_survey_is_what_a_candidate_sees_now(size: tuple[int, int]) -> None:
    changed = []
    drawn = set()
    async for name, picture in survey.draw(size):
        drawn.add(name)
        if not (FOLDER / name).is_file() or (FOLDER / name).read_text("utf-8") != picture:
            changed.append(name)
    assert not changed, 'look at them, then run "python -m tests.tui.snapshots"'
    assert {path.name for path in FOLDER.glob(f"survey-*-{size[0]}x{size[1]}-*.svg")} == drawn


def test_every_language_theme_and_size_has_a_snapshot_and_every_view_is_in_each_of_them() -> None:
    drawn = [(*size, *what[1:]) for size in survey.SIZES for what in survey.chosen(size)]
    assert len({(width, height, language, theme) for width, height, _, language, theme in drawn}) == len(drawn) == 50
    for place, each in ((3, survey.LANGUAGES), (4, THEMES)):
        for one in each:
            assert {what[2] for what in drawn if what[place] == one} == set(survey.VIEWS)
    for size in survey.SIZES:
        assert {what[2] for what in drawn if what[:2] == size} == set(survey.VIEWS)


def test_the_snapshots_without_colour_have_none_and_say_the_same() -> None:
    for width, height in SIZES:
        grey, light = (
            (FOLDER / f"counts-{width}x{height}-{look}.svg").read_text("utf-8") for look in ("no-colour", "light")
        )
        painted = grey.partition('-clip-terminal)">')[2]  # before it stand the frame and the buttons of a window
        styles = set(re.findall(r'<text class="[\w-]*-(r\d+)"[^>]*>[^<\s]', painted))
        used = {colour for style in styles for colour in COLOUR.findall(rule_of(grey, style))}
        used |= set(COLOUR.findall(painted))
        assert len(used) == 2, "the terminal's own two"
        assert texts(grey) == texts(light)


def rule_of(picture: str, style: str) -> str:
    """What the picture says of one of its styles."""
    return " ".join(re.findall(rf"-{style} {{([^}}]*)}}", picture))


def texts(picture: str) -> str:
    """All that can be read in a picture."""
    return "".join("".join(re.findall(r"<text[^>]*>([^<]*)</text>", picture)).split())
