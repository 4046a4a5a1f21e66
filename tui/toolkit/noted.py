"""The fields for what is noted of an entry. They save themselves."""

from __future__ import annotations

from textual import events, on, work
from textual.app import ComposeResult
from textual.containers import Horizontal, Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Input, Static, TextArea

from content.toolkit import Entry
from storage.report.action_plan import as_day
from storage.toolkit.checklist import OWNER_LENGTH, STATUSES, Field
from tui.toolkit.autosave import Autosave, Outcome
from tui.widgets.button import Button
from tui.widgets.field import TextField

_PAUSE = 0.5
"""Seconds without a key after which what is typed is saved."""


class Noted(Vertical):
    """A status, an owner, a day and a note."""

    class Saved(Message):
        """Something was saved, or was not: the sentence says so, unless it is None."""

        def __init__(self, sentence: str | None) -> None:
            super().__init__()
            self.sentence = sentence

    def __init__(self, autosave: Autosave) -> None:
        super().__init__(id="noted")
        self.entry: Entry | None = None
        self._autosave = autosave
        self._pause: Timer | None = None

    def compose(self) -> ComposeResult:
        """A button for each status, and the fields."""
        with Horizontal(id="status"):
            for number in range(len(STATUSES)):
                yield Button("", str(number + 1), id=f"status-{number + 1}", action=f"status({number})")
        with Horizontal(classes="field"):
            yield Static(Content("Owner  O"), classes="field-name")
            yield TextField(id="owner", max_length=OWNER_LENGTH)
        with Horizontal(classes="field"):
            yield Static(Content("Review on  D"), classes="field-name")
            yield TextField(id="review", max_length=16, placeholder="2026-11-23 or 23/11/2026")
        yield Static(Content("Note  N"), classes="field-name")
        note = TextArea(id="note", soft_wrap=True, tab_behavior="focus")
        note.cursor_blink = False
        yield note

    # What is shown.

    def show_entry(self, entry: Entry | None) -> None:
        """Show what is noted of an entry; None where there is nothing to note."""
        self.entry = entry
        self.display = entry is not None
        self._autosave.show(entry.id if entry else "")
        self.show_record(fresh=True)

    def show_record(self, *, fresh: bool = False) -> None:
        """Show what is noted of the entry; unless it is all to be `fresh`, but for fields that were changed here."""
        status = self._autosave.record.status
        for number, known in enumerate(STATUSES, 1):
            button = self.query_one(f"#status-{number}", Button)
            button.label = f"{'●' if known == status else '○'} {known.capitalize()}"
            button.set_class(known == status, "chosen")
        fields: dict[Field, Input] = {
            "owner": self.query_one("#owner", Input),
            "review": self.query_one("#review", Input),
        }
        note = self.query_one("#note", TextArea)
        texts: dict[Field, str] = {name: field.value for name, field in fields.items()}
        with self.prevent(Input.Changed, TextArea.Changed):
            for name, text in self._autosave.take_over(texts | {"note": note.text}, fresh=fresh).items():
                if name == "note":
                    note.load_text(text)
                else:
                    fields[name].value = text

    def report(self, outcome: Outcome) -> bool:
        """Show what came of saving. Whether that worked."""
        self.show_record(fresh=outcome.fresh)
        self.post_message(self.Saved(outcome.sentence))
        return outcome.saved

    # What is typed.

    @on(Input.Changed, "#owner")
    def _type_owner(self, changed: Input.Changed) -> None:
        self._type("owner", changed.value)

    @on(TextArea.Changed, "#note")
    def _type_note(self, changed: TextArea.Changed) -> None:
        self._type("note", changed.text_area.text)

    def _type(self, field: Field, text: str) -> None:
        """Save what is typed, once there is a pause."""
        if self._autosave.typed(field, text):
            if self._pause:
                self._pause.stop()
            self._pause = self.set_timer(_PAUSE, self._save)
        elif self._autosave.refused:
            self.post_message(self.Saved(self._autosave.refused))

    @on(Input.Submitted, "#owner")
    def _go_to_review(self, submitted: Input.Submitted) -> None:
        """Enter in a field goes on to the next; leaving it saves it."""
        submitted.stop()
        self.query_one("#review").focus()

    @on(Input.Submitted, "#review")
    def _go_to_note(self, submitted: Input.Submitted) -> None:
        submitted.stop()
        if self._day() is not None:
            self.query_one("#note").focus()

    def on_descendant_blur(self, left: events.DescendantBlur) -> None:
        """Leaving a field saves it. The disk is not waited for: the next key belongs to the next field."""
        if left.widget.id == "review" and (day := self._day()) is not None:
            self.change("review", day)
        elif left.widget.id in {"owner", "note"}:
            self._save()

    def _day(self) -> str | None:
        """The review date as it is typed; None, and a sentence, if it is no day."""
        try:
            return as_day(self.query_one("#review", Input).value.strip())
        except ValueError as error:
            self.post_message(self.Saved(f"{str(error)[:1].upper()}{str(error)[1:]}."))
            return None

    # What is saved.

    @work
    async def change(self, field: Field, after: str) -> None:
        """Change one field of the entry that is shown."""
        if self.entry:
            self.report(await self._autosave.change(self.entry.id, field, after))

    @work
    async def _save(self) -> None:
        await self.keep()

    async def keep(self) -> bool:
        """Save what is being typed. Whether that worked."""
        return self.report(await self._autosave.keep())

    async def leave(self) -> bool:
        """Save what is in the fields before they go. Whether they may."""
        day = self._day() if self.entry and self.query_one("#review").has_focus else ""
        if self.entry and day:
            self.report(await self._autosave.change(self.entry.id, "review", day))
        return self.report(await self._autosave.leave(valid=day is not None))
