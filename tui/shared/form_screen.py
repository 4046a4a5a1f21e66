"""A form: Enter goes from field to field and then on, and nothing that was typed is lost unasked."""

import contextlib
from collections.abc import Iterator
from typing import ClassVar, Generic, TypeVar

from textual import work
from textual.actions import SkipAction
from textual.binding import Binding, BindingType
from textual.containers import VerticalScroll
from textual.content import Content
from textual.widget import Widget
from textual.widgets import Input, Select, Static, TextArea

from storage.errors import FairstartError
from tui.shared.confirm import Confirm
from tui.shared.frame import FramedScreen

Answer = TypeVar("Answer")
_FIELDS = "Input, Select, TextArea"


class FieldError(FairstartError):
    """What is wrong with one field of a form."""

    def __init__(self, sentence: str, field: str) -> None:
        """Make one; `field` is the field's id."""
        super().__init__(sentence)
        self.field = field


@contextlib.contextmanager
def about(field: str) -> Iterator[None]:
    """Whatever is found wrong here is about that field."""
    try:
        yield
    except FairstartError as error:
        raise FieldError(error.sentence, field) from error


class FormBody(VerticalScroll, can_focus=False):
    """What scrolls in a form. The arrows lead from field to field there also where not all of it fits."""

    def action_scroll_up(self) -> None:
        """Scroll where there is no field."""
        self._leave_to_fields()
        super().action_scroll_up()

    def action_scroll_down(self) -> None:
        """Scroll where there is no field."""
        self._leave_to_fields()
        super().action_scroll_down()

    def _leave_to_fields(self) -> None:
        if self.query(_FIELDS):
            raise SkipAction


class FormScreen(FramedScreen[Answer], Generic[Answer]):
    """Composes fields in a `FormBody`, a line `#message`, and buttons: the way on first, the way back last."""

    FIRST_FIELD = "Input"
    """Which field has the cursor at first."""
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("enter", "enter", show=False),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
        Binding("pagedown", "scroll(8)", show=False),
        Binding("pageup", "scroll(-8)", show=False),
    ]

    def __init__(self) -> None:
        super().__init__()
        self._filled_in: tuple[object, ...] = ()
        """What stood in the fields before somebody typed."""

    def on_mount(self) -> None:
        """Put the cursor in the first field."""
        self._filled_in = self._in_fields
        if fields := self.query(self.FIRST_FIELD):
            fields.first().focus()

    @property
    def _in_fields(self) -> tuple[object, ...]:
        return tuple(
            field.text if isinstance(field, TextArea) else field.value
            for field in self.query(_FIELDS)
            if isinstance(field, Input | Select | TextArea)
        )

    def on_input_submitted(self) -> None:
        """Enter in a field: passed on once, for Textual calls a handler of every class."""
        self.action_enter()

    def action_enter(self) -> None:
        """Go on to the next field; from the last, go on altogether."""
        fields = [field for field in self.query(_FIELDS) if field.display]
        if self.focused in fields[:-1]:
            fields[fields.index(self.focused) + 1].focus()
        else:
            self.action_next()

    def action_next(self) -> None:
        """Take what was typed, and go on."""
        raise NotImplementedError

    @work
    async def action_back(self) -> None:
        """Go back; ask before, if something was typed here."""
        if self._in_fields == self._filled_in or await self.app.push_screen_wait(
            Confirm("Go back?", "What you typed on this screen would be lost.", "Go back and lose it")
        ):
            self.go_back()

    def go_back(self) -> None:
        """Close this screen."""
        raise NotImplementedError

    def action_scroll(self, lines: int) -> None:
        """Scroll where it does not all fit."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)

    def say(self, text: str, *, problem: bool = False) -> None:
        """Put one line above the buttons, where it is about no field."""
        self.query(".beside").remove()
        super().say(text, problem=problem)

    def say_wrong(self, error: FairstartError) -> None:
        """Say what is wrong: below the field that it is about, which gets the focus, or above the buttons."""
        fields = list(self.query(_FIELDS))
        names = [error.field] if isinstance(error, FieldError) else [str(one.id) for one in fields if len(fields) == 1]
        self.say("" if names else error.sentence, problem=True)
        for name in names:
            field = self.query_one(f"#{name}")
            line = Static(Content(error.sentence), classes="message beside")
            if isinstance(field.parent, Widget):
                field.parent.mount(line, after=field)
            field.focus()
            self.call_after_refresh(line.scroll_visible, animate=False)
