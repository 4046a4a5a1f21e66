"""What those who ran an event write: its record, and what can be typed."""

import pytest

from storage.debrief import (
    PROMPTS,
    QUESTIONS,
    RECORD_SIZE,
    TEXT_LIMIT,
    Debrief,
    DebriefError,
    WrittenDebrief,
    debrief_typed,
)
from tests.storage import independent_reader as reader

SAID = Debrief(worked="The quiz.", change="Start later: buses come at ten.", support="")
LETTER_OF_FOUR_BYTES = "\U0001f68c"


def typed(worked: str = "", change: str = "", support: str = "") -> Debrief:
    return debrief_typed({"worked": worked, "change": change, "support": support})


@pytest.mark.parametrize("said", [SAID, Debrief(support="x"), Debrief(**dict.fromkeys(PROMPTS, "é" * TEXT_LIMIT))])
def test_every_record_has_one_size_and_reads_as_what_was_written(said: Debrief) -> None:
    written = WrittenDebrief.new(said).saying(said)
    record = written.to_record()
    assert len(record) == RECORD_SIZE
    assert WrittenDebrief.from_record(record) == written
    assert reader.debrief_of(record) == (written.id, 2, (said.worked, said.change, said.support))


def test_three_answers_of_the_longest_letters_fit() -> None:
    said = Debrief(**dict.fromkeys(PROMPTS, LETTER_OF_FOUR_BYTES * TEXT_LIMIT))
    assert WrittenDebrief.from_record(WrittenDebrief.new(said).to_record()).said == said


def test_a_debrief_keeps_its_id_and_counts_its_revisions() -> None:
    first = WrittenDebrief.new(SAID)
    second = first.saying(Debrief(worked="All of it."))
    assert (first.revision, second.revision) == (1, 2)
    assert first.id == second.id
    assert WrittenDebrief.new(SAID).id != first.id


RECORD = WrittenDebrief.new(SAID).to_record()


@pytest.mark.parametrize(
    "record",
    [
        b"",
        RECORD[:-1],
        RECORD + b"\0",
        b"\2" + RECORD[1:],
        RECORD[:9] + bytes(4) + RECORD[13:],
        RECORD[:13] + b"\xff\xff" + RECORD[15:],
        RECORD[:15] + b"\xff" + RECORD[16:],
        RECORD[:15] + b"\x1b" + RECORD[16:],
        RECORD[:-1] + b"\1",
        RECORD[:13].ljust(RECORD_SIZE, b"\0"),
        RECORD[:13] + (1501).to_bytes(2, "big") + b"a" * 1501 + bytes(RECORD_SIZE - 15 - 1501),
    ],
)
def test_what_is_no_record_is_refused_by_both_readers(record: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - of whatever kind
        WrittenDebrief.from_record(record)
    with pytest.raises((ValueError, IndexError)):
        reader.debrief_of(record)


def test_what_is_typed_is_kept_on_one_line_and_steers_nothing() -> None:
    said = typed(worked=" Two\nlines\tand \x1b[31mred\u202e ", support="  ")
    assert said == Debrief(worked="Two lines and [31mred")
    assert list(said.answers) == [("worked", "Two lines and [31mred")]


def test_an_answer_that_is_too_long_and_three_empty_ones_are_refused_where_they_stand() -> None:
    typed(change="x" * TEXT_LIMIT)
    with pytest.raises(DebriefError, match="room for 500 characters, and this has 501") as caught:
        typed(change="x" * (TEXT_LIMIT + 1))
    assert caught.value.field == "change"
    with pytest.raises(DebriefError, match="Answer one of the three") as caught:
        typed(worked=" ", change="\n")
    assert caught.value.field == "worked"


def test_there_is_a_question_for_each_answer() -> None:
    assert tuple(QUESTIONS) == PROMPTS
