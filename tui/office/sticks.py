"""The sticks that laptops are set up from: how far each has come, and recalling one that got lost."""

from functools import partial
from typing import ClassVar

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.content import Content
from textual.screen import Screen
from textual.widgets import OptionList, Static
from textual.widgets.option_list import Option

from storage.errors import FairstartError
from storage.office.office import Office
from storage.office.sticks import PreparedStick
from tui.shared.confirm import Confirm
from tui.text import office as words
from tui.widgets.button import Button


class Sticks(Screen[None], inherit_bindings=False):
    """The sticks that were prepared, and how far each has come."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._sticks: list[PreparedStick] = []

    def compose(self) -> ComposeResult:
        """The sticks, and a way back."""
        yield Static(Content("Sticks for laptops"), classes="heading list-heading")
        yield Static(id="how-many", classes="list-text")
        yield OptionList(id="sticks")
        yield Static(id="message", classes="message")
        with Horizontal(classes="buttons"):
            yield Static(classes="gap")
            yield Button("Back", "Esc", id="back", action="dismiss")

    def on_mount(self) -> None:
        """Look at what was prepared."""
        self._look_again()

    def _look_again(self) -> None:
        """Show what is known now."""
        try:
            self._sticks = self._office.sticks.all()
        except FairstartError as error:
            self._say(error.sentence)
            return
        listed = self.query_one(OptionList)
        before = listed.highlighted
        listed.clear_options()
        for one in self._sticks:
            title = Content.assemble((words.stick_line(one), "bold"), f"\n{words.stick_state(one)} · {one.id}")
            listed.add_option(Option(title))
        self.query_one("#how-many", Static).update(
            Content("Choose one that got lost, to recall it." if self._sticks else words.NO_STICK)
        )
        if self._sticks:
            listed.highlighted = min(before or 0, len(self._sticks) - 1)
            listed.focus()

    def _say(self, text: str) -> None:
        self.query_one("#message", Static).update(Content(text))

    @on(OptionList.OptionSelected, "#sticks")
    @work
    async def recall(self, chosen: OptionList.OptionSelected) -> None:
        """Let no more laptops in with one, once that is confirmed."""
        one = self._sticks[chosen.option_index]
        if one.recalled:
            self._say("It was recalled before: no laptop gets in with it.")
            return
        self._say("")
        await self.app.push_screen_wait(
            Confirm(
                "Recall this stick?",
                f"{words.stick_line(one)}: {words.stick_state(one)}. {words.RECALLING}",
                "Recall it",
                partial(self._office.sticks.recall, one.id),
            )
        )
        self._look_again()
