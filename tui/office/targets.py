"""The scorecard: where every target stands, conversion from stage to stage, and the form on which a target is set."""

import asyncio
from pathlib import Path
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.message import Message
from textual.screen import Screen
from textual.widgets import OptionList, Select, Static
from textual.widgets.option_list import Option

from storage.counts.scorecard import Scorecard
from storage.counts.targets import KINDS, WHAT, Target, shares_to_aim_at
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
from tui.shared.steps import Step
from tui.text.stages import explained
from tui.widgets.button import Button
from tui.widgets.date_field import DateField
from tui.widgets.field import Dropdown, TextField


class Targets(Screen[None], inherit_bindings=False):
    """The targets in a list, what stages have to do with each other below, then buttons."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("a", "add", show=False),
        Binding("w", "what_next", show=False),
        Binding("escape", "dismiss", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

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
        self._targets: list[Target] = []
        self._found: Scorecard | None = None

    def compose(self) -> ComposeResult:
        """The targets, and what can be done."""
        yield Static(Content("Targets"), classes="heading list-heading")
        yield Static(Content("Looking at the counts…"), id="how-many", classes="list-text")
        yield OptionList(id="targets")
        yield Static(id="message", classes="message")
        with Horizontal(classes="buttons"):
            yield Button("Set a target", "A", id="add", classes="main", action="add")
            yield Static(classes="between")
            yield Button("What next?", "W", id="what-next", action="what_next")
            yield Static(classes="gap")
            yield Button("Back", "Esc", id="back", action="dismiss")

    def on_mount(self) -> None:
        """Look at where they stand."""
        self._look_again()

    @work(exclusive=True, group="look")
    async def _look_again(self) -> None:
        """Show where each stands now."""
        try:
            self._targets, found = await asyncio.to_thread(self._read)
            self._found = found
        except FairstartError as error:
            self.query_one("#message", Static).update(Content(error.sentence))
            return
        listed = self.query_one(OptionList)
        before = listed.highlighted
        listed.clear_options()
        for one in found.targets:
            title = Content.styled(words.target_name(one), "bold")
            listed.add_option(Option(Content("\n").join([title, Content(f"{words.target_now(one)} · {one.state}")])))
        for conversion in found.conversions:
            listed.add_option(Option(Content(words.conversion_line(conversion))))
        self.query_one("#how-many", Static).update(
            Content(words.JUDGED if found.targets else f"{words.NO_TARGETS} Set one, and each report shows it.")
        )
        if self._targets:
            listed.highlighted = min(before or 0, len(self._targets) - 1)
            listed.focus()
        else:
            self.query_one("#add").focus()

    def _read(self) -> tuple[list[Target], Scorecard]:
        done = items_done(self._data)
        return self._office.targets.all(), scorecard_of(self._office, self._settings, done, today())

    def action_what_next(self) -> None:
        """Ask for the tips that address what is not reached yet."""
        if self._found:
            self.post_message(self.WhatNext(self._found))

    def action_add(self) -> None:
        """Set another target."""
        self._set(None)

    @on(OptionList.OptionSelected, "#targets")
    def change(self, chosen: OptionList.OptionSelected) -> None:
        """Change one; what stands below them is to be read."""
        if chosen.option_index < len(self._targets):
            self._set(self._targets[chosen.option_index])

    @work
    async def _set(self, one: Target | None) -> None:
        await self.app.push_screen_wait(SetTarget(self._office, one))
        self._look_again()


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
            yield Static(classes="between")
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
