"""What is over is in no byte of the process's memory any more, and no other process of the account may read it.

The real program is started in a terminal, and every writable page of it is searched. It lets no other process do that:
so it is asked to, by a signal that only these tests have it listen to.
"""

import contextlib
import hashlib
import json
import re
import signal
import struct
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path

import pytest

from content.language import load_words
from content.survey import load_survey
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import Response
from storage.office_folder import NewOffice, make_office
from tests.tui.interpreter import Interpreter
from tests.tui.program import Opens, Program

if sys.platform != "linux":
    pytest.skip("only Linux shows the memory of another process", allow_module_level=True)

GIVEN: Mapping[str, int] = {"occupation": 6, "school": 3, "meals": 3, "degree": 2}
OPENS_UP = """
import ctypes, json, os, signal
from content.survey import load_survey
def open_up(*_):
    libc = ctypes.CDLL(None)
    seen = {{"dumpable": libc.prctl(3), "numbers": [id(number) for number in range(8)],
             "questions": [id(question.id) for question in load_survey().questions]}}
    libc.prctl(4, 1)
    with open({path!r} + ".new", "w") as file:
        json.dump(seen, file)
    os.rename({path!r} + ".new", {path!r})
signal.signal(signal.SIGUSR2, open_up)
"""

Forms = Iterable[bytes]


def texts(*wanted: str) -> Forms:
    """A text as it is read or written, and as Python holds it, in one or two bytes a letter."""
    return {text.encode(code) for text in wanted for code in ("utf-8", "utf-16-le")}


class Memory:
    """What a program that `OPENS_UP` has in its memory."""

    def __init__(self, program: Program, seen: Path) -> None:
        self._program = program
        self._seen = seen
        self.numbers: list[int] = []
        """Where the program has 0 to 7."""
        self.questions: list[int] = []
        """Where it has the ids of the questions."""

    def open(self) -> bool:
        """Have it let us in; whether others were let in already."""
        self._seen.unlink(missing_ok=True)
        self._program.process.send_signal(signal.SIGUSR2)
        self._program.wait_until(self._seen.exists)
        seen = json.loads(self._seen.read_text("utf-8"))
        self.numbers, self.questions = seen["numbers"], seen["questions"]
        return bool(seen["dumpable"])

    def found(self, wanted: Mapping[str, Forms]) -> Iterator[str]:
        """Which of these kinds are anywhere in it, each as soon as it is found."""
        left = dict(wanted)
        for page in self._pages():
            for kind in [kind for kind, forms in left.items() if any(form in page for form in forms)]:
                del left[kind]
                yield kind

    def _pages(self) -> Iterator[bytes]:
        """Every writable part of it that can be read."""
        root = Path(f"/proc/{self._program.process.pid}")
        with (root / "mem").open("rb", buffering=0) as memory:
            for line in (root / "maps").read_text("utf-8").splitlines():
                begin, end, rights = re.match(r"(\w+)-(\w+) (\S+)", line).groups()  # type: ignore[union-attr]
                if rights.startswith("rw") and "[v" not in line:
                    content = b""
                    with contextlib.suppress(OSError):  # it was given back meanwhile, by a thread that has ended
                        memory.seek(int(begin, 16))
                        content = memory.read(int(end, 16) - int(begin, 16))
                    yield content.strip(b"\0")  # much of it was never used


def pointers(*places: int) -> bytes:
    """Objects one after the other, as Python's tuples, lists and mappings hold them."""
    return struct.pack(f"{len(places)}N", *places)


def passphrase_forms(passphrase: str) -> Mapping[str, Forms]:
    """A passphrase, and the pieces that typing it makes."""
    whole = passphrase.encode()
    return {"passphrase": {whole}, "part of it": {whole[:12], whole[9:21], whole[-12:]}}


def key_forms(key: KioskPrivateKey | OfficePrivateKey) -> Mapping[str, Forms]:
    """A key's seed, and what is derived from it."""
    signing = key.signing if isinstance(key, KioskPrivateKey) else key.receipts
    kinds = {"seed": {key.seed}, "signing key": {signing.private_bytes_raw()}}
    return kinds | ({"tally seed": {key.tally.seed}} if isinstance(key, KioskPrivateKey) else {})


def answer_forms(memory: Memory) -> Mapping[str, Forms]:
    """The answers given: as they are packed, held and shown, on their questions and on the check."""
    questions = load_survey().questions
    answered = load_words("en").check.answered
    numbers = [memory.numbers[code] for code in GIVEN.values()]
    shown = [f"{answered}: {question.option(GIVEN[question.id]).label[:12]}" for question in questions]
    held = {pointers(*pair) for pair in zip(memory.questions, numbers, strict=True)}
    rows = [f"▸ {code} ● " for code in set(GIVEN.values())]
    return {
        "record": {Response.of(GIVEN).pack()},
        "codes": {pointers(*numbers)},
        "answers": held,
        "shown on the check": texts(*shown),
        "shown as chosen": texts(*rows),
    }


Watched = Callable[..., tuple[Program, Memory]]


@pytest.fixture
def watched(program: Opens, tmp_path: Path) -> Watched:
    """Starts a command whose memory can be searched."""
    path = tmp_path / "seen"

    def start(*arguments: str) -> tuple[Program, Memory]:
        started = program(*arguments, first=OPENS_UP.format(path=str(path)))
        return started, Memory(started, path)

    return start


def goes(program: Program, memory: Memory, wanted: Mapping[str, Forms]) -> None:
    """Wait until none of these kinds is in the memory."""
    left: str | None = None

    def is_over() -> bool:
        nonlocal left
        left = next(memory.found(wanted), None)
        return not left

    try:
        program.wait_until(is_over, seconds=60)
    except AssertionError as error:
        raise AssertionError(left) from error


def test_after_thanks_and_lock_no_byte_of_memory_holds_an_answer_a_passphrase_or_a_seed(
    watched: Watched, staff_passphrase: str, kiosk_seed: bytes
) -> None:
    program, memory = watched()
    program.start_survey()
    for number, code in enumerate(GIVEN.values(), 1):
        program.once_shown(f"Question {number} of 4", str(code))
        program.once_shown(f"{code} ●", "\r")
    program.once_shown("Ready to send?", "s")
    program.shows("You answered: yes, one or both")
    assert not memory.open()
    answers = answer_forms(memory)
    assert set(memory.found(answers)) == {"answers", "shown on the check", "shown as chosen"}  # the search finds them
    program.type("\r")
    program.shows("Thank you")
    program.type("0")  # Enter again so soon would be taken for a key that is held
    program.shows("Hello.")
    goes(program, memory, answers)
    secrets = {**passphrase_forms(staff_passphrase), **key_forms(KioskPrivateKey(kiosk_seed))}
    program.type("\x1bOQ")
    program.once_shown("Passphrase", staff_passphrase)
    program.shows("•" * len(staff_passphrase))
    assert set(memory.found(secrets)) == {"passphrase", "part of it"}
    program.type("\r")
    program.shows("held on this laptop")
    assert "seed" in set(memory.found(secrets))
    program.type("c")
    program.once_shown("No counts yet", "\x1b")
    program.once_shown("held on this laptop", "l")
    program.shows("Hello.")
    goes(program, memory, {**secrets, **answers})


@pytest.mark.parametrize("kept", [True, pytest.param(False, marks=pytest.mark.long)])
def test_once_paper_sheets_are_kept_or_wiped_no_byte_of_memory_holds_what_they_said(
    watched: Watched, staff_passphrase: str, *, kept: bool
) -> None:
    program, memory = watched()
    program.once_shown("No, thank you", "\x1bOQ")
    program.once_shown("Passphrase", f"{staff_passphrase}\r")
    program.once_shown("held on this laptop", "f")
    program.once_shown("Shuffled: check each", "2")
    sheet = "".join(map(str, GIVEN.values()))
    for number in range(10):
        program.once_shown(f"{number} sheet{'s' * (number != 1)} entered", sheet)
        program.shows(f"Sheet {number + 1}, look it through")
        if number < 9:
            program.type("\r")
    memory.open()
    label = load_survey().questions[0].option(GIVEN["occupation"]).label
    answers = {**answer_forms(memory), "shown": texts(f"Number {GIVEN['occupation']}: {label[:12]}")}
    assert {"codes", "shown"} <= set(memory.found(answers))
    program.type("\r")
    program.once_shown("10 sheets entered", "\x1b[15~" if kept else "\x1b")
    program.once_shown("Keep all 10" if kept else "Leave and lose them", "\x1b[Z")
    program.type("\r")
    program.shows("10 paper sheets are kept" if kept else "10 paper sheets were entered and not kept")
    goes(program, memory, answers)


def test_after_the_office_is_locked_no_byte_of_memory_holds_its_passphrase_or_its_seed(
    watched: Watched, set_up_folder: Path, staff_passphrase: str
) -> None:
    key = OfficePrivateKey(hashlib.sha256(b"an office's seed").digest())
    make_office(set_up_folder, NewOffice(key, staff_passphrase))
    program, memory = watched("office")
    program.once_shown("Fairstart: the office", "\r")
    program.once_shown("Your office passphrase:", staff_passphrase + "\r")
    program.shows("Bring in")
    memory.open()
    secrets = {**passphrase_forms(staff_passphrase), **key_forms(key)}
    assert "seed" in set(memory.found(secrets))
    program.type("l")
    program.shows("The office is locked")
    goes(program, memory, secrets)


def test_in_plain_lines_no_byte_of_memory_holds_the_answers_of_who_has_gone(watched: Watched) -> None:
    program, memory = watched("plain")
    program.once_said("Type 1 to start", "1\n" + "".join(f"{code}\n" for code in GIVEN.values()))
    program.says("Ready to send?")
    memory.open()
    program.type("2\n\n")  # Enter for more, where the screen has no room for all
    labels = [question.option(GIVEN[question.id]).label for question in load_survey().questions]
    program.says(labels[-1] + "\n")
    answers = {**answer_forms(memory), "shown": texts(*(f"{label}\n" for label in labels))}
    assert set(memory.found(answers)) == {"answers", "shown"}
    program.type("1\n")
    program.once_said("Press Enter to finish", "\n")
    program.says("Ready for the next person")
    goes(program, memory, answers)


SAYS_SO = "import tui.plain\ncollect = tui.plain.collect\ntui.plain.collect = lambda: (collect(), print('Collected.'))"


def test_in_plain_lines_all_is_collected_between_one_person_and_the_next(program: Opens) -> None:
    plain = program("plain", first=SAYS_SO)
    plain.shows("Type 1 to start")
    assert b"Collected." not in plain.written
    plain.type("2\n")
    plain.says("Press Enter to finish")
    assert b"Collected." not in plain.written
    plain.type("\n")
    plain.says("Ready for the next person.\n\nCollected.\n")


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ([], "Hello."),
        (["plain"], "Type 1 to start"),
        (["office"], "Fairstart: the office"),
        (["toolkit"], "Choose where to begin"),
        (["counts"], "Staff passphrase"),
    ],
)
@pytest.mark.sampled
def test_no_other_process_of_the_account_may_read_it(command: list[str], said: str, watched: Watched) -> None:
    program, memory = watched(*command)
    program.shows(said)
    program.wait_until(lambda: not memory.open())


FREES = """
import ctypes, random
from tui.terminal.memory import collect, keep_others_out
keep_others_out()
random.seed({seed})
secret = b"a secret that is over"
things = [secret + bytes(random.randrange(1, random.choice((430, 4000)))) for _ in range(10_000)]
places = [id(thing) for thing in things[50:]]
if {shuffled}:
    random.shuffle(things)
kept = things[:50] if {kept} else []
del things
collect()
pages = [line.split() for line in open("/proc/self/maps")]
spans = [tuple(int(place, 16) for place in page[0].split("-")) for page in pages if page[1].startswith("rw")]
live = set(map(id, kept))
ours = [at for at in places if at not in live and any(begin <= at < end for begin, end in spans)]
print(sum(ctypes.string_at(at + 32, len(secret)) == secret for at in ours), len(ours) > {kept} * 1000)
"""


@pytest.mark.parametrize("kept", [False, True])
@pytest.mark.parametrize("shuffled", [False, True])
@pytest.mark.sampled
def test_of_things_of_every_size_that_are_over_not_one_is_left(
    interpreter: Interpreter, tmp_path: Path, *, shuffled: bool, kept: bool
) -> None:
    (tmp_path / "working").mkdir()
    code = FREES.format(seed=16, shuffled=shuffled, kept=kept)
    assert interpreter(code, [], tmp_path, "").stdout.split()[0] == "0"
