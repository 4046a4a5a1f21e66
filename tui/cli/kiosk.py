"""The kiosk as a command runs it: set-up where that is needed, then candidates, until staff quit.

What prints and asks comes when it is wanted: it brings Click along.
"""

import contextlib
import functools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from content.language import load_words
from storage.events import today
from storage.kiosk.state import is_set_up
from storage.settings import (
    Settings,
    SettingsFile,
    find_settings,
)
from tui.cli.running import Place, forget_last_app, need_terminal, run_locked

if TYPE_CHECKING:
    from storage.kiosk.kiosk import Kiosk
    from storage.kiosk.practice import Practice


class _CopiedError(Exception):
    """This laptop's files were made on another computer: somebody is to say whether that one is used too."""


def run_kiosk(at: Place) -> None:
    """Run set-up where it is needed, then the kiosk, until staff quit."""
    need_terminal()
    while True:
        settings = at.settings()
        if not is_set_up(at.data) or settings.settings.missing:
            following = _set_up(at)
            if following is None:
                return
            at = following
            continue
        try:
            if not _until_left(at.data, settings):
                return
        except _CopiedError:
            _ask_about_copy(at.data)


def _set_up(at: Place) -> Place | None:
    """Where to go on after the set-up screens, which nobody else may have open, or None to quit."""
    from storage.data_folder import hold

    with hold(at.data):
        return guided_setup(at, at.settings())


def guided_setup(at: Place, settings: SettingsFile) -> Place | None:
    """Where to go on after the set-up screens, or None to quit."""
    from tui.setup.setup import SetupApp, SetupEnd

    app = SetupApp(settings, at.data)
    match run_locked(app):
        case SetupEnd.DONE:
            return at
        case SetupEnd.PRACTISE:
            practise(settings)
            return at
        case SetupEnd.OPEN:
            from tui.cli.output import say

            say(f"Next time start with: fairstart --data {app.plan.data}", aside=True)
            return Place(at.config, app.plan.data)
        case SetupEnd.QUIT | None:
            return None


@contextlib.contextmanager
def _opening(data: Path, settings: Settings, *, practice: bool) -> "Iterator[Callable[[], Kiosk]]":
    """What opens the kiosk when it is called first. The data folder is kept to it from then to the end of the block.

    That of practice is kept already, and is this computer's.
    """
    with contextlib.ExitStack() as until_left:

        @functools.cache
        def open_kiosk() -> "Kiosk":
            from storage.data_folder import hold  # with what follows a tenth of a start, which paints first
            from storage.kiosk.kiosk import Kiosk
            from storage.kiosk.register import is_copied

            if not practice:
                until_left.enter_context(hold(data))
                if is_copied(data):
                    raise _CopiedError
            return until_left.enter_context(contextlib.closing(Kiosk.open(data, settings)))

        yield open_kiosk


def _until_left(data: Path, settings: SettingsFile, practice: "Practice | None" = None) -> bool:
    """Run the kiosk until staff leave it for good; return whether they go on with a new event.

    It stays open, with those who wait, whatever staff do meanwhile.
    """
    from tui.app import KioskApp, Outcome  # commands that print do without

    for language in settings.settings.survey.languages:
        load_words(language)  # a damaged pack is told now, and not to a candidate who chooses it
    reads_aloud: bool | None = settings.settings.kiosk.read_aloud
    sends_at_start = "start" in settings.settings.office.sync
    with _opening(data, settings.settings, practice=practice is not None) as open_kiosk:
        while True:
            app = KioskApp(open_kiosk, settings, practice=practice)
            app.reads_aloud, app.sends_at_start = reads_aloud, sends_at_start
            outcome = run_locked(app)
            if app.failure:
                raise app.failure
            settings, reads_aloud, sends_at_start = app.settings_file, app.reads_aloud, app.sends_at_start
            del app  # with what staff had open
            match outcome:
                case Outcome.PRACTISE:
                    practise(settings)
                case Outcome.PLAIN:
                    _ask_one_in_lines(open_kiosk(), settings.settings, practice=practice is not None)
                case Outcome.SETTINGS:
                    open_kiosk().go_by(settings.settings)  # and so does the next app
                case _:
                    return outcome is Outcome.NEW_EVENT


def _ask_one_in_lines(kiosk: "Kiosk", settings: Settings, *, practice: bool) -> None:
    """Ask one candidate in plain lines, on the terminal that the kiosk has just left."""
    from tui.plain import PlainSurvey  # which most kiosks never need

    forget_last_app()
    survey = PlainSurvey(kiosk, settings, sys.stdin, sys.stderr, practice=practice)
    with contextlib.suppress(Exception):  # a fault ends these lines, which are wiped, and never the kiosk
        survey.run_once()
    if survey.terminated:
        sys.exit(0)


def practise(settings: SettingsFile) -> None:
    """Run a kiosk that keeps nothing, until staff quit."""
    need_terminal()
    from storage.kiosk.practice import practice_folder, practice_settings

    with practice_folder() as practice:
        current = practice_settings(settings, today(), practice.data)
        while _until_left(practice.data, current, practice):
            current = find_settings(current.path, None, practice.data)


_COPIED = "This laptop's files were copied from another computer, so the office cannot tell the two apart"


def tell_of_copy(data: Path) -> None:
    """Say so where this laptop's files were made on another computer."""
    from storage.kiosk.register import is_copied

    if is_copied(data):
        from tui.cli.output import say

        say(f'{_COPIED}: run "fairstart setup --new-key" on this one.', aside=True)


def _ask_about_copy(data: Path) -> None:
    """A new key for this laptop, unless the one that its files were made on is no more."""
    from storage.data_folder import hold
    from storage.kiosk.renewal import renew_key, stay_here
    from tui.cli.options import staff_unlocked
    from tui.cli.output import confirmed, say

    with hold(data):
        say(f"{_COPIED}.", aside=True)
        if confirmed("Is the other laptop used too? Then this one gets a new key"):
            key = staff_unlocked(data, None, functools.partial(renew_key, data))
            say(f"This laptop has a new key. Its fingerprint: {key.public.fingerprint}", aside=True)
        else:
            stay_here(data)
