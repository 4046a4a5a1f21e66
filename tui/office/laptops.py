"""The laptops that the office takes exports from: their list, and the form on which one is named or revoked."""

from collections.abc import Sequence
from functools import partial

from textual import work
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Static

from storage.office.labels import OfficeEvent
from storage.office.laptops import NAME_LENGTH, Laptop
from storage.office.office import Office
from tui.shared.confirm import Confirm
from tui.shared.list_screen import ListScreen
from tui.shared.steps import Step
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.field import TextField

_REVOKING = (
    "Nothing more is taken from it, neither new answers nor old ones, and it gets no receipt. What it has brought in "
    "stays. It can be undone here."
)


class LaptopsScreen(ListScreen[Laptop, None]):
    """A list of laptops above, a way back below."""

    TITLE_TEXT = "Laptops"
    LIST_ID = "laptops"

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._events: list[OfficeEvent] = []

    def read(self) -> Sequence[Laptop]:
        """The laptops; and the events, which say what each has brought in."""
        self._events = self._office.events()
        return self._office.laptops.all()

    def line(self, row: Laptop) -> Content:
        """What it is called, its fingerprint, what it has brought in."""
        title = Content.assemble((row.name or "No name", "bold"), f" · {row.kiosk.fingerprint}")
        return Content("\n").join([title, Content(words.laptop_facts(row, self._events))])

    def about(self) -> str:
        """What choosing one does."""
        return "Choose one to name it or to revoke it."

    def nothing(self) -> tuple[str, str]:
        """That there is none, and what to do."""
        return words.NO_LAPTOPS, "Bring in what one has handed over: you are asked whether to accept it."

    async def choose(self, row: Laptop) -> None:
        """Name or revoke one."""
        await self.app.push_screen_wait(LaptopScreen(self._office, row, self._events))
        self.look_again()


class LaptopScreen(Step):
    """What a laptop is called, and whether anything is taken from it."""

    NEXT_LABEL = "Save"

    def __init__(self, office: Office, one: Laptop, events: list[OfficeEvent]) -> None:
        super().__init__()
        self.TITLE_TEXT = one.name or "A laptop"
        self._office = office
        self._one = one
        self._events = events

    def body(self) -> ComposeResult:
        """Its fingerprint, what it has brought, a name."""
        yield Static(Content(self._one.kiosk.fingerprint), classes="code")
        yield Static(Content(words.laptop_facts(self._one, self._events)), classes="paragraph")
        yield Static(Content("What you call it (may stay empty)"), classes="label")
        yield TextField(self._one.name, id="name", max_length=NAME_LENGTH)

    def extra_buttons(self) -> ComposeResult:
        """Revoking it, and undoing that: no key does either."""
        if self._one.revoked:
            yield Button("Take from it again", id="restore", classes="quiet", action="restore")
        else:
            yield Button("Revoke", id="revoke", classes="quiet", action="revoke")

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def finish(self) -> None:
        """Call it so."""
        self._office.laptops.rename(self._one.kiosk, self.typed("name"))
        self.dismiss(None)

    @work
    async def action_revoke(self) -> None:
        """Revoke it, once that is confirmed."""
        await self._confirm(f"Revoke “{self.TITLE_TEXT}”?", _REVOKING, "Revoke it", revoked=True)

    @work
    async def action_restore(self) -> None:
        """Take exports from it again, once that is confirmed."""
        text = "Do so only if it is in the right hands: what it hands over is then taken in and counted."
        await self._confirm(f"Take from “{self.TITLE_TEXT}” again?", text, "Take from it again", revoked=False)

    async def _confirm(self, heading: str, text: str, yes: str, *, revoked: bool) -> None:
        act = partial(self._office.laptops.revoke, self._one.kiosk, revoked=revoked)
        if await self.app.push_screen_wait(Confirm(heading, text, yes, act)):
            self.dismiss(None)
