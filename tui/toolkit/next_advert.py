"""What the next advert is called, so that its list begins clean and the last one's is found again."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.widgets import Input, Static

from storage.errors import FairstartError
from storage.toolkit.checklist import advert_label
from tui.shared.button_row import ButtonRow
from tui.toolkit.screen import ToolkitScreen
from tui.toolkit.session import Session
from tui.widgets.button import Button
from tui.widgets.field import TextField

_LENGTH = 80
"""Letters that a name has room for."""


class NextAdvert(ToolkitScreen[str]):
    """Returns the name; empty for none."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("enter", "begin", show=False),
    ]

    def __init__(self, session: Session, way: str) -> None:
        """Ask for a name that no advert of this way has."""
        super().__init__()
        self._session = session
        self._way = way

    def compose(self) -> ComposeResult:
        """A field."""
        yield Static(Content("The next advert"), classes="heading list-heading")
        yield Static(
            Content("Its list begins clean. The ticks and notes of this one stay, under “I am writing an advert”."),
            classes="list-text",
        )
        yield Static(Content("What is it for? A name by which you know it again"), classes="list-text")
        yield TextField(id="name", placeholder="Engineering, level 3", max_length=_LENGTH)
        yield Static(id="message", classes="message")
        yield Static(classes="rest")
        with ButtonRow():
            yield Button("Begin its list", "⏎", id="begin", action="begin", classes="main")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def on_mount(self) -> None:
        """Begin to type."""
        self.query_one(Input).focus()

    def on_input_submitted(self) -> None:
        """Enter takes the name."""
        self.action_begin()

    def action_begin(self) -> None:
        """Return the name, if it is one and a new one."""
        name = advert_label(self.query_one(Input).value)
        try:
            taken = {one.label.casefold() for one in self._session.occasions(self._way)}
        except FairstartError as error:
            self.say(error.sentence, problem=True)
            return
        if not name:
            self.say("Please type a name.", problem=True)
        elif name.casefold() in taken:
            self.say(
                f"There is a list for “{name}” already: choose it under “I am writing an advert”, or type another name."
            )
        else:
            self.dismiss(name)

    def action_back(self) -> None:
        """No other advert."""
        self.dismiss("")
