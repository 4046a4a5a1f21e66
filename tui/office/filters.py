"""Choosing what counts are about: any combination of stage, level, place, quarter and event."""

from collections.abc import Iterator, Mapping, Sequence
from typing import ClassVar

from rich.text import Text
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Select, Static

from storage.events import STAGES, day
from storage.office.labels import KINDS, Kind, Label, OfficeEvent, Scope, ordered_labels
from storage.text import counted
from tui.shared.button_row import ButtonRow
from tui.shared.frame import FramedScreen
from tui.text.stages import explained
from tui.widgets.button import Button
from tui.widgets.field import Dropdown

_ANY = ""

Options = dict[Kind, dict[str, str]]
"""By kind: each value that can be chosen, and what it is called."""


class Choices:
    """What can be chosen together, of some events."""

    def __init__(self, events: Sequence[OfficeEvent]) -> None:
        self._labels = [one.labels for one in events]
        self._names: dict[str, str] = {
            **{stage: explained(stage) for stage in STAGES},
            **{one.event.id.hex(): f"{one.event.name}, {day(one.event.date)}" for one in events},
        }
        self._order = {label: place for place, label in enumerate(ordered_labels(events))}

    def covered(self, scope: Scope) -> int:
        """How many of the events a scope covers."""
        return sum(scope.labels <= labels for labels in self._labels)

    def options(self, chosen: Mapping[Kind, str]) -> Options:
        """For each kind the values that leave an event, together with what is chosen of the other kinds."""
        wanted = {Label(kind, value) for kind, value in chosen.items()}
        found: set[Label] = set()
        for labels in self._labels:
            missed = {label.kind for label in wanted - labels}
            if len(missed) <= 1:
                found |= {label for label in labels if missed <= {label.kind}}
        ordered = sorted(found, key=self._order.__getitem__)
        return {
            kind: {label.value: self._names.get(label.value, label.value) for label in ordered if label.kind == kind}
            for kind in KINDS
        }


class ScopeChooser(Vertical):
    """A field for each kind, each beginning with “any”, and how many events what is chosen covers.

    What would leave no event is not offered. Posts `Changed`.
    """

    class Changed(Message):
        """Something else is chosen."""

    def __init__(self, events: Sequence[OfficeEvent], scope: Scope) -> None:
        """Make one for these events, with a scope that covers one of them chosen."""
        super().__init__()
        self._choices = Choices(events)
        self._total = len(events)
        self._offered: Options = {}
        self._scope = scope

    def compose(self) -> ComposeResult:
        """The fields, and a line below."""
        self._offered = self._choices.options(_chosen(self._scope))
        for kind in KINDS:
            with Horizontal(classes="kind"):
                yield Static(Content(kind.capitalize()), classes="kind-name")
                options = list(_options(self._offered[kind]))
                yield Dropdown(options, value=self._scope.value(kind), id=f"of-{kind}")
        yield Static(self._about_covered(), id="covered")

    @property
    def scope(self) -> Scope:
        """What is chosen; it covers at least one event, if there is any."""
        return self._scope

    @property
    def stages(self) -> int:
        """How many stages can be chosen together with the rest."""
        return 1 if self._scope.value("stage") else len(self._offered["stage"])

    def choose(self, scope: Scope) -> None:
        """Choose another scope that covers an event."""
        if scope == self._scope:
            return
        self._scope = scope
        offered = self._choices.options(_chosen(scope))
        for kind in KINDS:
            select = self.query_one(f"#of-{kind}", Select)
            with select.prevent(Select.Changed):
                if offered[kind] != self._offered[kind]:
                    select.set_options(_options(offered[kind]))
                select.value = scope.value(kind)
        self._offered = offered
        self.query_one("#covered", Static).update(self._about_covered())
        self.post_message(self.Changed())

    def on_select_changed(self, event: Select.Changed) -> None:
        """Take what was chosen, and offer what goes with it."""
        event.stop()
        chosen = _chosen(self._scope)
        kind = next(kind for kind in KINDS if event.select.id == f"of-{kind}")
        if event.select.value == _ANY:
            chosen.pop(kind, None)
        else:
            chosen[kind] = str(event.select.value)
        self.choose(Scope.of(chosen))

    def _about_covered(self) -> Content:
        covered = self._choices.covered(self._scope)
        return Content(f"{counted(covered, 'event')} of {self._total}")


def _chosen(scope: Scope) -> dict[Kind, str]:
    return {label.kind: label.value for label in scope.labels}


def _options(known: Mapping[str, str]) -> Iterator[tuple[Text, str]]:
    """Rich's text, unlike a string, is no markup, and typing finds it."""
    yield Text("any"), _ANY
    yield from ((Text(name), value) for value, name in known.items())


class Filter(FramedScreen[Scope | None]):
    """Returns a scope, or None to leave it as it is."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "back", show=False),
        Binding("f3", "everything", show=False),
        Binding("enter", "show", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, events: Sequence[OfficeEvent], scope: Scope, heading: str) -> None:
        """Ask what is shown of these events; `scope` is chosen already."""
        super().__init__()
        self._heading = heading
        self._events = events
        self._begin = scope

    def compose(self) -> ComposeResult:
        """The fields, and the buttons."""
        yield Static(Content(self._heading), classes="heading list-heading")
        with VerticalScroll(can_focus=False, classes="list-body"):
            yield ScopeChooser(self._events, self._begin)
        with ButtonRow():
            yield from self.ways_on()
            yield Button("All", "F3", id="everything", action="everything")
            yield Button("Back", "Esc", id="back", classes="out", action="back")

    def ways_on(self) -> ComposeResult:
        """The buttons that go on with what is chosen."""
        yield Button("Show", "⏎", id="show", classes="main", action="show")

    def on_mount(self) -> None:
        """Begin at the first field."""
        self.query(Select).first().focus()

    @property
    def scope(self) -> Scope:
        """What is chosen."""
        return self.query_one(ScopeChooser).scope

    def action_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def action_everything(self) -> None:
        """Leave nothing out."""
        self.query_one(ScopeChooser).choose(Scope())

    def action_show(self) -> None:
        """Return what is chosen."""
        self.dismiss(self.scope)
