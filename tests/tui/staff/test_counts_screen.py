"""The counts as staff meet them: the published numbers and no others, on the screen as on the command line.

And what belongs to them: ending the event, leaving with responses that wait, and what a restart costs.
"""

import contextlib
import csv
import io
import json
import re
import shutil
import sqlite3
import threading
import time
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from rich.cells import cell_len

import storage.kiosk.counting
import storage.kiosk.event_folder
import tui.cli.kiosk
from content.language import load_words
from content.survey import load_survey
from storage.counts.disclosure import rounded
from storage.counts.noise import NoisyGroup, system_coins
from storage.crypto.sealing import Response
from storage.data_folder import hold
from storage.errors import StoreError
from storage.kiosk.groups import GroupOpener, SealedGroup, seal_group
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.pool import GROUPS, Pool
from storage.report.sentences import COMPARABLE, UNDER_TEN
from storage.settings import SettingsFile, find_settings
from tests.storage.counts.people import tally_of
from tests.tui.gate import Gate
from tests.tui.kiosks import Start, answered, at_kiosk, changed
from tests.tui.offices import coins_towards
from tests.tui.pilot import HUGE, LARGE, SMALL, AtKiosk
from tests.tui.staff.unlocking import alive, unlock
from tests.variants import by_key_and_by_mouse, usually
from tests.waiting import WAIT
from tui.app import KioskApp, Outcome
from tui.cli.commands import fairstart
from tui.interview import Step
from tui.shared.confirm import Confirm
from tui.shared.counts import CountsScreen
from tui.shared.findings import WhyCounts
from tui.shared.progress import Progress
from tui.shared.unlock import Unlock
from tui.staff.home import StaffHome
from tui.staff.new_event import NewEvent
from tui.survey.screen import SurveyScreen
from tui.terminal.lockdown import LockedApp
from tui.text.counts import NOTHING_MORE, NOTHING_YET, WHY
from tui.widgets.chart import TARGET

QUESTIONS = load_survey().questions
CLOSED = load_words().closed.heading
ONE = Response((1, 1, 1, 1))
MANY = [
    Response(
        (
            (1, 1, 1, 1, 1, 1, 3, 3, 5, 5)[person % 10],
            1 + (person % 24 == 0),
            (1, 2, 3, 3, 3, 3, 3, 3, 3, 3)[person % 10],
            1 + (person % 3 == 0),
        )
    )
    for person in range(120)
]
"""Some groups of these are large, some small and some empty, and they stand to the benchmarks in every way."""
OWN = {"question": "meals", "category": "eligible", "share": 41.5, "source": "Our census", "year": 2024}

NONE_YET = NOTHING_YET.format("ten")

pytestmark = pytest.mark.usefixtures("easy_unlock")


class Row(NamedTuple):
    """What is said of one category: as the command line writes it, empty where there is nothing."""

    category: str
    number: str
    share: str
    low: str
    high: str
    marks: tuple[tuple[str, str], ...]
    """Of each benchmark its share and the verdict."""


def counts_of(person: AtKiosk) -> CountsScreen:
    screen = person.app.screen
    assert isinstance(screen, CountsScreen)
    return screen


def home_of(person: AtKiosk) -> StaffHome:
    screen = person.app.screen
    assert isinstance(screen, StaffHome)
    return screen


def chart_lines(person: AtKiosk) -> list[str]:
    """What is painted of the chart, line by line."""
    seen = person.widget("Chart").scrollable_content_region
    strips = person.app.screen._compositor.render_strips()[seen.y : seen.bottom]
    return [strip.crop(seen.x, seen.right).text.strip() for strip in strips]


async def all_of_chart(person: AtKiosk) -> list[str]:
    """The chart, or its text, down to its last line."""
    chart = person.widget("Chart")
    lines = chart_lines(person)
    while chart.scroll_offset.y < chart.max_scroll_y:
        await person.press("down")
        lines.append(chart_lines(person)[-1])
    return lines


def mark(text: str) -> tuple[str, str]:
    """A benchmark’s share and verdict, from “below 37%” or “too few to tell: 37%”."""
    verdict, share = re.fullmatch(r"(.+?):? ([\d.]+)%", text).groups()  # type: ignore[union-attr]
    return share, verdict


async def rows_of_text(person: AtKiosk, labels: dict[str, str]) -> list[Row]:
    """The rows of the question that is shown as text."""
    text = " ".join(await all_of_chart(person))
    text = re.sub(r"(?:Response rate|With this many|For context).*", "", " ".join(text.split()))
    starts = sorted((match.start(), label) for label in labels for match in re.finditer(rf"\b{label}: ", text))
    rows = []
    for (start, label), (end, _) in zip(starts, [*starts[1:], (len(text), "")], strict=True):
        said = text[start + len(label) + 2 : end].strip()
        read = re.fullmatch(
            rf"(?:{UNDER_TEN}|about (\d+))(?:, (\d+)%(?: of everybody asked)?)?"
            r"(?:, 95% interval (\d+) to (\d+)%)?((?:, [^,]+% \([^)]+\))*)",
            said,
        )
        assert read, said
        *numbers, marks = (part or "" for part in read.groups())
        found = tuple(mark(one) for one in re.findall(r", ([^,]+?%) \(", marks))
        rows.append(Row(labels[label], numbers[0], numbers[1], numbers[2], numbers[3], found))
    return rows


async def rows_of_chart(person: AtKiosk, labels: dict[str, str]) -> list[Row]:
    """The rows of the question that is drawn as a chart."""
    rows: list[Row] = []
    for line in await all_of_chart(person):
        first = re.match(rf"({'|'.join(labels)}) +(?:{UNDER_TEN}|(\d+)(?: +(\d+)%)?)( +[█▌]+)?$", line)
        second = re.match(r"(?:[▲△] ([^–]+?[\d.]+%) +)?(\d+)–(\d+)%", line)
        third = re.match(r"[▲△] ([^–]+?[\d.]+%)$", line)
        if first:
            label, count, share, bar = (part or "" for part in first.groups())
            assert count or not bar, "a bar for a count under ten"
            rows.append(Row(labels[label], count, share, "", "", ()))
        elif second:
            verdict, low, high = (part or "" for part in second.groups())
            rows[-1] = rows[-1]._replace(low=low, high=high, marks=(mark(verdict),) if verdict else ())
        elif third:
            rows[-1] = rows[-1]._replace(marks=(*rows[-1].marks, mark(third[1])))
    return rows


async def on_the_screen(person: AtKiosk, *, as_text: bool) -> dict[str, list[Row]]:
    """Every question’s rows as they are painted, from the first question on."""
    shown = {}
    for number, question in enumerate(QUESTIONS, 1):
        await person.press(str(number))
        assert question.text in person.read()
        labels = {category.label: category.id for category in question.categories}
        shown[question.id] = await (rows_of_text if as_text else rows_of_chart)(person, labels)
    return shown


def in_json(document: str) -> dict[str, list[Row]]:
    def text(value: float | None) -> str:
        return "" if value is None else f"{value:g}"

    return {
        question["id"]: [
            Row(
                part["id"],
                text(part["rounded"]),
                text(part["share"]),
                text(part["low"]),
                text(part["high"]),
                tuple((text(one["share"]), one["verdict"]) for one in part["benchmarks"]),
            )
            for part in question["categories"]
        ]
        for question in json.loads(document)["questions"]
    }


def in_csv(sheet: str) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = {}
    for line in csv.DictReader(io.StringIO(sheet)):
        number = rounded(int(line["count"]))
        marks = tuple(
            (f"{float(line[share]):g}", line[verdict])
            for share, verdict in (("benchmark", "verdict"), ("own_benchmark", "own_verdict"))
            if line[share]
        )
        found.setdefault(line["question"], []).append(
            Row(line["category"], str(number or ""), line["share"], line["interval_low"], line["interval_high"], marks)
        )
    return found


class Prints:
    """Runs `fairstart counts` in this process."""

    def __init__(self, data: Path, passphrase: Path, capture: pytest.CaptureFixture[bytes]) -> None:
        self._data = data
        self._passphrase = passphrase
        self._capture = capture

    def __call__(self, *more: str, data: Path | None = None) -> str:
        where = ["--data", str(data or self._data), "--passphrase-file", str(self._passphrase)]
        self._capture.readouterr()
        fairstart.main(["counts", *where, *more], standalone_mode=False)
        return self._capture.readouterr().out.decode()


@pytest.fixture
def prints(
    set_up_folder: Path, tmp_path: Path, staff_passphrase: str, capsysbinary: pytest.CaptureFixture[bytes]
) -> Prints:
    (tmp_path / "passphrase").write_text(staff_passphrase, "utf-8")
    return Prints(set_up_folder, tmp_path / "passphrase", capsysbinary)


@pytest.fixture
def settings_file(settings_file: SettingsFile) -> SettingsFile:
    """With a benchmark of the organisation’s own."""
    text = settings_file.text + "\n[[benchmarks]]\n"
    text += "".join(f"{key} = {json.dumps(value)}\n" for key, value in OWN.items())
    settings_file.path.write_text(text, "utf-8")
    return find_settings(settings_file.path, settings_file.path.parent, settings_file.path.parent)


@contextlib.contextmanager
def opened(data: Path, settings: SettingsFile) -> Iterator[Kiosk]:
    with hold(data), contextlib.closing(Kiosk.open(data, settings.settings)) as kiosk:
        yield kiosk


def in_dialog(person: AtKiosk) -> str:
    """What is painted in the dialog, without its frame."""
    return " ".join(re.sub(r"[│╭╮╰╯─]", " ", person.read_in(".dialog")).split())


@contextlib.asynccontextmanager
async def restarted(data: Path, settings: SettingsFile) -> AsyncIterator[AtKiosk]:
    """The kiosk of a laptop that was switched off."""
    with opened(data, settings) as kiosk:
        async with at_kiosk(KioskApp(lambda: kiosk, settings)) as person:
            yield person


# The numbers


@pytest.mark.usefixtures("without_blur")
async def test_the_screen_and_the_command_line_tell_the_same_numbers_cell_by_cell(
    set_up_folder: Path, settings_file: SettingsFile, staff_passphrase: str, prints: Prints
) -> None:
    shown = []
    with opened(set_up_folder, settings_file) as kiosk:
        answered(kiosk, MANY)
        for size in (LARGE, SMALL):
            async with at_kiosk(KioskApp(lambda: kiosk, settings_file), size) as person:
                await unlock(person, staff_passphrase)
                await person.press("c")
                shown.append(await on_the_screen(person, as_text=False))
                await person.press("t")
                shown.append(await on_the_screen(person, as_text=True))
    published = in_json(prints("--json"))
    assert in_csv(prints("--csv")) == published
    assert shown == [published] * len(shown)
    rows = [row for question in published.values() for row in question]
    assert {verdict for row in rows for _, verdict in row.marks} == {
        "above",
        "below",
        "in line with",
        "too few to tell",
    }
    assert [row.category for row in rows if ("41.5", "too few to tell") in row.marks] == ["eligible"]
    assert {bool(row.number) for row in rows} == {False, True}
    assert not any(row.number == "0" for row in rows)
    plain = prints()
    for question in QUESTIONS:
        for category, row in zip(question.categories, published[question.id], strict=True):
            said = plain.partition(question.text)[2].partition("\n\n")[0].splitlines()
            start = f"   {category.label}: {f'about {row.number}' if row.number else UNDER_TEN}"
            assert [line for line in said if line == start or line.startswith(f"{start},")]


@pytest.mark.usefixtures("without_blur")
async def test_a_count_under_ten_says_so_has_no_share_or_mark_of_it_but_its_interval_and_verdict(
    as_staff: Start, kiosk: Kiosk
) -> None:
    answered(kiosk, [Response((each, 1, 1, 1)) for each in (1,) * 31 + (3,) * 9 + (5,) * 20])
    async with as_staff(LARGE) as person:
        await person.press("c")
        lines = chart_lines(person)
        place = next(place for place, line in enumerate(lines) if line.startswith("Intermediate"))
        assert lines[place].split(maxsplit=1)[1] == UNDER_TEN
        assert re.fullmatch(r"▲ too few to tell: 24% +0–36% +├─+▲─*┤", lines[place + 1])
        await person.press("t")
        assert f"Intermediate: {UNDER_TEN}, 95% interval 0 to 36%, too few to tell: 24% (" in person.read()


@pytest.mark.usefixtures("without_blur")
@pytest.mark.parametrize("stage", usually(1, ["functional skills", "completion", "progression"]))
@pytest.mark.long
async def test_at_late_stages_groups_are_compared_with_each_other_and_no_national_figure_is_marked(
    start: Start, staff_passphrase: str, stage: str
) -> None:
    async with start(LARGE, event={"stage": stage}) as person:
        answered(person.app.kiosk, MANY)
        await unlock(person, staff_passphrase)
        await person.press("c")
        for number, compared in ((1, True), (2, True), (4, False)):
            await person.press(str(number))
            for _ in ("chart", "text"):
                text = " ".join(" ".join(await all_of_chart(person)).split())
                assert (COMPARABLE in text) == compared
                assert "▲" not in text
                assert not re.search(r"(?:below|above|in line with|too few to tell:) \d", text)
                await person.press("t")


async def everything_shown(person: AtKiosk, staff_passphrase: str) -> list[str]:
    """Every line of every question, as a chart and as text."""
    await unlock(person, staff_passphrase)
    await person.press("c")
    seen = []
    for _ in range(2):
        for number in range(1, len(QUESTIONS) + 1):
            await person.press(str(number))
            seen += [*person.lines(), *await all_of_chart(person)]
        await person.press("t")
    await person.press("escape")
    return seen


async def test_other_people_in_equal_noisy_groups_give_the_same_screens_and_output_to_the_byte(
    set_up_folder: Path, settings_file: SettingsFile, staff_passphrase: str, prints: Prints, tmp_path: Path
) -> None:
    ones, others = MANY[:40], [Response((3, 2, 1, 2))] * 40
    said: list[tuple[list[str], list[str]]] = []
    for people in (ones, others):
        data = Path(shutil.copytree(set_up_folder, tmp_path / f"laptop-{len(said)}"))
        tens = [slice(start, start + 10) for start in range(0, 40, 10)]
        coins = coins_towards([(tally_of(people[ten]), tally_of(ones[ten])) for ten in tens])
        with pytest.MonkeyPatch.context() as patch, opened(data, settings_file) as kiosk:
            patch.setattr(storage.kiosk.counting, "system_coins", coins)
            answered(kiosk, people)
            async with at_kiosk(KioskApp(lambda: kiosk, settings_file)) as person:
                seen = await everything_shown(person, staff_passphrase)
        said.append((seen, [prints(*how, data=data) for how in ((), ("--json",), ("--csv",))]))
    assert said[0] == said[1]
    assert tally_of(ones) != tally_of(others)


@pytest.mark.long
async def test_counts_that_are_opened_again_and_those_of_a_copy_are_the_same(
    set_up_folder: Path, settings_file: SettingsFile, staff_passphrase: str, prints: Prints, tmp_path: Path
) -> None:
    async with restarted(set_up_folder, settings_file) as person:
        answered(person.app.kiosk, MANY[:30])
        seen = [await everything_shown(person, staff_passphrase)]
        await person.press("l")
        seen.append(await everything_shown(person, staff_passphrase))
    assert seen[0] == seen[1]
    copy = Path(shutil.copytree(set_up_folder, tmp_path / "copy"))
    said = [prints("--json", data=data) for data in (set_up_folder, set_up_folder, copy)]
    assert said[0] == said[1] == said[2]


async def test_the_line_of_state_is_right_from_the_first_answer_on(as_staff: Start, kiosk: Kiosk) -> None:
    expected = {
        0: "0 responses held · 0 in the counts · next ten after 10 more answers",
        1: "1 response held · 0 in the counts · next ten after 9 more answers",
        9: "9 responses held · 0 in the counts · next ten after 1 more answer",
        10: "10 responses held · 10 in the counts · next ten after 10 more answers",
        19: "19 responses held · 10 in the counts · next ten after 1 more answer",
        20: "20 responses held · 20 in the counts · next ten after 10 more answers",
    }
    async with as_staff(SMALL) as person:
        for upto, sentence in expected.items():
            answered(kiosk, [ONE] * (upto - kiosk.held()))
            await person.press("c")
            assert person.read_in("#counts-state") == sentence
            assert (NONE_YET in person.read()) == (upto < 10)
            assert "will stay out" not in person.read()
            await person.press("escape")


@pytest.mark.parametrize(("threshold", "said"), [(10, "ten"), (11, "20"), (20, "20"), (25, "30")])
@pytest.mark.sampled
async def test_where_more_people_must_have_answered_it_says_how_many(
    set_up_folder: Path, settings_file: SettingsFile, staff_passphrase: str, threshold: int, said: str
) -> None:
    changed_file = changed(settings_file, counts={"threshold": threshold})
    async with restarted(set_up_folder, changed_file) as person:
        await unlock(person, staff_passphrase)
        await person.press("c")
        assert f"they begin when {said} people have answered." in person.read()


@pytest.mark.usefixtures("without_blur")
async def test_one_line_says_how_far_counts_may_be_off_of_all_groups_in_them(
    as_staff: Start, kiosk: Kiosk, prints: Prints
) -> None:
    async with as_staff(LARGE) as person:
        for upto, most in ((10, 3), (40, 6)):
            answered(kiosk, [ONE] * (upto - kiosk.held()))
            await person.press("c")
            for _ in ("chart", "text"):
                assert f"Counts are blurred on purpose: each may be off by about {most}." in person.read()
                await person.press("t")
            await person.press("escape")


async def test_after_a_restart_it_says_how_many_stay_out_and_why_and_after_the_end_too(
    set_up_folder: Path, settings_file: SettingsFile, staff_passphrase: str
) -> None:
    with opened(set_up_folder, settings_file) as kiosk:
        answered(kiosk, [ONE])
    async with restarted(set_up_folder, settings_file) as person:
        await unlock(person, staff_passphrase)
        await person.press("c")
        assert person.read_in("#counts-lacking").startswith("1 response (from before")
        answered(person.app.kiosk, [ONE] * 18)
    async with restarted(set_up_folder, settings_file) as person:
        await unlock(person, staff_passphrase)
        await person.press("c")
        assert "10 in the counts · next ten after 10 more answers" in person.read_in("#counts-state")
        assert person.read_in("#counts-lacking") == (
            "9 responses (from before a restart) will stay out of these counts. "
            "Nothing is lost: the office counts everybody."
        )
        await person.press("escape")
        answered(person.app.kiosk, [ONE] * 12)
        await person.press("e")
        await person.say_yes("end")
        await person.press("c")
        assert person.read_in("#counts-state") == "31 responses held · 20 in the counts · the event has ended"
        assert person.read_in("#counts-lacking") == (
            "11 responses (from before a restart, or left over at the end) will stay out of these counts. "
            "Nothing is lost: the office counts everybody."
        )


@pytest.mark.usefixtures("without_blur")
@pytest.mark.long
async def test_a_name_that_looks_like_markup_or_is_very_wide_is_shown_as_it_is_and_cuts_no_number(
    start: Start, staff_passphrase: str
) -> None:
    for name in ("[red]x[/]", "[b]" + "宽" * 54 + "[/]"):
        async with start(SMALL, event={"name": name}) as person:
            answered(person.app.kiosk, MANY[:63])
            await unlock(person, staff_passphrase)
            await person.press("c")
            heading = person.lines()[1]
            assert heading.startswith(f" Counts · {name[:9]}")
            assert heading.endswith("◂ 1 of 4 ▸")
            assert all(cell_len(line) <= SMALL[0] for line in person.lines())
            assert person.read_in("#counts-state").startswith("63 responses held · 60 in the counts")
            assert re.search(r"Professional +35 ", person.read())
            for key in ("e", "q"):
                await person.press("escape", key)
                assert key == "q" or f"End“{name}”?" in "".join(in_dialog(person).split())
                assert person.seen(person.widget("#yes"))


# By keys alone and by mouse alone


def place(person: AtKiosk) -> str:
    return person.read_in("#counts-place")


async def test_by_keys_alone_all_counts_are_reached_and_left(as_staff: Start, kiosk: Kiosk) -> None:
    answered(kiosk, MANY[:40])
    async with as_staff() as person:
        await person.press("c")
        seen = []
        for key in ("right", "n", "enter", "right", "left", "p", "4", "2", "1", "9"):
            seen.append(place(person)[2])
            number = int(seen[-1])
            assert QUESTIONS[number - 1].text in person.read()
            await person.press(key)
        assert "".join(seen) == "1234143421"
        assert place(person) == "◂ 1 of 4 ▸"
        chart = chart_lines(person)
        await person.press("t")
        assert chart_lines(person) != chart
        assert "95% interval" in person.read()
        await person.press("4", "t")
        assert place(person) == "◂ 4 of 4 ▸"
        assert "├" in person.read()
        for key in ("?", "h", "f1"):
            for close in ("escape", "enter", key):
                await person.press(key)
                assert isinstance(person.app.screen, WhyCounts)
                assert WHY[0][0] in person.read()
                await person.press(close)
                counts_of(person)
        await person.press("escape")
        home_of(person)


async def test_by_mouse_alone_all_counts_are_reached_and_left(as_staff: Start, kiosk: Kiosk) -> None:
    answered(kiosk, MANY[:40])
    async with as_staff() as person:
        await person.click_on("#counts")
        for number in (1, 2, 3, 4):
            assert place(person) == f"◂ {number} of 4 ▸"
            assert QUESTIONS[number - 1].text in person.read()
            await person.click_on("#next")
        assert place(person) == "◂ 1 of 4 ▸"
        await person.click_on("#text")
        assert "95% interval" in person.read()
        assert "As a chart" in person.read_in("#text")
        await person.click_on("#text")
        assert "├" in person.read()
        assert "As text" in person.read_in("#text")
        await person.click_on("#why")
        assert WHY[0][0] in person.read()
        await person.click_on("#close")
        counts_of(person)
        await person.click_on("#back")
        home_of(person)


# Opening them


class Opening:
    """Lets groups be opened when a test says so."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.opened = 0
        self.reached = threading.Event()
        self._permits = threading.Semaphore(0)
        really = GroupOpener.open

        def when_let(opener: GroupOpener, sealed: SealedGroup) -> NoisyGroup:
            self.reached.set()
            assert self._permits.acquire(timeout=WAIT)
            self.opened += 1
            return really(opener, sealed)

        monkeypatch.setattr(GroupOpener, "open", when_let)

    def let(self, groups: int) -> None:
        self._permits.release(groups)


@pytest.fixture
def opening(monkeypatch: pytest.MonkeyPatch) -> Iterator[Opening]:
    """For the counts alone: the staff area does not read its response rate."""
    monkeypatch.setattr(StaffHome, "_look_at_rate", lambda _home: None)
    opening = Opening(monkeypatch)
    yield opening
    opening.let(1000)


def keep_groups(kiosk: Kiosk, count: int) -> None:
    """Fill the store of groups, as if so many tens had answered."""
    assert kiosk._counting.key
    groups = [NoisyGroup.of(tally_of([ONE] * 10), system_coins) for _ in range(count)]
    sealed = [seal_group(group, kiosk._counting.key, kiosk.event).sealed for group in groups]
    kiosk._groups._rewrite(kiosk._groups._open(), sorted(sealed))


@pytest.mark.long
async def test_while_many_groups_open_the_screen_answers_and_only_past_a_second_a_bar_shows_how_far(
    as_staff: Start, kiosk: Kiosk, opening: Opening
) -> None:
    keep_groups(kiosk, 60)
    async with as_staff(SMALL) as person:
        begun = time.monotonic()
        await person.begin("c")
        bar = person.widget("#work")
        assert person.read_in("#state").strip() == "Opening the counts…"
        assert not bar.display
        await person.press("?")
        assert isinstance(person.app.screen, WhyCounts)
        await person.press("escape", "t", "right", "2", "t")
        assert person.read_in("#state").strip() == "Opening the counts…"
        while not bar.display:
            await person.pause()
            assert time.monotonic() - begun < WAIT
        assert time.monotonic() - begun >= 0.95
        await person.pause()
        for groups, said in ((1, "0%"), (25, "42%"), (25, "83%")):
            opening.let(groups)
            while said not in person.read_in("#work"):
                await person.pause()
                assert time.monotonic() - begun < WAIT, person.read_in("#work")
        opening.let(60)
        await person.settle()
        assert not bar.display
        assert "600 in the counts" in person.read_in("#counts-state")
        counts_of(person).query_one(Progress).show()  # as its timer does, where they open at once
        await person.pause()
        assert not bar.display


async def test_counts_can_be_left_or_locked_while_they_open_and_nothing_of_them_stays(
    start: Start, kiosk: Kiosk, staff_passphrase: str, opening: Opening
) -> None:
    keep_groups(kiosk, 3)
    async with start() as person:
        for leave in ("escape", "lock"):
            await unlock(person, staff_passphrase)
            await person.begin("c")
            await person.until(opening.reached.is_set)
            assert person.read_in("#state").strip() == "Opening the counts…"
            if leave == "escape":
                await person.begin("escape")
                home_of(person)
            person.app.lock()
            assert isinstance(person.app.screen, SurveyScreen)
            opening.let(3)
            await person.until(lambda: not alive())
            assert opening.opened % 3 == 0
            opening.reached.clear()


async def test_nothing_stays_of_the_response_rate_where_staff_lock_while_it_is_read(
    start: Start, kiosk: Kiosk, staff_passphrase: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep_groups(kiosk, 3)
    opening = Opening(monkeypatch)
    async with start() as person:
        await person.press("f2")
        await person.write(staff_passphrase)
        await person.begin("enter")
        await person.until(opening.reached.is_set)
        person.app.lock()
        opening.let(3)
        await person.until(lambda: not alive())


@pytest.mark.parametrize("harm", ["damaged", "unreadable"])
@pytest.mark.sampled
async def test_counts_that_cannot_be_opened_are_one_sentence_and_can_be_left(
    as_staff: Start, kiosk: Kiosk, harm: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if harm == "damaged":
        store = kiosk.data / "kiosk" / kiosk.event.folder_name / "groups.db"
        store.write_bytes(b"not a database at all" * 500)
    else:
        sentence = "Cannot read groups.db (disk I/O error): try again."
        monkeypatch.setattr(kiosk._groups, "rows", lambda: (_ for _ in ()).throw(StoreError(sentence)))
    monkeypatch.setattr("tui.shared.progress.SHOWS_AFTER", 0.05)
    async with as_staff(SMALL) as person:
        await person.press("c")
        end = time.monotonic() + 0.2  # four times as long as the bar waits
        while time.monotonic() < end:
            await person.pause()
        said = person.read_in("#state").strip()
        assert ("damaged" if harm == "damaged" else "try again") in said
        assert said.endswith(".")
        assert "Error" not in said
        await person.press("t", "right", "1", "down", "pagedown", "?", "escape", "t")
        assert person.read_in("#state").strip() == said
        assert not person.widget("#work").display
        await person.press("escape")
        home_of(person)
        await person.press("l", "1")
        assert person.app.survey.interview.step is Step.QUESTION


# Ending the event


@by_key_and_by_mouse
async def test_ending_the_event_takes_a_word_or_a_button_and_says_what_ends_and_who_has_it(
    as_staff: Start, kiosk: Kiosk, *, by_mouse: bool
) -> None:
    answered(kiosk, [ONE] * 33)
    async with as_staff(SMALL) as person:
        for how in ("escape", "cancel"):
            await person.press("e")
            for said in (
                *("End “Riverside Jobs Fair”?", "23 November 2026, Leeds: 33 responses. Nobody else has them."),
                *("3 responses wait", "This cannot be undone."),
            ):
                assert said in in_dialog(person)
            await person.press("enter", "space", "e", "enter", *"yqnd", "enter")
            assert isinstance(person.app.screen, Confirm), "only its word ends an event"
            assert "Nothing was done." in in_dialog(person)
            await (person.click_on("#cancel") if how == "cancel" else person.press("escape"))
            home_of(person)
            assert not kiosk.ended
            assert kiosk.waiting == 3
        await (person.click_on("#end-event") if by_mouse else person.press("e"))
        await person.say_yes("end", by_mouse=by_mouse)
        home_of(person)
        assert kiosk.ended
        assert (kiosk.waiting, kiosk.held()) == (0, 33)
        assert "This event has ended" in person.read_in("#ended")
        assert not person.widget("#end-event").display
        await person.press("e")
        home_of(person)


@pytest.mark.parametrize(
    ("people", "said", "entered"),
    [
        (0, "Nothing is held. It will take no more answers. Nothing is deleted.", 0),
        (1, "1 response waits, too few for this laptop’s counts: the office counts everybody. Nothing is deleted.", 0),
        (9, "9 responses wait, too few for this laptop’s counts: the office counts everybody.", 0),
        (10, "Nobody else has them. It will take no more answers. Nothing is deleted.", 10),
        (19, "9 responses wait, too few for this laptop’s counts: the office counts everybody.", 10),
    ],
)
@pytest.mark.sampled
async def test_before_the_end_it_says_how_many_the_office_alone_counts_and_afterwards_promises_no_counts(
    as_staff: Start, kiosk: Kiosk, *, people: int, said: str, entered: int
) -> None:
    answered(kiosk, [ONE] * people)
    async with as_staff() as person:
        await person.press("e")
        assert said in in_dialog(person)
        await person.say_yes("end")
        await person.press("c")
        assert f"{entered} in the counts" in person.read_in("#counts-state")
        assert (NOTHING_MORE in person.read()) == (not entered)
        assert NONE_YET not in person.read()


async def test_an_ended_event_tells_candidates_so_and_takes_no_answer_by_any_key_or_click(
    set_up_folder: Path, settings_file: SettingsFile, staff_passphrase: str
) -> None:
    async with restarted(set_up_folder, settings_file) as person:
        answered(person.app.kiosk, [ONE])
        await unlock(person, staff_passphrase)
        await person.press("e")
        await person.say_yes("end")
        await person.press("l")
        await takes_no_answer(person)
    async with restarted(set_up_folder, settings_file) as person:
        await takes_no_answer(person)
        await unlock(person, staff_passphrase)
        assert "1 response held" in person.read()
        await person.press("n")
        assert isinstance(person.app.screen, NewEvent)
        await person.write("Winter Fair")
        await person.click_on("#save")
        assert person.app.return_value is Outcome.NEW_EVENT
    following = find_settings(settings_file.path, set_up_folder, set_up_folder)
    async with restarted(set_up_folder, following) as person:
        kiosk = person.app.kiosk
        assert (kiosk.event.name, kiosk.ended, kiosk.held()) == ("Winter Fair", False, 0)
        await person.press("2", "enter")
        assert person.app.survey.interview.step is Step.WELCOME
        assert (kiosk.held(), kiosk.waiting) == (1, 1)


async def takes_no_answer(person: AtKiosk) -> None:
    """Try every key and click everywhere on the candidates’ screen of an ended event."""
    kiosk, survey = person.app.kiosk, person.app.survey
    held = kiosk.held()

    def is_closed() -> bool:
        step = survey.interview.step
        return CLOSED in person.read() and step is Step.CLOSED and not survey.interview.answers

    assert is_closed()
    keys = ["enter", "escape", "space", "up", "down", "pageup", "pagedown", "tab", "shift+tab", "f1", "ctrl+c", "?"]
    await person.press(*keys, *"123456789hsxbnyq")
    assert is_closed()
    await person.hurry(*"1212", "enter", "enter")
    width, height = person.app.size
    for y in range(height):
        for x in range(1 + y % 3, width, 13):
            await person.tap(x, y)
            if person.app.screen is not survey:
                assert isinstance(person.app.screen, Unlock)
                await person.press("escape")
    await person.settle()
    assert is_closed()
    assert kiosk.held() == held


@pytest.mark.parametrize("full", ["for a group", "for the mark of the end"])
@pytest.mark.sampled
async def test_an_event_that_cannot_be_ended_says_so_in_one_sentence_loses_nobody_and_can_be_tried_again(
    as_staff: Start, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, full: str
) -> None:
    answered(kiosk, [ONE] * 18)
    rewrite = Pool._rewrite

    def no_space(pool: Pool[SealedGroup], connection: sqlite3.Connection, rows: list[bytes], *changed: bytes) -> None:
        if pool._kind is GROUPS:
            raise sqlite3.OperationalError("database or disk is full")
        rewrite(pool, connection, rows, *changed)

    def no_mark(_path: Path, _content: bytes) -> None:
        raise StoreError("Cannot write the end of the event (no space left on device): free some space and try again.")

    async with as_staff(SMALL) as person:
        with monkeypatch.context() as patch:
            if full == "for a group":
                patch.setattr(Pool, "_rewrite", no_space)
            else:
                patch.setattr(storage.kiosk.event_folder, "write_private", no_mark)
            answered(kiosk, [ONE] * 5)
            await person.press("e")
            for _ in range(2):
                await person.click_on("#yes")
                assert isinstance(person.app.screen, Confirm)
                assert re.fullmatch(r"[A-Z][^.]*space[^.]*try again\.", person.read_in("#message"))
                assert not kiosk.ended
                assert kiosk.waiting == (13 if full == "for a group" else 3)
        await person.press("escape")
        assert "This event has ended" not in person.read()
        await person.press("e")
        await person.say_yes("end")
        home_of(person)
        assert kiosk.ended
        await person.press("c")
        assert person.read_in("#counts-state").startswith("23 responses held · 20 in the counts")
        assert person.read_in("#counts-lacking").startswith("3 responses")


async def test_while_the_event_is_being_ended_the_dialog_waits_and_ends_it_once(
    as_staff: Start, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    ended: list[str] = []
    end_event = kiosk.end_event

    def slowly() -> None:
        gate.hold()
        ended.append("once")
        end_event()

    monkeypatch.setattr(kiosk, "end_event", slowly)
    async with as_staff() as person:
        await person.press("e")
        await person.write("end")
        await person.begin("enter")
        await person.press("enter", "escape", "tab", "enter")
        await person.click_on("#yes")
        assert isinstance(person.app.screen, Confirm)
        gate.open()
        await person.settle()
        home_of(person)
        assert ended == ["once"]


async def test_an_end_that_comes_after_the_screens_have_locked_still_closes_the_survey(
    as_staff: Start, kiosk: Kiosk, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    ended = threading.Event()
    end_event = kiosk.end_event

    def slowly() -> None:
        gate.hold()
        end_event()
        ended.set()

    monkeypatch.setattr(kiosk, "end_event", slowly)
    async with as_staff() as person:
        await person.press("e")
        await person.write("end")
        await person.begin("enter")
        await person.until(gate.reached.is_set)
        person.app.lock()  # five minutes after the last key
        await person.pause()
        gate.open()
        assert ended.wait(WAIT)
        await person.settle()
        assert CLOSED in person.read()


# Leaving with responses that wait


@by_key_and_by_mouse
@pytest.mark.parametrize("what", ["quit", "new-event"])
async def test_before_answers_are_left_out_of_the_counts_staff_are_asked_and_read_how_many(
    as_staff: Start, kiosk: Kiosk, what: str, *, by_mouse: bool
) -> None:
    async with as_staff(SMALL) as person:
        for waiting, said, more in (
            (1, "1 response would", "9 more answers"),
            (9, "9 responses would", "1 more answer"),
        ):
            answered(kiosk, [ONE] * (waiting - kiosk.waiting))
            await (person.click_on(f"#{what}") if by_mouse else person.press(what[0]))
            assert f"{said} stay out of this laptop’s counts" in in_dialog(person)
            assert f"if you {'quit' if what == 'quit' else 'start a new event'} now" in in_dialog(person)
            assert f"With {more} they would enter." in in_dialog(person)
            await person.press(*"yqnd")
            assert isinstance(person.app.screen, Confirm)
            await (person.click_on("#cancel") if by_mouse else person.press("enter"))
            home_of(person)
            assert kiosk.waiting == waiting
        await (person.click_on(f"#{what}") if by_mouse else person.press(what[0]))
        await person.say_yes(by_mouse=by_mouse)
        if what == "quit":
            assert person.app.return_value is Outcome.QUIT
        else:
            assert isinstance(person.app.screen, NewEvent)
            await person.press("escape")
            home_of(person)
        assert kiosk.waiting == 9


@pytest.mark.parametrize("why", ["nobody answered", "the event has ended", "practice"])
@pytest.mark.sampled
async def test_where_nothing_would_be_left_out_a_new_event_is_not_asked_about_and_quitting_is(
    as_staff: Start, kiosk: Kiosk, why: str
) -> None:
    if why != "nobody answered":
        answered(kiosk, [ONE] * 7)
    if why == "the event has ended":
        kiosk.end_event()
    async with as_staff(practice=why == "practice") as person:
        if why != "practice":
            await person.press("n")
            assert isinstance(person.app.screen, NewEvent)
            await person.press("escape")
        await person.press("q", "q", "y")
        assert ("End practice?" if why == "practice" else "Quit?") in in_dialog(person)
        assert person.app.return_value is None
        await person.say_yes()
        assert person.app.return_value is Outcome.QUIT


def test_practising_from_the_staff_area_keeps_those_who_wait(
    set_up_folder: Path, settings_file: SettingsFile, monkeypatch: pytest.MonkeyPatch
) -> None:
    outcomes = [Outcome.PRACTISE, Outcome.PRACTISE, Outcome.QUIT]
    seen: list[tuple[Kiosk, int]] = []
    practised: list[int] = []

    def runs(app: LockedApp[Outcome]) -> Outcome:
        assert isinstance(app, KioskApp)
        answered(app.kiosk, [ONE] * 3)
        seen.append((app.kiosk, app.kiosk.waiting))
        return outcomes[len(seen) - 1]

    monkeypatch.setattr(tui.cli.kiosk, "run_locked", runs)
    monkeypatch.setattr(tui.cli.kiosk, "practise", lambda _settings: practised.append(seen[-1][0].waiting))
    assert not tui.cli.kiosk._until_left(set_up_folder, settings_file)
    assert [waiting for _, waiting in seen] == [3, 6, 9]
    assert len({id(kiosk) for kiosk, _ in seen}) == 1
    assert practised == [3, 6]
    assert seen[0][0].waiting == 0, "let go of when staff quit"


# All questions beside each other


async def test_a_large_window_shows_all_questions_alike_and_says_once_what_is_so_of_all(
    as_staff: Start, kiosk: Kiosk
) -> None:
    keep_groups(kiosk, 15)
    async with as_staff(HUGE) as person:
        await person.press("c")
        said = person.read()
        assert [chart.display for chart in person.app.screen.query("Multiples Chart")] == [True] * 4
        for once in ("the share of those who gave an answer", "where it may lie", "Counts are blurred on purpose"):
            assert said.count(once) == 1, once
        assert said.count("Response rate") == 4, "each is drawn with its own"
        assert said.count(TARGET) == 2, "in the one chart that has a target, and in the legend"
        await person.resize(LARGE)
        assert not any(chart.display for chart in person.app.screen.query("Multiples"))
        assert "1 of 4" in person.read()
