"""Set-up: from a bare laptop to a welcome screen, one question at a time.

Nothing is written until the last step, so leaving early leaves nothing behind.
"""

import asyncio
from collections.abc import Iterator
from enum import Enum, auto
from functools import partial
from pathlib import Path, PurePath
from typing import ClassVar

from textual import work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical, VerticalScroll
from textual.content import Content
from textual.widgets import Input, Static

from content.language import Words, load_words
from storage.crypto.keys import OfficePrivateKey, OfficePublicKey
from storage.crypto.sealing import require_sealing
from storage.doctor import Finding, Verdict, free_space
from storage.errors import FairstartError, KeyFileError
from storage.events import day
from storage.exchange.drives import expanded, find_files
from storage.exchange.patience import answer_of
from storage.exchange.typed import meant
from storage.kiosk.setup import SetupPlan, carry_out, known_events
from storage.kiosk.state import is_set_up
from storage.office_folder import NewOffice, existing_office
from storage.settings import SettingsFile
from storage.text import printable
from tui.shared.button_row import ButtonRow
from tui.shared.form import EventForm
from tui.shared.form_screen import FieldError
from tui.shared.place_step import PlaceStep
from tui.shared.sound_check import SoundTest
from tui.shared.steps import NewPassphrase, RecoveryCode, Step
from tui.shared.surroundings import FramedApp
from tui.speech.sound import look_at_sound
from tui.terminal.capabilities import look_at_size
from tui.text.stages import QUESTIONS, explained
from tui.widgets.button import Button
from tui.widgets.place_field import PlaceField


class SetupEnd(Enum):
    """How set-up ended."""

    DONE = auto()
    PRACTISE = auto()
    OPEN = auto()
    QUIT = auto()


class SetupScreen(Step):
    """A step of set-up."""

    def __init__(self, plan: SetupPlan) -> None:
        super().__init__()
        self.plan = plan

    def leave(self) -> None:
        """Before the first step is the way out."""
        self.app.exit(SetupEnd.QUIT)


class Beginning(SetupScreen):
    """Practise, set up, or open what exists."""

    TITLE_TEXT = "Fairstart: first start on this laptop"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("1", "practise", show=False),
        Binding("2", "next", show=False),
        Binding("3", "open", show=False),
        Binding("q", "back", show=False),
    ]

    def compose(self) -> ComposeResult:
        """Three ways on, each with its reason."""
        with VerticalScroll(can_focus=False, classes="reading"):
            yield Static(Content(self.TITLE_TEXT), classes="heading")
            for number, name, label, why in (
                (1, "practise", "Practise", "Try everything. Nothing is kept."),
                (2, "next", "Set up this laptop", "About five minutes: your event, a passphrase, the office key."),
                (3, "open", "Open what exists", "Fairstart was set up before, in another folder or on a drive."),
            ):
                with Vertical(classes="way"):
                    classes = "main" if name == "next" else ""
                    yield Button(f"{number}  {label}", id=name, classes=classes, action=name)
                    yield Static(Content(why), classes="aside")
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button("Quit", "Q", id="back", classes="out", action="back")

    def action_practise(self) -> None:
        """Practise; set-up ends for now."""
        self.app.exit(SetupEnd.PRACTISE)

    def action_open(self) -> None:
        """Ask where what exists is."""
        self.app.push_screen(OpenExisting(self.plan))

    def finish(self) -> Step:
        """Set up this laptop."""
        return Details(self.plan)


class OpenExisting(SetupScreen, PlaceStep):
    """Where the existing data folder is."""

    TITLE_TEXT = "Open what exists"
    NEXT_LABEL = "Open"

    def body(self) -> ComposeResult:
        """One field."""
        yield Static(Content("The folder that holds Fairstart's data (it has a folder “kiosk” inside)."))
        yield Static(Content("Folder"), classes="label")
        yield PlaceField(field_id="folder", take="Open")

    def look_at(self, typed: str) -> None:
        """Take the data folder that is typed, is the one in it, or that what is typed lies in."""
        found = answer_of(expanded(typed), partial(_data_folder, typed)) if typed else None
        if found is None:
            raise KeyFileError("Fairstart was not set up in that folder: check the name, or go back and set up here.")
        self.plan.data = found

    def go_on(self) -> None:
        """Return the folder."""
        self.app.exit(SetupEnd.OPEN)


def _data_folder(typed: str) -> Path | None:
    """The data folder that is meant by a folder: itself, the only one in it, or the one around a folder “kiosk”."""
    folder = expanded(meant(typed))
    around = [folder, folder.parent] if folder.name == "kiosk" else [folder]
    inside = [path for path in sorted(folder.glob("*")) if is_set_up(path)]
    found = [path for path in around if is_set_up(path)] or (inside if len(inside) == 1 else [])
    return found[0].resolve() if found else None


class Details(SetupScreen):
    """Organisation and event."""

    TITLE_TEXT = "1 of 4: Your organisation and the event"

    def body(self) -> ComposeResult:
        """The form that New event uses too."""
        yield EventForm(self.plan.current.settings, fresh_event=False)

    def finish(self) -> Step:
        """Keep the details; go to the keys, unless this laptop has them, or they were chosen and this is a change."""
        require_sealing()
        self.plan.details = self.query_one(EventForm).read(known_events(self.plan.data))
        if is_set_up(self.plan.data) or self.plan.office:
            return Finish(self.plan)
        return StaffPassphrase(self.plan)


class StaffPassphrase(NewPassphrase):
    """The passphrase that opens the staff area."""

    def __init__(self, plan: SetupPlan) -> None:
        super().__init__(plan.guessable)
        self.plan = plan

    TITLE_TEXT = "2 of 4: Staff passphrase"
    EXPLANATION = "Staff type it to see how the event is going and to end it. It opens no one's answers."

    def finish(self) -> Step:
        """Keep it for the end; go on to the office key."""
        self.plan.staff_passphrase = self.passphrase()
        return OfficeKey(self.plan)


class OfficeKey(SetupScreen, PlaceStep):
    """Which office can open the responses."""

    TITLE_TEXT = "3 of 4: The office key"

    def body(self) -> ComposeResult:
        """A file from the office, or this laptop."""
        existing = existing_office(self.plan.data)
        found = [] if existing else find_files("office.pub")
        yield Static(
            Content(
                "Answers are locked so that only the office can open them. This laptop needs the office's public key."
            ),
            classes="paragraph",
        )
        yield Static(Content("For a small employer:"), classes="aside")
        here = "Use the office key on this laptop" if existing else "This laptop is also our office"
        yield Button(here, id="here", action="here")
        found_it = " (found)" if found else ""
        yield Static(Content(f"Or the file office.pub that the office gave you{found_it}"), classes="label")
        yield PlaceField(str(found[0]) if found else "", field_id="file", take="Use", suffix=".pub")

    def action_here(self) -> None:
        """This laptop is the office too."""
        try:
            existing = existing_office(self.plan.data)
        except KeyFileError as error:
            self.say(error.sentence, problem=True)
            return
        if existing is None:
            self.app.push_screen(OfficePassphrase(self.plan))
        else:
            self.plan.office = existing
            self.app.push_screen(Finish(self.plan))

    def look_at(self, typed: str) -> None:
        """Read the file, or the one in the folder that is typed."""
        if not typed:
            raise KeyFileError("Please give the name of the file, or choose this laptop as the office.")
        self.plan.office = answer_of(expanded(typed), partial(_office_key, typed))

    def go_on(self) -> None:
        """To the end."""
        self.app.push_screen(Finish(self.plan))


def _office_key(typed: str) -> OfficePublicKey:
    path = expanded(meant(typed))
    return OfficePublicKey.from_file(path / "office.pub" if path.is_dir() else path)


class OfficePassphrase(NewPassphrase):
    """The passphrase that opens responses at the office."""

    def __init__(self, plan: SetupPlan) -> None:
        super().__init__(plan.guessable)
        self.plan = plan

    TITLE_TEXT = "3 of 4: Office passphrase"
    EXPLANATION = (
        "It opens the responses. It must differ from the staff passphrase, and staff at events need not know it."
    )

    def finish(self) -> Step:
        """Make the key in memory and show its recovery code."""
        passphrase = self.passphrase()
        if passphrase == self.plan.staff_passphrase:
            raise FieldError("This is the staff passphrase: choose another one for the office.", "first")
        office = self.plan.office = NewOffice(OfficePrivateKey.generate(), passphrase)
        return RecoveryCode("3 of 4: Recovery code", office.code, lambda: Finish(self.plan))


class Finish(SetupScreen):
    """What will be written; then write everything, test it, and say so."""

    TITLE_TEXT = "4 of 4: Is this right?"
    NEXT_LABEL = "Set up"
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("f3", "change", show=False),
        Binding("f4", "test_sound", show=False),
    ]

    def __init__(self, plan: SetupPlan) -> None:
        super().__init__(plan)
        self._lines: list[str] = []
        self._state = "ready"

    def body(self) -> ComposeResult:
        """What will be used, then what was done."""
        with Vertical(id="summary"):
            for said, is_code in self._summary():
                yield Static(Content(said), classes="code" if is_code else "")
        yield Static(id="report")

    def _summary(self) -> Iterator[tuple[str, bool]]:
        """What will be written, and where; and whether it is to be compared letter by letter."""
        if self.plan.details:
            organisation, event, survey = self.plan.details
            yield organisation.name, False
            if organisation.statement:
                yield f"“{organisation.statement}”", False
            days = " to ".join(day(one) for one in (event.date, event.last_day) if one)
            yield f"{event.name} · {days} · {event.place}", False
            yield f"{explained(event.stage)} · {QUESTIONS[survey.questions]}", False
        if isinstance(self.plan.office, OfficePublicKey):
            yield "Office key fingerprint. Compare it with the one the office sees:", False
            yield self.plan.office.fingerprint, True
        elif self.plan.office:
            yield "This laptop is the office too: its new key goes with the rest.", False
        yield f"Settings go to {printable(str(self.plan.current.path))}", False
        yield f"Keys and sealed answers go to {printable(str(self.plan.data))}", False

    def extra_buttons(self) -> ComposeResult:
        """The event can be changed before the end, and sound tested after it."""
        yield Button("Change", "F3", id="change", classes="quiet", action="change")
        button = Button("Sound test", "F4", id="sound-test", classes="quiet", action="test_sound")
        button.display = False
        yield button

    def action_change(self) -> None:
        """Back to the event, from where it is one step here again."""
        if self._state == "ready":
            while not isinstance(self.app.screen, Details):
                self.app.pop_screen()
            self.app.screen.query(Input).first().focus()

    @work
    async def action_test_sound(self) -> None:
        """Have somebody listen, and note what they say."""
        if self.query_one("#sound-test").display:
            heard = await self.app.push_screen_wait(SoundTest(self._words))
            if heard is not None:
                again = "" if heard else ": plug in headphones or loudspeakers, and try again"
                self._report((heard, f"The sound test was {'' if heard else 'not '}heard{again}."))

    @property
    def _words(self) -> Words:
        """What candidates are asked in first."""
        return load_words(self.plan.current.settings.survey.languages[0])

    def go_back(self) -> None:
        """Back, while nothing has been written."""
        if self._state == "ready":
            super().go_back()

    def finish(self) -> None:
        """First press: write and test. Second press: start the kiosk."""
        if self._state == "ready":
            self._state = "working"
            self._offer_a_way_back(offered=False)
            self._write(look_at_size(self.app.size.width, self.app.size.height))
        elif self._state == "done":
            self.app.exit(SetupEnd.DONE)

    @work
    async def _write(self, size: tuple[bool, str]) -> None:
        """Write and test in a thread, which reports each thing as it is done; what follows is queued after that."""
        try:
            await asyncio.to_thread(self._carry_out)
        except FairstartError as error:
            self.call_later(self._failed, error.sentence)
        else:
            found = await asyncio.to_thread(self._look_around)
            lines = [(each.verdict is Verdict.SOUND, f"{each.subject}: {each.sentence}") for each in found]
            self.call_later(self._done, size, *lines)

    def _look_around(self) -> list[Finding]:
        heard = [look_at_sound(self._words.language)] if self._reads_aloud else []
        return [free_space(self.plan.data), *heard]

    @property
    def _reads_aloud(self) -> bool:
        return self.plan.current.settings.kiosk.read_aloud

    def _carry_out(self) -> None:
        for text in carry_out(self.plan):
            self.call_later(self._report, (True, text))

    def _report(self, *found: tuple[bool, str]) -> None:
        """Add what was done or found, and whether it is good."""
        self._lines += [("✓ " if good else "! ") + text for good, text in found]
        self.query_one("#report", Static).update(Content("\n".join(self._lines)))

    def _failed(self, sentence: str) -> None:
        """Leave the step open for another try."""
        self._report((False, sentence))
        self._state = "ready"
        self._offer_a_way_back(offered=True)

    def _offer_a_way_back(self, *, offered: bool) -> None:
        for name in ("#back", "#change"):
            self.query_one(name).display = offered

    def _done(self, *found: tuple[bool, str]) -> None:
        """The next press starts the kiosk."""
        self._report(*found)
        self._state = "done"
        self.query_one("#summary").display = False
        self.query_one("#sound-test").display = self._reads_aloud
        self.query_one("#next", Button).label = "Start the kiosk"


class SetupApp(FramedApp[SetupEnd]):
    """Set-up from its first screen, or from the event where the laptop has its keys."""

    CSS_PATH: ClassVar[list[str | PurePath]] = ["../kiosk.tcss", "../shared/shared.tcss"]

    def __init__(self, current: SettingsFile, data: Path) -> None:
        super().__init__(current.settings.kiosk.theme)
        self.plan = SetupPlan(data, current)

    def get_default_screen(self) -> SetupScreen:
        """Where set-up begins."""
        return Details(self.plan) if is_set_up(self.plan.data) else Beginning(self.plan)
