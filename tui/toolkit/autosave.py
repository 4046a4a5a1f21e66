"""Saving what is noted of an entry as it is typed. It knows no screen: it is given texts, and returns what to show."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Mapping
from typing import NamedTuple

import msgspec

from storage.errors import ChangedElsewhereError, FairstartError
from storage.report.action_plan import as_day
from storage.toolkit.checklist import BLANK, Edit, Field, Record, as_date, fitting
from storage.toolkit.progress import Records
from tui.text.toolkit import undone
from tui.toolkit.session import Session


class Outcome(NamedTuple):
    """What came of saving."""

    saved: bool = True
    """Whether nothing is left that could not be saved."""
    sentence: str | None = None
    """What to say of it; None for nothing new."""
    fresh: bool = False
    """Whether every field is to be shown anew, whatever stands in it."""


class Autosave:
    """Saves what is noted of the entries of one shelf, one thing after the other, in the order of the keys."""

    def __init__(self, session: Session, event: str) -> None:
        """Save in a session's checklist; `event` is whose records they are, if they are an event's."""
        self.records: Records = {}
        """What is noted, by the id of the entry, as it was last read."""
        self.refused = ""
        """Why what is typed cannot be saved."""
        self._session = session
        self._event = event
        self._name = ""
        self._shown = BLANK
        """What the fields say, or said before somebody began to type in them."""
        self._one_at_a_time = asyncio.Lock()
        self._version = 0
        self._warned = False

    @property
    def record(self) -> Record:
        """What is noted of the entry that is shown."""
        return self.records.get(self._name, BLANK)

    @property
    def typing(self) -> bool:
        """Whether something is typed that is not saved yet."""
        return bool(self._session.typing or self.refused)

    async def load(self) -> None:
        """Read the records.

        Raises:
            StoreError: they cannot be read.
        """
        self.records = await asyncio.to_thread(self._session.checklist.records, self._event)

    async def look(self) -> bool:
        """Read the records if another process has changed something. Whether it has.

        Raises:
            StoreError: they cannot be read.
        """
        version = await asyncio.to_thread(lambda: self._session.checklist.version)
        if version == self._version:
            return False
        self._version = version
        await self.load()
        return True

    # What is shown.

    def show(self, name: str) -> None:
        """Go on to the entry of this id."""
        self._name = name
        self.refused = ""

    def take_over(self, texts: Mapping[Field, str], *, fresh: bool = False) -> dict[Field, str]:
        """Return the fields that are to say something else, and what, given what they say now.

        What somebody has changed there stays as it is, unless it is all to be shown `fresh`. A day is written as we do,
        other texts stay as they were typed where they mean the same.
        """
        record = self.record
        taken = {field: record.text(field) for field, text in texts.items() if fresh or _says(text, field, self._shown)}
        for field, text in taken.items():
            self._now_says(field, text)
        self._now_says("status", record.status)
        return {
            field: text
            for field, text in taken.items()
            if text != texts[field] and (field == "review" or not _says(texts[field], field, record))
        }

    def _now_says(self, field: Field, text: str) -> None:
        self._shown = msgspec.structs.replace(self._shown, **{field: as_date(text) if field == "review" else text})

    # What is changed.

    def typed(self, field: Field, text: str) -> bool:
        """Remember what is typed into a field of the entry. Whether it is to be saved once there is a pause."""
        try:
            after = fitting(field, text)
        except ValueError as error:
            self.refused = f"Not saved: {error}. Shorten it."
            return False
        self.refused = ""
        edit = Edit(self._name, field, self._shown.text(field), after, self._event)
        under_way = self._session.typing
        if under_way is None and edit.before == edit.after:
            return False
        if under_way and (under_way.id, under_way.field, under_way.event) == (edit.id, edit.field, edit.event):
            edit = edit._replace(before=under_way.before)
        self._session.typing = edit
        return True

    async def keep(self) -> Outcome:
        """Save what is being typed."""
        async with self._one_at_a_time:
            return await self._keep()

    async def change(self, name: str, field: Field, after: str) -> Outcome:
        """Change a field of the entry of this id, unless another is shown by now."""
        async with self._one_at_a_time:
            kept = await self._keep()
            before = self._shown.text(field)
            if not kept.saved or name != self._name or before == after:
                return kept
            outcome = await self._save(Edit(name, field, before, after, self._event))
            if outcome.saved and name == self._name:
                self._now_says(field, after)
            return outcome

    async def undo(self) -> Outcome:
        """Take the last change back."""
        async with self._one_at_a_time:
            kept = await self._keep()
            if not kept.saved:
                return kept
            try:
                made = await asyncio.to_thread(self._session.checklist.undo)
            except FairstartError as error:
                sentence = error.sentence
            else:
                sentence = undone(made) if made else "Nothing to undo."
            await self._load_again()
            return Outcome(sentence=sentence, fresh=True)

    async def leave(self, *, valid: bool) -> Outcome:
        """Save what is being typed. What cannot be saved, or is not `valid`, keeps one here once and is then let go."""
        kept = await self.keep()
        if not (kept.saved and valid) and not self._warned:
            self._warned = True
            return kept._replace(saved=False)
        self._session.typing = None
        self.refused = ""
        self._warned = False
        return kept._replace(saved=True)

    async def _keep(self) -> Outcome:
        edit = self._session.typing
        if self.refused:
            return Outcome(saved=False, sentence=self.refused)
        if edit is None:
            return Outcome()
        try:
            made = await asyncio.to_thread(self._session.keep_typed)
        except ChangedElsewhereError as error:
            self._session.typing = None
            sentence = f"{error.sentence} You had typed “{edit.after}”."
        except FairstartError as error:
            return Outcome(saved=False, sentence=error.sentence)
        else:
            self._warned = False
            merged = any(one.after != edit.after for one in made)
            sentence = "Somebody else wrote in this note meanwhile: both texts are kept." if merged else ""
        if edit.id == self._name:
            self._now_says(edit.field, edit.after)
        await self._load_again()
        return Outcome(sentence=sentence)

    async def _save(self, edit: Edit) -> Outcome:
        try:
            await asyncio.to_thread(self._session.checklist.save, edit)
        except FairstartError as error:
            outcome = Outcome(saved=False, sentence=error.sentence)
        else:
            outcome = Outcome(sentence="")
        await self._load_again()
        return outcome

    async def _load_again(self) -> None:
        with contextlib.suppress(FairstartError):  # what came of saving is what is said; the next look says this
            await self.load()


def _says(text: str, field: Field, record: Record) -> bool:
    """Whether a field says what is noted there."""
    try:
        return (as_day(text.strip()) if field == "review" else fitting(field, text)) == record.text(field)
    except ValueError:
        return False
