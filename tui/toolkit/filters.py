"""Choosing which items are listed."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Select, Static

from content.toolkit import AUDIENCES
from storage.events import day, today
from storage.toolkit.checklist import STATUS_WORDS, STATUSES, as_date
from storage.toolkit.progress import Choice, Records, day_before, owners
from tui.shared.button_row import ButtonRow
from tui.text.toolkit import SIZES
from tui.widgets.button import Button
from tui.widgets.field import Dropdown

_AUDIENCE = {size: f"employers, {people}" for size, people in SIZES.items()}
_ALL = ""
_AHEAD = (7, 30, 90)
"""Days ahead that can be asked for."""


class Filters(ModalScreen[Choice | None], inherit_bindings=False):
    """Returns the new choice, or None to leave it as it is."""

    CSS_PATH: ClassVar = ["../shared/shared.tcss", "toolkit.tcss"]
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "cancel", show=False),
        Binding("enter", "show", show=False),
        Binding("f3", "everything", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, choice: Choice, records: Records) -> None:
        super().__init__()
        self._choice = choice
        self._owners = owners(records)

    def compose(self) -> ComposeResult:
        """A field for each kind."""
        choice = self._choice
        with VerticalScroll(classes="dialog", can_focus=False):
            yield Static(Content("Show which items?"), classes="heading")
            with Horizontal(classes="field"):
                yield Static(Content("Must-haves"), classes="field-name")
                yield _select("must-haves", [("Must-haves only", "yes")], "yes" if choice.must_haves else _ALL)
            with Horizontal(classes="field"):
                yield Static(Content("Status"), classes="field-name")
                yield _select("status", [(STATUS_WORDS[one], one) for one in STATUSES], choice.status or _ALL)
            with Horizontal(classes="field"):
                yield Static(Content("Owner"), classes="field-name")
                yield _select("owner", [(Content(one), one) for one in self._owners], choice.owner)
            with Horizontal(classes="field"):
                yield Static(Content("For whom"), classes="field-name")
                known = [(_AUDIENCE.get(one, f"{one}s"), one) for one in AUDIENCES]
                yield _select("audience", known, choice.audience or _ALL)
            with Horizontal(classes="field"):
                yield Static(Content("Review date"), classes="field-name")
                yield _select("due", _days(today()), choice.due.isoformat() if choice.due else _ALL)
            with ButtonRow():
                yield Button("Show", "⏎", id="show", action="show", classes="main")
                yield Button("Show all", "F3", id="everything", action="everything")
                yield Button("Cancel", "Esc", id="cancel", classes="out", action="cancel")

    def on_mount(self) -> None:
        """Begin at the first."""
        self.query(Select).first().focus()

    def action_cancel(self) -> None:
        """Leave it as it is."""
        self.dismiss(None)

    def action_everything(self) -> None:
        """Leave nothing out."""
        self.dismiss(Choice(chapter=self._choice.chapter))

    def action_show(self) -> None:
        """Show what is chosen."""
        chosen = {str(select.id): str(select.value) for select in self.query(Select)}
        self.dismiss(
            Choice(
                chapter=self._choice.chapter,
                must_haves=bool(chosen["must-haves"]),
                status=next((one for one in STATUSES if one == chosen["status"]), None),
                owner=chosen["owner"],
                audience=next((one for one in AUDIENCES if one == chosen["audience"]), None),
                due=as_date(chosen["due"]),
            )
        )


def _days(now: dt.date) -> list[tuple[str, str]]:
    """The last days that can be asked for, and what each is called."""
    ahead = [now + dt.timedelta(days=number) for number in _AHEAD]
    return [("Overdue", day_before(now).isoformat()), *((f"Due by {day(last)}", last.isoformat()) for last in ahead)]


def _select(name: str, known: Sequence[tuple[str | Content, str]], value: str) -> Dropdown[str]:
    known_values = {one for _, one in known}
    return Dropdown([("All", _ALL), *known], value=value if value in known_values else _ALL, id=name)
