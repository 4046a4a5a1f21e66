"""What a candidate sees and does, on windows of every size: by keys alone, by mouse alone, changing their mind."""

import errno
import operator
import re
from collections.abc import Awaitable, Callable, Mapping

import pytest
from textual.screen import Screen
from textual.strip import Strip

from content.language import load_words
from content.survey import load_survey
from storage.crypto.sealing import Response, SealedResponse
from storage.errors import StoreError
from storage.kiosk.kiosk import Kiosk
from tests.tui.gate import Gate
from tests.tui.kiosks import Held, Start
from tests.tui.pilot import CRAMPED, HUGE, LARGE, PATIENCE, SMALL, USUAL, AtKiosk, Size
from tests.variants import by_key_and_by_mouse, usually
from tui.interview import Interview, Step
from tui.survey.ending import Ending
from tui.widgets.answers import Answers
from tui.widgets.pages import Pages
from tui.widgets.reading import Reading
from tui.widgets.rows import Rows

SIZES = [CRAMPED, SMALL, USUAL, LARGE, HUGE]
WORDS = load_words()
QUESTIONS = load_survey().questions
ID = operator.attrgetter("id")
ANSWERS = (6, 3, 2, 4)
"""Unlike one another; the last is to prefer not to say."""
DECLINED = (9, 6, 5, 4)

at_every_size = pytest.mark.parametrize("size", usually(1, SIZES), ids=lambda size: "{}x{}".format(*size))
on_three_layouts = pytest.mark.parametrize(
    "size", usually(1, [CRAMPED, SMALL, LARGE]), ids=["40x12", "60x20", "120x40"]
)
"""Too small, narrow, and wide enough for help beside the answers."""
on_a_wide_window_too = pytest.mark.parametrize(
    "size", usually(1, [LARGE, CRAMPED, SMALL]), ids=["120x40", "40x12", "60x20"]
)
"""The same, of which the wide one every time."""


def row_line(person: AtKiosk, number: int) -> int | None:
    """The screen line on which a row of answers, or of questions, begins; None while it is scrolled away."""
    for y, line in enumerate(person.lines()):
        if re.match(rf"^ {{0,2}}[▸ ] {number} ", line):
            return y
    return None


async def row_in_view(person: AtKiosk, number: int) -> int:
    """The same, scrolled to with the wheel where need be."""
    name = "Answers" if person.app.survey.interview.step is Step.QUESTION else "#check Rows"
    for _ in range(80):
        if (y := row_line(person, number)) is not None:
            return y
        rows = person.seen(person.widget(name))
        assert rows
        await person.wheel(rows.x + 10, rows.bottom - 1)
    raise AssertionError(f"row {number} cannot be scrolled to")


async def test_going_on_lays_nothing_out_anew_where_the_next_question_takes_as_many_lines(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    laid_out: list[str] = []
    lay_out = Screen._refresh_layout

    def told(screen: Screen[object], *how: object, **more: object) -> None:
        laid_out.append(str(screen))
        lay_out(screen, *how, **more)  # type: ignore[arg-type]

    async with start(LARGE) as person:
        await person.press("1", "6")
        monkeypatch.setattr(Screen, "_refresh_layout", told)
        for place in (1, 2):
            await person.press("enter")
            assert person.read_in("#official") == QUESTIONS[place].text
            assert WORDS.question.progress.format(number=place + 1, total=4) in person.read()
            assert WORDS.guidance.notes(QUESTIONS[place].id)[0].title in person.read()
            await person.press("2")
        assert laid_out == []


async def test_the_very_first_picture_is_laid_out_for_the_window(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    first: list[frozenset[str]] = []
    lay_out = Screen._refresh_layout

    def told(screen: Screen[object], *how: object, **more: object) -> None:
        first.append(screen.classes)
        lay_out(screen, *how, **more)  # type: ignore[arg-type]

    monkeypatch.setattr(Screen, "_refresh_layout", told)
    for size, classes in ((LARGE, {"-wide", "-tall"}), (USUAL, {"-narrow", "-medium"}), (SMALL, {"-narrow", "-short"})):
        async with start(size) as person:
            assert first[0] == person.app.screen.classes == classes
        first.clear()


async def see_it_painted_ahead(person: AtKiosk) -> None:
    """Read a question until the next one is painted, unseen; none is from then on."""
    lines = person.app.screen.query(Pages)
    await person.until(lambda: all(each._ahead for each in lines if person.seen(each)))
    for each in lines:
        each.paint_ahead = lambda _: None  # type: ignore[method-assign, assignment]


async def test_going_on_draws_no_line_that_was_not_painted_ahead(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    draw = {kind: kind.render_line for kind in (Rows, Reading)}

    def told(widget: Rows | Reading, y: int) -> Strip:
        drawn.append(f"{widget} {y}")
        return draw[Rows if isinstance(widget, Rows) else Reading](widget, y)  # type: ignore[arg-type]

    async with start(LARGE) as person:
        await person.press("1", "6")
        await see_it_painted_ahead(person)
        for kind in draw:
            monkeypatch.setattr(kind, "render_line", told)
        await person.press("enter")
        person.painted()
        assert drawn == []
        person.widget("Answers").refresh()
        person.painted()
        assert drawn, "this test looks at what draws"


async def nothing_else(person: AtKiosk) -> None:
    """See the question painted ahead, and no more."""
    await see_it_painted_ahead(person)


async def other_colours(person: AtKiosk) -> None:
    """The colours change after the next question was painted."""
    await see_it_painted_ahead(person)
    person.app.use_theme("strong-dark")


async def another_size(person: AtKiosk) -> None:
    """The window becomes smaller after the next question was painted."""
    await see_it_painted_ahead(person)
    await person.resize((LARGE[0] - 19, LARGE[1] - 9))


async def more_room(person: AtKiosk) -> None:
    """Rows are painted ahead where they are close; once an answer is chosen the hint is shorter, and there is room."""
    await person.resize((LARGE[0], 30))
    await person.press("enter", "escape")
    await see_it_painted_ahead(person)
    await person.press("1")


async def another_answer(person: AtKiosk) -> None:
    """The candidate changes their mind after the next question was painted."""
    await see_it_painted_ahead(person)
    await person.press("2", "down", "1")


@pytest.mark.parametrize(
    "meanwhile",
    [nothing_else, other_colours, another_size, more_room, another_answer],
    ids=lambda meanwhile: meanwhile.__name__,
)
async def test_what_was_painted_ahead_looks_like_what_is_painted_when_it_is_shown(
    meanwhile: Callable[[AtKiosk], Awaitable[None]], start: Start
) -> None:
    async with start(LARGE) as person:
        await person.press("1", "6")
        await meanwhile(person)
        await person.press("enter")
        assert person.read_in("#official") == QUESTIONS[1].text
        ahead = person.painted()
        person.app.survey._show_view()
        await person.pause()
        assert ahead == person.painted()
        assert "●" not in person.read()


async def answer_by_digits(person: AtKiosk, answers: tuple[int, ...] = ANSWERS) -> None:
    """From the welcome to the check."""
    await person.press("1")
    for answer in answers:
        await person.press(str(answer), "enter")


async def thanked(person: AtKiosk) -> bool:
    """Whether the candidate is thanked once all work is done."""
    await person.settle()
    return person.app.survey.interview.step is Step.THANKS and WORDS.thanks.heading in person.read()


async def sends(person: AtKiosk, answers: tuple[int, ...] = ANSWERS) -> None:
    """From the welcome to the thanks."""
    await answer_by_digits(person, answers)
    await person.press("enter")
    assert await thanked(person)


async def kept_no(person: AtKiosk) -> bool:
    """Whether the next person is welcome once it is kept that somebody declined."""
    await person.settle()
    return is_wiped(person)


def is_wiped(person: AtKiosk) -> bool:
    """Whether the welcome is shown and nothing is left of the last candidate."""
    survey = person.app.survey
    return (
        survey.interview == Interview(survey.interview.survey, survey.interview.check_answers)
        and survey._submission is None
        and WORDS.welcome.heading in person.read()
    )


# A whole interview, in three ways


@at_every_size
async def test_digits_and_enter_are_enough_and_the_check_says_how_a_row_is_changed(
    start: Start, held: Held, size: Size
) -> None:
    async with start(size) as person:
        await person.press("enter")
        for answer in ANSWERS:
            await person.press(str(answer), "enter")
        assert all(word in person.read_in("#check-text") for word in WORDS.check.change.split())
        await person.press("enter")
        assert await thanked(person)
        assert held() == [ANSWERS]
        await person.press("enter")
        assert is_wiped(person)


@on_three_layouts
async def test_the_digits_of_a_number_pad_are_enough(start: Start, held: Held, size: Size) -> None:
    async with start(size, survey={"languages": ["en", "cy"]}) as person:
        await person.press("4", "3", "2")
        assert "Helo" in person.read()
        await person.press("3", "1", "4", "1")
        for answer in ANSWERS:
            await person.press("0")
            assert person.app.survey.interview.answer_here is None, "0 goes on only from an answer"
            await person.press(str(answer), "0")
        await person.press("2", "4", "0")
        assert person.app.survey.interview.step is Step.CHECK
        await person.press("0")
        assert await thanked(person)
        assert held() == [(ANSWERS[0], 4, *ANSWERS[2:])]
        await person.press("0")
        assert is_wiped(person)
        await person.press("2", "0")
        assert await kept_no(person)
        assert max(held()) == DECLINED


async def test_the_signs_of_a_number_pad_go_on_and_back_help_and_read(start: Start) -> None:
    async with start(SMALL) as person:
        await person.press("+", "1", "+")
        assert "Question 2" in person.read()
        await person.press("-")
        assert "Question 1" in person.read()
        await person.press("/")
        assert WORDS.guidance.occupation.notes[0].title in person.read()
        await person.press("-", "*")
        assert WORDS.speech.unavailable in person.read(), "the speech program of these tests is never there"


@on_a_wide_window_too
async def test_arrows_and_enter_are_enough(start: Start, held: Held, size: Size) -> None:
    async with start(size) as person:
        await person.press("enter")
        for place, answer in enumerate(ANSWERS):
            up = len(QUESTIONS[place].options) + 1 - answer
            await person.press(*(["up"] * up if up < answer else ["down"] * answer))
            line = row_line(person, answer)
            assert line is not None, "the marked row is scrolled into view"
            assert person.lines()[line].lstrip().startswith("▸")
            await person.press("enter" if place % 2 else "space", "enter")
        await person.press("enter")
        assert await thanked(person)
        assert held() == [ANSWERS]


async def test_a_finger_scrolls_the_help_and_the_welcome(start: Start) -> None:
    async with start(CRAMPED) as person:
        for name, keys in (("#promises", ()), ("#guidance", ("1", "?"))):
            await person.press(*keys)
            seen = person.seen(person.widget(name))
            assert seen
            before = person.read_in(name)
            await person.drag((20, seen.bottom - 1), (20, seen.y + 1), (20, seen.y))
            assert person.read_in(name) != before
            assert person.widget(name).scroll_offset.y == seen.height - 1


@at_every_size
async def test_the_mouse_is_enough(start: Start, held: Held, size: Size) -> None:
    async with start(size) as person:
        await person.click_on("#start")
        for place, answer in enumerate(ANSWERS):
            y = await row_in_view(person, answer)
            await person.click((3, 20, size[0] // 3, 8)[place], y)
            await person.click_on("#next")
        await person.click_on("#send")
        assert await thanked(person)
        assert held() == [ANSWERS]
        await person.click_on("#next-person")
        assert is_wiped(person)


async def test_a_double_click_on_next_does_not_send_what_the_candidate_has_not_checked(
    start: Start, held: Held
) -> None:
    async with start(USUAL) as person:
        await person.press("1")
        for answer in ANSWERS[:-1]:
            await person.press(str(answer), "enter")
        await person.press(str(ANSWERS[-1]))
        seen = person.seen(person.widget("#next"))
        assert seen
        for beside in (2, 2, 3):
            await person.tap(seen.x + beside, seen.y)
        await person.settle()
        assert person.app.survey.interview.step is Step.CHECK
        assert held() == []


async def test_keys_pressed_ahead_of_the_screen_answer_the_right_questions(start: Start, held: Held) -> None:
    async with start() as person:
        await person.hurry("enter", *(key for answer in ANSWERS for key in (str(answer), "enter")))
        assert person.app.survey.interview.step is Step.CHECK
        await person.press("enter")
        assert await thanked(person)
        assert held() == [ANSWERS]


@pytest.mark.parametrize(
    ("keys", "left"),
    [(("3", "escape"), {"occupation": 6, "school": 3}), (("3", "x", "s", "2", "1"), {})],
    ids=["back", "stop"],
)
async def test_leaving_a_question_in_a_hurry_answers_no_other(
    start: Start, keys: tuple[str, ...], left: Mapping[str, int]
) -> None:
    async with start() as person:
        await person.press("1", "6", "enter")
        await person.hurry(*keys)
        assert dict(person.app.survey.interview.answers) == left
        assert not set("●▸") & set(person.read())


async def test_a_click_that_is_heard_late_answers_no_other_question(start: Start) -> None:
    async with start() as person:
        await person.press("1", "6", "enter")
        person.app.survey.post_message(Answers.Answered(QUESTIONS[0], 3))
        await person.pause()
        assert dict(person.app.survey.interview.answers) == {"occupation": 6}
        assert not set("●▸") & set(person.read())


# Saying no


@on_a_wide_window_too
@by_key_and_by_mouse
async def test_declining_counts_one_person_and_says_so(start: Start, held: Held, size: Size, *, by_mouse: bool) -> None:
    async with start(size) as person:
        await (person.click_on("#decline") if by_mouse else person.press("2"))
        seen = await person.read_on(lambda: person.press("down"))
        assert all(word in seen for word in WORDS.declined.text.split())
        assert WORDS.thanks.heading not in seen, "nobody is thanked for what is not kept"
        await person.settle()
        assert held() == []
        await (person.click_on("#next-person") if by_mouse else person.press("enter"))
        assert await kept_no(person)
        assert held() == [DECLINED]


@by_key_and_by_mouse
async def test_no_is_taken_back_until_it_is_kept(start: Start, held: Held, *, by_mouse: bool) -> None:
    async with start(SMALL) as person:
        await person.act(by_mouse, "2", "#decline")
        for key in ("1", "2", "space", "x", "f2", "s"):
            await person.press(key)
            assert person.app.survey.interview.step is Step.DECLINED, "neither for good, nor the next person's"
        await person.act(by_mouse, "escape", "#take-back")
        assert is_wiped(person)
        await sends(person)
        assert held() == [ANSWERS]


@pytest.mark.parametrize("then", ["lies over", "ends"])
async def test_no_is_kept_and_counted_whatever_comes(start: Start, held: Held, then: str) -> None:
    async with start() as person:
        kiosk = person.app.kiosk
        if then == "lies over":
            await person.press("2")
            await person.app.push_screen(Screen())
            await person.settle()
            assert held() == [DECLINED], "before staff could end the event"
            assert kiosk.waiting == 1
        else:
            await person.press("2")
            assert held() == []
            person.app.end()
    assert held() == [DECLINED]
    assert kiosk.waiting == 1


async def test_a_no_that_cannot_be_kept_is_told_plainly_and_tried_again(
    start: Start, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start() as person:
        with monkeypatch.context() as broken:
            failing(broken, after=nothing)
            await person.press("2", "enter")
            assert WORDS.failed.heading in person.read()
        await person.press("1")
        assert await kept_no(person)
        assert held() == [DECLINED]


async def test_prefer_not_to_say_has_one_key_on_every_question(start: Start, held: Held) -> None:
    async with start(SMALL, survey={"languages": ["cy"]}) as person:
        await person.press("p", "1", *["p", "enter", "P", "enter"] * 2)
        assert person.app.survey.interview.step is Step.CHECK
        await person.press("p", "P", "enter")
        assert held() == [DECLINED]


@at_every_size
async def test_prefer_not_to_say_is_in_view_and_takes_no_more_presses(start: Start, held: Held, size: Size) -> None:
    async with start(size) as person:
        await person.press("enter")
        for question in QUESTIONS:
            line = row_line(person, len(question.options))
            assert line is not None
            assert question.declined.label in person.lines()[line]
            await person.press(str(len(question.options)), "enter")
        await person.press("enter")
        assert await thanked(person)
        assert held() == [DECLINED]


# What is shown, and when


@on_a_wide_window_too
async def test_nothing_is_chosen_nor_could_be_shown_before_the_candidate_chooses(start: Start, size: Size) -> None:
    async with start(size) as person:
        await person.press("enter")
        for place, question in enumerate(QUESTIONS):
            await person.press("s")
            assert person.seen(person.widget("#show-answer")) is None
            assert person.app.survey.interview.answer_here is None
            assert not set("●▸") & set(person.read())
            assert WORDS.question.progress.format(number=place + 1, total=4) in person.read()
            words = person.read()
            assert all(word in words for word in question.text.split())
            await person.press("1", "enter")


async def test_going_on_without_an_answer_says_that_prefer_not_to_say_is_fine(start: Start) -> None:
    async with start(SMALL) as person:
        await person.press("1", "enter")
        assert WORDS.question.choose_first in person.read()
        assert person.widget("#note").has_class("urgent")
        await person.click_on("#next")
        assert person.app.survey.interview.position == 0
        await person.press("1")
        assert WORDS.question.choose_first not in person.read()
        assert not person.widget("#note").has_class("urgent")


@on_three_layouts
async def test_going_back_hides_the_answer_until_it_is_asked_for(start: Start, size: Size) -> None:
    async with start(size) as person:
        await person.press("1", "1", "enter", "escape")
        assert person.app.survey.interview.answer_here == 1
        assert "●" not in person.read()
        await person.press("s")
        line = row_line(person, 1)
        assert line is not None
        assert "●" in person.lines()[line]
        await person.press("enter", "escape")
        assert "●" not in person.read()
        await person.click_on("#show-answer")
        assert "●" in person.read()
        await person.press("enter")
        assert person.app.survey.interview.position == 1, "Enter on the shown answer goes on"
        await person.press("escape", "enter")
        assert person.app.survey.interview.position == 1, "and on the hidden one"
        assert dict(person.app.survey.interview.answers) == {"occupation": 1}


def answer_lines() -> list[str]:
    """What the check says about each answer, when it says it."""
    return [
        WORDS.check.not_said
        if answer == question.declined.code
        else f"{WORDS.check.answered}: {question.option(answer).label}"
        for question, answer in zip(QUESTIONS, ANSWERS, strict=True)
    ]


@pytest.mark.parametrize("size", usually(1, [LARGE, HUGE]), ids=["120x40", "200x60"])
async def test_the_check_shows_answers_only_when_asked(start: Start, size: Size) -> None:
    async with start(size) as person:
        await answer_by_digits(person)
        assert person.read().count(WORDS.check.hidden) == 4
        assert not any(line in person.read() for line in answer_lines())
        await person.press("s")
        assert WORDS.check.hidden not in person.read()
        assert all(line in person.read() for line in answer_lines())
        await person.click_on("#show-answers")
        assert person.read().count(WORDS.check.hidden) == 4
        await person.press("s", "1", "escape")
        assert person.read().count(WORDS.check.hidden) == 4, "having been away, they are hidden again"
        await person.press("s")
        assert WORDS.check.hidden not in person.read(), "and one press shows them"
        await person.press("x", "2")
        await answer_by_digits(person)
        assert person.read().count(WORDS.check.hidden) == 4, "nor does the next candidate find them open"


@on_three_layouts
async def test_all_of_the_check_can_be_scrolled_to(start: Start, size: Size) -> None:
    async with start(size) as person:
        await answer_by_digits(person)
        await person.press("s")
        seen = await person.read_on(lambda: person.press("down"))
        for question, line in zip(QUESTIONS, answer_lines(), strict=True):
            assert all(word in seen for word in (*question.text.split(), *line.split()))


@on_a_wide_window_too
async def test_an_answer_can_be_changed_from_the_check(start: Start, held: Held, size: Size) -> None:
    async with start(size) as person:
        await answer_by_digits(person)
        await person.press("2")
        assert person.app.survey.interview.position == 1
        assert "●" not in person.read()
        await person.press("1", "enter")
        assert person.app.survey.interview.step is Step.CHECK
        y = await row_in_view(person, 3)
        await person.click(size[0] - 3, y)
        assert person.app.survey.interview.position == 2
        await person.press("escape", "enter")
        assert await thanked(person)
        assert held() == [(6, 1, 2, 4)]


# Help


@pytest.mark.parametrize("size", usually(1, [CRAMPED, SMALL, USUAL]), ids=["40x12", "60x20", "80x24"])
async def test_help_lies_over_the_answers_on_a_narrow_window(start: Start, size: Size) -> None:
    title = WORDS.guidance.occupation.notes[0].title
    async with start(size) as person:
        await person.press("1")
        assert title not in person.read()
        for closing in ("question_mark", "escape", "enter", "h", "f1"):
            await person.press("question_mark")
            assert title in person.read()
            assert QUESTIONS[0].declined.label not in person.read()
            await person.press("1", "space")
            assert not person.app.survey.interview.answers, "an answer out of sight cannot be chosen"
            await person.press(closing)
            assert title not in person.read()
            assert person.app.survey.interview.position == 0
        await person.click_on("#help")
        assert title in person.read()
        await person.click_on("#help")
        assert title not in person.read()
        await person.press("1", "question_mark", "question_mark", "enter")
        assert WORDS.guidance.school.notes[0].title not in person.read(), "nor is it open at the next question"


@pytest.mark.parametrize("size", usually(1, [LARGE, HUGE]), ids=["120x40", "200x60"])
async def test_help_stands_beside_the_answers_on_a_wide_window(start: Start, size: Size) -> None:
    async with start(size) as person:
        await person.press("1")
        for question in QUESTIONS:
            first = WORDS.guidance.notes(question.id)[0].title
            (line,) = [line for line in person.lines() if first in line]
            assert line.index(first) > size[0] // 2
            assert question.declined.label in person.read()
            await person.press("1", "enter")


@pytest.mark.parametrize("size", [CRAMPED, USUAL, LARGE], ids=["40x12", "80x24", "120x40"])
@pytest.mark.parametrize("by_mouse", [False, True], ids=["keys", "wheel"])
@pytest.mark.sampled
async def test_all_help_can_be_scrolled_to(start: Start, size: Size, *, by_mouse: bool) -> None:
    async with start(size) as person:
        await person.press("1", "question_mark")
        seen = await person.read_on(
            lambda: person.wheel(size[0] - 8, size[1] // 2) if by_mouse else person.press("pagedown")
        )
        for note in WORDS.guidance.notes("occupation"):
            assert all(word in seen for word in (*note.title.split(), *note.text.split()))
        assert all(word in seen for word in WORDS.guidance.after.split())


# The welcome


@on_three_layouts
async def test_all_of_the_welcome_can_be_scrolled_to(start: Start, size: Size) -> None:
    async with start(size, organisation={"statement": "We want to do better. " * 8}) as person:
        seen = await person.read_on(lambda: person.press("down"))
        words = WORDS.welcome
        for text in (words.who.format(organisation="Musterwerk"), words.why, words.voluntary, words.anonymous):
            assert all(word in seen for word in text.split())
        for text in (words.no_decision, words.everyone, words.time_all, words.declining, "We want to do better."):
            assert all(word in seen for word in text.split())


@pytest.mark.parametrize(
    "name",
    usually(2, ["[@click=app.quit]Leave[/]", "$primary \\[b] :smile:", "Musterwerk", "[red]x[/]", "[/]", ":smile:"]),
)
async def test_names_are_shown_as_they_are_written(start: Start, name: str) -> None:
    async with start(
        LARGE, organisation={"name": name, "statement": f"Because {name}."}, event={"name": f"Fair {name}"}
    ) as person:
        top = person.lines()[0]
        assert f"{name} · Fair {name}" in top
        assert WORDS.welcome.who.format(organisation=name) in person.read()
        assert f"Because {name}." in person.read()
        await person.click(3, 0)
        await person.click(top.index("Fair") + 7, 0)
        assert person.app.is_running
        assert is_wiped(person)


@pytest.mark.parametrize("practice", usually(1, [True, False]))
async def test_the_practice_banner_stands_over_every_view_of_practice_alone(start: Start, *, practice: bool) -> None:
    async with start(SMALL, practice=practice) as person:
        for keys in ((), ("1",), *[("1", "enter")] * 4, ("enter",)):
            await person.press(*keys)
            assert (WORDS.practice.banner in person.lines()[0]) == (WORDS.practice.banner in person.read()) == practice
        assert await thanked(person)


async def test_a_window_that_is_too_small_says_so(start: Start) -> None:
    async with start(USUAL) as person:
        for size, small in ((USUAL, False), ((59, 20), True), (SMALL, False), ((60, 19), True), (HUGE, False)):
            await person.resize(size)
            assert (WORDS.small.text[:20] in person.read()) == small, size


# The settings


async def test_the_key_question_can_be_asked_alone(start: Start, held: Held) -> None:
    async with start(survey={"questions": "key"}) as person:
        assert WORDS.welcome.time_key in person.read()
        await person.press("1")
        assert WORDS.question.progress.format(number=1, total=1) in person.read()
        await person.press("5", "enter", "enter")
        assert await thanked(person)
        await person.press("enter", "2", "enter")
        assert await kept_no(person)
        assert sorted(held()) == [(5, 0, 0, 0), (9, 0, 0, 0)]


async def test_without_the_check_the_last_answer_is_sent(start: Start, held: Held) -> None:
    async with start(survey={"check_answers": False}) as person:
        await answer_by_digits(person)
        assert await thanked(person)
        assert held() == [ANSWERS]


# Leaving, doubling, resizing


@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.parametrize("answered", [0, 2, 4])
@pytest.mark.sampled
async def test_stop_asks_and_then_wipes_everything(start: Start, held: Held, answered: int, *, by_mouse: bool) -> None:
    async with start(SMALL) as person:
        await answer_by_digits(person, ANSWERS[:answered])
        if answered < 4:
            await person.press("1")
        before = person.app.survey.interview
        view = "#check" if answered == 4 else "#question"
        for going_on in ("1", "enter", "0", "escape"):
            await (person.click_on(f"{view} #stop") if by_mouse else person.press("x"))
            assert all(text in person.read() for text in (WORDS.stopping.heading, WORDS.stopping.text))
            await person.hurry(*"xxx3459p")
            assert person.app.survey.interview.step is Step.STOPPING
            await (person.click_on("#keep-going") if by_mouse else person.press(going_on))
            assert person.app.survey.interview == before
        await (person.click_on(f"{view} #stop") if by_mouse else person.press("x"))
        await (person.click_on("#clear") if by_mouse else person.press("2"))
        assert is_wiped(person)
        await person.settle()
        assert held() == []
        for _ in range(4):
            await person.press("enter" if person.app.survey.interview.step is Step.WELCOME else "s")
            assert not set("●▸") & set(person.read())


@on_three_layouts
@pytest.mark.parametrize("by_mouse", [False, True], ids=["key", "mouse"])
@pytest.mark.sampled
async def test_back_goes_where_it_says_and_never_drops_an_answer_by_itself(
    start: Start, held: Held, size: Size, *, by_mouse: bool
) -> None:
    async with start(size) as person:
        await answer_by_digits(person)
        await (person.click_on("#check #back") if by_mouse else person.press("escape"))
        for position in (3, 2, 1, 0):
            assert person.app.survey.interview.position == position
            await (person.click_on("#question #back") if by_mouse else person.press("escape"))
        for _ in range(3):
            assert WORDS.stopping.heading in person.read()
            await person.press("escape")
            assert person.app.survey.interview.position == 0
            assert len(person.app.survey.interview.answers) == 4
            await (person.click_on("#question #back") if by_mouse else person.press("escape"))
        await (person.click_on("#clear") if by_mouse else person.press("2"))
        assert is_wiped(person)
        assert held() == []


def where(person: AtKiosk) -> tuple[Step, int]:
    return person.app.survey.interview.step, person.app.survey.interview.position


@pytest.mark.parametrize("times", [2, 40], ids=["pressed twice", "held"])
@pytest.mark.sampled
async def test_a_key_that_repeats_never_passes_a_view(start: Start, held: Held, times: int) -> None:
    async with start() as person:
        for answered in range(4):
            await person.hurry(*["enter"] * times)
            assert where(person) == (Step.QUESTION, answered)
            assert WORDS.question.choose_first not in person.read()
            await person.press("1")
        await person.hurry(*["enter"] * times)
        await person.settle()
        assert where(person) == (Step.CHECK, 3)
        for position in (3, 2):
            person.let_pass(PATIENCE)
            await person.hurry(*["escape"] * times)
            assert where(person) == (Step.QUESTION, position)
        await person.hurry("?", *["escape"] * times)
        assert where(person) == (Step.QUESTION, 2), "it closed the help"
        await person.press("enter", "enter")
        await person.hurry(*["1"] * times)
        assert where(person) == (Step.QUESTION, 0)
        assert "●" not in person.read(), "nothing is chosen anew"
        await person.press("escape", "enter")
        await person.hurry(*["enter"] * (times - 1))
        await person.settle()
        assert person.app.survey.interview.step is Step.THANKS
        person.let_pass(PATIENCE)
        await person.hurry(*["enter"] * times)
        assert is_wiped(person)
        await person.hurry(*["1"] * times)
        assert where(person) == (Step.QUESTION, 0)
        assert not person.app.survey.interview.answers
        await person.press("escape")
        await person.hurry(*["2"] * times)
        assert where(person) == (Step.DECLINED, 0)
        await person.hurry(*["enter"] * times)
        assert await kept_no(person)
        assert sorted(held()) == [(1, 1, 1, 1), DECLINED]


async def test_a_key_that_is_held_does_not_pass_a_view_when_it_begins_to_repeat(start: Start, held: Held) -> None:
    async with start() as person:
        await answer_by_digits(person)
        for pause in (0.66, 0.5, 0.25):  # what keyboards wait before they repeat, and their slowest repeating
            person.let_pass(pause)
            await person.hurry("enter")
        assert person.app.survey.interview.step is Step.CHECK
        await person.press("enter")
        assert await thanked(person)
        assert held() == [ANSWERS]


async def test_a_key_that_repeats_changes_colours_and_languages_at_most_once(start: Start) -> None:
    async with start(survey={"languages": ["en", "cy"]}) as person:
        await person.press("3")
        await person.hurry(*"33")
        assert WORDS.look.heading in person.read(), "the third of the colours is not chosen"
        await person.press("1")
        await person.hurry(*"11")
        assert is_wiped(person), "who chose the first does not begin"
        await person.hurry(*"444")
        assert "Helo" in person.read()


async def test_no_key_that_answered_is_remembered(start: Start) -> None:
    async with start() as person:
        await person.press("1", "3")
        assert "3" not in repr(vars(person.app.survey.presses))


async def test_a_key_that_waves_the_warning_away_does_nothing_else_by_being_held(start: Start, held: Held) -> None:
    async with start() as person:
        await answer_by_digits(person)
        person.app.warn()
        await person.pause()
        assert WORDS.idle.heading in person.read()
        await person.press("enter")
        await person.hurry(*["enter"] * 20)
        await person.settle()
        assert person.app.survey.interview.step is Step.CHECK
        assert held() == []


async def test_a_doubled_click_does_no_harm(start: Start, held: Held) -> None:
    async with start() as person:
        await answer_by_digits(person)
        seen = person.seen(person.widget("#send"))
        assert seen
        await person.tap(seen.x + 2, seen.y)
        await person.tap(seen.x + 2, seen.y)
        assert await thanked(person)
        assert held() == [ANSWERS]


async def test_a_doubled_click_never_passes_a_view_nor_chooses_on_one_unseen(start: Start) -> None:
    async with start(LARGE) as person:
        await answer_by_digits(person, ANSWERS[:3])
        back = person.seen(person.widget("#question #back"))
        assert back
        for beside in (0, 1, 0):
            await person.tap(back.x + 2 + beside, back.y)
        await person.settle()
        assert where(person) == (Step.QUESTION, 2)
        await person.press("enter", "4", "enter")
        y = await row_in_view(person, 2)
        for _ in range(3):
            await person.tap(20, y)
        assert where(person) == (Step.QUESTION, 1)
        assert dict(person.app.survey.interview.answers) == dict(zip(map(ID, QUESTIONS), ANSWERS, strict=True))
        person.let_pass(0.5)
        await person.tap(20, y)
        assert person.app.survey.interview.answers != dict(zip(map(ID, QUESTIONS), ANSWERS, strict=True))


@pytest.mark.parametrize("size", usually(1, [CRAMPED, SMALL, HUGE]), ids=["40x12", "60x20", "200x60"])
async def test_another_window_size_keeps_the_answers(start: Start, held: Held, size: Size) -> None:
    async with start() as person:
        await person.press("1", "6", "enter", "3")
        await person.resize(size)
        line = await row_in_view(person, 3)
        assert "▸ 3 ●" in person.lines()[line]
        assert person.app.survey.interview.answer_here == 3
        await person.press("enter")
        await person.resize(USUAL)
        assert not set("●▸") & set(person.read()), "a new size reveals nothing"
        await person.press("2", "enter", "4", "enter")
        await person.resize(size)
        await person.press("enter")
        assert await thanked(person)
        assert held() == [ANSWERS]


async def test_every_key_a_candidate_might_try_leaves_the_kiosk_running(start: Start) -> None:
    tried = ["f5", "ctrl+a", "delete", "home", "end", "left", "right", "tab", "shift+tab", "0", "é", "insert", "ctrl+p"]
    async with start() as person:
        for _ in range(6):
            await person.press(*tried)
            assert person.app.is_running
            await person.press("1", "enter")


async def test_tab_reaches_every_button_in_view_and_enter_presses_it(start: Start) -> None:
    async with start() as person:
        await person.press("1")
        reached = set()
        for _ in range(8):
            await person.press("tab")
            assert person.app.focused is not None
            reached.add(person.app.focused.id)
        assert {"back", "help", "stop", "next"} <= reached
        while person.app.focused is None or person.app.focused.id != "stop":
            await person.press("tab")
        await person.press("enter")
        assert is_wiped(person)


async def test_a_focus_that_somebody_left_on_the_welcome_is_not_the_next_persons(
    start: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with start(CRAMPED) as person:
        await person.press("down", "down", "down")
        while getattr(person.app.focused, "id", None) != "decline":
            await person.press("tab")
        person.app.idle._touched -= person.app.settings.kiosk.idle_seconds
        person.app.watch_idle()
        await person.pause()
        assert person.app.focused is None
        assert WORDS.welcome.heading in person.read()
        await person.press("enter")
        assert person.app.survey.interview.step is Step.QUESTION


# Thank you, and what comes before it


@pytest.mark.parametrize("declines", [False, True], ids=["answered", "declined"])
@pytest.mark.usefixtures("seconds_stand_still")
async def test_the_thank_you_returns_by_itself(start: Start, held: Held, *, declines: bool) -> None:
    async with start(kiosk={"thanks_seconds": 10}) as person:
        if declines:
            await person.press("2")
        else:
            await sends(person)
        survey = person.app.survey
        left = survey.query_one(Ending).seconds_left
        for _ in range(9):
            survey._tick()
            assert survey.query_one(Ending).seconds_left < left
            left = survey.query_one(Ending).seconds_left
            if survey.interview.step not in {Step.DECLINED, Step.THANKS}:
                break
            await person.pause()
            assert WORDS.thanks.next.format(seconds=survey.query_one(Ending).seconds_left) in person.read()
        survey._tick()
        await person.settle()
        assert is_wiped(person)
        assert held() == [DECLINED if declines else ANSWERS]


@pytest.mark.usefixtures("seconds_stand_still")
async def test_any_key_gives_who_reads_the_thank_you_its_whole_time_again(start: Start) -> None:
    async with start(kiosk={"thanks_seconds": 60}) as person:
        await sends(person)
        ending = person.app.survey.query_one(Ending)
        for key in ("space", "click", "space", "7", "a"):
            while ending.seconds_left > 9:
                person.app.survey._tick()
            await person.pause()
            assert WORDS.thanks.next.format(seconds=ending.seconds_left) in person.read()
            await (person.click(30, 3) if key == "click" else person.press(key))
            assert person.app.survey.interview.step is Step.THANKS
            assert ending.seconds_left > 50
        assert "space bar" in person.read()


@pytest.mark.usefixtures("seconds_stand_still")
async def test_time_passing_anywhere_else_changes_nothing(start: Start) -> None:
    async with start() as person:
        await person.press("1", "1", "enter")
        before = person.app.survey.interview
        for _ in range(100):
            person.app.survey._tick()
        assert person.app.survey.interview is before


async def test_a_candidate_is_thanked_only_once_the_response_is_kept(
    start: Start, held: Held, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    keep = Kiosk.keep

    def slow(kiosk: Kiosk, sealed: SealedResponse) -> None:
        gate.hold()
        keep(kiosk, sealed)

    monkeypatch.setattr(Kiosk, "keep", slow)
    async with start(SMALL) as person:
        await answer_by_digits(person)
        await person.begin("enter")
        assert WORDS.saving.text not in person.read(), "not at once"
        await person.until(lambda: WORDS.saving.text in person.read())
        await person.press("enter", "x", "escape", "1", "2", "s", "question_mark")
        assert person.app.survey.interview.step is Step.SENDING
        assert WORDS.saving.text in person.read()
        assert WORDS.thanks.heading not in person.read()
        assert held() == []
        gate.open()
        assert await thanked(person)
        assert held() == [ANSWERS]
        person.app.survey._show_saving()
        await person.pause()
        assert WORDS.saving.text not in person.read(), "nor does it flash once it is kept"


async def test_who_is_thanked_is_in_the_counts(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[Step] = []
    count = Kiosk.count

    def counted(kiosk: Kiosk, response: Response) -> None:
        steps.append(person.app.survey.interview.step)
        count(kiosk, response)

    monkeypatch.setattr(Kiosk, "count", counted)
    async with start() as person:
        for people in (1, 2):
            await person.press("2", "enter")
            assert await kept_no(person)
            assert person.app.kiosk.waiting == people
    assert steps == [Step.SENDING] * 2


@pytest.mark.parametrize("fault", [MemoryError(), StoreError("The counts are full.")], ids=["fault", "store"])
async def test_a_fault_in_counting_leaves_thanked_who_was_and_the_kiosk_open(
    start: Start, held: Held, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    def hurt(_kiosk: Kiosk, _response: Response) -> None:
        raise fault

    monkeypatch.setattr(Kiosk, "count", hurt)
    async with start() as person:
        for _ in range(2):
            await person.press("2", "enter")
            assert await kept_no(person)
    assert held() == [DECLINED] * 2


def failing(monkeypatch: pytest.MonkeyPatch, *, after: Callable[[Kiosk, SealedResponse], None]) -> list[bytes]:
    """Make keeping fail, after what `after` does; returns the sealed bytes of each try."""
    tried: list[bytes] = []

    def keep(kiosk: Kiosk, sealed: SealedResponse) -> None:
        tried.append(sealed.sealed)
        after(kiosk, sealed)
        raise StoreError("The disk is full.")

    monkeypatch.setattr(Kiosk, "keep", keep)
    return tried


def nothing(_kiosk: Kiosk, _sealed: SealedResponse) -> None:
    """The disk fails before anything is on it."""


@on_three_layouts
async def test_a_failure_is_told_plainly_and_can_be_left_and_the_next_response_is_sealed_anew(
    start: Start, held: Held, monkeypatch: pytest.MonkeyPatch, size: Size
) -> None:
    async with start(size) as person:
        with monkeypatch.context() as broken:
            failing(broken, after=nothing)
            for by_mouse in (True, False):
                await answer_by_digits(person)
                await person.press("enter")
                assert person.app.survey.interview.step is Step.FAILED
                assert WORDS.failed.heading in person.read()
                assert all(word in person.read() for word in WORDS.failed.text.split())
                assert WORDS.thanks.heading not in person.read()
                await (person.click_on("#leave") if by_mouse else person.press("2"))
                assert WORDS.stopping.heading in person.read()
                await (person.click_on("#clear") if by_mouse else person.press("2"))
                assert is_wiped(person)
                assert held() == []
        await person.press("2", "enter")
        assert await kept_no(person)
    assert held() == [DECLINED]


async def test_whatever_fails_the_answers_are_still_there_and_trying_again_keeps_them(
    start: Start, held: Held, monkeypatch: pytest.MonkeyPatch
) -> None:
    def failing_with(fault: BaseException) -> Callable[[Kiosk, object], None]:
        def hurt(_kiosk: Kiosk, _given: object) -> None:
            raise fault

        return hurt

    faults = (
        ("seal", MemoryError()),
        ("keep", OSError(errno.EIO, "Input/output error")),
        ("keep", KeyboardInterrupt()),  # as panics of `cryptography`, no `Exception`
    )
    async with start(SMALL) as person:
        for people, (name, fault) in enumerate(faults):
            await answer_by_digits(person)
            with monkeypatch.context() as broken:
                broken.setattr(Kiosk, name, failing_with(fault))
                await person.press("enter")
                assert person.app.survey.interview.step is Step.FAILED
                assert WORDS.failed.heading in person.read()
                assert held() == [ANSWERS] * people
            await person.press("1")
            assert await thanked(person)
            assert held() == [ANSWERS] * (people + 1)
            await person.press("enter")


@pytest.mark.parametrize("how", usually(1, ["mouse", "enter", "1"]))
async def test_trying_again_keeps_the_very_same_response_once(
    start: Start, held: Held, monkeypatch: pytest.MonkeyPatch, how: str
) -> None:
    """The worst failure: the disk has the response, and nobody knows."""
    keep = Kiosk.keep

    def mended(kiosk: Kiosk, sealed: SealedResponse) -> None:
        tried.append(sealed.sealed)
        keep(kiosk, sealed)

    with monkeypatch.context() as broken:
        tried = failing(broken, after=keep)
        async with start(SMALL) as person:
            await answer_by_digits(person)
            await person.press("enter", "1")
            assert person.app.survey.interview.step is Step.FAILED
            broken.setattr(Kiosk, "keep", mended)
            await (person.click_on("#try-again") if how == "mouse" else person.press(how))
            assert await thanked(person)
    assert len(tried) == 3
    assert len(set(tried)) == 1
    assert held() == [ANSWERS]
