"""The fields for what is noted of an entry. They save themselves."""

from __future__ import annotations

from typing import NamedTuple

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


class _Label(NamedTuple):
    """What a field is called, and the key that goes to it."""

    label: str
    key: str


_LABELS = {"owner": _Label("Owner", "O"), "review": _Label("Review on", "D"), "note": _Label("Note", "N")}


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
        with Vertical(id="values"):
            for name, (label, key) in _LABELS.items():
                yield Button(label, key, id=f"change-{name}", action=f"go_to('{name}')")
            yield Static(id="written")
        with Vertical(id="fields"):
            with Horizontal(classes="field"):
                yield Static(Content(_LABELS["owner"].label), classes="field-name")
                yield TextField(id="owner", max_length=OWNER_LENGTH)
            with Horizontal(classes="field"):
                yield Static(Content(_LABELS["review"].label), classes="field-name")
                yield TextField(id="review", max_length=16, placeholder="2026-11-23 or 23/11/2026")
            yield Static(Content(_LABELS["note"].label), classes="field-name")
            note = TextArea(id="note", soft_wrap=True, tab_behavior="focus")
            note.cursor_blink = False
            yield note

    def on_mount(self) -> None:
        """Show what is noted, to be read."""
        self._offer_fields(offered=False)
        # Textual keeps the height of a text that was changed before it was there: a note would lose its last line
        self.call_after_refresh(self.query_one("#written", Static).refresh, layout=True)

    # What is shown.

    def _offer_fields(self, *, offered: bool) -> None:
        """Show fields to type in, on a screen that then has no letters for keys; or what stands in them."""
        self.query_one("#fields").display = offered
        self.query_one("#values").display = not offered

    def go_to(self, name: Field) -> None:
        """Put the cursor in a field."""
        self._offer_fields(offered=True)
        self.query_one(f"#{name}").focus()

    def _show_values(self) -> None:
        """Show what stands in the fields, where it is read."""
        for name, field in (("owner", self.query_one("#owner", Input)), ("review", self.query_one("#review", Input))):
            label = _LABELS[name].label
            self.query_one(f"#change-{name}", Button).label = f"{label}: {field.value}" if field.value else label
        self.query_one("#written", Static).update(Content(self.query_one("#note", TextArea).text))

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
        self._show_values()

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
        day = self._day()
        if left.widget.id == "review" and day is not None:
            self.change("review", day)
        elif left.widget.id in {"owner", "note"}:
            self._save()
        focused = self.screen.focused
        if day is not None and (focused is None or focused.id not in _LABELS):
            self._offer_fields(offered=False)

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
