"""What staff may change of a running event: how candidates are asked, and a slip in what the event is called.

It is written to kiosk.toml, with every note there kept.
"""

from collections.abc import Iterable
from typing import ClassVar, Literal

import msgspec
from textual.app import ComposeResult
from textual.content import Content
from textual.widgets import Input, Select, Static

from content.language import languages, languages_offered, load_words
from storage.errors import FairstartError
from storage.events import day
from storage.kiosk.kiosk import Kiosk
from storage.settings import Settings, SettingsFile, Theme, filled_in, write_settings
from tui.shared.button_row import ButtonRow
from tui.shared.form import checked_fields, field, typed_day
from tui.shared.form_screen import FieldError, FormBody, FormScreen
from tui.widgets.button import Button
from tui.widgets.field import Dropdown

_FIXED = (
    "The event’s name, day and place cannot be changed any more: answers are sealed to them, or it was handed over. "
    "Start a new event instead; the office can call both the same."
)
_YES_OR_NO = (("Yes", True), ("No", False))
_THEMES: tuple[tuple[str, Theme], ...] = (
    ("Light", "light"),
    ("Dark", "dark"),
    ("Strong contrast, light", "strong-light"),
    ("Strong contrast, dark", "strong-dark"),
    ("Black and white", "monochrome"),
)
_SECONDS: dict[Literal["idle_seconds", "thanks_seconds"], str] = {
    "idle_seconds": "Seconds until an untouched screen warns, 30 to 900",
    "thanks_seconds": "Seconds that the thank-you stays, 3 to 60",
}


_FEEDBACK = (
    ("is not asked", "no"),
    ("is asked after the questions", "after"),
    ("is all that is asked", "alone"),
)
_SECTIONS = ("organisation", "event", "survey", "feedback", "kiosk")
"""What can be changed here."""


class EventSettings(FormScreen[SettingsFile | None]):
    """Returns the settings once they are saved, or None."""

    CSS_PATH: ClassVar = "../shared/shared.tcss"

    def __init__(self, kiosk: Kiosk, current: SettingsFile) -> None:
        super().__init__()
        self._kiosk = kiosk
        self._current = current
        try:
            self._may_correct = kiosk.is_untouched
        except FairstartError:  # told by the staff area; nobody can tell whether somebody has answered
            self._may_correct = False

    def compose(self) -> ComposeResult:
        """One labelled field below the other, and two buttons."""
        with FormBody(classes="reading"):
            yield Static(Content("Settings of this event"), classes="heading")
            yield Static(Content("Candidates have them once you lock."), classes="paragraph")
            yield from self._survey(self._current.settings)
            yield from self._event(self._current.settings)
        yield Static(id="message", classes="message")
        with ButtonRow():
            yield Button("Save", "⏎", id="save", classes="main", action="next")
            yield Button("Cancel", "Esc", id="cancel", classes="out", action="back")

    def _survey(self, settings: Settings) -> ComposeResult:
        """How candidates are asked."""
        yield from field(
            "Why you ask, in your own words (may stay empty)", "statement", settings.organisation.statement
        )
        packs = [load_words(code) for code in languages()]
        offered = settings.survey.languages
        yield from _choice(
            "Everybody is welcomed in", "language", [(pack.name, pack.language) for pack in packs], offered[0]
        )
        for pack in packs:
            label = f"{languages_offered([pack])} is on offer"
            yield from _choice(label, f"offers-{pack.language}", _YES_OR_NO, pack.language in offered)
        yield from _choice("Colours", "theme", _THEMES, settings.kiosk.theme)
        yield from _choice("Questions may be read aloud", "read_aloud", _YES_OR_NO, settings.kiosk.read_aloud)
        yield from _choice(
            "A last look at the answers before sending", "check_answers", _YES_OR_NO, settings.survey.check_answers
        )
        yield from _choice("Feedback on the event", "feedback", _FEEDBACK, settings.feedback.ask)
        for name, label in _SECONDS.items():
            yield from field(label, name, str(getattr(settings.kiosk, name)))

    def _event(self, settings: Settings) -> ComposeResult:
        """A slip in what the event is called, while nothing goes by that; and its last day."""
        event = settings.event
        if self._may_correct:
            yield Static(Content("If you correct these three, the kiosk begins again at once:"), classes="label")
            yield from field("Name of the event", "event", event.name)
            yield from field("Place", "place", event.place)
            yield from field("Date, as in 23/11/2026 or 23 Nov 2026", "date", day(event.date) if event.date else "")
        else:
            yield Static(Content(_FIXED), classes="paragraph")
        last = day(event.last_day) if event.last_day else ""
        yield from field("Last day, if there are several (may stay empty)", "last_day", last)

    def go_back(self) -> None:
        """Nothing changes."""
        self.dismiss(None)

    def action_next(self) -> None:
        """Save, or say what is wrong."""
        try:
            settings = self._read()
            saved = filled_in(self._current, *(getattr(settings, name) for name in _SECTIONS))
            write_settings(saved)
        except FairstartError as error:
            self.say_wrong(error)
        else:
            self.dismiss(saved)

    def _read(self) -> Settings:
        """The settings as they are filled in.

        Raises:
            FieldError: a field cannot be used.
        """
        values = msgspec.to_builtins(self._current.settings)
        chosen = self._chosen
        values["organisation"]["statement"] = self._typed("statement")
        others = [code for code in languages() if chosen(f"offers-{code}") and code != chosen("language")]
        values["survey"] |= {"languages": [chosen("language"), *others], "check_answers": chosen("check_answers")}
        values["feedback"]["ask"] = chosen("feedback")
        values["kiosk"] |= {"theme": chosen("theme"), "read_aloud": chosen("read_aloud")}
        for field_id, label in _SECONDS.items():
            if not self._typed(field_id).isdecimal():
                raise FieldError(f"{label}: type a whole number.", field_id)
            values["kiosk"][field_id] = int(self._typed(field_id))
        values["event"]["last_day"] = typed_day(self._typed("last_day"), "last_day")
        if self._may_correct:
            for name, key in (("event", "name"), ("place", "place"), ("date", "date")):
                if not self._typed(name):
                    raise FieldError("Please fill this in.", name)
                values["event"][key] = self._typed(name)
            values["event"]["date"] = typed_day(self._typed("date"), "date")
        return checked_fields(values)

    def _typed(self, name: str) -> str:
        return self.query_one(f"#{name}", Input).value.strip()

    def _chosen(self, name: str) -> object:
        return self.query_one(f"#{name}", Select).value


def _choice(label: str, name: str, options: Iterable[tuple[str, object]], value: object) -> ComposeResult:
    yield Static(Content(label), classes="label")
    yield Dropdown([(Content(words), one) for words, one in options], value=value, id=name, compact=True)
