"""Nothing on the disk, in a child process, in a log or in a crash report holds an answer, whatever happens.

Each session is driven to one of its ends and then every byte in reach is searched for what was answered: as it is
packed, as it reads on the screen, and as Python, JSON or TOML would write it.
"""

import gc
import json
import os
import re
import tomllib
import types
from collections.abc import Awaitable, Callable, Iterable, Iterator, Mapping
from pathlib import Path

import psutil
import pytest

from content.survey import load_survey
from storage.crypto.keys import OfficePrivateKey
from storage.crypto.sealing import Response, SealedResponse
from storage.errors import StoreError
from storage.kiosk.kiosk import Kiosk
from storage.settings import SettingsFile
from tests.tui.kiosks import Held, Start, opened_with
from tests.tui.pilot import AtKiosk
from tests.tui.program import HURTFUL, LEFT, Program
from tests.waiting import WAIT
from tui.interview import Step
from tui.terminal.process import FAULT
from tui.widgets.answers import Answers
from tui.widgets.rows import Rows

QUESTIONS = load_survey().questions
GIVEN: Mapping[str, int] = {"occupation": 6, "school": 3, "meals": 3, "degree": 2}
KEYS = "6332"
LABELS = [question.option(GIVEN[question.id]).label for question in QUESTIONS]
DETAILS = [question.option(GIVEN[question.id]).detail for question in QUESTIONS]


def ways_to_write(answers: Mapping[str, int]) -> set[bytes]:
    """What a response looks like, packed and as data; a response with fewer answers is written shorter."""
    codes = tuple(answers.values())
    texts = [
        repr(dict(answers)),
        json.dumps(answers),
        json.dumps(answers, separators=(",", ":")),
        json.dumps(answers, indent=2),
    ]
    texts += [repr(codes), repr(list(codes)), json.dumps(codes, separators=(",", ":")), "".join(map(str, codes))]
    texts += [repr(Response.of(answers)), "\n".join(f"{name} = {code}" for name, code in answers.items())]
    pairs = [
        form.format(name, code) for name, code in answers.items() for form in ("{}={}", "'{}': {}", '"{}":{}', "{}: {}")
    ]
    packed = Response.of(answers).pack()
    return {packed, packed.hex().encode(), *(text.encode() for text in [*texts, *pairs] if len(text) > 3)}


AS_DATA = set().union(*(ways_to_write(dict(list(GIVEN.items())[:answered])) for answered in range(1, 5)))
AS_WORDS = {label.encode() for label in LABELS if len(label) > 5} | {detail.encode() for detail in DETAILS if detail}


def holds_an_answer(content: bytes, forms: set[bytes]) -> list[bytes]:
    return [form for form in forms if form in content]


def files_in(*folders: Path) -> dict[Path, bytes]:
    """Every file under these folders, whole."""
    return {path: path.read_bytes() for folder in folders for path in sorted(folder.rglob("*")) if path.is_file()}


def expected_files(data: Path) -> set[str]:
    """What a data folder consists of, with its one event."""
    event = next(path.name for path in (data / "kiosk").iterdir() if path.is_dir())
    keys = ["kiosk.key", "kiosk.pub", "office.pub", "tally.pub", "register.json"]
    names = ["kiosk.toml", "lock", *(f"kiosk/{name}" for name in keys)]
    stores = [f"{store}{journal}" for store in ("responses.db", "groups.db") for journal in ("", "-journal")]
    return {*names, *(f"kiosk/{event}/{name}" for name in ("event.json", *stores))}


class Scene:
    """A data folder and the program on it, and what may be found afterwards."""

    def __init__(self, folder: Path, data: Path) -> None:
        self.folder, self.data = folder, data
        self.program: Program | None = None

    def opens(self, *arguments: str, first: str = "") -> Program:
        self.program = Program(self.folder, *arguments, "--data", self.data, first=first)
        return self.program

    def is_clean(self) -> None:
        """See that no answer is anywhere, and that nothing is there that should not be."""
        assert self.program is not None
        own = (self.program.home, self.program.temporary, self.program.working)
        assert files_in(*own) == {}
        found = files_in(self.data)
        assert {str(path.relative_to(self.data)) for path in found} == expected_files(self.data)
        for path, content in found.items():
            assert not holds_an_answer(content, AS_DATA | AS_WORDS), path
        assert not holds_an_answer(self.program.written, AS_DATA)
        if LEFT in self.program.written:  # before that, answers were on offer, and shown to who asked
            assert not holds_an_answer(self.program.after().encode(), AS_DATA | AS_WORDS)


@pytest.fixture
def scene(settings_file: SettingsFile, tmp_path: Path) -> Iterator[Scene]:
    made = Scene(tmp_path, settings_file.path.parent)
    yield made
    if made.program is not None:
        made.program.give_up()


def answer_all(program: Program) -> None:
    """Answer the four questions and show the answers on the check."""
    program.start_survey()
    for number, key in enumerate(KEYS, 1):
        program.once_shown(f"Question {number} of 4", key)
        program.once_shown(f"{key} ●", "\r")
    program.once_shown("Ready to send?", "s")
    program.shows("You answered: yes, one or both")


# The search finds what it looks for


def test_the_search_would_find_an_answer_in_each_of_its_forms(tmp_path: Path) -> None:
    for content in (
        Response.of(GIVEN).pack(),
        repr(GIVEN).encode(),
        json.dumps({"answers": GIVEN}).encode(),
        b"answers = {'occupation': 6}",
        b"Response(codes=(6, 3, 3, 2))",
        b'{"codes":[6,3,3,2]}',
        tomllib.loads("a = [6, 3, 3, 2]").__repr__().encode(),
    ):
        (tmp_path / "file").write_bytes(b"before" + content + b"after")
        assert holds_an_answer(files_in(tmp_path)[tmp_path / "file"], AS_DATA), content
    assert holds_an_answer(f"chose {LABELS[1]}!".encode(), AS_WORDS)


# The real program


def test_after_a_whole_session_nothing_holds_an_answer(scene: Scene) -> None:
    program = scene.opens()
    answer_all(program)
    assert program.process.children(recursive=True) == []
    program.type("\r")
    program.shows("Thank you")
    assert program.terminate() == 0
    scene.is_clean()


@pytest.mark.parametrize("sent", [False, True])
@pytest.mark.sampled
def test_after_being_killed_nothing_holds_an_answer(scene: Scene, *, sent: bool) -> None:
    program = scene.opens()
    answer_all(program)
    if sent:
        program.type("\r")
        program.shows("Thank you")
    program.process.kill()
    assert program.end() == -9
    scene.is_clean()


CRASHES = {
    "in a handler": "from tui.survey.screen import SurveyScreen\nSurveyScreen.action_help = hurt",
    "in a thread": "import tui.submission\ntui.submission.Submission.keep = hurt",
}


@pytest.mark.parametrize("where", CRASHES)
@pytest.mark.sampled
def test_after_a_crash_nothing_holds_an_answer(where: str, scene: Scene) -> None:
    program = scene.opens(first=HURTFUL + CRASHES[where])
    answer_all(program)
    if where == "in a handler":
        program.type("\x1b")
        program.once_shown("Question 4 of 4", "s")
        program.once_shown("2 ●", "h")
    else:
        program.type("\r")
    assert program.end() == 1
    assert program.after() == FAULT + "\r\n"
    scene.is_clean()


def leave(program: Program) -> None:
    """Give up, where the answers could not be kept."""
    program.type("2")
    program.shows("Do you want to stop?")
    program.type("s2")  # the same key at once would be its repeat
    program.shows("Hello.")


def test_after_a_fault_in_the_store_nothing_holds_an_answer(scene: Scene) -> None:
    program = scene.opens(first=HURTFUL + "import storage.kiosk.pool\nstorage.kiosk.pool.Pool._rewrite = hurt")
    answer_all(program)
    program.type("\r")
    program.shows("Sorry, that did not work")
    leave(program)
    assert program.terminate() == 0
    scene.is_clean()


@pytest.mark.skipif(not hasattr(psutil, "RLIMIT_FSIZE"), reason="only Linux can fill another process's disk")
@pytest.mark.parametrize("then", ["try again", "leave"])
@pytest.mark.sampled
def test_after_a_disk_that_was_full_nothing_holds_an_answer(then: str, scene: Scene) -> None:
    program = scene.opens()
    answer_all(program)
    program.process.rlimit(psutil.RLIMIT_FSIZE, (0, psutil.RLIM_INFINITY))
    program.type("\r")
    program.shows("Sorry, that did not work")
    if then == "try again":
        program.process.rlimit(psutil.RLIMIT_FSIZE, (psutil.RLIM_INFINITY, psutil.RLIM_INFINITY))
        program.type("1")
        program.shows("Thank you")
    else:
        leave(program)
    assert program.terminate() == 0
    scene.is_clean()


@pytest.mark.parametrize("ending", ["sent", "killed", "hung up"])
@pytest.mark.sampled
def test_after_plain_lines_nothing_holds_an_answer(ending: str, scene: Scene) -> None:
    program = scene.opens("plain")
    program.once_said("Type 1 to start", "1\n" + "\n".join(KEYS) + "\n")
    program.says("Ready to send?")
    if ending == "sent":
        program.type("1\n")
        program.once_said("Thank you. Your answers are locked", "\x04")
        assert program.end() == 0
    elif ending == "killed":
        program.process.kill()
        assert program.end() == -9
    else:
        program.hang_up()
        program.process.wait(timeout=WAIT)
    assert [program.written.count(label.encode()) for label in LABELS if len(label) > 5] == [1, 1, 1, 1]  # on offer
    scene.is_clean()


AUDIT = """
import json, os, sys
seen = []
names = {{"open", "os.rename", "os.remove", "os.mkdir", "os.link", "os.symlink", "shutil.copyfile", "sqlite3.connect"}}
names |= {{"subprocess.Popen", "os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system"}}
names |= {{"os.putenv", "os.unsetenv", "socket.connect", "socket.bind", "socket.sendto", "tempfile.mkstemp"}}
def look(event, arguments):
    if event not in names:
        return
    if event == "os.mkdir" and os.path.isdir(arguments[0]):
        return
    if event == "open":
        file, mode, flags = arguments
        if isinstance(file, int) or not flags & (os.O_WRONLY | os.O_RDWR | os.O_CREAT):
            return
        arguments = (os.fspath(file),)
    seen.append([event, *(str(each) for each in arguments)])
import tui
sys.addaudithook(look)
import atexit
def report():
    reported, seen[:] = list(seen), []
    with open({report!r}, "w") as file:
        json.dump(reported, file)
atexit.register(report)
"""


@pytest.mark.parametrize("command", [[], ["plain"]])
def test_a_session_writes_the_pool_its_journal_and_the_lock_and_starts_nothing(
    command: list[str], scene: Scene, settings_file: SettingsFile, tmp_path: Path
) -> None:
    Kiosk.open(scene.data, settings_file.settings).close()  # the event's folder is there from set-up
    before = {path: path.stat().st_mtime_ns for path in scene.data.rglob("*")}
    report = tmp_path / "report"
    program = scene.opens(*command, first=AUDIT.format(report=str(report)))
    if command:
        program.once_said("Type 1 to start", "1\n" + "\n".join(KEYS) + "\n1\n")
        program.once_said("Thank you. Your answers are locked", "\x04")
    else:
        answer_all(program)
        program.type("\r")
        program.shows("Thank you")
        program.process.terminate()
    assert program.end() == 0
    pool = next(scene.data.glob("kiosk/*/responses.db"))
    journal, lock = pool.with_name(pool.name + "-journal"), scene.data / "lock"
    seen = {tuple(each) for each in json.loads(report.read_text("utf-8"))}
    assert {each for each in seen if "/dev/" not in each[1]} == {
        ("open", str(lock)),
        ("open", str(journal)),
        ("sqlite3.connect", str(pool)),
    }
    after = {path: path.stat().st_mtime_ns for path in scene.data.rglob("*")}
    written = {path for path, changed in after.items() if path.is_file() and before.get(path) != changed}
    assert {pool, journal} <= written <= {pool, journal, lock}
    assert not holds_an_answer(report.read_bytes(), AS_DATA | AS_WORDS)
    report.unlink()
    scene.is_clean()


# Inside the program


def holders() -> list[Mapping[str, int]]:
    """Every mapping alive that has one of the answers given here; not what is only waiting to be thrown away."""
    gc.collect()
    objects = gc.get_objects()
    near = [*objects, *gc.get_referents(*objects)]  # a dict of plain values is known to what refers to it alone
    mappings = [each for each in near if type(each) in {dict, types.MappingProxyType} and 0 < len(each) <= len(GIVEN)]
    return [each for each in mappings if each is not GIVEN and dict(each).items() <= GIVEN.items()]


def responses_alive() -> list[object]:
    """Every packed or unpacked response that is alive."""
    gc.collect()
    return [each for each in gc.get_objects() if isinstance(each, Response)]


CATEGORIES = [{category.id for category in question.categories} for question in QUESTIONS]


def sums_alive() -> list[dict[str, int]]:
    """Every mapping alive that counts people by the categories of a question."""
    gc.collect()
    objects = gc.get_objects()
    near = {id(each): each for each in [*objects, *gc.get_referents(*objects)]}.values()
    mappings = [each for each in near if type(each) in {dict, types.MappingProxyType} and set(each) in CATEGORIES]
    return [each for each in mappings if {type(number) for number in each.values()} == {int}]


def sum_waiting(kiosk: Kiosk) -> list[Mapping[str, int]]:
    """The counts that a running kiosk keeps on purpose: one sum over those who wait for the published ones."""
    return list(kiosk._counting._waiting._sum.counts.values())


def same_objects(some: Iterable[object], others: Iterable[object]) -> bool:
    return sorted(map(id, some)) == sorted(map(id, others))


async def answer(person: AtKiosk) -> None:
    """Answer everything, and show it."""
    await person.press("1")
    for key in KEYS:
        await person.press(key, "enter")
    await person.press("s")


async def sends(person: AtKiosk) -> None:
    await person.press("enter")
    assert person.app.survey.interview.step is Step.THANKS


async def sends_and_is_followed(person: AtKiosk) -> None:
    await sends(person)
    await person.press("enter")


async def stops(person: AtKiosk) -> None:
    await person.press("x", "2")


async def goes_back_to_the_start(person: AtKiosk) -> None:
    await person.press(*["escape"] * 5, "2")


async def is_forgotten(person: AtKiosk) -> None:
    app = person.app
    app.idle._touched -= app.settings.kiosk.idle_seconds
    app.watch_idle()
    await person.pilot.pause()
    for _ in range(30):
        app.screen.count_down()  # type: ignore[attr-defined]
    await person.pilot.pause()
    await person.pilot.pause()


async def meets_a_full_disk_and_leaves(person: AtKiosk) -> None:
    kiosk, keep = person.app.kiosk, person.app.kiosk.keep

    def full(_sealed: SealedResponse) -> None:
        raise StoreError("The disk is full.")

    kiosk.keep = full  # type: ignore[method-assign, assignment]
    await person.press("enter")
    assert person.app.survey.interview.step is Step.FAILED
    # addresses and times are any digits
    attributes = re.sub(r"0x[0-9a-f]+|\d+\.\d+", "", repr(vars(person.app.survey)))
    assert not holds_an_answer(attributes.encode(), AS_DATA)
    kiosk.keep = keep  # type: ignore[method-assign]
    await person.press("2", "2")


ENDS: list[Callable[[AtKiosk], Awaitable[None]]] = [
    sends,
    sends_and_is_followed,
    stops,
    goes_back_to_the_start,
    is_forgotten,
    meets_a_full_disk_and_leaves,
]


@pytest.mark.parametrize("ends", ENDS, ids=lambda ends: ends.__name__)
@pytest.mark.sampled
async def test_when_an_interview_is_over_no_object_holds_its_answers_and_no_view_out_of_sight_shows_them(
    ends: Callable[[AtKiosk], Awaitable[None]], start: Start
) -> None:
    environment = dict(os.environ)
    async with start() as person:
        await answer(person)
        assert holders()  # while it lasts, they are found
        listed = person.app.survey.query_one("#check Rows", Rows)
        said = [row.detail.encode() for row in listed._page.rows]
        assert all(holds_an_answer(detail, {label.encode()}) for detail, label in zip(said, LABELS, strict=True))
        await ends(person)
        await person.pilot.pause()
        assert [dict(each) for each in holders()] == []
        assert responses_alive() == []
        assert same_objects(sums_alive(), sum_waiting(person.app.kiosk))
        assert person.app.kiosk.waiting == (ends in {sends, sends_and_is_followed})
        assert person.app.survey._submission is None
        assert not holds_an_answer("\n".join(person.lines()).encode(), AS_WORDS)
        assert (listed._page.rows, listed._page.scrolled, listed._page.pinned) == ((), [], [])
        answers = person.app.survey.query_one(Answers)
        assert (answers._chosen, answers._marked) == (None, None)
    assert dict(os.environ) == environment


async def test_those_who_wait_for_the_counts_are_only_in_one_sum_over_nine_at_most_which_goes_with_the_kiosk(
    start: Start,
) -> None:
    async with start(survey={"check_answers": False}) as person:
        kiosk = person.app.kiosk
        for people in range(1, 13):
            await person.press("1", *(key for answer in KEYS for key in (answer, "enter")))
            assert person.app.survey.interview.step is Step.THANKS
            await person.press("enter")
            if people in {1, 9, 10, 12}:
                assert kiosk.waiting == people % 10
                assert same_objects(sums_alive(), sum_waiting(kiosk))
                assert len(sum_waiting(kiosk)) == (len(QUESTIONS) if people % 10 else 0)
                assert responses_alive() == holders() == []
        kiosk.close()
        assert sums_alive() == []


async def test_nobody_coming_next_can_see_what_was_chosen(start: Start, held: Held) -> None:
    async with start() as person:
        await answer(person)
        await sends(person)
        assert held() == [(6, 3, 3, 2)]
        await person.press("enter", "1")
        for number in range(1, 5):
            assert f"Question {number} of 4" in person.read()
            assert "●" not in person.read()
            await person.press("s")
            assert "●" not in person.read()
            await person.press("1", "enter")


@pytest.mark.long
def test_the_fault_hooks_say_nothing_even_with_python_told_to_be_talkative(scene: Scene) -> None:
    talkative = "import faulthandler\nfaulthandler.enable()\n"
    program = Program(
        scene.folder,
        "--data",
        scene.data,
        first=HURTFUL + talkative + "from tui.survey.screen import SurveyScreen\nSurveyScreen._show_saving = hurt\n"
        "import threading\nimport tui.submission\n"
        "def lost(*_): threading.Thread(target=hurt).start(); hurt()\ntui.submission.Submission.keep = lost",
        PYTHONDEVMODE="1",
    )
    scene.program = program
    answer_all(program)
    program.type("\r")
    assert program.end() == 1
    assert program.after() == FAULT + "\r\n"
    scene.is_clean()


@pytest.mark.parametrize("ending", ["told to end", "hung up", "a fault"])
@pytest.mark.sampled
def test_who_has_declined_is_kept_however_the_kiosk_ends(
    ending: str, scene: Scene, office_key: OfficePrivateKey, settings_file: SettingsFile
) -> None:
    hurt = HURTFUL + "from tui.survey.ending import Ending\nEnding.move = hurt\n" if ending == "a fault" else ""
    program = scene.opens(first=hurt)
    program.once_shown("Hello.", "2")
    program.shows("We will count one person")
    match ending:
        case "told to end":
            assert program.terminate() == 0
        case "hung up":
            program.hang_up()
            program.process.wait(timeout=WAIT)
        case "a fault":
            program.type("\x1b[B")
            assert program.end() == 1
    assert opened_with(office_key, scene.data, settings_file) == [(9, 6, 5, 4)]
