"""Putting right what an event is called, saying that two are one or that one was a mere test; and undoing any of it."""

import asyncio
from collections.abc import Sequence
from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Select, Static

from storage.errors import FairstartError
from storage.events import STAGES
from storage.office.corrections import Correction, Field, labels_of, labels_typed, typed_of
from storage.office.labels import OfficeEvent
from storage.office.office import Office
from storage.office.planned import PlanningError
from tui.shared.confirm import Confirm
from tui.shared.form_screen import FieldError
from tui.shared.list_screen import ListScreen
from tui.shared.steps import Step
from tui.text import office as words
from tui.text.stages import explained
from tui.widgets.button import Button
from tui.widgets.field import Dropdown, TextField

_LABELS: dict[Field, str] = {
    "name": "Name",
    "place": "Place",
    "date": "Day, such as 23/11/2026",
    "last_day": "Last day (if several)",
}


class CorrectEvent(Step):
    """All that can be corrected of an event. Its answers and its groups stay as they are."""

    NEXT_LABEL = "Save"

    def __init__(self, office: Office, one: OfficeEvent) -> None:
        super().__init__()
        self.TITLE_TEXT = f"Correct “{one.event.name}”"
        self._office = office
        self._one = one
        self.corrected = False
        """Whether anything was."""

    def body(self) -> ComposeResult:
        """One labelled field below the other; what else may be wrong with it."""
        was = typed_of(self._one)
        for name, label in _LABELS.items():
            yield Static(Content(label), classes="label")
            yield TextField(was[name], id=name, compact=True)
        yield Static(Content("Who has answered: the point of the apprenticeship journey"), classes="label")
        stages = [(Content(explained(stage)), str(stage)) for stage in STAGES]
        yield Dropdown(stages, value=was["stage"], id="stage", compact=True)
        yield Button("It is one with another event", id="merge", classes="quiet", action="merge")
        yield Button("It was a mere test: remove it", id="remove", classes="quiet", action="remove")

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def finish(self) -> None:
        """Call it so, or say what is wrong beside the field that it is in."""
        typed: dict[Field, str] = {name: self.typed(name) for name in _LABELS}
        typed["stage"] = str(self.query_one("#stage", Select).value)
        try:
            labels = labels_typed(typed, labels_of(self._one))
        except PlanningError as error:
            raise FieldError(error.sentence, error.field) from error
        self._office.corrections.correct(self._one, labels)
        self.corrected = labels != labels_of(self._one)
        self.dismiss(None)

    @work
    async def action_merge(self) -> None:
        """Choose the event that it is one with."""
        try:
            others = [one for one in self._office.events() if one.ids != self._one.ids]
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        if not others:
            self.say("There is no other event that it could be one with.")
        elif await self.app.push_screen_wait(OneWith(self._office, self._one, others)):
            self.corrected = True
            self.dismiss(None)

    @work
    async def action_remove(self) -> None:
        """Remove it, once that is confirmed."""
        try:
            with_others = await asyncio.to_thread(self._office.corrections.counted_with_others, self._one)
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        question = Confirm(
            f"Remove “{self._one.event.name}”?",
            words.removing(self._one, with_others),
            "Remove it",
            partial(self._office.corrections.remove, self._one),
            word="remove",
        )
        if await self.app.push_screen_wait(question):
            self.corrected = True
            self.dismiss(None)


class OneWith(ListScreen[OfficeEvent, bool]):
    """Which event another one is one with. Returns whether that was said."""

    LIST_ID = "others"

    def __init__(self, office: Office, one: OfficeEvent, others: Sequence[OfficeEvent]) -> None:
        super().__init__()
        self.TITLE_TEXT = f"“{one.event.name}” is one with:"
        self._office = office
        self._one = one
        self._others = others

    def read(self) -> Sequence[OfficeEvent]:
        """The other events."""
        return self._others

    def line(self, row: OfficeEvent) -> Content:
        """What it is called, when and where it was."""
        return Content(words.event_line(row))

    async def choose(self, row: OfficeEvent) -> None:
        """Say so, once that is confirmed."""
        question = Confirm(
            f"One with “{row.event.name}”?",
            f"{words.event_line(self._one)}\n{words.event_line(row)}\n\n"
            f"From now on they are one event, called “{row.event.name}”. It can be undone under Corrections.",
            "They are one event",
            partial(self._office.corrections.merge, self._one, row),
        )
        if await self.app.push_screen_wait(question):
            self.dismiss(result=True)


class CorrectionsScreen(ListScreen[Correction, None]):
    """What was corrected, the last first; each can be undone."""

    TITLE_TEXT = "Corrections"
    LIST_ID = "corrections"

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office

    def read(self) -> Sequence[Correction]:
        """Those that were made and not undone."""
        return self._office.corrections.all()

    def line(self, row: Correction) -> Content:
        """Its number, and what it says."""
        return Content(f"{row.number} · {words.correction_line(row)}")

    def about(self) -> str:
        """What choosing one does."""
        return "Choose one to undo it."

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        return words.NOTHING_CORRECTED, "To correct an event, choose it in the office, then F6."

    async def choose(self, row: Correction) -> None:
        """Undo one, once that is confirmed."""
        question = Confirm(
            "Undo this correction?",
            f"{words.correction_line(row)}. Then it is called as it was before, in every list and table.",
            "Undo it",
            partial(self._office.corrections.undo, row.number),
        )
        if await self.app.push_screen_wait(question):
            self.look_again()
