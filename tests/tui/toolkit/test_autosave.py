"""What is typed is saved in the order of the keys, for its own entry, and nothing of it is lost: without a screen."""

from __future__ import annotations

import asyncio
import contextlib
import datetime as dt
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from content.toolkit import load_toolkit
from storage.errors import StoreError
from storage.settings import Settings
from storage.toolkit.checklist import NOTE_LENGTH, Checklist, Edit, Field, Record
from tests.waiting import WAIT
from tui.toolkit.autosave import Autosave, Outcome
from tui.toolkit.session import Session

KIT = load_toolkit()
DISK_FULL = "The disk is full: free some of it, then try again."


@pytest.fixture
def session(tmp_path: Path) -> Iterator[Session]:
    with contextlib.closing(Session(KIT, Checklist.open(tmp_path), Settings(), tmp_path)) as opened:
        yield opened


@pytest.fixture
def colleague(tmp_path: Path, session: Session) -> Iterator[Checklist]:
    """Somebody else who has the same checklist open."""
    with contextlib.closing(Checklist.open(tmp_path)) as checklist:
        yield checklist


@pytest.fixture
def autosave(session: Session) -> Autosave:
    """Shows D1.1, of which nothing is noted."""
    return showing(session, "D1.1")


def showing(session: Session, name: str, event: str = "") -> Autosave:
    autosave = Autosave(session, event)
    autosave.show(name)
    autosave.take_over(texts(), fresh=True)
    return autosave


def texts(owner: str = "", review: str = "", note: str = "") -> dict[Field, str]:
    return {"owner": owner, "review": review, "note": note}


def refuse(*_arguments: object, **_named: object) -> tuple[Edit, ...]:
    raise StoreError(DISK_FULL)


class SlowDisk:
    """A checklist's method that writes, and comes back only when it is let."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        self.begun, self._let = threading.Event(), threading.Event()
        method = getattr(Checklist, name)

        def slowly(checklist: Checklist, *edits: Edit) -> tuple[Edit, ...]:
            made: tuple[Edit, ...] = method(checklist, *edits)
            self.begun.set()
            assert self._let.wait(WAIT)
            return made

        monkeypatch.setattr(Checklist, name, slowly)

    async def during(self, saving: asyncio.Task[Outcome]) -> None:
        """Wait until it has written."""
        assert not saving.done()
        assert await asyncio.to_thread(self.begun.wait, WAIT)

    def go_on(self) -> None:
        self._let.set()


# What is typed


async def test_what_is_typed_is_kept_as_one_change_and_only_once_it_is_saved(
    session: Session, autosave: Autosave
) -> None:
    for text in ("H", "He", "Hey "):
        assert autosave.typed("note", text)
    assert autosave.typing
    assert session.checklist.records() == {}
    assert await autosave.keep() == Outcome(sentence="")
    assert not autosave.typing
    assert autosave.records == {"D1.1": Record(note="Hey")}
    assert await autosave.keep() == Outcome(), "nothing is left to save, and nothing to say"
    session.checklist.undo()
    assert session.checklist.records()["D1.1"] == Record()


@pytest.mark.parametrize(("field", "text"), [("note", ""), ("note", " \n"), ("owner", "  ")])
def test_what_says_the_same_as_before_is_not_saved(autosave: Autosave, field: Field, text: str) -> None:
    assert not autosave.typed(field, text)
    assert not autosave.typing


async def test_what_is_too_long_is_refused_and_everything_waits_until_it_fits(
    session: Session, autosave: Autosave
) -> None:
    assert not autosave.typed("note", "a" * (NOTE_LENGTH + 1))
    assert autosave.typing
    refused = f"Not saved: a note has room for {NOTE_LENGTH:,} characters. Shorten it."
    for outcome in (
        await autosave.keep(),
        await autosave.change("D1.1", "status", "done"),
        await autosave.undo(),
    ):
        assert outcome == Outcome(saved=False, sentence=refused)
    assert session.checklist.records() == {}
    assert autosave.typed("note", "a")
    assert (await autosave.change("D1.1", "status", "done")).saved
    assert session.checklist.records() == {"D1.1": Record("done", note="a")}


async def test_another_entry_begins_without_what_was_refused(autosave: Autosave) -> None:
    autosave.typed("owner", "a" * 61)
    autosave.show("D1.2")
    assert not autosave.refused
    assert (await autosave.keep()).saved


async def test_letters_typed_while_a_save_is_under_way_are_saved_too_and_nothing_is_doubled(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch
) -> None:
    autosave.typed("note", "He")
    disk = SlowDisk(monkeypatch, "typed")
    saving = asyncio.create_task(autosave.keep())
    await asyncio.sleep(0)
    await disk.during(saving)
    autosave.typed("note", "Hello")
    disk.go_on()
    assert await saving == Outcome(sentence="")
    assert autosave.typing
    assert autosave.take_over(texts(note="Hello")) == {}, "what was typed meanwhile stays in the field"
    assert await autosave.keep() == Outcome(sentence="")
    assert session.checklist.records()["D1.1"].note == "Hello"


async def test_one_thing_is_saved_after_the_other(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch
) -> None:
    disk = SlowDisk(monkeypatch, "save")
    first = asyncio.create_task(autosave.change("D1.1", "status", "done"))
    second = asyncio.create_task(autosave.change("D1.1", "status", "not relevant"))
    await asyncio.sleep(0)
    await disk.during(first)
    assert session.checklist.records()["D1.1"].status == "done"
    disk.go_on()
    assert [outcome.saved for outcome in (await first, await second)] == [True, True]
    assert session.checklist.records()["D1.1"].status == "not relevant"


@pytest.mark.parametrize("method", ["typed", "save"])
async def test_what_is_saved_belongs_to_its_own_entry_when_another_is_shown_meanwhile(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch, method: str
) -> None:
    with monkeypatch.context() as slow:
        disk = SlowDisk(slow, method)
        if method == "typed":
            autosave.typed("owner", "Ada")
            saving = asyncio.create_task(autosave.keep())
        else:
            saving = asyncio.create_task(autosave.change("D1.1", "review", "2026-12-01"))
        await asyncio.sleep(0)
        await disk.during(saving)
        autosave.show("D1.2")
        assert autosave.take_over(texts("Ada", "1/12/2026"), fresh=True) == {"owner": "", "review": ""}
        disk.go_on()
        assert (await saving).saved
    autosave.typed("owner", "Bo")
    assert (await autosave.keep()).sentence == ""
    assert (await autosave.change("D1.2", "review", "2027-01-01")).sentence == ""
    assert session.checklist.records()["D1.2"] == Record(owner="Bo", review=dt.date(2027, 1, 1))


async def test_a_change_that_comes_when_another_entry_is_shown_is_left_out(
    session: Session, autosave: Autosave
) -> None:
    autosave.show("D1.2")
    assert await autosave.change("D1.1", "status", "done") == Outcome()
    assert session.checklist.records() == {}


async def test_an_events_records_are_its_own(session: Session) -> None:
    name = KIT.way("event").checks[0].id
    autosave = showing(session, name, "Leeds 2026")
    await autosave.change(name, "status", "done")
    assert autosave.record == Record("done")
    assert session.checklist.records() == {}
    assert session.checklist.records("Leeds 2026") == {name: Record("done")}


# What fields say


async def test_fields_take_over_what_a_colleague_has_changed_but_for_those_that_somebody_changed_here(
    autosave: Autosave, colleague: Checklist
) -> None:
    await autosave.look()
    assert not await autosave.look()
    colleague.save(
        Edit("D1.1", "owner", "", "Cem"), Edit("D1.1", "review", "", "2026-12-01"), Edit("D1.1", "note", "", "Theirs")
    )
    assert await autosave.look()
    assert autosave.take_over(texts(note="Mine")) == {"owner": "Cem", "review": "2026-12-01"}
    assert autosave.take_over(texts("Cem", "1/12/2026", "Mine")) == {"review": "2026-12-01"}, "as we write a day"
    assert autosave.take_over(texts("Cem ", "2026-12-01", "Mine")) == {}, "the space stays"
    assert autosave.take_over(texts("Me", "no day", "Mine")) == {}
    everything = {"owner": "Cem", "review": "2026-12-01", "note": "Theirs"}
    assert autosave.take_over(texts("Me", "no day", "Mine"), fresh=True) == everything


async def test_two_notes_become_one_and_any_other_field_is_refused_with_what_had_been_typed(
    session: Session, autosave: Autosave, colleague: Checklist
) -> None:
    autosave.typed("note", "Mine")
    colleague.save(Edit("D1.1", "note", "", "Theirs"), Edit("D1.1", "owner", "", "Cem"))
    assert "both texts are kept" in str((await autosave.keep()).sentence)
    assert autosave.take_over(texts(note="Mine"))["note"] == "Theirs\nMine"
    autosave.show("D1.2")
    autosave.take_over(texts(), fresh=True)
    autosave.typed("owner", "Me")
    colleague.save(Edit("D1.2", "owner", "", "Cem"))
    outcome = await autosave.keep()
    assert outcome.saved, "there is nothing left to save"
    assert "changed elsewhere meanwhile, to “Cem”" in str(outcome.sentence)
    assert str(outcome.sentence).endswith("You had typed “Me”.")
    assert autosave.take_over(texts("Me"))["owner"] == "Cem"
    assert session.checklist.records()["D1.2"].owner == "Cem"


async def test_a_change_of_what_was_changed_elsewhere_is_refused_and_then_made(
    session: Session, autosave: Autosave, colleague: Checklist
) -> None:
    colleague.save(Edit("D1.1", "status", "not started", "not relevant"))
    outcome = await autosave.change("D1.1", "status", "done")
    assert not outcome.saved
    assert "the status was changed elsewhere meanwhile" in str(outcome.sentence)
    autosave.take_over(texts())
    assert await autosave.change("D1.1", "status", "done") == Outcome(sentence="")
    assert session.checklist.records()["D1.1"].status == "done"


# Undoing


async def test_undo_takes_the_typed_text_back_and_says_when_there_is_nothing(autosave: Autosave) -> None:
    await autosave.change("D1.1", "status", "done")
    autosave.typed("note", "A thought")
    for sentence in ("Undone: D1.1 note.", "Undone: D1.1 status.", "Nothing to undo."):
        assert await autosave.undo() == Outcome(sentence=sentence, fresh=True)
    assert autosave.record == Record()


# When it cannot be saved


async def test_what_cannot_be_saved_is_kept_and_saved_later(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch
) -> None:
    autosave.typed("note", "Precious")
    with monkeypatch.context() as broken:
        broken.setattr(Checklist, "_write", refuse)
        for _ in range(2):
            assert await autosave.keep() == Outcome(saved=False, sentence=DISK_FULL)
        assert not (await autosave.change("D1.1", "status", "done")).saved
        assert not (await autosave.undo()).saved
    assert (await autosave.keep()).saved
    assert session.checklist.records() == {"D1.1": Record(note="Precious")}


async def test_one_may_leave_at_once_or_at_the_second_try_and_each_new_problem_is_a_new_warning(
    session: Session, autosave: Autosave, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (await autosave.leave(valid=True)).saved
    for _ in range(2):
        autosave.typed("note", "Precious")
        with monkeypatch.context() as broken:
            broken.setattr(Checklist, "_write", refuse)
            assert await autosave.leave(valid=True) == Outcome(saved=False, sentence=DISK_FULL)
            assert autosave.typing
        assert (await autosave.leave(valid=True)).saved
        session.checklist.undo()
        await autosave.load()
        autosave.take_over(texts(), fresh=True)
    assert not (await autosave.leave(valid=False)).saved
    assert (await autosave.leave(valid=False)).saved
    autosave.typed("owner", "a" * 61)
    assert not (await autosave.leave(valid=True)).saved
    assert (await autosave.leave(valid=True)).saved
    assert not autosave.typing, "it is let go"
