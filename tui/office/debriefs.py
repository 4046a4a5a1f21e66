"""What those who ran an event wrote, at the office: read, written, changed, put back, removed; and what answers it."""

from collections.abc import Sequence
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message

from storage.counts.findings import DebriefFinding
from storage.debrief import Debrief
from storage.errors import FairstartError
from storage.office.debriefs import OfficeDebrief
from storage.office.labels import OfficeEvent
from storage.office.office import Office
from storage.office.queries import debriefs_of, told_of
from storage.report.debrief import OWN_WORDS, debrief_answers
from tui.shared.confirm import Confirm
from tui.shared.debrief_form import DebriefForm
from tui.shared.list_screen import ListScreen
from tui.text import office as words
from tui.widgets.button import Button


class DebriefsScreen(ListScreen[OfficeDebrief, None]):
    """The debriefs of an event in a list, with how many came above, and buttons below."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", show=False),
        Binding("w", "what_next", show=False),
    ]
    LIST_ID = "debriefs"

    class WhatNext(Message):
        """Somebody asks what answers what was written."""

        def __init__(self, found: Sequence[DebriefFinding]) -> None:
            super().__init__()
            self.found = found

    def __init__(self, office: Office, one: OfficeEvent) -> None:
        """Show what was written of one of an office's events."""
        super().__init__()
        self.TITLE_TEXT = f"How did it go? · {one.event.name}"
        self._office = office
        self._one = one

    def buttons(self) -> ComposeResult:
        """What can be done."""
        yield Button("Write one", "A", id="add", classes="main", action="add")
        yield Button("What next?", "W", id="what-next", action="what_next")

    def read(self) -> Sequence[OfficeDebrief]:
        """What is there of this event."""
        return self._office.debriefs.of([self._one])

    def line(self, row: OfficeDebrief) -> Content:
        """Whose it is, and each answer below its question; twice where laptop and office differ."""
        parts = []
        for found in told_of(self._office, self._one, row):
            parts.append(Content.styled(found.by.capitalize(), "bold"))
            parts += [Content(f"{question} {text}") for question, text in debrief_answers(found)]
        return Content("\n").join(parts)

    def about(self) -> str:
        """How many came and answered, and what these are."""
        facts = f"{words.event_days(self._one)} · {words.event_facts(self._one)}."
        return f"{facts} {OWN_WORDS}"

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        facts = f"{words.event_days(self._one)} · {words.event_facts(self._one)}."
        return "Nobody has written how it went yet.", f"{facts} Laptops hand over what their staff wrote."

    def action_what_next(self) -> None:
        """Ask for the items that answer it."""
        try:
            self.post_message(self.WhatNext(debriefs_of(self._office, [self._one])))
        except FairstartError as error:
            self.say(error.sentence, problem=True)

    @work
    async def action_add(self) -> None:
        """Write one here."""
        await self.app.push_screen_wait(OfficeDebriefForm(self._office, self._one, None))
        self.look_again()

    async def choose(self, row: OfficeDebrief) -> None:
        """Change one."""
        await self.app.push_screen_wait(OfficeDebriefForm(self._office, self._one, row))
        self.look_again()


class OfficeDebriefForm(DebriefForm):
    """Three questions about an event."""

    def __init__(self, office: Office, one: OfficeEvent, debrief: OfficeDebrief | None) -> None:
        """Ask about one of an office's events; `debrief` is that which is changed."""
        note = "What a laptop wrote stays, and can be put back." if debrief and debrief.kiosk else ""
        super().__init__(one.event.name, debrief.said if debrief else None, note)
        self._office = office
        self._one = one
        self._debrief = debrief

    def extra_buttons(self) -> ComposeResult:
        """What undoes a change, and what removes it: no key does either."""
        if self._debrief is None:
            return
        if self._debrief.changed is not None:
            yield Button("Put back", id="put-back", classes="quiet", action="put_back")
        yield Button("Remove", id="remove", classes="quiet", action="remove")

    def keep(self, said: Debrief) -> None:
        """Keep it at the office."""
        if self._debrief is None:
            self._office.debriefs.add(self._one, said)
        else:
            self._office.debriefs.change(self._one, self._debrief, said)

    @work
    async def action_put_back(self) -> None:
        """Let it be as the laptop wrote it, once that is confirmed."""
        debrief = self._debrief
        if debrief is not None and await self.app.push_screen_wait(
            Confirm(
                "Put back what the laptop wrote?",
                "What was changed here goes, for good.",
                "Put it back",
                lambda: self._office.debriefs.put_back(self._one, debrief),
            )
        ):
            self.dismiss(None)

    @work
    async def action_remove(self) -> None:
        """Remove it, once that is confirmed."""
        debrief = self._debrief
        if debrief is not None and await self.app.push_screen_wait(
            Confirm(
                "Remove this for good?",
                "It is overwritten here, and no laptop’s hand-over brings it back. All counts stay as they are. Copies "
                "of this office may still have it.",
                "Remove it",
                lambda: self._office.debriefs.remove(self._one, debrief),
            )
        ):
            self.dismiss(None)
