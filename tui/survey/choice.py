"""A choice of one, before the first question: of the colours, or of a language. The mouse or one digit chooses."""

from collections.abc import Sequence
from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import Screen

from content.language import LanguageWords, LookWords, Words
from tui.survey.presses import Presses
from tui.survey.view import ForCandidates
from tui.terminal.capabilities import HEIGHT, WIDTH
from tui.terminal.cursor import Spot
from tui.widgets.button import Button
from tui.widgets.rows import ChoiceRow, Rows
from tui.widgets.writing import Across, Text


class Choice(ForCandidates, Screen[int | None], inherit_bindings=False):
    """Returns the place of what was chosen, from 0, or None to leave all as it is."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,minus", "leave", show=False),
        Binding("up", "move(-1)", show=False),
        Binding("down", "move(1)", show=False),
        Binding("enter,space,0,plus", "choose_marked", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
        *(Binding(str(digit), f"choose({digit})", show=False) for digit in range(1, 10)),
    ]

    def __init__(
        self, words: Words, of: LookWords | LanguageWords, names: Sequence[str], chosen: int, presses: Presses
    ) -> None:
        """Offer these names, of which the one at `chosen` is in use, in the language of `words`, of which `of` are."""
        super().__init__()
        self._presses = presses
        self._words = words
        self._of = of
        self._names = names
        self._chosen = chosen

    def compose(self) -> ComposeResult:
        """A heading, a row for each, and the way back."""
        yield Text(Content(self._words.small.text), id="small", classes="aside")
        yield Text(Content(self._of.heading), classes="heading")
        yield Rows(marks=True)
        yield Text(Content(self._of.returns), classes="aside")
        with Across(classes="buttons"):
            yield Button(self._words.button.back, "Esc", id="back", action="leave")

    def on_mount(self) -> None:
        """List them, with the one in use chosen."""
        self._presses.view_came()
        rtl = self._words.direction == "rtl"
        self.set_class(rtl, "-rtl")
        self.query_one(Across).turn(rtl=rtl)
        rows = self.query_one(Rows)
        rows.set_rows(tuple(ChoiceRow(number, name) for number, name in enumerate(self._names, 1)))
        rows.set_choice(self._chosen + 1, self._chosen + 1)

    def on_resize(self, event: events.Resize) -> None:
        """Say so where the window is small, and put the buttons close together."""
        width, height = event.size
        self.set_class(width < WIDTH, "-slim")
        self.query_one("#small").display = width < WIDTH or height < HEIGHT

    @property
    def spot(self) -> Spot | None:
        """On the marked row."""
        return self.query_one(Rows).spot

    def on_rows_clicked(self, message: Rows.Clicked) -> None:
        """A row was clicked."""
        if not self._presses.spent:
            self.action_choose(message.number)

    def check_action(self, action: str, parameters: tuple[object, ...]) -> bool | None:  # noqa: ARG002 - Textual's signature
        """Pass over what was pressed twice."""
        return not self._presses.spent

    def action_move(self, step: int) -> None:
        """Move the mark."""
        self.set_focus(None)
        self.query_one(Rows).move(step)

    def action_choose_marked(self) -> None:
        """Choose the marked row; the one in use once more changes nothing."""
        self.action_choose(self.query_one(Rows).to_choose or self._chosen + 1)

    def action_choose(self, number: int) -> None:
        """Choose by number."""
        if number <= len(self._names):
            self.dismiss(number - 1)

    def action_leave(self) -> None:
        """Choose nothing."""
        self.dismiss(None)
