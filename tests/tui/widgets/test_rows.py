"""Rows to choose from: no text is lost or cut, however narrow the window, and every cell of a row chooses it."""

import contextlib
import itertools
import operator
from collections.abc import AsyncIterator, Iterator, Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from textual import events
from textual.app import ComposeResult
from textual.geometry import Region

from content.survey import Question, load_survey
from tests.tui.pilot import Person, Size, run
from tests.variants import usually
from tui.terminal.lockdown import LockedApp
from tui.widgets.answers import Answers
from tui.widgets.pages import wrap
from tui.widgets.rows import ROOMY, ChoiceRow, Rows, lay_out

OCCUPATION, SCHOOL, MEALS, DEGREE = load_survey().questions
ROWS = tuple(ChoiceRow(option.code, option.label, option.detail) for option in OCCUPATION.options)

TEXTS = st.text(
    st.one_of(
        st.sampled_from("ab ’-–/,.&%"),
        st.sampled_from("漢字かな한글Ａ"),
        st.characters(codec="utf-8", categories=["L", "M", "N", "P", "S", "Zs"]),
    ),
    max_size=80,
)
LABELS = TEXTS.filter(lambda text: bool(text.split()))
MANY_ROWS = st.lists(st.tuples(LABELS, TEXTS), min_size=1, max_size=9).map(
    lambda texts: tuple(ChoiceRow(number, label, detail) for number, (label, detail) in enumerate(texts, 1))
)
WIDTHS = st.integers(15, 120)


# Breaking text into lines


@given(TEXTS, st.integers(2, 60))
def test_wrapping_loses_nothing_but_spaces(text: str, width: int) -> None:
    assert "".join("".join(wrap(text, width)).split()) == "".join(text.split())


@given(TEXTS, st.integers(2, 60))
def test_no_line_is_wider_than_asked(text: str, width: int) -> None:
    assert all(cell_len(line) <= width for line in wrap(text, width))


@given(st.lists(st.text("abcdé’", min_size=1, max_size=9), max_size=20), st.integers(9, 30))
def test_a_word_that_fits_is_not_broken(words: list[str], width: int) -> None:
    lines = wrap(" ".join(words), width)
    assert [word for line in lines for word in line.split(" ")] == words
    for line, following in itertools.pairwise(lines):
        assert len(f"{line} {following.split(' ')[0]}") > width, "a line takes every word that fits"


def test_wide_characters_count_for_the_cells_they_take() -> None:
    assert wrap("漢字漢字漢", 4) == ["漢字", "漢字", "漢"]
    assert wrap("漢字漢", 5) == ["漢字", "漢"]


def test_no_text_is_no_line() -> None:
    assert wrap("  ", 10) == []


# Arranging rows


@given(MANY_ROWS, WIDTHS, st.booleans())
def test_a_layout_holds_every_word_in_its_order_and_its_width(
    rows: tuple[ChoiceRow, ...],
    width: int,
    roomy: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    lines = lay_out(rows, width, roomy=roomy)
    assert [line.row for line in lines] == sorted(line.row for line in lines)
    for index, row in enumerate(rows):
        for kind, text in (("label", row.label), ("detail", row.detail)):
            laid_out = "".join(line.text for line in lines if (line.row, line.kind) == (index, kind))
            assert "".join(laid_out.split()) == "".join(text.split())
    assert all(6 + cell_len(line.text) < width for line in lines), "an indent before, and a cell free after"


@given(MANY_ROWS, WIDTHS)
def test_a_roomy_row_is_at_least_three_cells_high_and_a_tight_one_wastes_none(
    rows: tuple[ChoiceRow, ...], width: int
) -> None:
    assert ROOMY == 3
    roomy, tight = lay_out(rows, width, roomy=True), lay_out(rows, width, roomy=False)
    for index in range(len(rows)):
        high = sum(line.row == index for line in roomy)
        needed = sum(line.row == index for line in tight)
        assert high == max(needed, ROOMY)
    assert not any(line.kind == "space" for line in tight)


@given(MANY_ROWS, WIDTHS, st.booleans())
def test_each_row_has_its_number_on_its_first_line_of_text(
    rows: tuple[ChoiceRow, ...],
    width: int,
    roomy: bool,  # noqa: FBT001 - drawn by hypothesis
) -> None:
    lines = lay_out(rows, width, roomy=roomy)
    firsts = [line for line in lines if line.first]
    assert [line.row for line in firsts] == list(range(len(rows)))
    for index in range(len(rows)):
        assert next(line for line in lines if line.row == index and line.text).first


# The widgets


class Bench(LockedApp[None]):
    """An app with one widget, which writes down what the widget says."""

    def __init__(self, widget: Rows | Answers) -> None:
        super().__init__("light")
        self.held = widget
        self.clicked: list[int] = []

    def compose(self) -> ComposeResult:
        yield self.held

    def on_rows_clicked(self, message: Rows.Clicked) -> None:
        self.clicked.append(message.number)

    def on_answers_answered(self, message: Answers.Answered) -> None:
        self.clicked.append(message.code)


@contextlib.asynccontextmanager
async def showing(rows: Rows, shown: Sequence[ChoiceRow], size: Size) -> AsyncIterator[Person[Bench]]:
    """Stand in front of some rows."""
    async with run(Bench(rows), size) as person:
        rows.set_rows(tuple(shown))
        await person.pause()
        yield person


def row_at(person: Person[Bench], number: int) -> int:
    """The screen line on which a row begins."""
    return next(y for y, line in enumerate(person.lines()) if line[:6].strip("▸ ●○") == str(number))


@pytest.mark.parametrize(("size", "roomy"), [((50, 60), True), ((80, 40), False), ((30, 12), False)])
async def test_every_cell_of_a_row_chooses_it(size: Size, roomy: bool) -> None:  # noqa: FBT001 - a parameter
    rows = Rows()
    async with showing(rows, ROWS, size) as person:
        last = rows.scrollable_content_region.width - 1
        lines = lay_out(ROWS, last + 1, roomy=roomy)
        expected = []
        for y in range(0, min(rows.size.height, len(lines)), 2):
            for x in (0, last) if y % 3 else (last // 2,):
                await person.tap(x, y)
                expected.append(ROWS[lines[y].row].number)
        await person.pause()
        assert person.app.clicked == expected


async def test_a_click_on_scrolled_rows_chooses_what_is_seen_there() -> None:
    rows = Rows()
    async with showing(rows, ROWS, (60, 10)) as person:
        rows.scroll_end(animate=False)
        await person.pause()
        await person.click(3, row_at(person, 9))
        await person.click(3, row_at(person, 8))
        assert person.app.clicked == [9, 8]


async def test_a_row_wears_a_mark_as_well_as_a_colour() -> None:
    async with showing(Rows(marks=True), ROWS[:3], (60, 30)) as person:
        person.app.screen.query_one(Rows).set_choice(2, 3)
        await person.pause()
        marks = [line[:6] for line in person.lines() if line[:6].strip()]
        assert marks == ["  1 ○ ", "  2 ● ", "▸ 3 ○ "]


async def test_rows_without_marks_have_numbers_only() -> None:
    async with showing(Rows(), ROWS[:2], (60, 30)) as person:
        assert not set("○●▸") & set(person.read())


@pytest.mark.parametrize("text", ["漢字かな" * 12, "한글 " * 30, "[red]not markup[/red] [@click=app.quit]x[/]"])
async def test_text_of_any_script_is_painted_whole_and_as_it_stands(text: str) -> None:
    async with showing(Rows(), (ChoiceRow(1, text, text),), (32, 30)) as person:
        painted = "".join("".join(line[6:] for line in person.lines()).split())
        assert painted == "".join(text.split()) * 2
        assert all(cell_len(line) <= 32 for line in person.lines())


MORE = "There are more answers."


@pytest.fixture
def answers() -> Answers:
    return Answers()


@contextlib.asynccontextmanager
async def asking(
    answers: Answers, question: Question = OCCUPATION, size: Size = (60, 14)
) -> AsyncIterator[Person[Bench]]:
    """Stand in front of the answers to a question."""
    async with run(Bench(answers), size) as person:
        answers.set_question(question, MORE)
        await person.pause()
        yield person


def everything_offered(person: Person[Bench]) -> Iterator[str]:
    """What is painted, from the first answer scrolled to the last."""
    offered = person.app.screen.query(Rows).first()
    for top in range(int(offered.max_scroll_y) + 1):
        offered.scroll_to(y=top, animate=False)
        yield "\n".join(person.lines())


@pytest.mark.parametrize("question", load_survey().questions, ids=lambda question: question.id)
@pytest.mark.parametrize("size", usually(1, [(40, 6), (60, 14), (100, 45)]))
async def test_prefer_not_to_say_is_in_view_and_every_answer_can_be_reached(
    answers: Answers, question: Question, size: Size
) -> None:
    async with asking(answers, question, size) as person:
        assert not set("●▸") & set(person.read()), "nothing is chosen or marked"
        seen: set[str] = set()
        for painted in everything_offered(person):
            await person.pause()
            seen.update(line.strip(" │▁▂▃▄▅▆▇█") for line in painted.splitlines())
            assert row_at(person, len(question.options))
            assert question.declined.label in person.read()
        everything = " ".join(seen)
        for option in question.options:
            for word in (*option.label.split(), *option.detail.split()):
                assert word in everything


@pytest.mark.parametrize("size", [(40, 6), (60, 14), (100, 45)])
async def test_where_answers_are_out_of_sight_it_says_so(answers: Answers, size: Size) -> None:
    async with asking(answers, size=size) as person:
        scrolls = person.app.screen.query(Rows).first().max_scroll_y > 0
        assert ("There are more answers." in person.read()) == scrolls


async def test_the_mark_stops_at_both_ends(answers: Answers) -> None:
    async with asking(answers, DEGREE) as person:
        for step, number in ((1, 1), (-1, 1), (1, 2), (1, 3), (1, 4), (1, 4)):
            answers.move(step)
            assert marked(person) == number
        answers.set_question(DEGREE, MORE)
        answers.move(-1)
        assert marked(person) == 4, "up from nothing begins at the end, where prefer not to say is"


def marked(person: Person[Bench]) -> int:
    (line,) = [line for line in person.lines() if line.startswith("▸")]
    return int(line[2])


async def test_the_mark_is_scrolled_into_view(answers: Answers) -> None:
    async with asking(answers, size=(60, 9)) as person:
        for number in (*range(1, 10), *range(8, 0, -1)):
            answers.move(1 if marked_or_none(person) < number else -1)
            await person.pause()
            assert marked(person) == number


def marked_or_none(person: Person[Bench]) -> int:
    return marked(person) if any(line.startswith("▸") for line in person.lines()) else 0


async def test_enter_would_choose_what_is_marked_unless_it_is_chosen(answers: Answers) -> None:
    async with run(Bench(answers), (60, 14)):
        answers.set_question(DEGREE, MORE)
        assert answers.to_choose is None
        answers.move(1)
        assert answers.to_choose == 1
        answers.show_chosen(1)
        assert answers.to_choose is None
        answers.move(1)
        assert answers.to_choose == 2
        answers.set_question(MEALS, MORE)
        assert answers.to_choose is None


@pytest.mark.parametrize("size", [(60, 14), (60, 30)], ids=["tight", "roomy"])
async def test_every_line_of_every_answer_can_be_clicked_and_nothing_between(answers: Answers, size: Size) -> None:
    async with asking(answers, DEGREE, size) as person:
        expected = []
        for y in range(answers.size.height):
            person.app.clicked.clear()
            await person.click(40, y)
            expected.append(person.app.clicked[:])
        rule = next(y for y, line in enumerate(person.lines()) if line.startswith("──"))
        offered = [answer for line in expected[:rule] for answer in line]
        assert offered == sorted(offered)
        assert all(len(line) == 1 for line in expected[:rule])
        assert set(offered) == {1, 2, 3}
        assert expected[rule] == [], "the rule is no answer"
        declined = [line for line in expected[rule + 1 :] if line]
        assert len(declined) >= (1 if size[1] < 20 else ROOMY)
        assert declined == expected[rule + 1 : rule + 1 + len(declined)] == [[4]] * len(declined)


async def test_what_is_chosen_survives_another_size_and_not_another_question(answers: Answers) -> None:
    async with asking(answers, DEGREE) as person:
        answers.show_chosen(3)
        await person.resize((100, 40))
        assert any(line.startswith("▸ 3 ●") for line in person.lines())
        answers.set_question(MEALS, MORE)
        await person.pause()
        assert not set("●▸") & set(person.read())


# A finger: it is reported as a mouse that is pressed, moved and let go


async def test_a_finger_the_wheel_and_the_scroll_bar_scroll_the_list_and_choose_nothing(answers: Answers) -> None:
    async with asking(answers) as person:
        for places, top in (
            ([(30, 9), (30, 8), (30, 6), (30, 4)], 5),
            ([(30, 4), (30, 7)], 2),
            ([(30, 13), (30, 11)], 4),
            ([(30, 2), (30, 9), (30, 2)], 4),
            ([(30, 9), (30, 6), (30, 9)], 4),
            ([(30, 4), (40, 4)], 4),
        ):
            await person.drag(*places)
            assert answers.scroll_offset.y == top
        await person.drag((30, 2), (30, 13))
        await person.drag((30, 2), (30, 13))
        assert answers.scroll_offset.y == 0
        await person.mouse(events.MouseDown, 30, 9)
        await person.mouse(events.MouseMove, 30, 6)
        await person.mouse(events.MouseMove, 30, 2, button=1)
        assert answers.scroll_offset.y == 0, "a mouse that was let go elsewhere drags nothing"
        bar = person.seen(answers.vertical_scrollbar)
        assert bar
        await person.drag((bar.x, bar.y), (bar.x, bar.y + 1), (bar.x, bar.bottom - 1))
        await person.pause()
        assert answers.scroll_offset.y > 0
        before = person.read()
        for _ in range(3):
            await person.wheel(30, 12, down=False)
        assert person.read() != before
        assert person.app.clicked == []


async def test_the_scroll_bar_is_drawn_anew_only_where_it_would_look_different(answers: Answers) -> None:
    async with asking(answers) as person:
        bar = answers.vertical_scrollbar
        whole = Region(0, 0, *bar.size)
        drawn = bar.render_lines(whole)
        assert len(drawn) == bar.size.height > 5
        answers.show_chosen(1)
        bar.refresh()
        assert not bar._repaint_required
        assert all(map(operator.is_, drawn, bar.render_lines(whole)))
        await person.wheel(30, 12)
        assert not all(map(operator.is_, drawn, bar.render_lines(whole)))


async def test_a_row_is_chosen_only_where_press_and_release_are_on_it(answers: Answers) -> None:
    async with asking(answers, DEGREE, (60, 40)) as person:
        first, second = row_at(person, 1), row_at(person, 2)
        await person.drag((30, first), (30, second))
        for x, y in ((30, first), (31, second)):  # as terminals report it that tell of no movement
            await person.mouse(events.MouseDown if y == first else events.MouseUp, x, y)
        await person.drag((3, first), (50, first), (3, first))
        assert person.app.clicked == []
        await person.drag((30, first), (31, first))
        await person.drag((30, second), (30, second - 1))
        assert person.app.clicked == [1, 2], "a hand that shakes by a cell has still chosen"


async def test_the_line_that_says_there_are_more_leads_to_all_of_them_and_back(answers: Answers) -> None:
    async with asking(answers) as person:
        seen: set[str] = set()
        for _ in range(20):
            seen.update(line[:3] for line in person.lines())
            y = next(y for y, line in enumerate(person.lines()) if MORE in line)
            await person.click(5, y)
            if answers.scroll_offset.y == 0:
                break
        assert seen >= {f"  {number}" for number in range(1, 10)}
        assert answers.scroll_offset.y == 0
        assert person.app.clicked == []


async def test_the_key_for_prefer_not_to_say_stands_beside_it(answers: Answers) -> None:
    async with asking(answers) as person:
        for question in load_survey().questions:
            answers.set_question(question, MORE)
            await person.pause()
            (line,) = [line for line in person.lines() if line.endswith("  P")]
            assert question.declined.label in line
