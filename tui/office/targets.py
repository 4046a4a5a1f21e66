"""The scorecard: where every target stands, conversion from stage to stage, and the form on which a target is set."""

import asyncio
from collections.abc import Sequence
from pathlib import Path
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.message import Message
from textual.widgets import OptionList, Select, Static
from textual.widgets.option_list import Option

from storage.counts.scorecard import Scorecard
from storage.counts.targets import KINDS, WHAT, Target, TargetFinding, shares_to_aim_at
from storage.errors import FairstartError
from storage.events import STAGES, today
from storage.office.office import Office
from storage.office.queries import scorecard_of
from storage.office.targets import FIELDS, Field, TargetError, target_typed, typed_of
from storage.report import scorecard as words
from storage.settings import Settings
from storage.toolkit.progress import items_done
from tui.shared.confirm import Confirm
from tui.shared.form_screen import FieldError
from tui.shared.list_screen import ListScreen
from tui.shared.state import State
from tui.shared.steps import Step
from tui.text.stages import explained
from tui.widgets.button import Button
from tui.widgets.date_field import DateField
from tui.widgets.field import Dropdown, TextField


class Targets(ListScreen[tuple[Target, TargetFinding], None]):
    """The targets in a list, what stages have to do with each other below, then buttons."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", show=False),
        Binding("w", "what_next", show=False),
    ]
    TITLE_TEXT = "Targets"
    LIST_ID = "targets"

    class WhatNext(Message):
        """Somebody asks what to do about these targets."""

        def __init__(self, found: Scorecard) -> None:
            super().__init__()
            self.found = found

    def __init__(self, office: Office, data: Path, settings: Settings) -> None:
        """Show an office's targets; `data` is its data folder, where the checklist is."""
        super().__init__()
        self._office = office
        self._data = data
        self._settings = settings
        self._found: Scorecard | None = None

    def buttons(self) -> ComposeResult:
        """Another target, and tips."""
        yield Button("Set a target", "A", id="add", classes="main", action="add")
        yield Button("What next?", "W", id="what-next", action="what_next")

    def on_mount(self) -> None:
        """Say that it takes a while; the base class's `on_mount` is called as well, and begins to read."""
        self.query_one(State).say("Looking at the counts…")

    @work(exclusive=True, group="look")
    async def _look(self, said: str) -> None:
        try:
            rows = await asyncio.to_thread(self.read)
        except FairstartError as error:
            self.failed(error)
        else:
            self.show(rows)
            self.say(said)

    def look_again(self, said: str = "") -> None:
        """Show where each stands now. It is read in a thread: there may be thousands of groups."""
        self._look(said)

    def read(self) -> Sequence[tuple[Target, TargetFinding]]:
        """The targets, and where each stands."""
        found = scorecard_of(self._office, self._settings, items_done(self._data), today())
        self._found = found
        return list(zip(self._office.targets.all(), found.targets, strict=False))  # one may be set meanwhile

    def show(self, rows: Sequence[tuple[Target, TargetFinding]]) -> None:
        """List them, and below them what stages have to do with each other."""
        super().show(rows)
        if self._found and (lines := list(words.conversion_lines(self._found.conversions))):
            self.query_one(State).clear()
            self.query_one("#how-many", Static).update(Content(self.about() if rows else " ".join(self.nothing())))
            self.query_one(OptionList).add_options(Option(Content(line)) for line in lines)

    def line(self, row: tuple[Target, TargetFinding]) -> Content:
        """What is aimed at, and where it stands."""
        _, found = row
        title = Content.styled(words.target_name(found), "bold")
        return Content("\n").join([title, Content(f"{words.target_now(found)} · {found.state}")])

    def about(self) -> str:
        """How they are judged."""
        return words.JUDGED

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        return words.NO_TARGETS, "Set one (A), and each report shows it."

    def action_what_next(self) -> None:
        """Ask for the tips that address what is not reached yet."""
        if self._found:
            self.post_message(self.WhatNext(self._found))

    @work
    async def action_add(self) -> None:
        """Set another target."""
        await self._set(None)

    async def choose(self, row: tuple[Target, TargetFinding]) -> None:
        """Change one."""
        await self._set(row[0])

    async def _set(self, one: Target | None) -> None:
        await self.app.push_screen_wait(SetTarget(self._office, one))
        self.look_again()


class SetTarget(Step):
    """What is aimed at."""

    NEXT_LABEL = "Save"

    def __init__(self, office: Office, one: Target | None) -> None:
        """Ask for a target; `one` is that which is changed."""
        super().__init__()
        self.TITLE_TEXT = "A target" if one is None else "This target"
        self._office = office
        self._one = one

    def body(self) -> ComposeResult:
        """One labelled field below the other."""
        was = typed_of(self._one) if self._one else dict.fromkeys(FIELDS, "") | {"kind": KINDS[0]}
        kinds = [(Content(WHAT.get(kind, "A share of the answers")), str(kind)) for kind in KINDS]
        yield from _labelled("What is to be reached", "kind", Dropdown(kinds, value=was["kind"], compact=True))
        shares = [(Content(label), name) for name, label in shares_to_aim_at().items()]
        share: Dropdown[str] = Dropdown(shares, value=was["category"] or shares[0][1], compact=True)
        yield from _labelled("Of a share: whose", "category", share)
        value = TextField(was["value"], max_length=20)
        yield from _labelled("How much: 39%, at most 10%, or a number", "value", value)
        stages = [(Content("at all stages"), ""), *((Content(explained(stage)), str(stage)) for stage in STAGES)]
        yield from _labelled("At which stage", "stage", Dropdown(stages, value=was["stage"], compact=True))
        by = DateField(was["by"], today())
        yield from _labelled("By which day, such as 31/12/2027 (optional)", "by", by)

    def extra_buttons(self) -> ComposeResult:
        """A way off the list: no key does it."""
        if self._one is not None:
            yield Button("Remove", id="remove", classes="quiet", action="remove")

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def finish(self) -> None:
        """Keep the target, or say what is wrong and where."""
        try:
            self._office.targets.save(target_typed({name: self._in(name) for name in FIELDS}, today(), self._one))
        except TargetError as error:
            raise FieldError(error.sentence, error.field) from error
        self.dismiss(None)

    def _in(self, name: Field) -> str:
        field = self.query_one(f"#{name}")
        return str(field.value) if isinstance(field, Select) else self.typed(name)

    @work
    async def action_remove(self) -> None:
        """Take the target off the list, once that is confirmed."""
        one = self._one
        if one is not None and await self.app.push_screen_wait(
            Confirm(
                "Take this target off the list?",
                "Nothing else is touched: all counts stay as they are.",
                "Take it off the list",
                lambda: self._office.targets.remove(one.id),
            )
        ):
            self.dismiss(None)


def _labelled(label: str, name: Field, field: TextField | Dropdown[str]) -> ComposeResult:
    field.id = name
    yield Static(Content(label), classes="label")
    yield field
