"""What people think of an event has a pool and groups of its own: nothing on the disk lays it beside the rest."""

import base64
import contextlib
import hashlib
import itertools
import json
import shutil
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

import pytest
from msgspec.structs import replace

from content.feedback import feedback_survey, usual_choices
from content.survey import Survey
from storage.counts.noise import NoisyGroup, system_coins
from storage.counts.record import pack_group, unpack_group
from storage.counts.tally import Tally
from storage.crypto.keys import KioskPrivateKey, OfficePrivateKey
from storage.crypto.sealing import SEALED_SIZE, Response, ResponseOpener, SealedResponse, binding, seal
from storage.database import wipe_journal
from storage.errors import EventEndedError, NotSealedForThisKeyError, ReceiptError, StoreError
from storage.events import Event, parse_event, write_event
from storage.exchange.exports import open_export
from storage.exchange.handover import State
from storage.exchange.receipts import write_receipt
from storage.kiosk import counting
from storage.kiosk.event_folder import EventFolder
from storage.kiosk.groups import SEALED_GROUP_SIZE, GroupOpener, SealedGroup, seal_group
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.kiosk.pool import Pool
from storage.settings import FeedbackAsked, Settings
from tests.storage.disk import files_of

OWN = ("More chairs", "More tea", "Longer")
ANSWERS = [Response((1 + n % 9, 1 + n % 6, 1 + n % 5, 1 + n % 4)) for n in range(10)]
FEEDBACK = [Response((1 + n % 6, 1 + n // 2 % 6, 6 - n % 6, 1 + n % 7)) for n in range(10)]


@pytest.fixture
def asking(settings: Settings) -> Settings:
    return replace(settings, feedback=FeedbackAsked(ask="after"))


@contextlib.contextmanager
def opened(data: Path, settings: Settings) -> Iterator[Kiosk]:
    with contextlib.closing(Kiosk.open(data, settings)) as kiosk:
        yield kiosk


def asked_of(kiosk: Kiosk) -> tuple[Survey | None, Survey | None]:
    """What is asked of feedback: after the other questions, and alone."""
    return kiosk.asks_then, kiosk.asks_alone


def feedback_of(kiosk: Kiosk) -> Event:
    assert kiosk.feedback is not None
    return kiosk.feedback.event


# Sealed as its own kind


def test_feedback_has_the_size_of_every_response_and_an_id_and_an_info_of_its_own(event: Event) -> None:
    about = event.asking(usual_choices())
    assert about.id != event.id
    assert about.about == event
    assert binding(about).startswith(b"fairstart sealed feedback 1\x00" + event.office_key_id + about.id)
    assert binding(event).startswith(b"fairstart sealed response 1\x00")
    assert len(binding(about)) != len(binding(event)) or binding(about) != binding(event)


def test_neither_opens_as_the_other_nor_with_another_list(office: OfficePrivateKey, event: Event) -> None:
    kinds = [event, event.asking(usual_choices()), event.asking(OWN), event.asking(OWN[::-1])]
    for meant, other in itertools.permutations(kinds, 2):
        sealed = seal(Response((1, 2, 1, 2)), office.public, meant)
        assert len(sealed.sealed) == SEALED_SIZE
        assert ResponseOpener(office, meant).open(sealed.sealed) == Response((1, 2, 1, 2))
        with pytest.raises(NotSealedForThisKeyError):
            ResponseOpener(office, other).open(sealed.sealed)


def test_an_events_file_brings_the_list_and_is_refused_with_another(event: Event) -> None:
    about = event.asking(OWN)
    content = write_event(about)
    assert parse_event(content) == about
    assert parse_event(content).survey == feedback_survey(OWN)
    assert b"choices" not in write_event(event), "an event that asks for none is written as it ever was"
    for wrong in (content.replace(b"More tea", b"More cake"), content.replace(b'"More tea",', b"")):
        with pytest.raises(ValueError, match="choices"):
            parse_event(wrong)
    with pytest.raises(ValueError, match="twice"):
        parse_event(write_event(event).replace(b"\n}", b',\n  "choices": []\n}'))


@pytest.mark.parametrize("choices", [("One",), tuple("abcdef"), ("a", "a"), ("a", ""), ("a", "b\x1b[2J")])
def test_an_event_with_a_list_that_cannot_be_is_refused(choices: tuple[str, ...], event: Event) -> None:
    listed = ", ".join(f'"{choice}"' for choice in choices).replace("\x1b", "\\u001b")
    with pytest.raises(ValueError):  # noqa: PT011 - whichever of them says so
        parse_event(write_event(event).replace(b"\n}", f',\n  "choices": [{listed}]\n}}'.encode()))


def test_a_group_of_feedback_is_packed_by_its_own_questions(own: KioskPrivateKey, event: Event) -> None:
    for choices in (usual_choices(), OWN):
        about = event.asking(choices)
        codes = len(choices) + 2
        people = [Response((n % 6 + 1, 6, 1, n % codes + 1)) for n in range(10)]
        tally = Tally.total(Tally.of(one, about.survey) for one in people)
        group = NoisyGroup.of(tally, system_coins)
        assert unpack_group(pack_group(group, about.survey), about.survey) == group
        sealed = seal_group(group, own.tally.public, about)
        assert len(sealed.sealed) == SEALED_GROUP_SIZE
        assert GroupOpener(own.tally, about).open(sealed) == group
        with pytest.raises(NotSealedForThisKeyError):
            GroupOpener(own.tally, event).open(sealed)


# Nothing lays the two side by side


def without_chance(group: NoisyGroup, _key: object, event: Event) -> SealedGroup:
    """A group "sealed" to the same bytes each time."""
    return SealedGroup(pack_group(group, event.survey).ljust(SEALED_GROUP_SIZE, b"\x00"))


def tails(_question: str) -> Iterator[int]:
    return itertools.repeat(0)


Both = tuple[list[SealedResponse], list[SealedResponse]]


def files_after(data: Path, settings: Settings, sealed: Both, order: Sequence[tuple[int, int]]) -> dict[str, bytes]:
    """Every file of a laptop after these people came one after the other, each with answers and with feedback."""
    with opened(data, settings) as kiosk:
        assert kiosk.feedback is not None
        for person, feedback in order:
            kiosk.keep(sealed[0][person])
            kiosk.count(ANSWERS[person])
            kiosk.feedback.keep(sealed[1][feedback])
            kiosk.feedback.count(FEEDBACK[feedback])
    return {str(path): content for path, content in files_of(data).items() if str(path) != "lock"}


def pairings(times: int) -> Iterator[list[tuple[int, int]]]:
    random = Random(7)  # noqa: S311 - the same on every run
    for _ in range(times):
        yield list(zip(*(random.sample(range(10), 10) for _ in range(2)), strict=True))


@pytest.fixture
def both(data: Path, asking: Settings) -> Both:
    with opened(data, asking) as kiosk:
        assert kiosk.feedback is not None
        return [kiosk.seal(one) for one in ANSWERS], [kiosk.feedback.seal(one) for one in FEEDBACK]


@pytest.fixture
def outcomes(data: Path, asking: Settings, both: Both, monkeypatch: pytest.MonkeyPatch) -> Callable[[int], int]:
    """How many kinds of folders there are after so many pairings, where nothing is sealed or drawn by chance."""
    monkeypatch.setattr(counting, "seal_group", without_chance)
    monkeypatch.setattr(counting, "system_coins", tails)

    def found(times: int) -> int:
        seen = set()
        for number, order in enumerate(pairings(times)):
            copy = Path(shutil.copytree(data, data.with_name(f"laptop {number}")))
            seen.add(tuple(sorted(files_after(copy, asking, both, order).items())))
        return len(seen)

    return found


def test_every_file_is_the_same_for_any_pairing_of_answers_with_feedback_in_any_order(
    outcomes: Callable[[int], int],
) -> None:
    assert outcomes(6) == 1


def test_plain_inserts_would_tell_the_pairings_apart(
    outcomes: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    def inserted(pool: Pool[SealedResponse], row: SealedResponse) -> None:
        pool._open().execute(f"INSERT INTO {pool._kind.table} VALUES (?)", (row.sealed,))  # noqa: S608 - our name
        wipe_journal(pool._path)

    monkeypatch.setattr(Pool, "add", inserted)
    assert outcomes(3) == 3


def test_keeping_the_one_changes_no_file_of_the_other(data: Path, asking: Settings) -> None:
    with opened(data, asking) as kiosk:
        assert kiosk.feedback is not None
        for one, other in ((kiosk, kiosk.feedback), (kiosk.feedback, kiosk)):
            folder = EventFolder.of(data, other.event.id).path
            before = files_of(data)
            one.keep(one.seal(Response((1, 1, 1, 1))))
            changed = {path for path, content in files_of(data).items() if before.get(path) != content}
            assert changed
            assert {(data / path).parent for path in changed} == {EventFolder.of(data, one.event.id).path}
            assert folder not in {(data / path).parent for path in changed}


# Counted by the same rule


def test_feedback_is_counted_ten_at_a_time_apart_from_the_answers(
    data: Path, asking: Settings, own: KioskPrivateKey
) -> None:
    with opened(data, asking) as kiosk:
        assert kiosk.feedback is not None
        for number in range(12):
            kiosk.count(ANSWERS[number % 10])
        for one in FEEDBACK[:9]:
            kiosk.feedback.keep(kiosk.feedback.seal(one))
            kiosk.feedback.count(one)
        counts = kiosk.counts(own.tally)
        assert counts.feedback is not None
        assert (counts.in_counts, counts.waiting) == (10, 2)
        assert (counts.feedback.in_counts, counts.feedback.waiting, kiosk.all_waiting) == (0, 9, 11)
        assert all(table.people is None for table in counts.feedback.tables)
        kiosk.feedback.count(FEEDBACK[9])
        feedback = kiosk.counts(own.tally).feedback
        assert feedback is not None
        assert [table.people for table in feedback.tables] == [10] * 4
        assert [len(table.counts) for table in feedback.tables] == [6, 6, 6, 7]
        assert [sum(table.counts.values()) for table in feedback.tables] == [10] * 4


# The list belongs to the event


def test_a_list_that_somebody_has_answered_from_stays_until_the_next_event(data: Path, asking: Settings) -> None:
    changed = replace(asking, feedback=FeedbackAsked(ask="after", better=OWN))
    with opened(data, asking) as kiosk:
        assert feedback_of(kiosk).choices == usual_choices()
    with opened(data, changed) as kiosk:
        assert kiosk.feedback is not None
        assert kiosk.feedback.event.choices == OWN, "nobody had answered from the first one"
        assert len(list((data / "kiosk").glob("*/event.json"))) == 2, "which is gone"
        kiosk.feedback.keep(kiosk.feedback.seal(FEEDBACK[0]))
    with opened(data, asking) as kiosk:
        assert feedback_of(kiosk).choices == OWN
    another = replace(asking, event=replace(asking.event, name="Another fair"))
    with opened(data, another) as kiosk:
        assert feedback_of(kiosk).choices == usual_choices()


# Ended, handed over, deleted


def test_the_end_of_an_event_is_the_end_of_its_feedback(data: Path, asking: Settings) -> None:
    with opened(data, asking) as kiosk:
        assert kiosk.feedback is not None
        sealed = kiosk.feedback.seal(FEEDBACK[0])
        kiosk.end_event()
        with pytest.raises(EventEndedError):
            kiosk.feedback.keep(sealed)
    with opened(data, asking) as kiosk:
        assert kiosk.ended
        assert kiosk.asks_then is None


def test_an_untouched_event_with_feedback_is_let_go_of_whole(data: Path, asking: Settings) -> None:
    with opened(data, asking) as kiosk:
        assert kiosk.is_untouched
        assert kiosk.feedback is not None
        kiosk.feedback.keep(kiosk.feedback.seal(FEEDBACK[0]))
        assert not kiosk.is_untouched
        with pytest.raises(StoreError):
            kiosk.discard_event()
    another = replace(asking, event=replace(asking.event, name="Another fair"))
    with opened(data, another) as kiosk:
        kiosk.discard_event()
    assert len(list((data / "kiosk").glob("*/event.json"))) == 2


def test_each_has_its_export_and_a_laptop_deletes_only_when_the_office_has_both(
    data: Path, asking: Settings, own: KioskPrivateKey, office: OfficePrivateKey
) -> None:
    with opened(data, asking) as kiosk:
        assert kiosk.feedback is not None
        for one in kiosk.open_events:
            for answers in ANSWERS[:3] if one is kiosk else FEEDBACK[:2]:
                one.keep(one.seal(answers))
        outbox = Outbox(kiosk)
        handed = [outbox.export(own, event, sealed) for event, sealed in outbox.to_hand_over()]
        exports = [open_export(one.content, office) for one in handed]
        assert [one.event for one in exports] == [kiosk.event, kiosk.feedback.event]
        assert [len(one.sealed) for one in exports] == [3, 2]
        assert len({len(one.content) for one in handed}) == 1, "padded to one size"
        assert len({one.name for one in handed}) == 2
        receipts = [write_receipt(one, office) for one in exports]
        outbox.take_receipt(own, receipts[0])
        with pytest.raises(ReceiptError, match="feedback"):
            outbox.delete(own, receipts[0])
        assert kiosk.held() == 3
        outbox.take_receipt(own, receipts[1])
        outbox.delete(own, receipts[1])
        outbox.delete(own, receipts[0])
        assert {held.state for held in outbox.events()} == {State.DELETED}


# The vectors, by FORMAT.md alone


def test_the_vectors_hold() -> None:
    vectors = Path(__file__).parents[1] / "vectors"
    known = json.loads((vectors / "feedback.json").read_text("utf-8"))
    office, kiosk = (
        bytes.fromhex(json.loads((vectors / f"{name}.json").read_text("utf-8"))["seed"]) for name in ("office", "kiosk")
    )
    described = json.loads(known["event"])
    listed = b"".join(u16(len(text)) + text for text in (choice.encode() for choice in described["choices"]))
    digest = hashlib.sha256(b"fairstart feedback choices 1\0" + listed).hexdigest()
    assert known["question_set"] == described["question_set"] == f"feedback-1-{digest[:16]}"
    assert known["better"] == f"better-{digest[:8]}"
    fields = [described[key].encode() for key in ("name", "date", "place", "stage", "question_set")]
    key_id = base64.b64decode(described["office_key_id"])
    parts = b"".join(u16(len(field)) + field for field in (key_id, *fields))
    id_ = hashlib.sha256(b"fairstart event 1\0" + parts).digest()[:16]
    assert known["id"] == id_.hex()
    info = b"fairstart sealed feedback 1\0" + key_id + id_ + described["question_set"].encode()
    assert known["response"]["info"] == info.hex()
    assert known["response"]["record"] == bytes((1, *known["response"]["codes"])).ljust(16, b"\0").hex()
    about = parse_event(known["event"].encode())
    sealed = bytes.fromhex(known["response"]["sealed"])
    assert ResponseOpener(OfficePrivateKey(office), about).open(sealed) == Response((*known["response"]["codes"],))
    group = known["group"]
    packed = b"\x01\x0f" + (10).to_bytes(4, "big")
    for counts in group["counts"].values():
        assert sum(counts.values()) == 10
        packed += b"".join(number.to_bytes(4, "big", signed=True) for number in counts.values()).ljust(28, b"\0")
    assert group["record"] == packed.ljust(128, b"\0").hex()
    opened = GroupOpener(KioskPrivateKey(kiosk).tally, about).open(SealedGroup(bytes.fromhex(group["sealed"])))
    assert opened.counts == group["counts"]


def u16(number: int) -> bytes:
    return number.to_bytes(2, "big")


def test_a_running_event_can_begin_to_ask_for_feedback_and_cease_to(
    data: Path, settings: Settings, own: KioskPrivateKey
) -> None:
    with opened(data, settings) as kiosk:
        assert asked_of(kiosk) == (None, None)
        kiosk.go_by(replace(settings, feedback=FeedbackAsked(ask="after")))
        assert kiosk.feedback is not None
        assert asked_of(kiosk) == (feedback_survey(), None)
        kiosk.feedback.keep(kiosk.feedback.seal(FEEDBACK[0]))
        kiosk.feedback.count(FEEDBACK[0])
        kiosk.go_by(replace(settings, feedback=FeedbackAsked(ask="alone")))
        assert asked_of(kiosk) == (None, feedback_survey())
        kiosk.go_by(settings)
        assert asked_of(kiosk) == (None, None)
        feedback = kiosk.counts(own.tally).feedback
        assert feedback is not None
        assert feedback.waiting == 1, "who waits goes on waiting"
