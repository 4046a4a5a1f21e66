"""Looking after the office: its laptops, corrections, keys, and all else that is needed now and then."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.content import Content
from textual.screen import Screen
from textual.widgets import Static

from tui.shared.button_row import ButtonRow
from tui.shared.frame import FramedScreen
from tui.widgets.button import Button


@dataclass(frozen=True)
class Task:
    """Something that can be looked after."""

    id: str
    key: str
    """A small letter."""
    label: str
    about: str
    opens: Callable[[], Screen[Any] | None]
    """None where something else opens it."""


class Manage(FramedScreen[None]):
    """A button for each task, with what it is for beside it."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("tab,down", "app.focus_next", show=False),
        Binding("shift+tab,up", "app.focus_previous", show=False),
    ]

    def __init__(self, tasks: Sequence[Task]) -> None:
        super().__init__()
        self._tasks = {task.key: task for task in tasks}

    def compose(self) -> ComposeResult:
        """The tasks, and a way back."""
        yield Static(Content("Looking after the office"), classes="heading list-heading")
        with VerticalScroll(can_focus=False, classes="list-body"):
            for task in self._tasks.values():
                with Horizontal(classes="task"):
                    yield Button(task.label, task.key.upper(), id=task.id, action=f"open('{task.key}')")
                    yield Static(Content(task.about), classes="aside")
        with ButtonRow():
            yield Button("Back", "Esc", id="back", classes="out", action="dismiss")

    def on_mount(self) -> None:
        """Begin at the first."""
        self.query(Button).first().focus()

    def on_key(self, event: events.Key) -> None:
        """A task's letter opens it."""
        if event.key in self._tasks:
            event.stop()
            self.action_open(event.key)

    @work
    async def action_open(self, key: str) -> None:
        """Open a task, and be there again afterwards."""
        screen = self._tasks[key].opens()
        if screen is not None:
            await self.app.push_screen_wait(screen)
