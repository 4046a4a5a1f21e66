"""The laptops that the office takes exports from: their list, and the form on which one is named or revoked."""

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
from storage.office.labels import OfficeEvent
from storage.office.laptops import NAME_LENGTH, Laptop
from storage.office.office import Office
from tui.shared.confirm import Confirm
from tui.shared.steps import Step
from tui.text import office as words
from tui.widgets.button import Button
from tui.widgets.field import TextField

_REVOKING = (
    "Nothing more is taken from it, neither new answers nor old ones, and it gets no receipt. What it has brought in "
    "stays. It can be undone here."
)


class LaptopsScreen(Screen[None], inherit_bindings=False):
    """A list of laptops above, a way back below."""

    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape", "dismiss", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    def __init__(self, office: Office) -> None:
        super().__init__()
        self._office = office
        self._laptops: list[Laptop] = []
        self._events: list[OfficeEvent] = []

    def compose(self) -> ComposeResult:
        """The laptops, and a way back."""
        yield Static(Content("Laptops"), classes="heading list-heading")
        yield Static(id="how-many", classes="list-text")
        yield OptionList(id="laptops")
        yield Static(id="message", classes="message")
        with Horizontal(classes="buttons"):
            yield Static(classes="gap")
            yield Button("Back", "Esc", id="back", action="dismiss")

    def on_mount(self) -> None:
        """Look at which there are."""
        self._look_again()

    def _look_again(self) -> None:
        """Show them as they are now."""
        try:
            self._laptops, self._events = self._office.laptops.all(), self._office.events()
        except FairstartError as error:
            self.query_one("#message", Static).update(Content(error.sentence))
            return
        listed = self.query_one(OptionList)
        before = listed.highlighted
        listed.clear_options()
        for one in self._laptops:
            title = Content.assemble((one.name or "No name", "bold"), f" · {one.kiosk.fingerprint}")
            listed.add_option(Option(Content("\n").join([title, Content(words.laptop_facts(one, self._events))])))
        self.query_one("#how-many", Static).update(
            Content("Choose one to name it or to revoke it." if self._laptops else words.NO_LAPTOPS)
        )
        if self._laptops:
            listed.highlighted = min(before or 0, len(self._laptops) - 1)
            listed.focus()
        else:
            self.query_one("#back").focus()

    @on(OptionList.OptionSelected, "#laptops")
    @work
    async def change(self, chosen: OptionList.OptionSelected) -> None:
        """Name or revoke one."""
        await self.app.push_screen_wait(LaptopScreen(self._office, self._laptops[chosen.option_index], self._events))
        self._look_again()


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
