"""The staff area: what this laptop holds, and what to do next."""

import asyncio
import contextlib
import datetime as dt
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual import events, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.message import Message
from textual.widgets import Digits, Static

from content.language import languages_offered, load_words
from storage.crypto.keys import KioskPrivateKey
from storage.errors import FairstartError
from storage.events import Event, day
from storage.exchange.handover import HeldEvent
from storage.kiosk.kiosk import Kiosk
from storage.kiosk.outbox import Outbox
from storage.report.sentences import rate, responses
from storage.settings import Settings
from tui.shared.button_row import ButtonRow
from tui.shared.frame import FramedScreen
from tui.speech import sound
from tui.staff.next_step import next_step
from tui.terminal.capabilities import WIDTH
from tui.text import handover as words
from tui.text.counts import gauge, meter
from tui.widgets.button import Button

if TYPE_CHECKING:
    from storage.counts.rates import RateFinding

_WAYS_OUT = ("quit", "lock")
_GAUGE = 40
"""Cells of a gauge."""


class StaffHome(FramedScreen[None]):
    """The event, how many responses are held, whether the store is sound, and what staff can do."""

    PLACE = "Staff"
    HOME = True
    CSS_PATH = "../shared/shared.tcss"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("l,escape", "choose('lock')", show=False),
        Binding("c", "choose('counts')", show=False),
        Binding("h", "choose('hand-over')", show=False),
        Binding("e", "choose('end-event')", show=False),
        Binding("d", "choose('debrief')", show=False),
        Binding("n", "choose('new-event')", show=False),
        Binding("p", "choose('practise')", show=False),
        Binding("t", "choose('toolkit')", show=False),
        Binding("r", "choose('read-aloud')", show=False),
        Binding("s", "choose('sound-test')", show=False),
        Binding("i", "choose('plain')", show=False),
        Binding("f", "choose('from-paper')", show=False),
        Binding("g", "choose('settings')", show=False),
        Binding("a", "choose('passphrase')", show=False),
        Binding("q", "choose('quit')", show=False),
        Binding("up", "scroll(-1)", show=False),
        Binding("down", "scroll(1)", show=False),
        Binding("tab", "app.focus_next", show=False),
        Binding("shift+tab", "app.focus_previous", show=False),
    ]

    class Chosen(Message):
        """Staff pressed a button: its name, such as `lock` or `hand-over`."""

        def __init__(self, what: str, key: KioskPrivateKey, home: "StaffHome") -> None:
            super().__init__()
            self.what = what
            self.home = home
            self.key = key
            """Opens the counts, and signs what is handed over."""

    def __init__(
        self, kiosk: Kiosk, key: KioskPrivateKey, settings: Settings, today: dt.date, *, practice: bool
    ) -> None:
        super().__init__()
        self.reads_aloud: bool | None = None
        """Whether candidates may have the questions read aloud; None where this computer cannot speak."""
        self.current: HeldEvent | None = None
        """The event, and what is held of it; None until that is read, or where it cannot be."""
        self.heard: bool | None = None
        """Whether staff heard the last sound test; None where there was none."""
        self.about_sheets = ""
        """What became of the paper sheets that were entered last."""
        self._key = key
        self._today = today
        self._kiosk = kiosk
        self._settings = settings
        self._practice = practice

    def compose(self) -> ComposeResult:
        """Facts above, buttons below."""
        event = self._kiosk.event
        if self._practice:
            yield Static(Content("This is for practice. Nothing is kept."), classes="banner")
        yield Static(id="sheets", classes="urgent list-text")
        with VerticalScroll(can_focus=False, classes="reading dashboard"):
            organisation = self._settings.organisation.name
            with _panel(event.name, "held-panel"):
                yield Static(Content(f"{organisation} · {_when_and_where(event)}"), id="when")
                yield Digits(id="number")
                yield Static(Content("Looking at the store…"), id="held", classes="title")
                yield Static(id="store")
            with _panel("Next", "next-panel"):
                yield Static(id="next", classes="title")
                yield Static(id="ended", classes="urgent")
                yield Static(id="date", classes="urgent")
                yield Static(id="changed", classes="urgent")
            with _panel("Handed over", "handed-panel"):
                yield Static(id="handed-bar")
                yield Static(id="hand-over-state")
                yield Static(id="others")
            with _panel("Response rate", "rate-panel"):
                yield Static(id="rate")
            with _panel("This laptop", "laptop-panel"):
                yield Static(id="reads-aloud", classes="paragraph")
                languages = about_languages(self._settings.survey.languages)
                if languages:
                    yield Static(Content(languages), classes="paragraph")
                yield Static(
                    Content(f"This laptop’s fingerprint:\n{self._kiosk.own.fingerprint}"), id="own", classes="aside"
                )
                yield Static(Content(f"Office key fingerprint:\n{self._kiosk.office.fingerprint}"), classes="aside")
        with ButtonRow():
            for name, label, key in self._buttons():
                yield Button(
                    label, key, id=name, classes="out" if name in _WAYS_OUT else "", action=f"choose('{name}')"
                )

    def _buttons(self) -> Iterator[tuple[str, str, str]]:
        """What each chooses, what it says, and its key."""
        yield from (("counts", "Counts", "C"), ("hand-over", "Hand over", "H"), ("from-paper", "From paper", "F"))
        yield from (("plain", "Plain lines", "I"), ("read-aloud", "Read aloud", "R"), ("sound-test", "Sound test", "S"))
        yield from (("toolkit", "Toolkit", "T"), ("settings", "Settings", "G"), ("end-event", "End event", "E"))
        yield from (("debrief", "How did it go?", "D"), ("new-event", "New event", "N"))
        if not self._practice:
            yield from (("passphrase", "Passphrase", "A"), ("practise", "Practise", "P"))
        yield from (("quit", "End practice" if self._practice else "Quit", "Q"), ("lock", "Lock", "L"))

    def on_resize(self, event: events.Resize) -> None:
        """Say that the window is too small for more than two buttons beside each other."""
        self.set_class(event.size.width < WIDTH, "-slim")

    def on_mount(self) -> None:
        """Look at the store as it is now."""
        self.show_ended()
        self.show_reads_aloud()
        self._show_sheets()
        for name in ("#changed", "#handed-panel", "#rate-panel"):
            self.query_one(name).display = False
        last, today = self._last_day, self._today
        self.query_one("#date").display = last < today
        self.query_one("#date", Static).update(
            Content(
                f"The last day of this event was {day(last)} and today is {day(today)}. Is it time for a new event? "
                "If this one goes on, leave it as it is."
            )
        )
        self._look()

    @property
    def _last_day(self) -> dt.date:
        return self._settings.event.ends or self._kiosk.event.date

    def look_again(self) -> None:
        """Show what has changed."""
        self.show_ended()
        self._show_sheets()
        self._look()

    def _show_sheets(self) -> None:
        sheets = self.query_one("#sheets", Static)
        sheets.display = bool(self.about_sheets)
        sheets.update(Content(self.about_sheets))

    def show_ended(self) -> None:
        """Say so where the event has ended, and offer no second end, nobody to be asked, and no sheets to enter."""
        ended = self._kiosk.ended
        for name in ("#end-event", "#plain", "#from-paper"):
            self.query_one(name).display = not ended
        if self._kiosk.asks_alone:
            self.query_one("#from-paper").display = False
        self.query_one("#debrief").display = ended and not (self.current and self.current.noted.deletion)
        self.query_one("#ended").display = ended
        self.query_one("#ended", Static).update(
            Content(
                "This event has ended: it takes no more answers. Write how it went, and start a new event when you are "
                "ready."
            )
        )
        self._show_next()

    def _show_next(self) -> None:
        """Say what to do next, with its button’s key."""
        step = next_step(self.current, ended=self._kiosk.ended, last_day_over=self._last_day < self._today)
        key = next((button.key for button in self.query(f"#{step.button}").results(Button)), "")
        self.query_one("#next", Static).update(Content(f"{step.why} ({key})"))

    def show_changed(self) -> None:
        """Say that settings have been changed."""
        changed = self.query_one("#changed", Static)
        changed.display = True
        changed.update(Content("The new settings are saved. Candidates have them once you lock."))

    def show_new_passphrase(self) -> None:
        """Say that another passphrase holds."""
        changed = self.query_one("#changed", Static)
        changed.display = True
        changed.update(Content("The new passphrase opens this laptop from now on."))

    def show_reads_aloud(self) -> None:
        """Say whether candidates may have the questions read aloud, where this computer can speak."""
        for name in ("#read-aloud", "#reads-aloud", "#sound-test"):
            self.query_one(name).display = self.reads_aloud is not None
        said = self._about_sound() if self.reads_aloud else "Reading aloud is off."
        self.query_one("#reads-aloud", Static).update(Content(said))

    def _about_sound(self) -> str:
        """Whether anything that is read aloud was heard, or can be."""
        if self.heard:
            return "Reading aloud is on, and the sound test was heard: offer headphones."
        if self.heard is None and sound.has_output() is not False:
            return "Reading aloud is on: offer headphones. Try the sound test before the event."
        why = "this laptop has no sound output" if self.heard is None else "the sound test was not heard"
        return f"Reading aloud is on, but {why}: plug in headphones or loudspeakers, and try the sound test."

    @work(exclusive=True)
    async def _look(self) -> None:
        """Show what is held, and whether the store is sound; then, of what is counted, how many answered."""
        try:
            held, events = await asyncio.to_thread(self._look_at_store)
        except FairstartError as error:
            self.show_problem(error)
        else:
            self._show_store(f"{responses(held)} held on this laptop", events, held)
            with contextlib.suppress(FairstartError):  # the counts say what is wrong
                self._show_rate(await asyncio.to_thread(self._look_at_rate))

    def show_problem(self, error: FairstartError) -> None:
        """Say what is wrong with the store."""
        self._show_store(error.sentence, [], None)

    def _look_at_store(self) -> tuple[int, list[HeldEvent]]:
        held = self._kiosk.check()
        if self._kiosk.feedback and self._kiosk.asks_alone:
            held = self._kiosk.feedback.held()
        return held, Outbox(self._kiosk).events()

    def _look_at_rate(self) -> "RateFinding | None":
        from storage.counts.findings import findings  # a second look, after the first paint

        return findings(self._kiosk.counts(self._key.tally), self._settings.benchmarks).response_rate

    def _show_rate(self, found: "RateFinding | None") -> None:
        self.query_one("#rate-panel").display = found is not None
        self.query_one("#laptop-panel").set_class(found is not None, "-across")
        if found is not None:
            self.query_one("#rate", Static).update(Content("\n".join((*gauge(found, _GAUGE), rate(found)))))

    def _show_store(self, held: str, events: list[HeldEvent], number: int | None) -> None:
        """Show it; `number` is how many are held, None where the store is not sound."""
        store = "The store is sound: every page and every sealed response was checked just now."
        first = self.query_one("#held", Static)
        first.set_class(number is None, "urgent")
        first.update(Content(held))
        large = self.query_one("#number", Digits)
        large.set_class(number is not None, "-known")
        large.update(str(number or 0))
        self.query_one("#store", Static).update(Content("" if number is None else store))
        self.query_one("#handed-panel").display = bool(events)
        self.current = next(iter(events), None)
        self.show_ended()
        current, others = events[:1], events[1:]
        self.query_one("#handed-bar").display = bool(self.current and self.current.held)
        for one in current:
            handed = min(max(one.noted.exported, one.noted.received), one.held)
            self.query_one("#handed-bar", Static).update(Content(meter(handed, one.held, _GAUGE)))
        self.query_one("#hand-over-state", Static).update(Content("".join(map(words.current_state, current))))
        lines = [f"{other.event.title}, {day(other.event.date)}. {words.state(other)}" for other in others]
        self.query_one("#others").display = bool(lines)
        self.query_one("#others", Static).update(Content("\n".join(["Other events on this laptop:", *lines])))
        self._show_next()

    def action_choose(self, what: str) -> None:
        """Choose what a button of this screen stands for, if it is there."""
        if any(button.display for button in self.query(f"#{what}")):
            self.post_message(self.Chosen(what, self._key, self))

    def action_scroll(self, lines: int) -> None:
        """Scroll where the facts do not all fit."""
        self.query_one(VerticalScroll).scroll_relative(y=lines, animate=False)


def _panel(title: str, name: str) -> Vertical:
    """A part of the dashboard, with its title on its frame."""
    panel = Vertical(id=name, classes="panel")
    panel.border_title = Content(title).markup
    return panel


def about_languages(codes: Sequence[str]) -> str:
    """What staff should know of the languages on offer; nothing where it is the instrument's own alone."""
    packs = [load_words(code) for code in codes]
    if all(pack.status == "original" for pack in packs):
        return ""
    said = f"Languages on offer: {languages_offered(packs)}."
    if any(pack.status == "draft" for pack in packs):
        said += " A draft was not tested with people as the English questions were: say so beside your results."
    return said


def _when_and_where(event: Event) -> str:
    return f"{day(event.date)} · {event.place} · {event.stage}"
